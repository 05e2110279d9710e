import { lastNotAfter } from "../../../../contracts/frame-table.ts";
import { InvalidInput } from "../../errors.ts";
import { type Format, textFile } from "../format.ts";
import { type Scene, type Segment, ticksAt } from "../scene.ts";

/** Frames a second that Cholec80 counts in, and frames between two lines about instruments (Twinanda et al., "EndoNet", 2017; its README). */
const rate = 25;
const toolStep = 25;

const phaseNames = [
  ...["Preparation", "CalotTriangleDissection", "ClippingCutting", "GallbladderDissection"],
  ...["GallbladderPackaging", "CleaningCoagulation", "GallbladderRetraction"],
];

const tools = ["Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag"];

/**
 * Cholec80's phase and tool files: a phase for every frame at 25 frames a second, instruments once a second. Other rates are
 * brought to that one by time: frame `n` there is what the source shows at `n / 25` seconds, exactly in integers.
 */
export const cholec80: Format = {
  title: "Cholec80 phase and tool text",
  use: "Benchmarks of phases and of instruments' presence",
  keeps: [],
  loses: `Times are resampled to 25 frames a second, instruments to one. Only the seven phases of Cholec80 (an operation with others is refused) and the presence of the seven instruments of Cholec80 (${tools.join(", ")}) remain; moments without a phase, and those in which nobody looked for instruments, have no line.`,
  files: (scene) => [textFile("phase.txt", "text/plain", () => phases(scene)), textFile("tool.txt", "text/plain", () => presence(scene))],
};

/** Why segments can't be told in Cholec80's words: a reason with the names of the phases that it does not have; none if they can. */
export function unknownPhases(segments: readonly Pick<Segment, "level" | "label">[]): string[] {
  const others = new Set(segments.filter(({ level, label }) => level === "phase" && !phaseNames.includes(label)).map(({ label }) => label));
  return others.size === 0 ? [] : [`Cholec80 has the phases ${phaseNames.join(", ")}, and no ${[...others].join(", ")}: choose another format.`];
}

/** Source frame that each frame of the set shows, within the scene's span. */
function* resampled(scene: Scene, step: number): Generator<{ index: number; frame: number }> {
  const { timebase, pts } = scene.frames.source;
  const { frameCount } = scene.media;
  const end = ticksAt(scene, frameCount);
  for (let index = 0; ; index += step) {
    // Ticks at index / 25 seconds, rounded down: a frame that begins within that tick has begun.
    const ticks = Math.floor((index * timebase.den) / (rate * timebase.num));
    if (ticks >= end) return;
    const frame = lastNotAfter(pts, ticks + (pts[0] as number));
    if (frame >= scene.span.endFrame) return;
    if (frame >= scene.span.startFrame) yield { index, frame };
  }
}

function* phases(scene: Scene): Generator<string> {
  const spans = scene.segments.filter(({ level }) => level === "phase");
  const reasons = unknownPhases(spans);
  if (reasons.length > 0) throw new InvalidInput(...reasons);
  yield "Frame\tPhase\n";
  for (const { index, frame } of resampled(scene, 1)) {
    const phase = spans.find(({ startFrame, endFrame }: Segment) => frame >= startFrame && frame < endFrame);
    if (phase) yield `${index}\t${phase.label}\n`;
  }
}

/** An instrument is present if the last frame that was looked at, at most a second before, shows it. */
async function* presence(scene: Scene): AsyncGenerator<string> {
  yield `Frame\t${tools.join("\t")}\n`;
  const columns = tools.map((tool) => scene.labels.indexOf(tool));
  const sightings = scene.boxes()[Symbol.asyncIterator]();
  let next = await sightings.next();
  let seen: { frame: number; labels: ReadonlySet<number> } | undefined;
  const { den, num } = scene.frames.source.timebase;
  for (const { index, frame } of resampled(scene, toolStep)) {
    while (!next.done && next.value.frame <= frame) {
      seen = { frame: next.value.frame, labels: new Set(next.value.items.map(({ label }) => label)) };
      next = await sightings.next();
    }
    if (!seen || (ticksAt(scene, frame) - ticksAt(scene, seen.frame)) * num > den) continue;
    const { labels } = seen;
    yield `${index}\t${columns.map((column) => (column >= 0 && labels.has(column) ? 1 : 0)).join("\t")}\n`;
  }
}
