import { type Features, NetworkBuilder } from "./network-builder.ts";
import type { Graph, GraphValue } from "./writer.ts";

/**
 * Networks of the sizes that surgical video analysis uses, with the layers of the published ones and random weights:
 * their answers mean nothing, their running time is real.
 */

/** How the pictures come in: as the platform has it, or as tutorials do (scaled and turned by the caller). */
export type PictureInput = "uint8-nhwc" | "float32-nchw";

export interface BenchNetwork {
  readonly graph: Graph;
  readonly parameters: number;
}

const labelCount = 7;
/** Boxes that the detector gives for each picture. */
export const boxCount = 20;

function pictures(net: NetworkBuilder, input: PictureInput, size: number): { value: GraphValue; features: Features } {
  if (input === "float32-nchw") {
    return { value: { name: "pixels", type: "float32", dims: ["N", 3, size, size] }, features: { name: "pixels", channels: 3 } };
  }
  const floats = net.node("Cast", ["pixels"], { to: 1 });
  const planes = net.node("Transpose", [floats], { perm: [0, 3, 1, 2] });
  const name = net.node("Mul", [planes, net.floats(1 / 255)]);
  return { value: { name: "pixels", type: "uint8", dims: ["N", size, size, 3] }, features: { name, channels: 3 } };
}

/** MobileNetV3-Small (Howard et al., "Searching for MobileNetV3", 2019, table 2): 1.5 M parameters, 0.14 GFLOP at 256 x 256. */
export function mobileNetV3Small(size: number, input: PictureInput): BenchNetwork {
  const net = new NetworkBuilder();
  const { value, features } = pictures(net, input, size);
  // Kernel, expanded channels, output channels, squeeze-and-excite, non-linearity, stride.
  const blocks = [
    [3, 16, 16, true, "relu", 2],
    [3, 72, 24, false, "relu", 2],
    [3, 88, 24, false, "relu", 1],
    [5, 96, 40, true, "hard-swish", 2],
    [5, 240, 40, true, "hard-swish", 1],
    [5, 240, 40, true, "hard-swish", 1],
    [5, 120, 48, true, "hard-swish", 1],
    [5, 144, 48, true, "hard-swish", 1],
    [5, 288, 96, true, "hard-swish", 2],
    [5, 576, 96, true, "hard-swish", 1],
    [5, 576, 96, true, "hard-swish", 1],
  ] as const;
  let x = net.conv(features, 16, 3, { stride: 2, activation: "hard-swish" });
  for (const [kernel, expanded, channels, squeeze, activation, stride] of blocks) {
    const before = x;
    if (expanded !== x.channels) x = net.conv(x, expanded, 1, { activation });
    x = net.conv(x, expanded, kernel, { stride, groups: expanded, activation });
    if (squeeze) x = squeezeAndExcite(net, x);
    x = net.conv(x, channels, 1, { activation: "none" });
    if (stride === 1 && channels === before.channels) x = net.add(x, before);
  }
  x = net.conv(x, 576, 1, { activation: "hard-swish" });
  x = { name: net.node("GlobalAveragePool", [x.name]), channels: 576 };
  x = net.conv(x, 1024, 1, { activation: "hard-swish" });
  x = net.conv(x, labelCount, 1, { activation: "none" });
  net.name(net.node("Softmax", [net.node("Flatten", [x.name], { axis: 1 })], { axis: 1 }), "scores");
  return { graph: net.graph("mobilenet-v3-small", [value], [{ name: "scores", type: "float32", dims: ["N", labelCount] }]), parameters: net.parameters };
}

function squeezeAndExcite(net: NetworkBuilder, x: Features): Features {
  const pooled = { name: net.node("GlobalAveragePool", [x.name]), channels: x.channels };
  const squeezed = net.conv(pooled, Math.max(8, 8 * Math.round(x.channels / 32)), 1, { activation: "relu" });
  const excited = net.conv(squeezed, x.channels, 1, { activation: "none" });
  const gate = net.node("HardSigmoid", [excited.name], { alpha: { float: 1 / 6 } });
  return { name: net.node("Mul", [x.name, gate]), channels: x.channels };
}

/** YOLOv8-nano (Jocher et al., Ultralytics YOLOv8, 2023): 3.0 M parameters, 1.3 GFLOP at 256 x 256, and its decoding down to the best boxes. */
export function yoloNano(size: number, input: PictureInput): BenchNetwork {
  const net = new NetworkBuilder();
  const { value, features } = pictures(net, input, size);
  const conv = (x: Features, channels: number, kernel: number, stride = 1): Features => net.conv(x, channels, kernel, { stride, activation: "silu" });
  const c2f = (x: Features, channels: number, depth: number, shortcut: boolean): Features => crossStage(net, x, channels, depth, shortcut);
  const upsample = (x: Features): Features => ({
    name: net.node("Resize", [x.name, "", net.floats(1, 1, 2, 2)], { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }),
    channels: x.channels,
  });

  let x = c2f(conv(conv(features, 16, 3, 2), 32, 3, 2), 32, 1, true);
  const stride8 = c2f(conv(x, 64, 3, 2), 64, 2, true);
  const stride16 = c2f(conv(stride8, 128, 3, 2), 128, 2, true);
  x = pyramidPooling(net, c2f(conv(stride16, 256, 3, 2), 256, 1, true));
  const middle = c2f(net.concat(upsample(x), stride16), 128, 1, false);
  const fine = c2f(net.concat(upsample(middle), stride8), 64, 1, false);
  const medium = c2f(net.concat(conv(fine, 64, 3, 2), middle), 128, 1, false);
  const coarse = c2f(net.concat(conv(medium, 128, 3, 2), x), 256, 1, false);

  const heads = [fine, medium, coarse].map((level) => {
    const box = net.conv(conv(conv(level, 64, 3), 64, 3), 64, 1, { activation: "none" });
    const label = net.conv(conv(conv(level, 64, 3), 64, 3), labelCount, 1, { activation: "none" });
    const shape = (channels: number): string => net.integers(0, channels, -1);
    return { box: net.node("Reshape", [box.name, shape(64)]), label: net.node("Reshape", [label.name, shape(labelCount)]) };
  });
  const flat = (part: "box" | "label"): string =>
    net.node(
      "Concat",
      heads.map((head) => head[part]),
      { axis: 2 },
    );
  decodeBoxes(net, flat("box"), flat("label"), size);
  const outputs: GraphValue[] = [
    { name: "boxes", type: "float32", dims: ["N", boxCount, 4] },
    { name: "scores", type: "float32", dims: ["N", boxCount] },
    { name: "classes", type: "int64", dims: ["N", boxCount] },
  ];
  return { graph: net.graph("yolo-nano", [value], outputs), parameters: net.parameters };
}

/** C2f: half of the channels pass a chain of bottlenecks, and every link of it is kept. */
function crossStage(net: NetworkBuilder, x: Features, channels: number, depth: number, shortcut: boolean): Features {
  const half = channels / 2;
  const wide = net.conv(x, channels, 1, { activation: "silu" });
  const halves = net.nodes("Split", [wide.name, net.integers(half, half)], 2, { axis: 1 }).map((name) => ({ name, channels: half }));
  for (let i = 0; i < depth; i++) {
    const last = halves.at(-1) as Features;
    const inner = net.conv(last, half, 3, { activation: "silu" });
    const next = net.conv(inner, half, 3, { activation: "silu" });
    halves.push(shortcut ? net.add(next, last) : next);
  }
  return net.conv(net.concat(...halves), channels, 1, { activation: "silu" });
}

/** SPPF: three max-poolings of 5 x 5 in a row, all kept. */
function pyramidPooling(net: NetworkBuilder, x: Features): Features {
  const half = net.conv(x, x.channels / 2, 1, { activation: "silu" });
  const pools = [half];
  for (let i = 0; i < 3; i++) {
    const { name, channels } = pools.at(-1) as Features;
    pools.push({ name: net.node("MaxPool", [name], { kernel_shape: [5, 5], strides: [1, 1], pads: [2, 2, 2, 2] }), channels });
  }
  return net.conv(net.concat(...pools), x.channels, 1, { activation: "silu" });
}

/** Sides from their 16-bin distributions, boxes around the anchors as shares of the picture, then the best by score. */
function decodeBoxes(net: NetworkBuilder, box: string, label: string, size: number): void {
  const centres: [number, number, number][] = [];
  for (const stride of [8, 16, 32]) {
    for (let y = 0.5; y < size / stride; y++) for (let x = 0.5; x < size / stride; x++) centres.push([(x * stride) / size, (y * stride) / size, stride / size]);
  }
  const perAnchor = (value: (centre: [number, number, number]) => number): Float32Array => Float32Array.from(centres, value);
  const centre = net.constant([1, 2, centres.length], Float32Array.of(...perAnchor(([x]) => x), ...perAnchor(([, y]) => y)));
  const scale = net.constant(
    [1, 1, centres.length],
    perAnchor(([, , stride]) => stride),
  );

  const bins = net.node("Softmax", [net.node("Reshape", [box, net.integers(0, 4, 16, -1)])], { axis: 2 });
  const weighted = net.node("Mul", [
    bins,
    net.constant(
      [1, 1, 16, 1],
      Float32Array.from({ length: 16 }, (_, i) => i),
    ),
  ]);
  const sides = net.node("Mul", [net.node("ReduceSum", [weighted, net.integers(2)], { keepdims: 0 }), scale]);
  const [before, after] = net.nodes("Split", [sides, net.integers(2, 2)], 2, { axis: 1 }) as [string, string];
  const places = net.node("Concat", [net.node("Sub", [centre, before]), net.node("Add", [before, after])], { axis: 1 });

  const scores = net.node("Sigmoid", [label]);
  const best = net.node("ReduceMax", [scores], { axes: [1], keepdims: 0 });
  const [top, index] = net.nodes("TopK", [best, net.integers(boxCount)], 2, { axis: 1 }) as [string, string];
  const classes = net.node("GatherElements", [net.node("ArgMax", [scores], { axis: 1, keepdims: 0 }), index], { axis: 1 });
  const rows = net.node("Expand", [net.node("Unsqueeze", [index, net.integers(2)]), net.integers(1, 1, 4)]);
  const boxes = net.node("GatherElements", [net.node("Transpose", [places], { perm: [0, 2, 1] }), rows], { axis: 1 });
  net.name(boxes, "boxes");
  net.name(top, "scores");
  net.name(classes, "classes");
}
