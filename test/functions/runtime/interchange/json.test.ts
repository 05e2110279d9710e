import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import type { Analysis, DetectionChunk, MaskChunk } from "../../../../contracts/analysis.ts";
import { FrameIndex } from "../../../../contracts/frame-table.ts";
import { sceneOf } from "../../../../functions/runtime/interchange/case-scene.ts";
import { json } from "../../../../functions/runtime/interchange/formats/json.ts";
import type { Scene } from "../../../../functions/runtime/interchange/scene.ts";
import { drawnFrames, drawnOperation, keyOf } from "../../support/operation.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of several kinds.
type Row = any;

const rowsOf = async (scene: Scene): Promise<Row[]> => {
  let text = "";
  for await (const piece of json.files(scene)[0]?.content() ?? []) text += piece;
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
};

describe("the JSON twin of the columns", () => {
  let analysis: Analysis;
  let scene: Scene;
  let rows: Row[];
  let stored: <Chunk>(uri: string) => Promise<Chunk>;
  before(async () => {
    const drawn = await drawnOperation();
    const [detections] = drawn.analysis.detections;
    if (!detections) throw new Error("Nothing was drawn.");
    // A second network looked at the first chunk's frames alone.
    const second = { ...detections, producer: "second-detector", chunks: detections.chunks.slice(0, 1) };
    analysis = { ...drawn.analysis, detections: [detections, second] };
    scene = sceneOf(drawn.lake, analysis, new FrameIndex(drawnFrames), drawn.measures, { startFrame: 0, endFrame: 600 });
    rows = await rowsOf(scene);
    stored = async (uri) => JSON.parse(gunzipSync(await drawn.lake.bytes(keyOf(uri))).toString());
  });
  const ofKind = (kind: string): Row[] => rows.filter((row) => row.kind === kind);

  it("has a row for each box and mask of the columns, and no other", async () => {
    for (const [kind, lists] of [
      ["box", analysis.detections],
      ["mask", analysis.masks],
    ] as const) {
      const wanted: Row[] = [];
      for (const { producer, labels, chunks } of lists)
        for (const { uri } of chunks) {
          const chunk = await stored<Omit<DetectionChunk, "schema"> & Omit<MaskChunk, "schema">>(uri);
          for (const [i, frame] of chunk.frames.entries())
            for (let k = chunk.offsets[i] as number; k < (chunk.offsets[i + 1] as number); k++) {
              const [x, y, width, height] = chunk.box?.slice(4 * k, 4 * k + 4) ?? [];
              const shape =
                kind === "box"
                  ? { x, y, width, height, track: chunk.track[k] === -1 ? null : chunk.track[k] }
                  : { gridWidth: chunk.gridWidth, gridHeight: chunk.gridHeight, runs: chunk.runs[k] };
              // 25 frames a second in a timebase of 1/12800.
              const at = { frame, ticks: 512 * frame, seconds: frame / 25 };
              wanted.push({ kind, ...at, producer, label: labels[chunk.label[k] as number], score: chunk.score[k], ...shape });
            }
        }
      // The rows go by frame, the chunks by producer first.
      const inOrder = wanted.map((row, i) => ({ row, i })).sort((a, b) => a.row.frame - b.row.frame || a.i - b.i);
      expect(ofKind(kind)).to.deep.equal(inOrder.map(({ row }) => row));
      expect(wanted).to.have.length.greaterThan(10);
    }
  });

  it("is enough to make every chunk again, frames without a finding included", async () => {
    for (const { producer, labels, chunks } of analysis.detections)
      for (const { uri, startFrame, endFrame } of chunks) {
        const made = columnsOf(rows, { kind: "box", producer, labels, startFrame, endFrame });
        const { schema: _, producer: __, ...chunk } = await stored<DetectionChunk>(uri);
        const box = made.rows.flatMap(({ x, y, width, height }) => [x, y, width, height]);
        expect({ ...made.columns, box, track: made.rows.map(({ track }) => track ?? -1) }).to.deep.equal(chunk);
      }
    for (const { producer, labels, chunks } of analysis.masks)
      for (const { uri, startFrame, endFrame } of chunks) {
        const made = columnsOf(rows, { kind: "mask", producer, labels, startFrame, endFrame });
        const { schema: _, producer: __, gridWidth, gridHeight, ...chunk } = await stored<MaskChunk>(uri);
        expect({ ...made.columns, runs: made.rows.map(({ runs }) => runs) }).to.deep.equal(chunk);
        for (const row of made.rows) expect([row.gridWidth, row.gridHeight]).to.deep.equal([gridWidth, gridHeight]);
      }
  });

  it("has segments, events and measures as they are, and a head that says what it is", () => {
    const plain = ({ kind: _, startTicks: __, endTicks: ___, startSeconds: ____, endSeconds: _____, ...told }: Row) => told;
    expect(ofKind("segment").map(plain)).to.deep.equal(scene.segments);
    expect(ofKind("event").map(plain)).to.deep.equal(scene.events);
    expect(ofKind("measure").map(plain)).to.deep.equal(scene.measures?.measures);
    const [head] = rows;
    expect(head).to.deep.include({ kind: "head", schema: "analysis-rows/1.0", frameCount: 600, raster: { width: 1280, height: 720 } });
    expect(head.provenance.contentSha256).to.equal(scene.provenance.contentSha256);
    expect(ofKind("segment")[1]).to.deep.include({ startFrame: 47, endFrame: 178, startSeconds: 1.88, endSeconds: 7.12, startTicks: 24064 });
  });

  it("tells of a span its own frames alone", async () => {
    const part = await rowsOf({
      ...sceneOf({ bytes: () => Promise.reject(new Error("read")) }, { ...analysis, detections: [], masks: [] }, scene.frames, null, {
        startFrame: 0,
        endFrame: 47,
      }),
    });
    expect(part.map(({ kind }) => kind)).to.satisfy((kinds: string[]) => kinds[0] === "head" && !kinds.includes("frame") && !kinds.includes("measure"));
    expect(part.filter(({ kind }) => kind === "segment")).to.have.length(1);
  });
});

/** The columns of a chunk, made of rows alone. */
function columnsOf(rows: readonly Row[], of: { kind: string; producer: string; labels: readonly string[]; startFrame: number; endFrame: number }) {
  const within = ({ frame }: Row) => frame >= of.startFrame && frame < of.endFrame;
  const frames: number[] = rows.filter((row) => row.kind === "frame" && within(row) && row.lookedAtBy.includes(of.producer)).map(({ frame }) => frame);
  const found = rows.filter((row) => row.kind === of.kind && within(row) && row.producer === of.producer);
  const offsets = [0, ...frames.map((frame) => found.filter((row) => row.frame <= frame).length)];
  return { rows: found, columns: { frames, offsets, label: found.map(({ label }) => of.labels.indexOf(label)), score: found.map(({ score }) => score) } };
}
