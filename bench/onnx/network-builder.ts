import { mulberry32 } from "../../local/random.ts";
import type { Attribute, Graph, GraphNode, GraphTensor, GraphValue } from "./writer.ts";

/** A feature map: the name of its tensor and its channels. */
export interface Features {
  readonly name: string;
  readonly channels: number;
}

export type Activation = "relu" | "hard-swish" | "silu" | "none";

/**
 * Lays nodes one after another and draws their weights: uniform, scaled to keep the variance (He et al., "Delving deep
 * into rectifiers", 2015), from a fixed seed. Normalisation layers are left out, as an exporter folds them into the
 * convolutions before them.
 */
export class NetworkBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #constants: GraphTensor[] = [];
  readonly #random = mulberry32(1);
  #count = 0;

  /** Number of drawn weights. */
  parameters = 0;

  node(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const [output] = this.nodes(type, inputs, 1, attributes);
    return output as string;
  }

  nodes(type: string, inputs: readonly string[], outputCount: number, attributes: Readonly<Record<string, Attribute>> = {}): string[] {
    const outputs = Array.from({ length: outputCount }, () => `${type}${this.#count++}`);
    this.#nodes.push({ type, inputs, outputs, attributes });
    return outputs;
  }

  constant(dims: readonly number[], data: GraphTensor["data"]): string {
    const name = `constant${this.#count++}`;
    this.#constants.push({ name, dims, data });
    return name;
  }

  integers(...values: number[]): string {
    return this.constant([values.length], BigInt64Array.from(values, BigInt));
  }

  floats(...values: number[]): string {
    return this.constant([values.length], Float32Array.from(values));
  }

  weights(dims: readonly number[], fanIn: number): string {
    const bound = Math.sqrt(6 / fanIn);
    const size = dims.reduce((product, dim) => product * dim, 1);
    this.parameters += size;
    return this.constant(
      dims,
      Float32Array.from({ length: size }, () => (2 * this.#random() - 1) * bound),
    );
  }

  bias(length: number): string {
    this.parameters += length;
    return this.constant([length], new Float32Array(length));
  }

  conv(from: Features, channels: number, kernel: number, options: { stride?: number; groups?: number; activation: Activation }): Features {
    const { stride = 1, groups = 1, activation } = options;
    const fanIn = (from.channels / groups) * kernel * kernel;
    const weights = this.weights([channels, from.channels / groups, kernel, kernel], fanIn);
    const pad = (kernel - 1) / 2;
    const name = this.node("Conv", [from.name, weights, this.bias(channels)], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group: groups,
    });
    return { name: this.activate(name, activation), channels };
  }

  activate(name: string, activation: Activation): string {
    if (activation === "relu") return this.node("Relu", [name]);
    if (activation === "hard-swish") return this.node("HardSwish", [name]);
    if (activation === "silu") return this.node("Mul", [name, this.node("Sigmoid", [name])]);
    return name;
  }

  concat(...parts: Features[]): Features {
    const name = this.node(
      "Concat",
      parts.map((part) => part.name),
      { axis: 1 },
    );
    return { name, channels: parts.reduce((sum, part) => sum + part.channels, 0) };
  }

  add(a: Features, b: Features): Features {
    return { name: this.node("Add", [a.name, b.name]), channels: a.channels };
  }

  /** Gives a tensor the name that the graph's output has. */
  name(tensor: string, output: string): void {
    this.#nodes.push({ type: "Identity", inputs: [tensor], outputs: [output] });
  }

  graph(name: string, inputs: readonly GraphValue[], outputs: readonly GraphValue[]): Graph {
    return { name, nodes: this.#nodes, constants: this.#constants, inputs, outputs };
  }
}
