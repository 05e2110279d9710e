import type { FrameIndex } from "../../../contracts/frame-index.ts";
import { definitions } from "../../../contracts/measure-definitions.ts";
import { clock } from "../../../contracts/presentation.ts";
import type { Moment } from "../../player/moments.ts";
import { wordFor } from "../../text/text.ts";
import { useApp } from "../../ui/app-context.ts";
import { Problem } from "../../ui/parts.tsx";
import { useResource } from "../../ui/resource.ts";

interface Props {
  caseId: string;
  /** Version of the corrections that the moments and measures take into account; null if none. */
  corrections: number | null;
  label: string;
  moments: readonly Moment[];
  frames: FrameIndex;
  goTo: (frame: number) => void;
  close: () => void;
}

/** What one instrument did in the operation: when it was seen, and what was measured of it. */
export function InstrumentUse({ caseId, corrections, label, moments, frames, goTo, close }: Props) {
  const { api, text, language } = useApp();
  const found = useResource(`${caseId} measures ${corrections}`, (signal) => api.measures(caseId, corrections !== null, signal));
  const seen = moments.filter((moment) => moment.kind === "instrument" && moment.label === label);
  const last = seen.at(-1);
  const measured = found.value?.measures.filter(({ of, value }) => (of === label || of?.startsWith(`${label}/`)) && value !== null) ?? [];
  const moment = (at: number) => (
    <button type="button" onClick={() => goTo(at)}>
      {clock(frames.secondsOf(at))}
    </button>
  );
  return (
    <section className="panel" aria-labelledby="use-title" id="instrument-use">
      <h2 id="use-title">{text.review.use(label)}</h2>
      <p>{text.review.spans(seen.length)}</p>
      <dl>
        {seen[0] && (
          <>
            <dt>{text.review.firstSeen}</dt>
            <dd>{moment(seen[0].startFrame)}</dd>
          </>
        )}
        {last && (
          <>
            <dt>{text.review.lastSeen}</dt>
            <dd>{moment(last.endFrame - 1)}</dd>
          </>
        )}
        {measured.map(({ id, name, of, unit, value }) => (
          <div key={id} style={{ display: "contents" }}>
            <dt>
              {titleOf(name, language)}
              {of !== label && ` (${of?.slice(label.length + 1)})`}
            </dt>
            <dd>{text.measures.units[unit](value as number)}</dd>
          </div>
        ))}
      </dl>
      {!found.value && !found.error && <p role="status">{text.loading}</p>}
      {found.value && measured.length === 0 && <p className="soft">{text.review.noUse}</p>}
      {found.error && <Problem error={found.error} retry={found.reload} />}
      <button type="button" onClick={close}>
        {text.close}
      </button>
    </section>
  );
}

/** A measure's title; its name where the page knows no better. */
export const titleOf = (name: string, language: "en" | "zh-TW"): string => {
  const titles = Object.fromEntries(Object.entries(definitions).map(([key, { title }]) => [key, title[language]]));
  return wordFor(titles, name);
};
