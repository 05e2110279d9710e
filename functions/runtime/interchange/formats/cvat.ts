import { boundsOf, cellsOf, type Grid, regrid, runsOf } from "../../../../contracts/run-lengths.ts";
import { type Format, textFile } from "../format.ts";
import { type Mask, provenanceOf, type Scene } from "../scene.ts";

/**
 * CVAT for video 1.1 (CVAT documentation, "CVAT for video export"). A box is a keyframe of a track, and the frame after its
 * last, looked at and empty, says `outside`, so that CVAT draws it no further. CVAT knows no spans: its maintainers' answer is a
 * track of rectangles, so a segment or an event is one that covers the picture, from its first frame to the first one after.
 */
export const cvat: Format = {
  title: "CVAT for video 1.1",
  use: "Corrections in CVAT",
  keeps: ["boxes", "scores", "tracks", "masks", "segments", "events", "provenance"],
  loses:
    "Measures are left out, and which frames were looked at and hold nothing. Segments and events are tracks that cover the picture. A box of no track is a track of one frame. Between two frames that were looked at, CVAT draws boxes of its own.",
  files: (scene) => [textFile("annotations.xml", "application/xml", () => pieces(scene))],
};

async function* pieces(scene: Scene): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n${meta(scene)}`;
  let id = 0;
  for (const one of scene.segments) yield spanTrack(scene, id++, `${one.level}: ${one.label}`, { kind: one.level, id: one.id, name: one.label }, one);
  for (const one of scene.events) yield spanTrack(scene, id++, `event: ${one.label}`, { kind: `event ${one.type}`, id: one.id, name: one.label }, one);
  for await (const [track, boxes] of boxTracks(scene)) yield boxTrack(scene, id++, track, boxes);
  for await (const { frame, items } of scene.masks()) for (const mask of items) yield maskTrack(scene, id++, frame, mask);
  yield "</annotations>\n";
}

/** Boxes of one track, and the frames in which it was looked for and not found. */
type Keyframe = { readonly frame: number; readonly outside: boolean } & Pick<Mask, "label" | "score" | "producer"> &
  Record<"x" | "y" | "width" | "height", number>;

/**
 * Tracks, each once it has ended: only those that go on are held. A track that was not found in a frame that was looked at is
 * `outside` there; it has ended when it was missing for longer than any track of the platform waits.
 */
async function* boxTracks(scene: Scene): AsyncGenerator<[number, Keyframe[]]> {
  const open = new Map<number, { boxes: Keyframe[]; missing: number }>();
  for await (const { frame, items } of scene.boxes()) {
    const seen = new Set<number>();
    for (const { track, ...box } of items) {
      if (track < 0) {
        yield [track, [{ ...box, frame, outside: false }, ...ending(scene, box, frame)]];
        continue;
      }
      seen.add(track);
      const held = open.get(track) ?? { boxes: [], missing: 0 };
      held.boxes.push({ ...box, frame, outside: false });
      held.missing = 0;
      open.set(track, held);
    }
    for (const [track, held] of open) {
      if (seen.has(track)) continue;
      const last = held.boxes.at(-1) as Keyframe;
      if (!last.outside) held.boxes.push({ ...last, frame, outside: true });
      if (++held.missing < longestGap) continue;
      open.delete(track);
      yield [track, held.boxes];
    }
  }
  yield* [...open].map(([track, { boxes }]): [number, Keyframe[]] => {
    const last = boxes.at(-1) as Keyframe;
    return [track, last.outside ? boxes : [...boxes, ...ending(scene, last, last.frame)]];
  });
}

/** Frames that were looked at and lack a track before it counts as ended: more than the tracker bridges. */
const longestGap = 250;

/** The frame after a box, where it is no more; none at the end of the operation. */
const ending = (scene: Scene, box: Omit<Keyframe, "frame" | "outside">, frame: number): Keyframe[] =>
  frame + 1 < scene.media.frameCount ? [{ ...box, frame: frame + 1, outside: true }] : [];

const boxTrack = (scene: Scene, id: number, track: number, boxes: readonly Keyframe[]): string =>
  trackElement(
    id,
    scene.labels[(boxes[0] as Keyframe).label] as string,
    boxes
      .map(({ frame, outside, x, y, width, height, score, producer }) =>
        boxElement(frame, outside, { x, y, width, height }, { score, track: track < 0 ? null : track, producer: scene.sources[producer] ?? null }),
      )
      .join(""),
  );

function spanTrack(
  scene: Scene,
  id: number,
  label: string,
  attributes: Attributes,
  { startFrame, endFrame }: { startFrame: number; endFrame: number },
): string {
  const all = { x: 0, y: 0, ...scene.raster };
  const end = endFrame < scene.media.frameCount ? boxElement(endFrame, true, all, attributes) : "";
  return trackElement(id, label, `${boxElement(startFrame, false, all, attributes)}${end}`);
}

/** CVAT's runs go row by row within the smallest box around the mask. */
function maskTrack(scene: Scene, id: number, frame: number, { runs, gridWidth, gridHeight, label, score, producer }: Mask): string {
  const full = regrid(runs, { width: gridWidth, height: gridHeight }, scene.raster);
  const bounds = boundsOf(full, scene.raster);
  if (bounds === null) return "";
  const { x, y, width, height } = bounds;
  const rle = rowRuns(cellsOf(full, scene.raster), scene.raster, bounds);
  const at = `rle="${rle.join(", ")}" left="${x}" top="${y}" width="${width}" height="${height}"`;
  const grid = `${gridWidth} ${gridHeight}`;
  const inner = attributeElements({ score, grid, producer: scene.sources[producer] ?? null });
  return trackElement(
    id,
    scene.labels[label] as string,
    `    <mask frame="${frame}" keyframe="1" outside="0" occluded="0" ${at} z_order="0">\n${inner}    </mask>\n`,
  );
}

/** CVAT counts row by row; masks here lie column by column. */
function rowRuns(cells: Uint8Array, raster: Grid, { x, y, width, height }: Grid & { x: number; y: number }): number[] {
  const rows = new Uint8Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) rows[row * width + column] = cells[(x + column) * raster.height + y + row] as number;
  return runsOf(rows);
}

type Attributes = Readonly<Record<string, string | number | null>>;

const trackElement = (id: number, label: string, inner: string): string => `  <track id="${id}" label="${escaped(label)}" source="auto">\n${inner}  </track>\n`;

function boxElement(frame: number, outside: boolean, { x, y, width, height }: Grid & { x: number; y: number }, attributes: Attributes): string {
  const corners = `xtl="${x}" ytl="${y}" xbr="${x + width}" ybr="${y + height}"`;
  const inner = attributeElements(attributes);
  return `    <box frame="${frame}" keyframe="1" outside="${outside ? 1 : 0}" occluded="0" ${corners} z_order="0">\n${inner}    </box>\n`;
}

const attributeElements = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => (value === null ? "" : `      <attribute name="${name}">${escaped(String(value))}</attribute>\n`))
    .join("");

/** What CVAT asks a task to declare: labels with their attributes, size and length. */
function meta(scene: Scene): string {
  const { caseId, createdAt, media, raster, segments, events } = scene;
  const spanLabels = new Set([...segments.map(({ level, label }) => `${level}: ${label}`), ...events.map(({ label }) => `event: ${label}`)]);
  const labels = [
    ...[...spanLabels].map((name) => labelElement(name, ["kind", "id", "name"])),
    ...scene.labels.map((name) => labelElement(name, ["score", "track", "grid", "producer"])),
  ].join("");
  return `  <meta>
    <task>
      <name>${caseId}</name>
      <size>${media.frameCount}</size>
      <mode>interpolation</mode>
      <overlap>0</overlap>
      <created>${createdAt}</created>
      <updated>${createdAt}</updated>
      <start_frame>0</start_frame>
      <stop_frame>${media.frameCount - 1}</stop_frame>
      <labels>
${labels}      </labels>
      <original_size>
        <width>${raster.width}</width>
        <height>${raster.height}</height>
      </original_size>
    </task>
    <dumped>${createdAt}</dumped>
    <provenance>${escaped(JSON.stringify(provenanceOf(scene)))}</provenance>
  </meta>
`;
}

function labelElement(name: string, attributes: readonly string[]): string {
  const inner = attributes.map(
    (attribute) =>
      `            <attribute><name>${attribute}</name><mutable>True</mutable><input_type>text</input_type><default_value></default_value><values></values></attribute>\n`,
  );
  return `        <label>\n          <name>${escaped(name)}</name>\n          <type>any</type>\n          <attributes>\n${inner.join("")}          </attributes>\n        </label>\n`;
}

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
