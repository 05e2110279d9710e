import { spawn } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { ended, ffmpegPath } from "../programs.ts";

/** How dark each pixel of a square is, row by row, 0 to 255. */
export type Glyph = Uint8Array;

/** Where Debian's package fonts-noto-cjk has it; its collection holds a face for each script, of which fontconfig knows the names. */
const debianFont = { file: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", name: "Noto Sans CJK TC" } as const;

/** Characters that are drawn at most; more is no labels'. */
const mostCharacters = 500;

/** A place for private use, which no font of the kind fills: it shows how the font draws what it lacks. */
const lacking = "\uf8fe";

/**
 * Glyphs of characters that the picture's own letters lack, of this many pixels a side: those of the font that FONT_FILE names, by default of Noto Sans CJK.
 * Characters that the font lacks are left out; all are, if there is no such font.
 */
export async function glyphsOf(characters: readonly string[], size: number, environment: NodeJS.ProcessEnv, abort: AbortSignal): Promise<Map<string, Glyph>> {
  const font = await fontOf(environment);
  const wanted = characters.slice(0, mostCharacters);
  if (font === null || wanted.length === 0) return new Map();
  const folder = await mkdtemp(join(tmpdir(), "svp-glyphs-"));
  try {
    const all = [lacking, ...wanted];
    // In files: characters may be signs of the filter's own language.
    for (const [i, character] of all.entries()) await writeFile(join(folder, `${i}.txt`), character);
    const filters = all.map((_, i) => {
      const place = `x=${i * size}+(${size}-text_w)/2:y=${Math.round(0.86 * size)}-ascent`;
      return `drawtext=${font}:textfile=${i}.txt:expansion=none:fontcolor=white:fontsize=${Math.round(0.9 * size)}:${place}`;
    });
    const sheet = ["-f", "lavfi", "-i", `color=c=black:s=${all.length * size}x${size}`, "-vf", filters.join(",")];
    const output = ["-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"];
    const child = spawn(ffmpegPath(), ["-nostdin", "-hide_banner", "-v", "error", ...sheet, ...output], {
      ...{ cwd: folder, signal: abort, killSignal: "SIGKILL" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    const end = ended(child, "ffmpeg", () => log.trim().slice(-2000) || "it said nothing.");
    const [drawn] = await Promise.all([
      buffer(child.stdout as Readable),
      text(child.stderr as Readable).then((said) => {
        log = said;
      }),
    ]);
    await end;
    const glyphs = all.map((_, i) => cut(drawn, i * size, all.length * size, size));
    const [none, ...found] = glyphs as [Glyph, ...Glyph[]];
    return new Map(wanted.flatMap((character, i) => (isSame(found[i] as Glyph, none) ? [] : [[character, found[i] as Glyph] as const])));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How the filter is told which font; null if there is none. */
async function fontOf({ FONT_FILE: file }: NodeJS.ProcessEnv): Promise<string | null> {
  const isThere = await access(file ?? debianFont.file).then(
    () => true,
    () => false,
  );
  if (!isThere) return null;
  return file === undefined ? `font='${debianFont.name}'` : `fontfile='${file.replace(/[\\':]/g, "\\$&")}'`;
}

/** A square of a picture. */
function cut(picture: Uint8Array, left: number, width: number, size: number): Glyph {
  const glyph = new Uint8Array(size * size);
  for (let row = 0; row < size; row++) glyph.set(picture.subarray(row * width + left, row * width + left + size), row * size);
  return glyph;
}

const isSame = (one: Glyph, other: Glyph): boolean => one.every((value, i) => value === other[i]);
