import { type ReactNode, useEffect, useState } from "react";
import { thumbnailAt } from "../../contracts/thumbnails.ts";
import { readSprites, type Sprites } from "../data/api.ts";
import { useApp } from "../ui/app-context.ts";
import { ThumbnailView } from "../ui/thumbnail.tsx";

/** Milliseconds that each picture of a preview stays. */
const pictureMs = 500;
/** Links of a case live 15 minutes; what was read is read again before. */
const freshMs = 10 * 60 * 1000;

interface Pictures {
  readonly sprites: Sprites;
  readonly sheets: readonly string[];
  readonly readAt: number;
}
const known = new Map<string, Pictures>();

/** Goes through a case's thumbnails while somebody looks. Whoever asked for less motion sees one from its middle. Until they are there, `still` is. */
export function CasePreview({ caseId, name, still }: { caseId: string; name: string; still: ReactNode }) {
  const { api, text } = useApp();
  const [pictures, setPictures] = useState<Pictures | undefined>(() => {
    const found = known.get(caseId);
    return found && Date.now() - found.readAt < freshMs ? found : undefined;
  });
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (pictures) return;
    const end = new AbortController();
    const read = async (): Promise<void> => {
      const { links } = await api.case(caseId, end.signal);
      if (!links.sprites) return;
      const found = { sprites: await readSprites(links.sprites.index, end.signal), sheets: links.sprites.sheets, readAt: Date.now() };
      known.set(caseId, found);
      setPictures(found);
    };
    // Of a preview that can't be read the still stays: the case itself says what is wrong.
    read().catch(() => undefined);
    return () => end.abort();
  }, [api, caseId, pictures]);
  useEffect(() => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => setTurn((before) => before + 1), pictureMs);
    return () => clearInterval(timer);
  }, []);

  if (!pictures) return still;
  const { sprites, sheets } = pictures;
  const tile = thumbnailAt(sprites, sheets, (Math.floor(sprites.tileCount / 2) + turn) % Math.max(1, sprites.tileCount));
  return tile ? <ThumbnailView thumbnail={tile} sprites={sprites} width={360} label={text.cases.preview(name)} /> : still;
}
