import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allowPull, type InferenceImage } from "../analysis/inference-image.ts";
import { PlatformComponent } from "../component.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type ResourceStatement, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";

export interface FargateTaskArgs {
  place: Place;
  /** Image of the one container, and the repository that holds it. */
  image: InferenceImage;
  /** Processor that the image is built for. */
  architecture: "X86_64" | "ARM64";
  /** What the container is started with, after its image's entry point. */
  command: readonly string[];
  /** Thousand-and-twenty-fourths of a processor: 256 to 16384. */
  cpuUnits: number;
  /** Only certain sizes go with a number of processors. */
  memoryMb: number;
  /** Disk of the task, in GiB: 21 to 200. */
  scratchGib: number;
  network: ComputeNetwork;
  /** Encrypts the disk. Its policy must hold {@link fargateUsesKey}. */
  scratchKey: EncryptionKey;
  /** Encrypts the log. */
  logKey: EncryptionKey;
  /** Days that logs are kept. */
  logRetentionDays: number;
  /** Names and places only; never a secret, never anything about a patient. */
  environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** What the container may do. Fetching its image and writing its log are not its own matter. */
  statements: readonly Statement[];
}

/** What a state machine passes to `ecs:runTask.sync`, less what changes from run to run. */
export interface RunTaskArguments {
  readonly Cluster: string;
  readonly TaskDefinition: pulumi.Output<string>;
  readonly LaunchType: "FARGATE";
  readonly PlatformVersion: "LATEST";
  readonly EnableExecuteCommand: false;
  readonly NetworkConfiguration: {
    readonly AwsvpcConfiguration: {
      readonly Subnets: readonly pulumi.Output<string>[];
      readonly SecurityGroups: readonly pulumi.Output<string>[];
      readonly AssignPublicIp: "DISABLED";
    };
  };
}

/** Memory that goes with a number of CPU units, in MiB (Amazon ECS Developer Guide, "Task size" of Fargate on Linux). */
const memorySizes: Readonly<Record<number, { readonly from: number; readonly to: number; readonly step: number }>> = {
  256: { from: 512, to: 2048, step: 512 },
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16_384, step: 1024 },
  4096: { from: 8192, to: 30_720, step: 1024 },
  8192: { from: 16_384, to: 61_440, step: 4096 },
  16384: { from: 32_768, to: 122_880, step: 8192 },
};

/** Name of the container in its task: a run says by it whose environment it adds to. */
export const containerName = "main";
/** The folder that a container may write to. */
export const scratchFolder = "/scratch";
/** `nobody`: no image needs to know it, and it owns nothing in any. */
const user = "65534:65534";

/**
 * A container for what outgrows Lambda: more than 15 minutes, 10 GiB of memory or 10 GiB of disk. Runs once for each start,
 * without a server, in subnets without a way to the internet.
 *
 * The container runs as nobody, without capabilities, on a file system that can't be written; only `/scratch` can, if the image
 * hands that folder to its user (`VOLUME /scratch`, owner 65534). Nobody can open a shell in it. HIPAA 164.308(a)(4)(ii)(B)
 * own role, 164.312(a)(2)(iv) encrypted disk and log, 164.312(b) log, 164.312(e)(1) private network.
 */
export class FargateTask extends PlatformComponent {
  readonly runArguments: RunTaskArguments;
  /** What a state machine must be allowed to run the task and wait for its end. */
  readonly statements: readonly Statement[];

  constructor(name: string, args: FargateTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:compute:FargateTask", name, opts);
    this.#checkSizes(args);
    const { place } = args;
    const family = physicalName(place, name);

    const cluster = this.#cluster(family, args);
    const log = this.#logGroup("log", `/aws/ecs/${family}`, args);
    const taskRole = this.#role("task-role", args, args.statements);
    const executionRole = this.#role("execution-role", args, [
      ...allowPull(args.image),
      allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [regionalArn(place, "logs", `log-group:/aws/ecs/${family}:*`)]),
    ]);
    const definition = new aws.ecs.TaskDefinition(
      name,
      {
        family,
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: String(args.cpuUnits),
        memory: String(args.memoryMb),
        runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: args.architecture },
        ephemeralStorage: { sizeInGib: args.scratchGib },
        volumes: [{ name: "scratch" }],
        taskRoleArn: taskRole.arn,
        executionRoleArn: executionRole.arn,
        containerDefinitions: pulumi.jsonStringify([containerDefinition(args, log.name)]),
      },
      this.child(),
    );

    this.runArguments = runArguments(family, definition.arn, args.network, cluster);
    this.statements = runStatements(place, family, [taskRole.arn, executionRole.arn]);
    this.registerOutputs({ taskDefinitionArn: definition.arn });
  }

  #checkSizes({ cpuUnits, memoryMb, scratchGib }: FargateTaskArgs): void {
    const sizes = memorySizes[cpuUnits] ?? this.reject("cpuUnits", `must be one of ${Object.keys(memorySizes).join(", ")}, not ${cpuUnits}.`);
    const { from, to, step } = sizes;
    if (!(memoryMb >= from && memoryMb <= to && (memoryMb - from) % step === 0))
      this.reject("memoryMb", `must be ${from} to ${to} in steps of ${step} with ${cpuUnits} CPU units, not ${memoryMb}.`);
    if (!(Number.isInteger(scratchGib) && scratchGib >= 21 && scratchGib <= 200))
      this.reject("scratchGib", `must be a whole number, 21 to 200, not ${scratchGib}.`);
  }

  #cluster(family: string, args: FargateTaskArgs): aws.ecs.Cluster {
    // Container Insights would make this group itself, unencrypted and for ever.
    const insights = this.#logGroup("insights-log", `/aws/ecs/containerinsights/${family}/performance`, args);
    return new aws.ecs.Cluster(
      this.childName("cluster"),
      {
        name: family,
        settings: [{ name: "containerInsights", value: "enabled" }],
        configuration: {
          executeCommandConfiguration: { logging: "NONE" },
          managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: keyId(args.scratchKey) },
        },
      },
      this.child({ dependsOn: [insights] }),
    );
  }

  #logGroup(suffix: string, name: string, { logKey, logRetentionDays }: FargateTaskArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(this.childName(suffix), { name, kmsKeyId: logKey.arn, retentionInDays: logRetentionDays }, this.child());
  }

  #role(suffix: string, { place }: FargateTaskArgs, statements: readonly Statement[]): ServiceRole {
    const sourceArn = regionalArn(place, "ecs", "*");
    return new ServiceRole(this.childName(suffix), { place, service: "ecs-tasks.amazonaws.com", sourceArn, statements }, { parent: this });
  }
}

/** ECS asks for the key's id, not its ARN. */
const keyId = ({ arn }: EncryptionKey): pulumi.Output<string> => arn.apply((text) => text.slice(text.lastIndexOf("/") + 1));

function containerDefinition({ place, image, command, environment }: FargateTaskArgs, logGroup: pulumi.Input<string>): object {
  return {
    name: containerName,
    image: image.uri,
    essential: true,
    command,
    user,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
    environment: Object.entries(environment)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value })),
    mountPoints: [{ sourceVolume: "scratch", containerPath: scratchFolder, readOnly: false }],
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": logGroup, "awslogs-region": place.region, "awslogs-stream-prefix": containerName },
    },
  };
}

function runArguments(family: string, TaskDefinition: pulumi.Output<string>, network: ComputeNetwork, cluster: aws.ecs.Cluster): RunTaskArguments {
  return {
    Cluster: family,
    // Whoever runs the task waits for its cluster.
    TaskDefinition: pulumi.all([TaskDefinition, cluster.id]).apply(([arn]) => arn),
    LaunchType: "FARGATE",
    PlatformVersion: "LATEST",
    EnableExecuteCommand: false,
    NetworkConfiguration: {
      AwsvpcConfiguration: { Subnets: network.subnetIds, SecurityGroups: [network.securityGroupId], AssignPublicIp: "DISABLED" },
    },
  };
}

/** Step Functions Developer Guide, "Run Amazon ECS or Fargate tasks": the rule tells it that a task ended. */
function runStatements(place: Place, family: string, roleArns: readonly pulumi.Output<string>[]): Statement[] {
  const inCluster = { ArnEquals: { "ecs:cluster": regionalArn(place, "ecs", `cluster/${family}`) } };
  return [
    allow("RunTask", ["ecs:RunTask"], [regionalArn(place, "ecs", `task-definition/${family}:*`)], inCluster),
    allow("FollowTask", ["ecs:DescribeTasks", "ecs:StopTask"], [regionalArn(place, "ecs", `task/${family}/*`)], inCluster),
    allow("PassTaskRoles", ["iam:PassRole"], roleArns, { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }),
    allow(
      "FollowTaskEvents",
      ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
      [regionalArn(place, "events", "rule/StepFunctionsGetEventsForECSTaskRule")],
    ),
  ];
}

/**
 * Fargate encrypts the disks of tasks as itself. For the `services` of the key that a {@link FargateTask} of this name is given
 * (Amazon ECS Developer Guide, "Customer managed keys for AWS Fargate ephemeral storage").
 */
export function fargateUsesKey(place: Place, task: string): ResourceStatement[] {
  const cluster = {
    "kms:EncryptionContext:aws:ecs:clusterAccount": place.accountId,
    "kms:EncryptionContext:aws:ecs:clusterName": physicalName(place, task),
  };
  const fargate = { Effect: "Allow", Principal: { Service: "fargate.amazonaws.com" }, Resource: ["*"] } as const;
  return [
    { ...fargate, Sid: "FargateMakesDiskKeys", Action: ["kms:GenerateDataKeyWithoutPlaintext"], Condition: { StringEquals: cluster } },
    {
      ...fargate,
      Sid: "FargateGrantsDiskKeys",
      Action: ["kms:CreateGrant"],
      Condition: { StringEquals: cluster, "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] } },
    },
  ];
}
