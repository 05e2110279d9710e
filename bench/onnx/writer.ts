/**
 * Writes ONNX graphs without the onnx package: the few protobuf messages of onnx.proto (ONNX 1.16) that a network
 * needs. Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */

export type ElementType = "float32" | "uint8" | "int64";
/** `TensorProto.DataType` */
export const elementTypes: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int64: 7 };

export interface GraphTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array | BigInt64Array;
}

/** A number is an int, `{ float }` a float, a string a string, a list ints. */
export type Attribute = number | { readonly float: number } | string | readonly number[];

export interface GraphNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A graph's input or output; a string is a dimension that is free, such as the batch. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly GraphTensor[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/** The bytes of a model file: IR version 8, operator set 17. */
export function writeModel(graph: Graph): Buffer {
  const opset = message(integer(2, 17));
  return message(integer(1, 8), bytes(8, opset), bytes(7, writeGraph(graph)));
}

const writeGraph = ({ name, nodes, constants, inputs, outputs }: Graph): Buffer =>
  message(
    ...nodes.map((node) => bytes(1, writeNode(node))),
    text(2, name),
    ...constants.map((tensor) => bytes(5, writeTensor(tensor))),
    ...inputs.map((value) => bytes(11, writeValue(value))),
    ...outputs.map((value) => bytes(12, writeValue(value))),
  );

const writeNode = ({ type, inputs, outputs, attributes = {} }: GraphNode): Buffer =>
  message(
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(4, type),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, writeAttribute(name, value))),
  );

function writeAttribute(name: string, value: Attribute): Buffer {
  if (typeof value === "number") return message(text(1, name), integer(3, value), integer(20, 2));
  if (typeof value === "string") return message(text(1, name), text(4, value), integer(20, 3));
  if ("float" in value) {
    const float = Buffer.alloc(4);
    float.writeFloatLE(value.float);
    return message(text(1, name), tag(2, 5), float, integer(20, 1));
  }
  return message(text(1, name), ...value.map((item) => integer(8, item)), integer(20, 7));
}

function writeTensor({ name, dims, data }: GraphTensor): Buffer {
  const type = data instanceof Float32Array ? "float32" : data instanceof Uint8Array ? "uint8" : "int64";
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return message(...dims.map((dim) => integer(1, dim)), integer(2, elementTypes[type]), text(8, name), bytes(9, raw));
}

function writeValue({ name, type, dims }: GraphValue): Buffer {
  const shape = message(...dims.map((dim) => bytes(1, typeof dim === "number" ? integer(1, dim) : text(2, dim))));
  return message(text(1, name), bytes(2, bytes(1, message(integer(1, elementTypes[type]), bytes(2, shape)))));
}

// Protobuf's wire format: https://protobuf.dev/programming-guides/encoding/
const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);
const tag = (field: number, wireType: number): Buffer => varint(BigInt(field * 8 + wireType));
const integer = (field: number, value: number): Buffer => Buffer.concat([tag(field, 0), varint(BigInt.asUintN(64, BigInt(value)))]);
const bytes = (field: number, value: Buffer): Buffer => Buffer.concat([tag(field, 2), varint(BigInt(value.length)), value]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));

function varint(value: bigint): Buffer {
  const digits: number[] = [];
  let rest = value;
  do {
    digits.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(digits);
}
