import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { AccessLogBucket } from "../data/access-log-bucket.ts";
import { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { keepState } from "../identity/github-deploy-roles.ts";
import { type Place, physicalName, type Removal, regionalArn } from "../place.ts";
import { EncryptionKey, logsUseKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";

export interface DeployPipelineArgs {
  place: Place;
  removal: Removal;
  /** ARN of the connection to where the repository is, which people agree to by hand (CodeConnections). */
  connectionArn: string;
  /** `owner/name`, and the branch whose commits are deployed. */
  repository: string;
  branch: string;
  /** The roles that deploy, by stack. */
  deployRoles: Readonly<Record<string, readonly string[]>>;
  /** The stacks that are deployed to, one after the other. */
  order: readonly string[];
  /** Where Pulumi's state lies (stacks/bootstrap/state.yaml). */
  state: { bucket: string; keyAlias: string };
  /** The CLI that deploys, and the SHA-256 of its archive for Linux on arm64. */
  pulumi: { version: string; sha256: string };
  /** Told that somebody has to agree. */
  approvalTopicArn: pulumi.Input<string>;
  retention: { logs: number; accessLogs: number };
}

/** Minutes that the tests, and a deployment, may take. */
const longestMinutes = { check: 60, stack: 120 };
const buildImage = "aws/codebuild/amazonlinux-aarch64-standard:3.0";

type Build = aws.codebuild.Project;

/**
 * What the workflows on GitHub do, inside AWS: a commit is checked and tested, and then each stack in its order is previewed with the policy
 * pack, agreed to by a person, and updated. Each stack's builds have a role of their own, which opens the deploying role of that stack's account and
 * no other. CodePipeline and CodeBuild are HIPAA-eligible; no patient's data come here. HIPAA 164.308(a)(4)(ii)(B), 164.308(a)(5)(ii)(B),
 * 164.312(c)(1).
 *
 * The builds have a way to the internet: npm and the CLI come from there, pinned by their digests.
 */
export class DeployPipeline extends PlatformComponent {
  readonly pipelineName: pulumi.Output<string>;
  readonly #key: EncryptionKey;
  readonly #artefacts: EncryptedBucket;

  constructor(name: string, args: DeployPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:delivery:DeployPipeline", name, opts);
    this.#check(args);
    const { place, removal, retention } = args;
    this.#key = new EncryptionKey(
      this.childName("key"),
      { place, removal, description: "Source and logs of deployments", services: [logsUseKey(place)] },
      { parent: this },
    );
    const accessLogs = new AccessLogBucket(
      this.childName("access-logs"),
      { place, suffix: "pipeline-access-logs", removal, retentionDays: retention.accessLogs },
      { parent: this },
    );
    new aws.s3.AccountPublicAccessBlock(
      this.childName("account"),
      { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      this.child(),
    );
    this.#artefacts = new EncryptedBucket(
      this.childName("artefacts"),
      { place, suffix: "pipeline", removal, key: this.#key, accessLogs, noncurrentDays: 30, dataClassification: "none" },
      { parent: this },
    );

    const check = this.#project("check", "check", [], args);
    const stacks = args.order.map((stack) => {
      const statements = [allow("Deploy", ["sts:AssumeRole"], args.deployRoles[stack] ?? []), ...keepState(place, args.state)];
      return { stack, project: this.#project(stack, "stack", statements, args) };
    });
    const role = this.#pipelineRole(name, args, [check, ...stacks.map(({ project }) => project)]);
    const pipeline = new aws.codepipeline.Pipeline(
      name,
      {
        name: physicalName(place, name),
        pipelineType: "V2",
        // A commit waits until the one before it is through: no deployment is broken off.
        executionMode: "QUEUED",
        roleArn: role.arn,
        artifactStores: [{ type: "S3", location: this.#artefacts.bucket, encryptionKey: { type: "KMS", id: this.#key.arn } }],
        stages: [source(args), { name: "Check", actions: [build("Check", check, {})] }, ...stacks.map((each) => stage(each, args))],
      },
      this.child(),
    );
    this.pipelineName = pipeline.name;
    this.registerOutputs({ pipelineName: this.pipelineName });
  }

  #check({ repository, branch, connectionArn, deployRoles, order, pulumi: cli }: DeployPipelineArgs): void {
    if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) this.reject("repository", `must be owner/name, not "${repository}".`);
    if (!/^[\w./-]+$/.test(branch)) this.reject("branch", `must be the name of a branch, not "${branch}".`);
    if (!/^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]+$/.test(connectionArn))
      this.reject("connectionArn", `must be the ARN of a connection, not "${connectionArn}".`);
    if (order.length === 0) this.reject("order", "must name a stack.");
    const unknown = order.find((stack) => !Object.hasOwn(deployRoles, stack));
    if (unknown !== undefined) this.reject("order", `must name stacks that there are, not "${unknown}".`);
    if (new Set(order).size < order.length) this.reject("order", "must name each stack once.");
    const wrong = Object.values(deployRoles)
      .flat()
      .find((role) => !/^arn:aws:iam::\d{12}:role\/[^*?]+$/.test(role));
    if (wrong !== undefined) this.reject("deployRoles", `must be ARNs of roles, without a wildcard, not "${wrong}".`);
    if (!/^[0-9a-f]{64}$/.test(cli.sha256)) this.reject("pulumi.sha256", `must be a SHA-256, not "${cli.sha256}".`);
  }

  /** Builds of one kind: a role, a log and a project. `buildspec`: a file of `.codebuild`. */
  #project(
    suffix: string,
    buildspec: "check" | "stack",
    statements: readonly Statement[],
    { place, retention, state, pulumi: cli }: DeployPipelineArgs,
  ): Build {
    const childName = this.childName(suffix);
    const projectName = physicalName(place, childName);
    const log = new aws.cloudwatch.LogGroup(
      `${childName}-log`,
      { name: `/aws/codebuild/${projectName}`, kmsKeyId: this.#key.arn, retentionInDays: retention.logs },
      this.child(),
    );
    const role = new ServiceRole(
      `${childName}-role`,
      {
        place,
        service: "codebuild.amazonaws.com",
        sourceArn: regionalArn(place, "codebuild", `project/${projectName}`),
        statements: [
          allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [regionalArn(place, "logs", `log-group:/aws/codebuild/${projectName}:*`)]),
          ...this.#artefacts.allow("ReadSource", ["s3:GetObject", "s3:GetObjectVersion"], ""),
          ...statements,
        ],
      },
      { parent: this },
    );
    const variables = { STATE_BUCKET: state.bucket, PULUMI_VERSION: cli.version, PULUMI_SHA256: cli.sha256 };
    return new aws.codebuild.Project(
      childName,
      {
        name: projectName,
        description: buildspec === "check" ? "Checks and tests a commit" : `Previews and updates the stack ${suffix}`,
        serviceRole: role.arn,
        projectVisibility: "PRIVATE",
        encryptionKey: this.#key.arn,
        buildTimeout: longestMinutes[buildspec],
        // Pulumi's state is locked by one at a time.
        ...(buildspec === "stack" && { concurrentBuildLimit: 1 }),
        source: { type: "CODEPIPELINE", buildspec: `.codebuild/${buildspec}.yml` },
        artifacts: { type: "CODEPIPELINE", encryptionDisabled: false },
        environment: {
          ...{ type: "ARM_CONTAINER", computeType: "BUILD_GENERAL1_LARGE", image: buildImage, privilegedMode: false },
          ...(buildspec === "stack" && { environmentVariables: Object.entries(variables).map(([name, value]) => ({ name, value, type: "PLAINTEXT" })) }),
        },
        logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: log.name }, s3Logs: { status: "DISABLED" } },
      },
      this.child(),
    );
  }

  #pipelineRole(name: string, { place, connectionArn, repository, branch, approvalTopicArn }: DeployPipelineArgs, projects: readonly Build[]): ServiceRole {
    return new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "codepipeline.amazonaws.com",
        sourceArn: regionalArn(place, "codepipeline", physicalName(place, name)),
        statements: [
          allow("FetchSource", [`${connectionArn.split(":")[2]}:UseConnection`], [connectionArn], {
            StringEqualsIfExists: { "codeconnections:FullRepositoryId": repository, "codeconnections:BranchName": branch },
          }),
          ...this.#artefacts.allow("KeepSource", ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], ""),
          allow(
            "RunBuilds",
            ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
            projects.map(({ arn }) => arn),
          ),
          allow("AskPeople", ["sns:Publish"], [approvalTopicArn]),
        ],
      },
      { parent: this },
    );
  }
}

type Stage = aws.types.input.codepipeline.PipelineStage;
type Action = aws.types.input.codepipeline.PipelineStageAction;
const own = { owner: "AWS", version: "1" } as const;

const source = ({ connectionArn, repository, branch }: DeployPipelineArgs): Stage => ({
  name: "Source",
  actions: [
    {
      ...{ ...own, name: "Source", category: "Source", provider: "CodeStarSourceConnection", outputArtifacts: ["source"] },
      configuration: {
        ConnectionArn: connectionArn,
        FullRepositoryId: repository,
        BranchName: branch,
        OutputArtifactFormat: "CODE_ZIP",
        DetectChanges: "true",
      },
    },
  ],
});

const build = (name: string, project: Build, variables: Readonly<Record<string, string>>, runOrder = 1): Action => ({
  ...{ ...own, name, category: "Build", provider: "CodeBuild", inputArtifacts: ["source"], runOrder },
  configuration: {
    ProjectName: project.name,
    ...(Object.keys(variables).length > 0 && {
      EnvironmentVariables: JSON.stringify(Object.entries(variables).map(([key, value]) => ({ name: key, value, type: "PLAINTEXT" }))),
    }),
  },
});

/** One stack: what would change, a person's word, and the change. */
const stage = ({ stack, project }: { stack: string; project: Build }, { approvalTopicArn }: DeployPipelineArgs): Stage => ({
  name: stack,
  actions: [
    build("Preview", project, { ACTION: "preview", STACK: stack }, 1),
    {
      ...{ ...own, name: "Approve", category: "Approval", provider: "Manual", runOrder: 2 },
      configuration: { NotificationArn: approvalTopicArn, CustomData: `The preview of ${stack} is in the log of the action before.` },
    },
    build("Update", project, { ACTION: "up", STACK: stack }, 3),
  ],
});
