import { createRequire } from "node:module";
import type * as empty from "google-protobuf/google/protobuf/empty_pb.js";
import type * as structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { Properties } from "../provider.ts";

// The very library that Pulumi's stubs use: they refuse messages of another copy.
const pulumi = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
const { Struct } = pulumi("google-protobuf/google/protobuf/struct_pb.js") as typeof structs;
export const { Empty } = pulumi("google-protobuf/google/protobuf/empty_pb.js") as typeof empty;

/** Properties as the protocol carries them. */
export const toStruct = (properties: Properties): structs.Struct => Struct.fromJavaScript(properties as Record<string, structs.JavaScriptValue>);
