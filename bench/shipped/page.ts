import type { MetricEstimate } from "../../contracts/model-quality.ts";
import type { Sample } from "../measurement.ts";
import type { Shipped } from "./folders.ts";
import { inferenceRow, type Manner } from "./inference.ts";
import { jobRows, rate } from "./job.ts";
import { type Place, preprocessed, preprocessingRow } from "./preprocessing.ts";
import { published } from "./published.ts";

/** All that the page is made of. */
export interface Findings {
  readonly machine: readonly (readonly [string, string])[];
  readonly clip: string;
  /** Frames and seconds of the video that jobs were given, which is the clip `repeats` times in a row. */
  readonly frameCount: number;
  readonly seconds: number;
  readonly repeats: number;
  readonly rounds: number;
  /** Pictures that each manner of asking was measured with. */
  readonly pictures: number;
  readonly medians: ReadonlyMap<string, Sample>;
  readonly shipped: readonly Shipped[];
}

const table = (head: readonly string[], rows: readonly (readonly string[])[], figures = head.length - 1): string =>
  [head, head.map((_, i) => (i < head.length - figures ? "---" : "---:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const times = (value: number): string => value.toFixed(2);

/** As the cards have it: where all operations are alike, resampling them tells nothing. */
export function figure({ value, low, high }: MetricEstimate): string {
  const interval = low === null || high === null || low === high ? "no interval" : `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return `${value.toFixed(3)} (${interval})`;
}

/** What needs no measuring here: quality on the test operations, beside the field's. Follows from the model folders alone. */
export function accuracy(shipped: readonly Shipped[]): string {
  const rows = shipped.flatMap(({ model, quality }) =>
    Object.entries(quality.metrics).map(([name, found], i) => [
      i === 0 ? model.id : "",
      name === quality.headline ? `**${name}**` : name,
      figure(found),
      found.better,
      i === 0 ? `${quality.dataset.operations} operations, ${quality.dataset.frames.toLocaleString("en")} frames` : "",
    ]),
  );
  const parity = shipped.map(({ model, quality: { golden } }) => `${model.id} ${golden === null ? "none" : `${golden.agreeing} of ${golden.frames}`}`);
  return `## How good they are, on drawings

Frame by frame, nothing smoothed, at each network's threshold; the very files that ship, run by ONNX Runtime on drawn operations that no
network learned from or was tuned on. In brackets intervals of 95 %, by bootstrap over operations. Measures are defined in
\`models/training/measure.py\`; each label's figures, thresholds, calibration and limits are in the cards, \`models/<id>/card.md\`.

${table(["network", "measure", "value", "better", "measured on"], rows, 0)}

Reference frames that ONNX Runtime computes as PyTorch did: ${parity.join(", ")}.

### What others report of real operations

**Not comparable** with the table above in any way: other pictures, other tasks, real patients. It stands here for what networks reach that were
made for operations. For \`view-quality\` no like figure is known to us.

${table(
  ["our network of that kind", "theirs", "figure", "source"],
  published.map(({ id, what, figure: said, source }) => [id, what, said, source]),
  0,
)}
`;
}

/** Of INT8, from the reports of `quantise.py`. */
export function precisions(shipped: readonly Shipped[]): string {
  const rows = shipped.map(({ model, int8: { before, after, headline, wins } }) => {
    const of = (side: typeof before): string => (side.metrics[headline] ? (side.metrics[headline] as MetricEstimate).value.toFixed(3) : "none");
    const faster = (batch: string): string => times((after.framesPerSecond[batch] as number) / (before.framesPerSecond[batch] as number));
    return [model.id, times(after.bytes / before.bytes), faster("1"), faster("8"), headline, of(before), of(after), wins ? "yes" : "no"];
  });
  return `### INT8 and FP16

INT8 against the FP32 that ships, as \`models/training/quantise.py\` measured it: frames a second of processor time on one thread. It wins where it
is a tenth faster and its headline loses no more than a hundredth (of seconds an hour: one). Its reports are \`models/<id>/quantisation.json\`.

${table(["network", "size x", "speed x, one picture", "speed x, eight", "headline", "FP32", "INT8", "wins"], rows, 7)}

FP32 ships all the same: tests hold its answers to PyTorch's on reference frames, and how INT8 does on processors other than this one's was not
measured. Who wants the speed makes the graph with \`quantise.py\` and lets it be approved as any other version. FP16 is for GPUs and was not
measured: processors compute it in single precision, and there was no GPU. No figure on this page is of a GPU.
`;
}

export function page(findings: Findings): string {
  const { machine, clip, frameCount, seconds, repeats, rounds, pictures, medians, shipped } = findings;
  const of = (row: string): { cpu: number; wall: number } => {
    const found = medians.get(row);
    if (found?.cpuSeconds == null) throw new Error(`Nothing was measured as "${row}".`);
    return { cpu: found.cpuSeconds, wall: found.wallSeconds };
  };
  const decode = of(jobRows.decode);
  const alone = shipped.map(({ model, bytes }) => {
    const manner = (name: Manner) => of(inferenceRow(model.id, name));
    const plain = manner("plain");
    const [one, eight, all] = [manner("batch 1"), manner("batch 8"), manner("all threads")];
    const cost = one.cpu / pictures / (decode.cpu / frameCount);
    return [
      ...[model.id, `${(bytes / 1024).toFixed(0)} KiB`, times(cost)],
      ...[one, eight, all].map(({ cpu }) => times(cpu / plain.cpu)),
      ...[one, eight, all].map(({ wall }) => times(plain.wall / wall)),
      ...[one.wall, 8 * eight.wall].map((wall) => times(wall / plain.wall)),
    ];
  });
  const prepared = Object.entries(preprocessed).map(([id, name]) => {
    const cpu = (place: Place): number => of(preprocessingRow(id, place)).cpu;
    return [name, times(cpu("before it") / cpu("in the graph"))];
  });
  const [scaled, infer, start, whole] = [of(jobRows.scaled).cpu, of(jobRows.infer).cpu, of(jobRows.start).cpu, of(jobRows.whole).cpu];
  const beside = { decode: of(jobRows.besideDecode).cpu, infer: of(jobRows.besideInfer).cpu };
  const bound = decode.cpu + infer;
  const boundBeside = beside.decode + beside.infer;
  const stages: [string, number][] = [
    ["decoding every frame", decode.cpu],
    ["scaling the pictures and handing them over", scaled - decode.cpu],
    ["the networks", infer],
    ["start", start],
    ["decoder and networks slow each other down", boundBeside - bound],
    ["what is left: reading pictures and answers, writing results", whole - (scaled + infer + start + boundBeside - bound)],
  ];
  const aim = (most: number, value: number): string => `${times(value)}, ${value <= most ? "held" : "missed"}`;
  return `# Benchmarks of the networks

Written by \`npm run bench:models -- --write\`. All networks that ship have learned from drawings and from nothing else. What is said here of quality
tells whether the tools work, and nothing of operations; what is said of speed holds for networks of this size, whatever they have learned.

${accuracy(shipped)}
## How fast they are

Ratios within one run, medians of ${rounds} round${rounds === 1 ? "" : "s"}, forwards and backwards in turn; above 1 is more of what
the column names. Seconds would say more of the machine, and of who else used it:

${machine.map(([name, value]) => `- ${name}: ${value}`).join("\n")}
- clip: ${clip}

### Alone

${pictures} pictures of noise each. What a first program does is the 1.00 of all columns marked x: a plain single session with ONNX Runtime's own settings,
asked for a picture after another. Ours are sessions of one thread in workers (\`models/serving/inference-pool.ts\`), with the messages between
threads: one worker with a picture at a time, one with eight, and as many workers as the processor has threads with four each. A
picture's cost is told in frames of the clip decoded, processor time of both. The plain session's threads wait by spinning, which costs it the more the
busier the machine is: on an idle one ours gain less on the wall.

${table(
  [
    ...["network", "size", "cost of a picture, in decoded frames"],
    ...["processor time x, one", "eight", "all threads"],
    ...["pictures a second x, one", "eight", "all threads"],
    ...["wait for an answer x, one", "eight"],
  ],
  alone,
)}

${precisions(shipped)}
### Pre-processing

Scaling and turning as part of the graph, which takes bytes, against a tight loop of the caller's, which hands over floats: the same layers with
random weights, one thread, processor time. In the graph nobody can scale otherwise than in training, and a quarter of the bytes goes between threads.

${table(["network", "loop before the graph x"], prepared)}

### Key frames

The clip as the analysis rendition is encoded (a key frame a second), decoded and scaled to all sizes that the networks take, against decoding every
frame and dropping it. At one frame a second a job decodes key frames alone by itself, if they lie where they should.

${table(
  ["what", "processor time x", "time on the wall x"],
  ([jobRows.sparse, jobRows.keyFrames] as const).map((row) => [row, times(of(row).cpu / decode.cpu), times(of(row).wall / decode.wall)]),
)}

### A job with all networks

\`models/serving/main.ts process\` with all ${shipped.length} networks at ${rate} frames a second and one decode for all, over the clip ${repeats === 1 ? "once" : `${repeats} times in a row`}, in
processor time. Each stage was also run for itself: the networks over the very pictures of the clip, in the batches and on the threads of a job; the
start as a job of a single frame, which is the same for any video: as much as decoding ${times((start / decode.cpu) * seconds)} s of this one. Decoder and networks were run at
the same time as well, knowing nothing of each other: what they then take more than each with the machine to itself is what they cost each other
where they share caches, memory and, in a virtual machine, perhaps a core.

${table(
  ["stage", "x decoding every frame", "share"],
  [
    ...stages.map(([what, seconds]) => [what, times(seconds / decode.cpu), `${((100 * seconds) / whole).toFixed(0)} %`]),
    ["**the whole job**", `**${times(whole / decode.cpu)}**`, "100 %"],
  ],
)}

Two aims, with the start in them. The lower bound is decoding and the networks and nothing else.

| what | aim | bound: each alone | without the start | bound: both at once |
| --- | ---: | ---: | ---: | ---: |
| all but the networks, x decoding | 1.2 | ${aim(1.2, (whole - infer) / decode.cpu)} | ${times((whole - start - infer) / decode.cpu)} | ${times((whole - beside.infer) / beside.decode)} |
| the whole, x lower bound | 1.1 | ${aim(1.1, whole / bound)} | ${times((whole - start) / bound)} | ${times(whole / boundBeside)} |

What asking a server for each frame costs instead stands in the [benchmarks of the platform](benchmarks.md#the-naive-path).
`;
}
