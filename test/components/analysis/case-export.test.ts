import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { caseExportDefinition } from "../../../components/analysis/case-export.asl.ts";
import { CaseExport } from "../../../components/analysis/case-export.ts";
import type { ComputeNetwork } from "../../../components/network/compute-network.ts";
import type { ExportJob } from "../../../contracts/exports.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { runDefinition } from "../machine-run.ts";
import { image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";
import { type Answer, type Arguments, caseId, runId } from "./execution.ts";

const job: ExportJob = {
  ...{ exportId: "5d9b1f0e-3c0f-4a57-8d4c-0a4de3c1b2a3", caseId, runId, format: "coco", startFrame: 25, endFrame: 50 },
  corrections: null,
  warnings: ["Loses something."],
};

/** Runs the definition; tasks are answered by `answers`, and asked no more than once if they fail for good. */
async function execute(input: ExportJob, answers: Record<string, Answer>) {
  const definition = caseExportDefinition({
    writeExport: { arn: "arn:aws:lambda:us-east-1:111111111111:function:write-export", timeoutSeconds: 900 },
    annotation: {
      imageUri: image.uri,
      roleArn: "arn:aws:iam::111111111111:role/export-job",
      processedBucket: "processed",
      network: { subnetIds: ["subnet-0a"], securityGroupId: "sg-0c" } as unknown as ComputeNetwork,
      keyArn: "arn:aws:kms:us-east-1:111111111111:key/derived",
      cluster: { InstanceCount: 1, InstanceType: "ml.c5.xlarge", VolumeSizeInGB: 50 },
    },
  });
  const { asked, ...ended } = await runDefinition(definition, { machine: "case-export", execution: input.exportId, input }, answers);
  return { ...ended, asked: Object.fromEntries(asked.map(({ name, arguments: given }): [string, Arguments] => [name, given])) };
}

describe("case-export", () => {
  const files = [{ name: "coco.json", mediaType: "application/json" }];
  const WriteExport = () => ({ Payload: { files: [{ name: "input/corrections.json", mediaType: "application/json" }] } });

  it("hands text formats to the function, whole, and ends with its files", async () => {
    const { output, asked } = await execute(job, { WriteExport: () => ({ Payload: { files } }) });
    expect(asked["WriteExport"].Payload).to.deep.equal(job);
    expect(output).to.deep.equal({ files });
    expect(Object.keys(asked)).to.deep.equal(["WriteExport"]);
  });

  it("has the video drawn by a job of its own name, out of the review rendition, into the export's folder", async () => {
    const { output, asked } = await execute({ ...job, format: "mp4" }, { WriteExport, AnnotateVideo: () => ({}) });
    expect(asked["WriteExport"].Payload).to.deep.equal({ ...job, format: "mp4" });
    expect(output).to.deep.equal({ files: [{ name: "annotated.mp4", mediaType: "video/mp4" }] });
    const { ProcessingJobName, AppSpecification, Environment, ProcessingInputs, ProcessingOutputConfig, NetworkConfig } = asked["AnnotateVideo"];
    expect(ProcessingJobName).to.equal(`svp-export-${job.exportId}-0-0`).and.to.have.length.at.most(63);
    expect(AppSpecification.ContainerEntrypoint).to.deep.equal(["node", "models/serving/main.ts", "annotate"]);
    expect(Environment).to.include({ START_FRAME: "25", END_FRAME: "50" });
    expect(ProcessingInputs.map(({ S3Input }: Arguments) => S3Input.S3Uri)).to.deep.equal([
      `s3://processed/processed-videos/${caseId}/${runId}/review/`,
      `s3://processed/processed-metadata/${caseId}/${runId}/`,
      `s3://processed/exports/${caseId}/${runId}/${job.exportId}/input/`,
    ]);
    expect(ProcessingOutputConfig.Outputs[0].S3Output.S3Uri).to.equal(`s3://processed/exports/${caseId}/${runId}/${job.exportId}`);
    expect(NetworkConfig.EnableNetworkIsolation).to.equal(true);
  });

  it("tries a job once more, and fails with the reason in words", async () => {
    const reason = JSON.stringify({ FailureReason: "The review rendition ends before frame 30." });
    const fail = () => {
      throw new StatesError("States.TaskFailed", reason);
    };
    const twice = await execute({ ...job, format: "mp4" }, { WriteExport, AnnotateVideo: (_, attempt) => (attempt === 0 ? fail() : {}) });
    expect(twice.output).to.deep.equal({ files: [{ name: "annotated.mp4", mediaType: "video/mp4" }] });
    const { error } = await execute({ ...job, format: "mp4" }, { WriteExport, AnnotateVideo: fail });
    expect([error?.error, error?.causeText]).to.deep.equal(["States.TaskFailed", "The review rendition ends before frame 30."]);
  });
});

describe("CaseExport", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      new CaseExport("case-export", { settings, keys, lake, table, image, network: jobNetwork, instanceType: "ml.c5.xlarge" }, opts);
    });
  });
  const granted = (name: string) =>
    Object.values(statements(stack.one(aws.iam.RolePolicy, name).inputs["policy"])).flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)),
    );
  const objects = (grants: string[]) =>
    grants
      .filter((grant) => /^s3:(Get|Put)/.test(grant))
      .map((grant) => grant.replace(/arn.*processed\//, ""))
      .sort();

  it("lets the function and the job read findings and write exports, and nothing else of the lake", () => {
    expect(objects(granted("serve-write-export-role-policy"))).to.deep.equal(["s3:GetObject processed-metadata/*", "s3:PutObject exports/*"]);
    expect(objects(granted("case-export-job-role-policy"))).to.deep.equal([
      "s3:GetObject exports/*",
      "s3:GetObject processed-metadata/*",
      "s3:GetObject processed-videos/*",
      "s3:PutObject exports/*",
    ]);
  });

  it("lets the machine run jobs of its own names only, with that one role", () => {
    const grants = granted("case-export-role-policy");
    expect(grants.filter((grant) => grant.startsWith("sagemaker:CreateProcessingJob"))).to.deep.equal([
      "sagemaker:CreateProcessingJob arn:aws:sagemaker:us-east-1:111111111111:processing-job/svp-export-*",
    ]);
    expect(grants.filter((grant) => grant.startsWith("iam:PassRole"))).to.deep.equal([
      "iam:PassRole arn:aws:iam::111111111111:role/svp-unit-case-export-job-role",
    ]);
  });

  it("gives the function configured codes, and none unless they are", async () => {
    const environmentOf = (of: typeof stack) =>
      (of.one(aws.lambda.Function, "serve-write-export").inputs["environment"] as { variables: Record<string, string> }).variables;
    expect(environmentOf(stack)).not.to.have.property("TERMINOLOGY");
    const codes = { "level:phase": [{ system: "http://snomed.info/sct", code: "1", display: "Made up" }] };
    const coded = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      new CaseExport("case-export", { settings, keys, lake, table, image, network: jobNetwork, instanceType: "ml.c5.xlarge", codes }, opts);
    });
    expect(JSON.parse(environmentOf(coded)["TERMINOLOGY"] ?? "")).to.deep.equal(codes);
  });

  it("is encrypted and raises alarms, as the analysis is", () => {
    const { encryptionConfiguration, loggingConfiguration, definition } = stack.one(aws.sfn.StateMachine, "case-export").inputs as Record<string, never>;
    expect(encryptionConfiguration).to.include({ type: "CUSTOMER_MANAGED_KMS_KEY" });
    expect(loggingConfiguration).to.include({ includeExecutionData: false });
    expect(definition).not.to.match(/\$\{|undefined|\[object/);
    const alarms = stack.ofType(aws.cloudwatch.MetricAlarm).filter(({ inputs }) => inputs["namespace"] === "AWS/States");
    expect(alarms.map(({ inputs }) => inputs["alarmDescription"])).to.have.members([
      "The export of a case failed.",
      "The export of a case took too long.",
      "The export of a case is held back by Step Functions.",
    ]);
  });
});
