import type * as pulumi from "@pulumi/pulumi";
import { rawVideosPrefix } from "../../contracts/keys.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface AggregationArgs {
  settings: FunctionSettings;
  lake: DataLake;
  table: CaseTable;
  /** What the analysers run on, for the cost estimate. */
  catalogue: Catalogue;
  /** Recorded in every analysis. */
  pipelineVersion: string;
}

/** Branches beside the catalogue's that an analysis is COMPLETE without: what labels add is for searching. */
const optionalServices = ["rekognition-labels"];

/** Merges the branches' results into one analysis, measures it, tags the source with it and announces it. */
export class Aggregation extends PlatformComponent {
  readonly mergeTimeline: PlatformFunction;
  readonly measureOperation: PlatformFunction;
  /** What the state machine must be allowed to merge, tag and announce. */
  readonly statements: readonly Statement[];

  constructor(name: string, { settings, lake, table, catalogue, pipelineVersion }: AggregationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:Aggregation", name, opts);
    const { raw, processed } = lake;

    this.mergeTimeline = new PlatformFunction(
      {
        settings,
        handler: "aggregate/merge-timeline",
        description: "Merges the results of all analysers into one analysis",
        timeoutSeconds: 900,
        memoryMb: 3008,
        environment: {
          PROCESSED_BUCKET: processed.bucket,
          CASE_TABLE: table.tableName,
          PIPELINE_VERSION: pipelineVersion,
          ANALYSER_INSTANCE_TYPES: JSON.stringify(
            Object.fromEntries([catalogue.gate, ...catalogue.analysers].map(({ id, instanceType }) => [id, instanceType])),
          ),
          // It makes much garbage and keeps little: a small young generation holds its memory at two thirds of what it would be, at no cost.
          NODE_OPTIONS: "--max-semi-space-size=4",
          OPTIONAL_ANALYSERS: JSON.stringify([...catalogue.analysers.filter(({ required }) => !required).map(({ id }) => id), ...optionalServices]),
        },
        statements: [
          ...processed.allow("ReadResults", ["s3:GetObject"], lakePrefixes.results),
          processed.allowNoticingAbsence("NoticeMissingResults"),
          ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          ...processed.allow("WriteMetadata", ["s3:PutObject"], lakePrefixes.metadata),
          ...table.allow("WriteCase", ["dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]),
        ],
      },
      { parent: this },
    );

    this.measureOperation = new PlatformFunction(
      {
        settings,
        handler: "aggregate/measure-operation",
        description: "Measures an operation and compares it with others",
        timeoutSeconds: 300,
        memoryMb: 2048,
        environment: { PROCESSED_BUCKET: processed.bucket, CASE_TABLE: table.tableName },
        statements: [
          ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          ...processed.allow("WriteMetadata", ["s3:PutObject"], lakePrefixes.metadata),
          ...table.allow("RememberMeasures", ["dynamodb:GetItem", "dynamodb:PutItem"]),
          ...table.allowCohort("CompareMeasures"),
        ],
      },
      { parent: this },
    );

    this.statements = [
      this.mergeTimeline.allowInvoke("MergeTimeline"),
      this.measureOperation.allowInvoke("MeasureOperation"),
      ...raw.allow("TagSource", ["s3:GetObjectVersionTagging", "s3:PutObjectVersionTagging"], rawVideosPrefix),
      allow("AnnounceCaseAnalysed", ["events:PutEvents"], [regionalArn(settings.place, "events", "event-bus/default")]),
    ];
    this.registerOutputs();
  }
}
