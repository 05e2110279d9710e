import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import type { Statement } from "../security/policy.ts";

export interface PrivacyGateArgs {
  settings: FunctionSettings;
  lake: DataLake;
}

/** Decides what the camera saw outside the patient, from the screening network's results. Its job is one of `SageMakerBranch`'s. */
export class PrivacyGate extends PlatformComponent {
  readonly decideGate: PlatformFunction;
  /** What the state machine must be allowed to ask for the verdict. */
  readonly statements: readonly Statement[];

  constructor(name: string, { settings, lake }: PrivacyGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:PrivacyGate", name, opts);
    const { processed } = lake;

    this.decideGate = new PlatformFunction(
      {
        settings,
        handler: "prepare/decide-gate",
        description: "Decides which spans lie outside the patient",
        timeoutSeconds: 300,
        memoryMb: 1024,
        environment: { PROCESSED_BUCKET: processed.bucket },
        statements: [
          ...processed.allow("ReadResults", ["s3:GetObject"], lakePrefixes.results),
          processed.allowNoticingAbsence("NoticeMissingResults"),
          ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          ...processed.allow("WriteMetadata", ["s3:PutObject"], lakePrefixes.metadata),
        ],
      },
      { parent: this },
    );

    this.statements = [this.decideGate.allowInvoke("DecideGate")];
    this.registerOutputs();
  }
}
