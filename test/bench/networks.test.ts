import { expect } from "chai";
import * as ort from "onnxruntime-node";
import { boxCount, mobileNetV3Small, type PictureInput, yoloNano } from "../../bench/onnx/networks.ts";
import { type Graph, writeModel } from "../../bench/onnx/writer.ts";

const size = 64;
const run = async (graph: Graph, pixels: ort.Tensor): Promise<ort.InferenceSession.ReturnType> => {
  const session = await ort.InferenceSession.create(writeModel(graph), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const outputs = await session.run({ pixels });
  await session.release();
  return outputs;
};
const dims = (tensor: ort.Tensor | undefined): readonly number[] => tensor?.dims ?? [];
const values = (tensor: ort.Tensor | undefined): number[] => Array.from((tensor?.data ?? []) as ArrayLike<number>, Number);
const bytes = Uint8Array.from({ length: 2 * size * size * 3 }, (_, i) => (i * 7919) % 256);
const picture = (input: PictureInput): ort.Tensor => {
  if (input === "uint8-nhwc") return new ort.Tensor("uint8", bytes, [2, size, size, 3]);
  const planes = new Float32Array(bytes.length);
  for (let n = 0; n < 2; n++)
    for (let i = 0; i < size * size; i++)
      for (let c = 0; c < 3; c++) planes[(n * 3 + c) * size * size + i] = Math.fround((bytes[(n * size * size + i) * 3 + c] as number) * Math.fround(1 / 255));
  return new ort.Tensor("float32", planes, [2, 3, size, size]);
};

describe("the benchmark's networks", () => {
  it("have the sizes of the published ones", () => {
    expect(mobileNetV3Small(256, "uint8-nhwc").parameters).to.be.within(1.5e6, 1.56e6);
    expect(yoloNano(256, "uint8-nhwc").parameters).to.be.within(2.95e6, 3.05e6);
  });

  it("classify into probabilities", async () => {
    const { scores } = await run(mobileNetV3Small(size, "uint8-nhwc").graph, picture("uint8-nhwc"));
    expect(dims(scores)).to.deep.equal([2, 7]);
    const sum = values(scores)
      .slice(0, 7)
      .reduce((a, b) => a + b);
    expect(sum).to.be.closeTo(1, 1e-5);
  });

  it("detect the boxes of the best scores, best first", async () => {
    const { boxes, scores, classes } = await run(yoloNano(size, "uint8-nhwc").graph, picture("uint8-nhwc"));
    expect([boxes, scores, classes].map(dims)).to.deep.equal([
      [2, boxCount, 4],
      [2, boxCount],
      [2, boxCount],
    ]);
    const best = values(scores).slice(0, boxCount);
    expect(best).to.deep.equal([...best].sort((a, b) => b - a));
    expect(best.every((value) => value > 0 && value < 1)).to.equal(true);
    expect(values(classes).every((label) => label >= 0 && label < 7)).to.equal(true);
    const places = values(boxes);
    for (let i = 0; i < places.length; i += 4) expect((places[i + 2] as number) > 0 && (places[i + 3] as number) > 0).to.equal(true);
  });

  it("answer the same, whoever prepares the pictures", async () => {
    for (const network of [mobileNetV3Small, yoloNano]) {
      const inside = await run(network(size, "uint8-nhwc").graph, picture("uint8-nhwc"));
      const outside = await run(network(size, "float32-nchw").graph, picture("float32-nchw"));
      expect(outside["scores"]?.data).to.deep.equal(inside["scores"]?.data);
    }
  });
});
