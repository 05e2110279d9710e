import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { DeployPipeline, type DeployPipelineArgs } from "../../../components/delivery/deploy-pipeline.ts";
import { failure } from "../../support/failure.ts";
import { alertTopicArn } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const connectionArn = "arn:aws:codeconnections:us-east-1:111111111111:connection/0a1b2c3d-0000-4000-8000-000000000000";
const deployRoles = { shared: ["arn:aws:iam::444444444444:role/svp-deploy"], dev: ["arn:aws:iam::222222222222:role/svp-deploy"] };
const make = (more: Partial<DeployPipelineArgs> = {}) =>
  inAccount(
    (opts) =>
      void new DeployPipeline(
        "deploy",
        {
          ...{
            place,
            removal: "retain",
            connectionArn,
            repository: "hospital/video",
            branch: "main",
            deployRoles,
            order: ["shared", "dev"],
            approvalTopicArn: alertTopicArn,
          },
          ...{ state: { bucket: "svp-state", keyAlias: "svp-state" }, pulumi: { version: "3.248.0", sha256: "a".repeat(64) } },
          ...{ retention: { logs: 2192, accessLogs: 2192 }, ...more },
        },
        opts,
      ),
  );

describe("DeployPipeline", () => {
  let stack: Awaited<ReturnType<typeof make>>;
  before(async () => {
    stack = await make();
  });
  const policy = (name: string) => statements(stack.one(aws.iam.RolePolicy, name).inputs["policy"]);
  interface Action {
    name: string;
    category: string;
    configuration: Record<string, string>;
    runOrder?: number;
  }

  it("checks a commit, and takes each stack in its order through a preview, somebody's word and the update", () => {
    const pipeline = stack.one(aws.codepipeline.Pipeline, "deploy").inputs;
    const stages = pipeline["stages"] as { name: string; actions: Action[] }[];
    expect(stages.map(({ name, actions }) => [name, actions.map((action) => `${action.runOrder ?? 1} ${action.name} ${action.category}`)])).to.deep.equal([
      ["Source", ["1 Source Source"]],
      ["Check", ["1 Check Build"]],
      ["shared", ["1 Preview Build", "2 Approve Approval", "3 Update Build"]],
      ["dev", ["1 Preview Build", "2 Approve Approval", "3 Update Build"]],
    ]);
    expect(stages[3]?.actions.map(({ configuration }) => configuration["EnvironmentVariables"]).filter(Boolean)).to.deep.equal([
      '[{"name":"ACTION","value":"preview","type":"PLAINTEXT"},{"name":"STACK","value":"dev","type":"PLAINTEXT"}]',
      '[{"name":"ACTION","value":"up","type":"PLAINTEXT"},{"name":"STACK","value":"dev","type":"PLAINTEXT"}]',
    ]);
    expect(pipeline["executionMode"]).to.equal("QUEUED");
    const key = stack.one(aws.kms.Key, "deploy-key").outputs["arn"];
    expect((pipeline["artifactStores"] as { encryptionKey: object }[])[0]?.encryptionKey).to.deep.equal({ type: "KMS", id: key });
  });

  it("builds in private, unprivileged, with encrypted artefacts and logs", () => {
    const key = stack.one(aws.kms.Key, "deploy-key").outputs["arn"];
    const projects = stack.ofType(aws.codebuild.Project);
    expect(projects.map(({ inputs }) => (inputs["source"] as { buildspec: string }).buildspec).sort()).to.deep.equal([
      ...[".codebuild/check.yml", ".codebuild/stack.yml", ".codebuild/stack.yml"],
    ]);
    for (const { inputs } of projects) {
      expect(inputs).to.deep.include({ projectVisibility: "PRIVATE", encryptionKey: key });
      expect(inputs["environment"]).to.deep.include({ privilegedMode: false });
      expect(inputs["logsConfig"]).to.deep.equal({
        cloudwatchLogs: { status: "ENABLED", groupName: `/aws/codebuild/${inputs["name"]}` },
        s3Logs: { status: "DISABLED" },
      });
    }
    for (const { inputs } of stack.ofType(aws.cloudwatch.LogGroup)) expect(inputs).to.deep.include({ kmsKeyId: key, retentionInDays: 2192 });
  });

  it("opens to the builds of a stack the deploying role of that stack, to the tests none, and to the pipeline the builds", () => {
    expect(policy("deploy-dev-role-policy")["Deploy"]?.Resource).to.deep.equal(deployRoles.dev);
    expect(policy("deploy-shared-role-policy")["Deploy"]?.Resource).to.deep.equal(deployRoles.shared);
    expect(Object.keys(policy("deploy-check-role-policy"))).to.deep.equal(["WriteLog", "ReadSource", "ReadSourceKey"]);
    expect(Object.keys(policy("deploy-role-policy"))).to.deep.equal(["FetchSource", "KeepSource", "KeepSourceKey", "RunBuilds", "AskPeople"]);
    expect(policy("deploy-role-policy")["FetchSource"]).to.deep.equal({
      ...{ Effect: "Allow", Action: ["codeconnections:UseConnection"], Resource: [connectionArn] },
      Condition: { StringEqualsIfExists: { "codeconnections:FullRepositoryId": "hospital/video", "codeconnections:BranchName": "main" } },
    });
    const trust = JSON.parse(stack.one(aws.iam.Role, "deploy-dev-role").inputs["assumeRolePolicy"] as string).Statement[0];
    expect(trust.Condition.ArnLike).to.deep.equal({ "aws:SourceArn": "arn:aws:codebuild:us-east-1:111111111111:project/svp-unit-deploy-dev" });
  });

  it("refuses what is no repository, branch, connection, role or digest", async () => {
    const refused: [Partial<DeployPipelineArgs>, string][] = [
      [{ repository: "video" }, 'repository must be owner/name, not "video".'],
      [{ branch: "main;x" }, 'branch must be the name of a branch, not "main;x".'],
      [{ connectionArn: "arn:x" }, 'connectionArn must be the ARN of a connection, not "arn:x".'],
      [{ order: [] }, "order must name a stack."],
      [{ order: ["dev", "prod"] }, 'order must name stacks that there are, not "prod".'],
      [{ order: ["dev", "dev"] }, "order must name each stack once."],
      [{ order: ["dev"], deployRoles: { dev: ["arn:aws:iam::222222222222:role/*"] } }, "deployRoles must be ARNs of roles, without a wildcard"],
      [{ pulumi: { version: "3.248.0", sha256: "" } }, 'pulumi.sha256 must be a SHA-256, not "".'],
    ];
    for (const [more, message] of refused) expect((await failure(make(more))).message, message).to.contain(message);
  });
});
