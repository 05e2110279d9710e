import type * as pulumi from "@pulumi/pulumi";
import { datasetCasesPrefix, datasetPlansPrefix, datasetsPrefix } from "../../contracts/keys.ts";
import { allowPull, type InferenceImage } from "../analysis/inference-image.ts";
import { cluster } from "../analysis/instance-types.ts";
import { observe } from "../analysis/sagemaker-branch.ts";
import { Workflow } from "../analysis/workflow.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { joinNetwork } from "../network/join-network.ts";
import { regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { datasetBuilderDefinition } from "./dataset-builder.asl.ts";

export interface DatasetBuilderArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  /** Holds what people corrected and signed. */
  table: CaseTable;
  image: InferenceImage;
  /** Where jobs run. */
  network: ComputeNetwork;
  /** What takes pictures out of videos. */
  instanceType: string;
}

/**
 * The state machine that builds versions of datasets, and everything that its states use. Who can start it decides what networks learn
 * from, and sees no picture by that. HIPAA 164.308(a)(4)(ii)(B), 164.312(c)(1), 164.514(b).
 */
export class DatasetBuilder extends PlatformComponent {
  readonly workflow: Workflow;

  constructor(name: string, args: DatasetBuilderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:DatasetBuilder", name, opts);
    const { settings, keys, lake, table, image, network } = args;
    const { place } = settings;
    const { processed, datasets } = lake;
    const environment = { CASE_TABLE: table.tableName, PROCESSED_BUCKET: processed.bucket, DATASETS_BUCKET: datasets.bucket };
    /** Of each case its analysis and what people corrected. */
    const findings = [...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata), ...table.allow("ReadCorrections", ["dynamodb:Query"])];
    const plans = (actions: ("s3:GetObject" | "s3:PutObject")[]) => datasets.allow("Plans", actions, datasetPlansPrefix);

    const planDataset = new PlatformFunction(
      {
        settings,
        handler: "learn/plan-dataset",
        description: "Chooses the cases of a dataset version, and takes its number",
        // Three hundred analyses, read one after the other.
        timeoutSeconds: 300,
        memoryMb: 1024,
        environment,
        statements: [
          ...findings,
          ...table.allow("ReadCases", ["dynamodb:GetItem"]),
          ...table.allowListByTime("ListCases"),
          ...plans(["s3:GetObject", "s3:PutObject"]),
          ...datasets.allow("ReadManifests", ["s3:GetObject"], `${datasetsPrefix}*/manifest.json`),
          ...datasets.allow("MarkCases", ["s3:GetObject", "s3:PutObject"], datasetCasesPrefix),
          datasets.allowList("ListPlans", datasetPlansPrefix),
          datasets.allowList("ListVersions", datasetsPrefix),
        ],
      },
      { parent: this },
    );
    const perCase = (handler: "learn/pick-frames" | "learn/label-frames", description: string, statements: Statement[]) =>
      new PlatformFunction(
        {
          ...{ settings, handler, description, environment },
          // Every box of an operation is read, as an export does.
          ...{ timeoutSeconds: 900, memoryMb: 3008 },
          statements: [...findings, processed.allowNoticingAbsence("NoticeMissingMeasures"), ...plans(["s3:GetObject", "s3:PutObject"]), ...statements],
        },
        { parent: this },
      );
    const pickFrames = perCase("learn/pick-frames", "Chooses the frames of a case that a dataset takes", []);
    const labelFrames = perCase("learn/label-frames", "Writes what people and networks say of the frames that were taken", [
      ...datasets.allow("WriteAnnotations", ["s3:GetObject", "s3:PutObject"], `${datasetsPrefix}*/annotations/`),
    ]);
    const sealDataset = new PlatformFunction(
      {
        settings,
        handler: "learn/seal-dataset",
        description: "Writes the manifest of a dataset version",
        timeoutSeconds: 120,
        memoryMb: 512,
        environment: { DATASETS_BUCKET: datasets.bucket },
        statements: [...plans(["s3:GetObject"]), ...datasets.allow("WriteManifest", ["s3:GetObject", "s3:PutObject"], `${datasetsPrefix}*/manifest.json`)],
      },
      { parent: this },
    );
    const role = new ServiceRole(
      this.childName("job-role"),
      { place, service: "sagemaker.amazonaws.com", statements: [...extract(lake), ...allowPull(image), ...joinNetwork(place, network), ...observe(settings)] },
      { parent: this },
    );
    const functions = { planDataset, pickFrames, labelFrames, sealDataset };
    this.workflow = new Workflow(
      name,
      {
        settings,
        keys,
        definition: datasetBuilderDefinition({
          ...functions,
          extraction: {
            imageUri: image.uri,
            roleArn: role.arn,
            processedBucket: processed.bucketName,
            datasetsBucket: datasets.bucketName,
            network,
            keyArn: datasets.key.arn,
            cluster: cluster([args.instanceType], datasets.key.arn),
          },
        }),
        statements: [
          ...Object.entries(functions).map(([state, one]) => one.allowInvoke(`${state[0]?.toUpperCase()}${state.slice(1)}`)),
          // Step Functions adds a tag of its own to each job.
          allow(
            "RunProcessingJobs",
            ["sagemaker:AddTags", "sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"],
            [regionalArn(place, "sagemaker", "processing-job/svp-dataset-*")],
          ),
          allow("PassJobRole", ["iam:PassRole"], [role.arn], { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } }),
        ],
        jobs: ["SageMakerProcessingJobs"],
        what: "The building of a dataset version",
      },
      { parent: this },
    );
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }
}

/** Covered renditions in, pictures and their list out: nothing else of either bucket. */
const extract = ({ processed, datasets }: DataLake): Statement[] => [
  ...processed.allow("ReadRenditions", ["s3:GetObject"], lakePrefixes.renditions),
  processed.allowList("ListRenditions", lakePrefixes.renditions),
  ...datasets.allow("ReadPicks", ["s3:GetObject"], `${datasetPlansPrefix}*/picks/`),
  datasets.allowList("ListPicks", datasetPlansPrefix),
  ...datasets.allow("WriteFrames", ["s3:AbortMultipartUpload", "s3:PutObject"], `${datasetsPrefix}*/frames/`),
  ...datasets.allow("WriteListing", ["s3:AbortMultipartUpload", "s3:PutObject"], `${datasetPlansPrefix}*/extracted/`),
  datasets.key.allowWith("EncryptVolume", ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
];
