import type * as pulumi from "@pulumi/pulumi";
import type { Terminology } from "../../contracts/terminology.ts";
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
import { caseExportDefinition } from "./case-export.asl.ts";
import { allowPull, type InferenceImage } from "./inference-image.ts";
import { cluster } from "./instance-types.ts";
import { observe } from "./sagemaker-branch.ts";
import { Workflow } from "./workflow.ts";

export interface CaseExportArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  /** Holds what people corrected. */
  table: CaseTable;
  image: InferenceImage;
  /** Where jobs run. */
  network: ComputeNetwork;
  /** What draws findings into pictures. */
  instanceType: string;
  /** Codes of other terminologies for FHIR and DICOM; none, if left out. */
  codes?: Terminology | undefined;
}

/** The state machine that exports analyses, and everything that its states use. */
export class CaseExport extends PlatformComponent {
  readonly workflow: Workflow;

  constructor(name: string, args: CaseExportArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:CaseExport", name, opts);
    const { settings, keys, lake, table, image, network } = args;
    const { place } = settings;
    const { processed } = lake;

    const writeExport = new PlatformFunction(
      {
        settings,
        handler: "serve/write-export",
        description: "Writes an analysis in another format",
        // An hour with a million boxes takes a minute (docs/interchange.md).
        timeoutSeconds: 900,
        memoryMb: 3008,
        environment: {
          CASE_TABLE: table.tableName,
          PROCESSED_BUCKET: processed.bucket,
          ...(args.codes && { TERMINOLOGY: JSON.stringify(args.codes) }),
        },
        statements: [
          ...table.allow("ReadCorrections", ["dynamodb:Query"]),
          ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          processed.allowNoticingAbsence("NoticeMissingMeasures"),
          ...processed.allow("WriteExports", ["s3:AbortMultipartUpload", "s3:PutObject"], lakePrefixes.exports),
        ],
      },
      { parent: this },
    );
    const role = new ServiceRole(
      this.childName("job-role"),
      {
        place,
        service: "sagemaker.amazonaws.com",
        statements: [...readFindings(lake), ...writeVideo(lake), ...allowPull(image), ...joinNetwork(place, network), ...observe(settings)],
      },
      { parent: this },
    );
    this.workflow = new Workflow(
      name,
      {
        settings,
        keys,
        definition: caseExportDefinition({
          writeExport,
          annotation: {
            imageUri: image.uri,
            roleArn: role.arn,
            processedBucket: processed.bucketName,
            network,
            keyArn: processed.key.arn,
            cluster: cluster([args.instanceType], processed.key.arn),
          },
        }),
        statements: [
          writeExport.allowInvoke("WriteExport"),
          // Job names start with `svp-`; Step Functions adds a tag of its own to each job.
          allow(
            "RunProcessingJobs",
            ["sagemaker:AddTags", "sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"],
            [regionalArn(place, "sagemaker", "processing-job/svp-export-*")],
          ),
          allow("PassJobRole", ["iam:PassRole"], [role.arn], { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } }),
        ],
        jobs: ["SageMakerProcessingJobs"],
        what: "The export of a case",
        isStoppedByDeletion: true,
      },
      { parent: this },
    );
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }
}

/** What was found, and what people corrected of it. */
const readFindings = ({ processed }: DataLake): Statement[] => [
  ...processed.allow("ReadRenditions", ["s3:GetObject"], lakePrefixes.renditions),
  processed.allowList("ListRenditions", lakePrefixes.renditions),
  ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
  processed.allowList("ListMetadata", lakePrefixes.metadata),
  ...processed.allow("ReadCorrections", ["s3:GetObject"], lakePrefixes.exports),
  processed.allowList("ListCorrections", lakePrefixes.exports),
];

/** The video, and the volume of instances whose disks are not encrypted by their hardware. */
const writeVideo = ({ processed }: DataLake): Statement[] => [
  ...processed.allow("WriteExports", ["s3:AbortMultipartUpload", "s3:PutObject"], lakePrefixes.exports),
  processed.key.allowWith("EncryptVolume", ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
];
