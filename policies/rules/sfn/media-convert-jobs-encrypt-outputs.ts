import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { type Statement, statementsOf } from "../../documents.ts";
import { at, isComputed, isObject } from "../../expressions.ts";
import { refersTo } from "../../relations.ts";
import { coversAction } from "../../requests.ts";
import { judgeAll } from "../../subjects.ts";
import { bucketDenies, bucketStatements } from "../s3/buckets.ts";
import { isWrittenKey } from "../sagemaker/jobs.ts";
import { outputsOf } from "./media-convert.ts";
import { definitionOf, type Task, tasksOf } from "./tasks.ts";

const isJob = ({ service, operation }: Task): boolean => service === "mediaconvert" && operation === "createJob";
const isMachine = ({ type }: PolicyResource): boolean => type === "aws:sfn/stateMachine:StateMachine";
const jobsOf = (machine: PolicyResource): Task[] => tasksOf(definitionOf(machine.props as { definition: string })).filter(isJob);

/**
 * Renditions are encrypted with a customer-managed key. Settings that a function works out say nothing here; then the job's role must be
 * one of the stack, and every bucket that it may write to must refuse an object under another key, whoever writes it.
 */
export const mediaConvertJobsEncryptOutputs: StackValidationPolicy = {
  name: "sfn-media-convert-jobs-encrypt-outputs",
  description: "MediaConvert jobs that a state machine starts must encrypt every output with a customer-managed KMS key, or be unable to write without it.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
  tags: ["sfn", "mediaconvert", "encryption"],
  remediationSteps:
    "Set S3Settings.Encryption with EncryptionType SERVER_SIDE_ENCRYPTION_KMS and KmsKeyArn in every output group, or give the job a ServiceRole that writes only to our EncryptedBucket.",
  validateStack: (args, report) =>
    judgeAll(
      args,
      report,
      { types: ["aws:sfn/stateMachine:StateMachine"], noun: "State machine", where: (machine) => isMachine(machine) && jobsOf(machine).length > 0 },
      (machine, say) => {
        for (const job of jobsOf(machine)) {
          const settings = job.arguments["Settings"];
          const problems = isObject(settings) && !isComputed(settings) ? problemsOfSettings(settings) : problemsOfRole(job.arguments["Role"], args.resources);
          for (const problem of problems) say(`starts a transcoding job in state "${job.name}" that ${problem}.`);
        }
      },
    ),
};

function problemsOfSettings(settings: unknown): string[] {
  const outputs = outputsOf(settings);
  if (outputs.length === 0) return ["has no output group"];
  return outputs.flatMap(({ name, destination }) => {
    const encryption = at(destination, "DestinationSettings.S3Settings.Encryption");
    const found = at(encryption, "EncryptionType") ?? "nothing";
    if (found !== "SERVER_SIDE_ENCRYPTION_KMS") return [`encrypts ${name} with ${String(found)}; EncryptionType must be SERVER_SIDE_ENCRYPTION_KMS`];
    return isWrittenKey(encryption, "KmsKeyArn") ? [] : [`must set KmsKeyArn of ${name} to a customer-managed key, written out`];
  });
}

/** What else than encrypted objects the role of a job may write. */
function problemsOfRole(roleArn: unknown, resources: readonly PolicyResource[]): string[] {
  const role = resources.find(({ type, props }) => type === "aws:iam/role:Role" && props["arn"] === roleArn);
  if (role === undefined) return ["works out its settings as it runs, under a role that is none of this stack's"];
  return grantsOfRole(role, resources).flatMap((arn) => {
    const [, name] = /^arn:aws:s3:::([^/*?]+)\//.exec(arn) ?? [];
    const bucket = resources.find(({ type, props }) => type.startsWith("aws:s3/bucket") && /:Bucket(V2)?$/.test(type) && props["bucket"] === name);
    if (bucket === undefined) return [`works out its settings as it runs, and may write to ${arn}, which is no bucket of this stack`];
    const statements = bucketStatements(bucket, resources);
    const refuses = unencrypted.every((context) => bucketDenies(bucket, statements, { context, action: "s3:PutObject" }));
    return refuses ? [] : [`works out its settings as it runs, and may write to bucket "${bucket.name}", which takes objects under any key`];
  });
}

/** Ways to write an object without the bucket's own key. */
const unencrypted = [
  { "s3:x-amz-server-side-encryption": "AES256", "s3:x-amz-server-side-encryption-aws-kms-key-id": undefined },
  {
    "s3:x-amz-server-side-encryption": "aws:kms",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:999999999999:key/00000000-0000-0000-0000-000000000000",
  },
];

/** Where a role may put objects. A policy that this stack does not write may allow anything. */
function grantsOfRole(role: PolicyResource, resources: readonly PolicyResource[]): string[] {
  const toRole = (type: string): PolicyResource[] =>
    resources.filter((resource) => resource.type === type && refersTo(resource, "role", role, ["name", "id", "arn"]));
  const attached = toRole("aws:iam/rolePolicyAttachment:RolePolicyAttachment").map((attachment) =>
    resources.find(({ type, props }) => type === "aws:iam/policy:Policy" && props["arn"] === attachment.props["policyArn"]),
  );
  const foreign = attached.includes(undefined) || ((role.props["managedPolicyArns"] ?? []) as unknown[]).length > 0;
  const inline = ((role.props["inlinePolicies"] ?? []) as { policy?: unknown }[]).map(({ policy }) => policy);
  const own = [...toRole("aws:iam/rolePolicy:RolePolicy"), ...attached].map((policy) => policy?.props["policy"] as unknown);
  const writes = (statement: Statement): boolean => statement.effect === "Allow" && coversAction(statement, "s3:PutObject");
  return [...inline, ...own]
    .filter((document) => document !== undefined)
    .flatMap(statementsOf)
    .filter(writes)
    .flatMap(({ resources: arns, notResources }) => (notResources.length > 0 ? ["*"] : arns))
    .concat(foreign ? ["*"] : []);
}
