import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { FunctionName } from "../compute/function-bundles.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface RekognitionBranchArgs {
  settings: FunctionSettings;
  lake: DataLake;
  /** Whether this environment uses Rekognition at all. If not, no role may call it. */
  enabled: boolean;
  /** Whether it may say what it sees, in general words. */
  labels: boolean;
}

/** Shots, black frames and, if wanted, labels from Rekognition Video. No other operation of Rekognition is granted: faces are nobody's business here. */
export class RekognitionBranch extends PlatformComponent {
  readonly collectShots: PlatformFunction;
  readonly collectLabels: PlatformFunction;
  /** What the state machine must be allowed to start and follow a detection. */
  readonly statements: readonly Statement[];

  constructor(name: string, { settings, lake, enabled, labels }: RekognitionBranchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:RekognitionBranch", name, opts);
    const { processed } = lake;
    // Rekognition's video operations know no resources to name.
    const onJobs = (wanted: boolean, sid: string, ...actions: string[]) => (wanted ? [allow(sid, actions, ["*"])] : []);
    const collector = (handler: FunctionName, description: string, reading: readonly Statement[]) =>
      new PlatformFunction(
        {
          ...{ settings, handler, description, timeoutSeconds: 300, memoryMb: 512 },
          environment: { PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...reading,
            ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
            ...processed.allow("WriteResults", ["s3:PutObject"], lakePrefixes.results),
          ],
        },
        { parent: this },
      );

    this.collectShots = collector(
      "analyse/collect-shots",
      "Turns Rekognition's segments into cues",
      onJobs(enabled, "ReadSegments", "rekognition:GetSegmentDetection"),
    );
    this.collectLabels = collector(
      "analyse/collect-labels",
      "Turns Rekognition's labels into tags",
      onJobs(labels, "ReadLabels", "rekognition:GetLabelDetection"),
    );

    this.statements = [
      this.collectShots.allowInvoke("CollectShots"),
      ...(labels ? [this.collectLabels.allowInvoke("CollectLabels")] : []),
      ...onJobs(enabled, "DetectSegments", "rekognition:GetSegmentDetection", "rekognition:StartSegmentDetection"),
      ...onJobs(labels, "DetectLabels", "rekognition:GetLabelDetection", "rekognition:StartLabelDetection"),
      // Rekognition reads the rendition with the rights of whoever asks it to.
      ...(enabled ? processed.allow("ShowReviewToRekognition", ["s3:GetObject"], lakePrefixes.renditions) : []),
    ];
    this.registerOutputs();
  }
}
