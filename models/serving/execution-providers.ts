import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What a network can be run on, as ONNX Runtime names it. */
export type ExecutionProvider = "tensorrt" | "cuda" | "cpu";

/** Where onnxruntime-node looks for libraries of providers: beside its own. */
const libraries = (): string =>
  join(dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json")), "bin/napi-v6", process.platform, process.arch);

/**
 * The providers whose libraries this container holds, the fastest first; the processor is always one of them. npm's package brings the
 * processor's only (see the Dockerfile). That a library is there doesn't mean that a GPU is: opening a network tells.
 */
export function executionProviders(folder = libraries()): ExecutionProvider[] {
  const present = (["tensorrt", "cuda"] as const).filter((name) => existsSync(join(folder, `libonnxruntime_providers_${name}.so`)));
  return [...present, "cpu"];
}
