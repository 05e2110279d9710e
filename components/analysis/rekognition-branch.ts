import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface RekognitionBranchArgs {
  settings: FunctionSettings;
  lake: DataLake;
  /** Whether this environment uses Rekognition at all. If not, no role may call it. */
  enabled: boolean;
}

/** Shots and black frames from Rekognition Video. No other operation of Rekognition is granted: faces are nobody's business here. */
export class RekognitionBranch extends PlatformComponent {
  readonly collectShots: PlatformFunction;
  /** What the state machine must be allowed to start and follow a detection. */
  readonly statements: readonly Statement[];

  constructor(name: string, { settings, lake, enabled }: RekognitionBranchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:RekognitionBranch", name, opts);
    const { processed } = lake;
    // Rekognition's video operations know no resources to name.
    const onJobs = (sid: string, ...actions: string[]) => (enabled ? [allow(sid, actions, ["*"])] : []);

    this.collectShots = new PlatformFunction(
      {
        settings,
        handler: "analyse/collect-shots",
        description: "Turns Rekognition's segments into cues",
        timeoutSeconds: 300,
        memoryMb: 512,
        environment: { PROCESSED_BUCKET: processed.bucket },
        statements: [
          ...onJobs("ReadSegments", "rekognition:GetSegmentDetection"),
          ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          ...processed.allow("WriteResults", ["s3:PutObject"], lakePrefixes.results),
        ],
      },
      { parent: this },
    );

    this.statements = [
      this.collectShots.allowInvoke("CollectShots"),
      ...onJobs("DetectSegments", "rekognition:GetSegmentDetection", "rekognition:StartSegmentDetection"),
      // Rekognition reads the rendition with the rights of whoever asks it to.
      ...(enabled ? processed.allow("ShowReviewToRekognition", ["s3:GetObject"], lakePrefixes.renditions) : []),
    ];
    this.registerOutputs();
  }
}
