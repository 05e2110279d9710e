import { createHash } from "node:crypto";
import type { DeployedVersion } from "../../contracts/deployed-model.ts";
import { model as modelSchema } from "../../contracts/model.ts";
import { BrokenContract } from "../runtime/errors.ts";
import type { ModelStore } from "./model-store.ts";

/** The two files of a version of a network. */
export interface VersionFiles {
  readonly description: Uint8Array;
  readonly weights: Uint8Array;
}

/** Read once and written as they were read: what was judged is what is used. Throws BrokenContract unless they are the version. */
export async function readFiles(models: ModelStore, folder: string, { version, sha256 }: Omit<DeployedVersion, "package">): Promise<VersionFiles> {
  const described = await models.json(`${folder}model.json`, modelSchema);
  const [description, weights] = [await models.bytes(`${folder}model.json`), await models.bytes(`${folder}model.onnx`)];
  const digest = createHash("sha256").update(weights).digest("hex");
  if (digest !== sha256 || described.sha256 !== sha256 || described.version !== version)
    throw new BrokenContract(`${models.uri(folder)} holds ${described.version} with the digest ${digest}; it must be ${version} with ${sha256}.`);
  return { description, weights };
}

/** The weights first: whoever reads in between finds a digest that differs, and refuses. */
export async function keepFiles(models: ModelStore, folder: string, { description, weights }: VersionFiles): Promise<void> {
  await models.put(`${folder}model.onnx`, weights, "application/octet-stream");
  await models.put(`${folder}model.json`, description, "application/json");
}
