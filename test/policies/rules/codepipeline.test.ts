import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { projectBuildsSealedAndUnprivileged } from "../../../policies/rules/codebuild/project-builds-sealed-and-unprivileged.ts";
import { pipelineIsSealedAndAsksPeople } from "../../../policies/rules/codepipeline/pipeline-is-sealed-and-asks-people.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
const key = "arn:aws:kms:us-east-1:111111111111:key/build";
const project = (change: object) => (opts: Opts) =>
  new aws.codebuild.Project(
    "p",
    {
      ...{ serviceRole: "arn:aws:iam::111111111111:role/r", encryptionKey: key, artifacts: { type: "CODEPIPELINE" }, source: { type: "CODEPIPELINE" } },
      environment: { type: "ARM_CONTAINER", computeType: "BUILD_GENERAL1_LARGE", image: "image" },
      ...change,
    } as aws.codebuild.ProjectArgs,
    opts,
  );
const approve = { name: "Approve", category: "Approval", owner: "AWS", provider: "Manual", version: "1" };
const pipeline = (change: object) => (opts: Opts) =>
  new aws.codepipeline.Pipeline(
    "p",
    {
      ...{ roleArn: "arn:aws:iam::111111111111:role/r", artifactStores: [{ type: "S3", location: "b", encryptionKey: { type: "KMS", id: key } }] },
      stages: [
        { name: "Source", actions: [] },
        { name: "prod", actions: [approve] },
      ],
      ...change,
    } as aws.codepipeline.PipelineArgs,
    opts,
  );

describe("codebuild-project-builds-sealed-and-unprivileged", () => {
  it("accepts a sealed project, and one that says nothing of what is so anyway", async () => {
    expect(await violations(projectBuildsSealedAndUnprivileged, project({}))).to.deep.equal([]);
    expect(await violations(projectBuildsSealedAndUnprivileged, project({ projectVisibility: "PRIVATE" }))).to.deep.equal([]);
  });

  it("refuses all that is open", async () => {
    const open = {
      ...{ projectVisibility: "PUBLIC_READ", encryptionKey: undefined, artifacts: { type: "S3", encryptionDisabled: true } },
      environment: { type: "ARM_CONTAINER", computeType: "BUILD_GENERAL1_LARGE", image: "image", privilegedMode: true },
      logsConfig: { cloudwatchLogs: { status: "DISABLED" } },
    };
    expect(await violations(projectBuildsSealedAndUnprivileged, project(open))).to.have.members([
      'Project "p" has projectVisibility PUBLIC_READ; it must be PRIVATE.',
      'Project "p" runs its container privileged; environment.privilegedMode must be false.',
      'Project "p" has no customer-managed key; it must have encryptionKey.',
      'Project "p" does not encrypt what it makes; artifacts.encryptionDisabled must be false.',
      'Project "p" keeps no log; logsConfig.cloudwatchLogs.status must be ENABLED.',
    ]);
  });
});

describe("codepipeline-pipeline-is-sealed-and-asks-people", () => {
  it("accepts one that is sealed and asks", async () => {
    expect(await violations(pipelineIsSealedAndAsksPeople, pipeline({}))).to.deep.equal([]);
    expect(await applications(pipelineIsSealedAndAsksPeople, project({}))).to.equal(0);
  });

  it("refuses one that asks nobody, or whose artefacts AWS's own key encrypts", async () => {
    expect(await violations(pipelineIsSealedAndAsksPeople, pipeline({ stages: [{ name: "prod", actions: [] }] }))).to.deep.equal([
      'Pipeline "p" asks nobody; a stage must have an action of the category Approval.',
    ]);
    expect(await violations(pipelineIsSealedAndAsksPeople, pipeline({ artifactStores: [{ type: "S3", location: "b" }] }))).to.deep.equal([
      'Pipeline "p" has no customer-managed key; artifactStores must have encryptionKey.',
    ]);
  });
});
