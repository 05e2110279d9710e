import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { FargateTask } from "../../../components/compute/fargate-task.ts";
import { allow } from "../../../components/security/policy.ts";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { clusterEncryptsDisksWithCustomerKey } from "../../../policies/rules/ecs/cluster-encrypts-disks-with-customer-key.ts";
import { clusterIsMeasured } from "../../../policies/rules/ecs/cluster-is-measured.ts";
import { containerCanDoNoMoreThanItsWork } from "../../../policies/rules/ecs/container-can-do-no-more-than-its-work.ts";
import { containerEnvironmentHoldsNoSecret } from "../../../policies/rules/ecs/container-environment-holds-no-secret.ts";
import { containerImageIsPinned } from "../../../policies/rules/ecs/container-image-is-pinned.ts";
import { containerWritesToALogOfOurs } from "../../../policies/rules/ecs/container-writes-to-a-log-of-ours.ts";
import { ecsRules } from "../../../policies/rules/ecs/index.ts";
import { serviceHasNoPublicAddress } from "../../../policies/rules/ecs/service-has-no-public-address.ts";
import { serviceRunsOnPatchedPlatform } from "../../../policies/rules/ecs/service-runs-on-patched-platform.ts";
import { shellInContainerIsRecorded } from "../../../policies/rules/ecs/shell-in-container-is-recorded.ts";
import { taskRolesAreApart } from "../../../policies/rules/ecs/task-roles-are-apart.ts";
import { taskSharesNothingWithItsHost } from "../../../policies/rules/ecs/task-shares-nothing-with-its-host.ts";
import { volumeIsEncryptedInTransit } from "../../../policies/rules/ecs/volume-is-encrypted-in-transit.ts";
import { image, jobNetwork, parts } from "../../components/parts.ts";
import { inAccount, place } from "../../components/place.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const key = "arn:aws:kms:us-east-1:111111111111:key/scratch";
const container = {
  name: "main",
  image: `777777777777.dkr.ecr.us-east-1.amazonaws.com/svp/inference@sha256:${"0".repeat(64)}`,
  user: "65534:65534",
  readonlyRootFilesystem: true,
  linuxParameters: { capabilities: { drop: ["ALL"] } },
  environment: [{ name: "BUCKET", value: "lake" }],
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/aws/ecs/x" } },
};
const task =
  (change: object = {}, containers: readonly object[] = [container]): Program =>
  (opts) =>
    new aws.ecs.TaskDefinition(
      "t",
      {
        family: "t",
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: "256",
        memory: "512",
        taskRoleArn: "arn:aws:iam::111111111111:role/task",
        executionRoleArn: "arn:aws:iam::111111111111:role/execution",
        containerDefinitions: JSON.stringify(containers),
        ...change,
      } as aws.ecs.TaskDefinitionArgs,
      opts,
    );
const box = (change: object): Program => task({}, [{ ...container, ...change }]);
const networkConfiguration = { subnets: ["subnet-1"], securityGroups: ["sg-1"] };
const service =
  (change: object = {}): Program =>
  (opts) =>
    new aws.ecs.Service("s", { taskDefinition: "t", launchType: "FARGATE", networkConfiguration, ...change }, opts);
const cluster =
  (change: object = {}): Program =>
  (opts) =>
    new aws.ecs.Cluster(
      "c",
      {
        name: "c",
        settings: [{ name: "containerInsights", value: "enabled" }],
        configuration: { managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: key } },
        ...change,
      },
      opts,
    );
const recorded = { logging: "OVERRIDE", kmsKeyId: key, logConfiguration: { cloudWatchLogGroupName: "/exec", cloudWatchEncryptionEnabled: true } };
const shell =
  (executeCommandConfiguration?: object, enableExecuteCommand = true): Program =>
  (opts) => {
    const found = new aws.ecs.Cluster("c", { name: "c", ...(executeCommandConfiguration && { configuration: { executeCommandConfiguration } }) }, opts);
    new aws.ecs.Service("s", { cluster: found.arn, taskDefinition: "t", networkConfiguration, enableExecuteCommand }, opts);
  };
const efs = (change: object): Program =>
  task({
    volumes: [
      { name: "v", efsVolumeConfiguration: { fileSystemId: "fs-1", transitEncryption: "ENABLED", authorizationConfig: { iam: "ENABLED" }, ...change } },
    ],
  });

const c = (problem: string): string => `Container "main" of "t" ${problem}.`;
const t = (problem: string): string => `Task definition "t" ${problem}.`;

describe("rules of ECS", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    ...ecsRules.map((rule): [Policies[number], string, Program] => [
      rule,
      "accepts what is as it should be",
      (opts) => {
        for (const program of [task(), service(), cluster()]) program(opts);
      },
    ]),
    [
      containerCanDoNoMoreThanItsWork,
      "refuses what says nothing",
      task({}, [{ name: "main" }]),
      c("keeps capabilities; linuxParameters.capabilities.drop must be ALL"),
      c("may write to its own file system; readonlyRootFilesystem must be true"),
      c("runs as the user of its image; user must be an ordinary one"),
    ],
    ...["0", "root:root"].map((user): [Policies[number], string, Program, string] => [
      containerCanDoNoMoreThanItsWork,
      `refuses the user ${user}`,
      box({ user }),
      c(`runs as ${user.split(":")[0]}; user must be an ordinary one`),
    ]),
    [
      containerCanDoNoMoreThanItsWork,
      "refuses privileges, capabilities and devices",
      box({ privileged: true, linuxParameters: { capabilities: { drop: ["ALL"], add: ["SYS_PTRACE"] }, devices: [{ hostPath: "/dev/x" }] } }),
      c("adds the capabilities SYS_PTRACE; linuxParameters.capabilities.add must be left out"),
      c("is privileged; privileged must be false"),
      c("uses devices of its host; linuxParameters.devices must be left out"),
    ],
    [containerWritesToALogOfOurs, "refuses no log", box({ logConfiguration: undefined }), c("logs by nothing; logConfiguration.logDriver must be awslogs")],
    [
      containerWritesToALogOfOurs,
      "refuses another driver",
      box({ logConfiguration: { logDriver: "splunk" } }),
      c("logs by splunk; logConfiguration.logDriver must be awslogs"),
    ],
    [
      containerWritesToALogOfOurs,
      "refuses a group that nobody made",
      box({ logConfiguration: { logDriver: "awslogs", options: { "awslogs-create-group": "true" } } }),
      c("makes its own log group; awslogs-create-group must be left out"),
      c("names no log group; awslogs-group must name one"),
    ],
    [
      containerEnvironmentHoldsNoSecret,
      "refuses secrets and people",
      box({
        environment: [
          { name: "API_KEY", value: "x" },
          { name: "URL", value: "postgres://a:b@c/d" },
          { name: "SURGEON", value: "jane@example.org" },
        ],
      }),
      c("holds a secret in API_KEY"),
      c("holds a secret in URL"),
      c("holds what identifies a person in SURGEON"),
    ],
    [
      containerImageIsPinned,
      "refuses a tag",
      box({ image: "nginx:latest" }),
      c('runs the image "nginx:latest", which must be named by its digest in a private registry of ECR'),
    ],
    [
      taskSharesNothingWithItsHost,
      "refuses hosts, and what is on them",
      task({ requiresCompatibilities: ["EC2", "FARGATE"], networkMode: "host", pidMode: "host", ipcMode: "host", volumes: [{ name: "v", hostPath: "/var" }] }),
      t("has networkMode host; it must be awsvpc"),
      t("may run on EC2, FARGATE; requiresCompatibilities must be FARGATE"),
      t("mounts /var of its host as v; hostPath must be left out"),
      t("shares its host by ipcMode; ipcMode must be left out"),
      t("shares its host by pidMode; pidMode must be left out"),
    ],
    [
      taskSharesNothingWithItsHost,
      "refuses what ECS does by itself",
      task({ requiresCompatibilities: undefined, networkMode: undefined }),
      t("has networkMode bridge; it must be awsvpc"),
      t("may run on EC2; requiresCompatibilities must be FARGATE"),
    ],
    [
      taskRolesAreApart,
      "refuses one role for both",
      task({ taskRoleArn: "arn:aws:iam::111111111111:role/execution" }),
      t("runs as the role that starts it; taskRoleArn and executionRoleArn must differ"),
    ],
    [
      taskRolesAreApart,
      "refuses no roles",
      task({ taskRoleArn: undefined, executionRoleArn: undefined }),
      t("has no role of its own for both; it must set taskRoleArn and executionRoleArn"),
    ],
    [volumeIsEncryptedInTransit, "accepts TLS", efs({})],
    [
      volumeIsEncryptedInTransit,
      "refuses none",
      efs({ transitEncryption: "DISABLED", authorizationConfig: undefined }),
      'Volume "v" of "t" is read without TLS; transitEncryption must be ENABLED.',
      'Volume "v" of "t" opens to anybody; authorizationConfig.iam must be ENABLED.',
    ],
    [
      serviceHasNoPublicAddress,
      "refuses an address",
      service({ networkConfiguration: { ...networkConfiguration, assignPublicIp: true } }),
      'Service "s" has an address on the internet; networkConfiguration.assignPublicIp must be false.',
    ],
    [
      serviceHasNoPublicAddress,
      "refuses no network",
      service({ networkConfiguration: undefined }),
      'Service "s" has no network of its own; networkConfiguration must be set.',
    ],
    [
      serviceHasNoPublicAddress,
      "refuses an address of a task set",
      (opts) =>
        new aws.ecs.TaskSet(
          "x",
          { cluster: "c", service: "s", taskDefinition: "t", networkConfiguration: { subnets: ["subnet-1"], assignPublicIp: true } },
          opts,
        ),
      'Task set "x" has an address on the internet; networkConfiguration.assignPublicIp must be false.',
    ],
    [
      serviceHasNoPublicAddress,
      "refuses express services",
      (opts) =>
        new aws.ecs.ExpressGatewayService(
          "x",
          { executionRoleArn: "arn:aws:iam::111111111111:role/e", infrastructureRoleArn: "arn:aws:iam::111111111111:role/i", primaryContainer: { image: "x" } },
          opts,
        ),
      'Service "x" is made in express mode, with a public load balancer; it must be an aws.ecs.Service.',
    ],
    [
      serviceRunsOnPatchedPlatform,
      "refuses an old platform, and hosts",
      service({ platformVersion: "1.3.0", launchType: "EC2" }),
      'Service "s" runs on EC2; launchType must be FARGATE.',
      'Service "s" runs on platform 1.3.0; platformVersion must be LATEST.',
    ],
    [
      clusterEncryptsDisksWithCustomerKey,
      "refuses no key",
      cluster({ configuration: undefined }),
      'Cluster "c" has no customer-managed key for disks; managedStorageConfiguration.fargateEphemeralStorageKmsKeyId must name one.',
    ],
    [clusterIsMeasured, "accepts more", cluster({ settings: [{ name: "containerInsights", value: "enhanced" }] })],
    [clusterIsMeasured, "refuses nothing", cluster({ settings: [] }), 'Cluster "c" has containerInsights disabled; it must be enabled or enhanced.'],

    [shellInContainerIsRecorded, "accepts no shell", shell(undefined, false)],
    [shellInContainerIsRecorded, "accepts a recorded one", shell(recorded)],
    [
      shellInContainerIsRecorded,
      "accepts one recorded in a bucket",
      shell({ ...recorded, logConfiguration: { s3BucketName: "b", s3BucketEncryptionEnabled: true } }),
    ],
    ...[
      undefined,
      { ...recorded, logging: "NONE" },
      { ...recorded, kmsKeyId: undefined },
      { ...recorded, logConfiguration: { cloudWatchLogGroupName: "/exec" } },
    ].map((configuration): [Policies[number], string, Program, string] => [
      shellInContainerIsRecorded,
      `refuses ${JSON.stringify(configuration)}`,
      shell(configuration),
      'Service "s" opens a shell that nobody records; enableExecuteCommand must be false.',
    ]),
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("are kept by our FargateTask", async () => {
    const stack = await inAccount((opts) => {
      const { keys } = parts(opts);
      const size = { architecture: "X86_64", cpuUnits: 1024, memoryMb: 2048, scratchGib: 30 } as const;
      const logs = { logKey: keys.logs, logRetentionDays: 2192 };
      const run = {
        image: { ...image, uri: container.image },
        network: jobNetwork,
        scratchKey: keys.derived,
        command: ["convert"],
        environment: { BUCKET: "lake" },
        statements: [allow("ReadSources", ["s3:GetObject"], ["arn:aws:s3:::raw/*"])],
      };
      new FargateTask("normalise", { place, ...size, ...logs, ...run }, opts);
    });
    const { findings, applied } = await evaluatePolicies(ecsRules, { project: "svp", stack: "unit", findings: [], ...stack });
    expect(findings).to.deep.equal([]);
    expect(applied[containerCanDoNoMoreThanItsWork.name]).to.have.length(1);
  });

  it("apply to what they are about only", async () => {
    expect(await applications(volumeIsEncryptedInTransit, task())).to.equal(0);
    expect(await applications(shellInContainerIsRecorded, cluster())).to.equal(0);
    expect(await applications(containerImageIsPinned, service())).to.equal(0);
  });
});
