import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-ecs";
import { type Call, type OperationService, ServiceError } from "../../wire/service.ts";
import { type Job, JobError, type Jobs, openJobs } from "../jobs/jobs.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import { authorizePull, type Image } from "../sagemaker/container.ts";
import { openRegistry } from "../sagemaker/registry.ts";
import { checkRunTask } from "./request-check.ts";
import { parseTaskDefinition, type TaskDefinition } from "./task-definition.ts";
import { runTaskContainer } from "./task-work.ts";

const principal = "ecs-tasks.amazonaws.com";

export interface EcsOptions extends Omit<JobServiceOptions, "store"> {
  /** Where containers reach the local cloud. */
  readonly endpoint: () => string;
  /** An image that was declared. */
  readonly image: (uri: string) => Image | undefined;
}

interface Outcome {
  readonly exitCode: number;
}
type Task = Job<sdk.RunTaskRequest, Outcome>;

export interface Ecs {
  readonly service: OperationService;
  /** Makes a cluster known; tasks may run in it. */
  putCluster(cluster: { readonly arn: string; readonly name: string }): void;
  /** Registers a task definition. Throws an error that names what is not implemented. */
  putTaskDefinition(definition: unknown): void;
  /** For tests and `Faults`: the tasks themselves. A fault matches a task by the family of its definition. */
  readonly tasks: Jobs<sdk.RunTaskRequest, Outcome>;
  start(): void;
  close(): Promise<void>;
}

const statuses = { QUEUED: "PENDING", RUNNING: "RUNNING", STOPPING: "STOPPING", STOPPED: "STOPPED", SUCCEEDED: "STOPPED", FAILED: "STOPPED" } as const;
const familyOf = (definitionArn: string): string => definitionArn.replace(/^.*\//, "").replace(/:\d+$/, "");

/** ECS on child processes: RunTask, DescribeTasks and StopTask of Fargate tasks with one container each, which are the role of their definition. */
export function createEcs(options: EcsOptions): Ecs {
  const { authorizer, region, account, tools } = options;
  const arn = (resource: string): string => `arn:aws:ecs:${region}:${account}:${resource}`;
  const registry = openRegistry(join(options.folder, "registry"));
  const logs = join(options.folder, "logs");
  mkdirSync(logs, { recursive: true });

  const clusterArn = (cluster: string | undefined): string => (cluster?.startsWith("arn:") ? cluster : arn(`cluster/${cluster ?? "default"}`));
  const clusterOf = (cluster: string | undefined): { arn: string; name: string } => {
    const found = registry.get<{ arn: string; name: string }>("cluster", clusterArn(cluster));
    if (!found) throw new ServiceError("ClusterNotFoundException", "Cluster not found.");
    return found;
  };
  const definitionOf = (definition: string | undefined): TaskDefinition => {
    const found = registry.get<TaskDefinition>("task-definition", definition ?? "");
    if (!found) throw new ServiceError("ClientException", `TaskDefinition not found: ${definition}. The local cloud knows them by their ARNs.`);
    return found;
  };
  const taskArn = (task: Task): string => arn(`task/${clusterOf(task.request.cluster).name}/${task.id}`);

  const tasks = openJobs<sdk.RunTaskRequest, Outcome>({
    service: "ecs",
    ...options,
    nameOf: ({ request }) => familyOf(request.taskDefinition as string),
    async run(task, context) {
      const definition = definitionOf(task.request.taskDefinition);
      const [container] = definition.containers;
      const source = { "aws:SourceArn": taskArn(task), "aws:SourceAccount": account };
      const starter = authorizer.assume(principal, definition.executionRoleArn, source);
      authorizePull(authorizer, starter, container.image);
      const image = options.image(container.image);
      if (!image) throw new JobError(`CannotPullContainerError: ${container.image} not found.`);
      authorizer.assume(principal, definition.taskRoleArn, source);
      const override = task.request.overrides?.containerOverrides?.[0];
      const credentials = authorizer.credentialsOf(definition.taskRoleArn);
      const logFile = join(logs, `${task.id}.log`);
      return runTaskContainer({ definition, override, image, credentials, region, endpoint: options.endpoint(), tools, logFile }, context);
    },
  });

  function describe(task: Task): sdk.Task {
    const [container] = definitionOf(task.request.taskDefinition).containers;
    const lastStatus = statuses[task.state];
    const { exitCode } = task.result ?? {};
    const stopped: Partial<sdk.Task> =
      lastStatus !== "STOPPED"
        ? {}
        : exitCode !== undefined
          ? { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" }
          : task.failure
            ? { stopCode: "TaskFailedToStart", stoppedReason: task.failure.message }
            : { stopCode: "UserInitiated", stoppedReason: "Task stopped by user" };
    return {
      taskArn: taskArn(task),
      clusterArn: clusterArn(task.request.cluster),
      taskDefinitionArn: task.request.taskDefinition,
      containers: [{ name: container.name, image: container.image, lastStatus, ...(exitCode !== undefined && { exitCode }) }],
      lastStatus,
      desiredStatus: task.endedAt === undefined && task.state !== "STOPPING" ? "RUNNING" : "STOPPED",
      launchType: "FARGATE",
      createdAt: new Date(task.createdAt),
      ...(task.startedAt !== undefined && { startedAt: new Date(task.startedAt) }),
      ...(task.endedAt !== undefined && { stoppedAt: new Date(task.endedAt) }),
      ...(task.request.startedBy !== undefined && { startedBy: task.request.startedBy }),
      ...stopped,
    };
  }

  async function runTask(input: sdk.RunTaskRequest, call: Call): Promise<sdk.RunTaskResponse> {
    const context = { "ecs:cluster": clusterArn(input.cluster) };
    call.authorize("ecs:RunTask", input.taskDefinition ?? "", context);
    checkRunTask(input);
    clusterOf(input.cluster);
    const definition = definitionOf(input.taskDefinition);
    for (const role of [definition.taskRoleArn, definition.executionRoleArn]) call.authorize("iam:PassRole", role, { "iam:PassedToService": principal });
    for (const { name } of input.overrides?.containerOverrides ?? [])
      if (name !== definition.containers[0].name)
        throw new ServiceError("InvalidParameterException", `Override for container named ${name} is not a container in the TaskDefinition.`);
    const repeated = input.clientToken === undefined ? undefined : tasks.byToken(input.clientToken);
    if (repeated && JSON.stringify(repeated.request) !== JSON.stringify(input))
      throw new ServiceError("ConflictException", "The client token was used for a request with other parameters.");
    const task = repeated ?? tasks.submit(randomUUID().replaceAll("-", ""), input, input.clientToken);
    return { tasks: [describe(task)], failures: [] };
  }

  /** A task by its ARN or id; undefined if the cluster has none of the kind. */
  const find = (cluster: string | undefined, task: string): Task | undefined => {
    const found = tasks.get(task.replace(/^.*\//, ""));
    return found && clusterArn(found.request.cluster) === clusterArn(cluster) ? found : undefined;
  };
  const arnOf = (cluster: string | undefined, task: string): string => (task.startsWith("arn:") ? task : arn(`task/${clusterOf(cluster).name}/${task}`));

  async function describeTasks(input: sdk.DescribeTasksRequest, call: Call): Promise<sdk.DescribeTasksResponse> {
    assertImplemented("DescribeTasks", input, ["cluster", "tasks"]);
    clusterOf(input.cluster);
    const asked = (input.tasks ?? []).map((task) => ({ taskArn: arnOf(input.cluster, task), task: find(input.cluster, task) }));
    for (const one of asked) call.authorize("ecs:DescribeTasks", one.taskArn, { "ecs:cluster": clusterArn(input.cluster) });
    return {
      tasks: asked.flatMap(({ task }) => (task ? [describe(task)] : [])),
      failures: asked.flatMap((one) => (one.task ? [] : [{ arn: one.taskArn, reason: "MISSING" }])),
    };
  }

  async function stopTask(input: sdk.StopTaskRequest, call: Call): Promise<sdk.StopTaskResponse> {
    assertImplemented("StopTask", input, ["cluster", "task", "reason"]);
    clusterOf(input.cluster);
    call.authorize("ecs:StopTask", arnOf(input.cluster, input.task as string), { "ecs:cluster": clusterArn(input.cluster) });
    const task = find(input.cluster, input.task as string);
    if (!task) throw new ServiceError("InvalidParameterException", "The referenced task was not found.");
    tasks.stop(task.id);
    return { task: describe(tasks.get(task.id) as Task) };
  }

  return {
    service: { kind: "operations", signingName: "ecs", sdk, operations: { RunTask: runTask, DescribeTasks: describeTasks, StopTask: stopTask } },
    putCluster: (cluster) => registry.put("cluster", cluster.arn, cluster),
    putTaskDefinition(value) {
      const definition = parseTaskDefinition(value);
      registry.put("task-definition", definition.arn, definition);
    },
    tasks,
    start: tasks.start,
    async close() {
      await tasks.close();
      registry.close();
    },
  };
}
