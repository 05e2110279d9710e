import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { objectArns } from "../data/private-bucket.ts";
import { learningPrefixes, pipelineJobPrefix } from "../learning/prefixes.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";

/** The buckets that roles of people are about. */
export interface PeoplesBuckets {
  readonly raw: EncryptedBucket;
  readonly processed: EncryptedBucket;
  readonly datasets: EncryptedBucket;
  readonly models: EncryptedBucket;
}

/** A Deny statement: holds against whatever else a role is ever granted. */
export const deny = (sid: string, actions: readonly string[], resources: Statement["Resource"]): Statement => ({
  Sid: sid,
  Effect: "Deny",
  Action: actions,
  Resource: resources,
});

/**
 * What a data scientist may do, in a console or a notebook: read datasets, results and measures, train by pipelines. Never see a video,
 * never approve what they trained, never administer a key. HIPAA 164.308(a)(4)(ii)(B), 164.502(b).
 */
export const dataScientistStatements = (place: Place, buckets: PeoplesBuckets): Statement[] => [
  ...readResults(buckets),
  ...train(place),
  ...readLogs(place),
  deny("NeverSeeVideos", ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"], [buckets.raw.arn, objectArns(buckets.raw.arn, "")]),
  deny("NeverUseKeyOfVideos", ["kms:CreateGrant", "kms:Decrypt", "kms:ReEncryptFrom"], [buckets.raw.key.arn]),
  deny("NeverAdministerKeys", ["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], ["*"]),
];

const readResults = ({ processed, datasets, models }: PeoplesBuckets): Statement[] =>
  (
    [
      ["Datasets", datasets, learningPrefixes.datasets],
      ["Results", processed, lakePrefixes.results],
      ["Analyses", processed, lakePrefixes.metadata],
      ["Measures", models, learningPrefixes.training],
    ] as const
  ).flatMap(([what, bucket, prefix]) => [...bucket.allow(`Read${what}`, ["s3:GetObject"], prefix), bucket.allowList(`List${what}`, prefix)]);

function train(place: Place): Statement[] {
  const own = (kind: string) => regionalArn(place, "sagemaker", `${kind}/${physicalName(place, "*")}`);
  return [
    allow(
      "RunPipelines",
      [
        "sagemaker:DescribePipeline",
        "sagemaker:DescribePipelineDefinitionForExecution",
        "sagemaker:DescribePipelineExecution",
        "sagemaker:ListPipelineExecutions",
        "sagemaker:ListPipelineExecutionSteps",
        "sagemaker:StartPipelineExecution",
        "sagemaker:StopPipelineExecution",
      ],
      [own("pipeline")],
    ),
    allow(
      "FollowJobs",
      ["sagemaker:DescribeProcessingJob", "sagemaker:DescribeTrainingJob"],
      ["processing-job", "training-job"].map((kind) => regionalArn(place, "sagemaker", `${kind}/${pipelineJobPrefix}*`)),
    ),
    allow(
      "LookAtVersions",
      ["sagemaker:DescribeModelPackage", "sagemaker:DescribeModelPackageGroup", "sagemaker:ListModelPackages"],
      [own("model-package"), own("model-package-group")],
    ),
  ];
}

const readLogs = (place: Place): Statement[] => [
  allow(
    "ReadLogsOfJobs",
    ["logs:FilterLogEvents", "logs:GetLogEvents"],
    ["ProcessingJobs", "TrainingJobs"].map((jobs) => regionalArn(place, "logs", `log-group:/aws/sagemaker/${jobs}:*`)),
  ),
];
