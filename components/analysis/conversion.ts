import type * as pulumi from "@pulumi/pulumi";
import { conversionTask } from "../../contracts/conversion.ts";
import { rawVideosPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import { FargateTask, type RunTaskArguments, scratchFolder } from "../compute/fargate-task.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import type { DataKeys } from "../security/data-keys.ts";
import type { Statement } from "../security/policy.ts";
import type { InferenceImage } from "./inference-image.ts";

export interface ConversionArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  /** The serving container: it has ffmpeg, and a command that converts. */
  image: InferenceImage;
  network: ComputeNetwork;
}

/** Name of the task's resource. The key of uploaded videos must know it, for it encrypts the task's disk. */
export const conversionTaskName = "conversion";

/** Makes copies that the platform can read of videos that it can't: a task of its own for each, on Fargate. */
export class Conversion extends PlatformComponent {
  readonly runArguments: RunTaskArguments;
  /** What the state machine must be allowed to convert, and to look at the copy. */
  readonly statements: readonly Statement[];

  constructor(name: string, { settings, keys, lake, image, network }: ConversionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:Conversion", name, opts);
    const { raw, processed } = lake;
    const task = new FargateTask(
      conversionTaskName,
      {
        place: settings.place,
        image,
        architecture: "X86_64",
        command: ["convert"],
        ...conversionTask,
        network,
        scratchKey: keys.raw,
        logKey: settings.key,
        logRetentionDays: settings.logRetentionDays,
        environment: { SCRATCH_DIR: scratchFolder },
        statements: [
          ...raw.allow("ReadSource", ["s3:GetObjectVersion"], rawVideosPrefix),
          ...processed.allow("WriteCopy", ["s3:AbortMultipartUpload", "s3:PutObject"], lakePrefixes.copies),
        ],
      },
      { parent: this },
    );
    this.runArguments = task.runArguments;
    this.statements = [...task.statements, ...processed.allow("ProbeCopies", ["s3:GetObject"], lakePrefixes.copies)];
    this.registerOutputs({});
  }
}
