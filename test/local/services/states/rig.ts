import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ecsSdk from "@aws-sdk/client-ecs";
import * as lambdaSdk from "@aws-sdk/client-lambda";
import * as mediaconvertSdk from "@aws-sdk/client-mediaconvert";
import * as sagemakerSdk from "@aws-sdk/client-sagemaker";
import { DescribeExecutionCommand, GetExecutionHistoryCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { createIam, type Iam } from "../../../../local/services/iam/iam.ts";
import type { BusEvent } from "../../../../local/services/seams.ts";
import { createStates } from "../../../../local/services/states/index.ts";
import { startWire } from "../../../../local/wire/server.ts";
import { type OperationService, type Service, ServiceError } from "../../../../local/wire/service.ts";

export const accountId = "000000000000";
export const region = "us-east-1";
export const roleArn = `arn:aws:iam::${accountId}:role/machine`;
export const machineArn = `arn:aws:states:${region}:${accountId}:stateMachine:machine`;
const trust = (service: string) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] });

/** IAM with the machine's role, which may do what the actions say. */
export function machineIam(actions: readonly string[] = ["*"]): Iam {
  const iam = createIam({ accountId, seed: "test" });
  iam.putRole({ arn: roleArn, trustPolicy: trust("states.amazonaws.com") });
  iam.putRolePolicy(roleArn, "machine", { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] });
  return iam;
}

/** A Lambda service whose functions are JavaScript functions of the test. */
export function functionService(functions: Record<string, (event: never) => unknown>): OperationService {
  return {
    kind: "operations",
    signingName: "lambda",
    sdk: lambdaSdk,
    operations: {
      async Invoke({ FunctionName, Payload }: { FunctionName: string; Payload?: Uint8Array }, call) {
        call.authorize("lambda:InvokeFunction", `arn:aws:lambda:${region}:${accountId}:function:${FunctionName}`);
        const run = functions[FunctionName];
        if (run === undefined) throw new ServiceError("ResourceNotFoundException", `Function not found: ${FunctionName}`, 404);
        try {
          const answer = await run(JSON.parse(Buffer.from(Payload ?? "{}").toString()) as never);
          return { StatusCode: 200, ExecutedVersion: "$LATEST", Payload: Buffer.from(JSON.stringify(answer ?? null)) };
        } catch (error) {
          const { name: errorType, message: errorMessage } = error as Error;
          return { StatusCode: 200, FunctionError: "Unhandled", Payload: Buffer.from(JSON.stringify({ errorType, errorMessage })) };
        }
      },
    },
  };
}

/** MediaConvert, SageMaker Processing and ECS (whose tasks are named by their definition) whose jobs take some looks to end; `FAIL` in the name of one makes it fail, `HANG` never end. */
export function jobServices(looks = 1) {
  const jobs = new Map<string, { id: string; looks: number; status: string }>();
  const created: string[] = [];
  const cancelled: string[] = [];
  const job = (id: string) => {
    const found = jobs.get(id);
    if (found === undefined) throw new ServiceError("ResourceNotFound", `Could not find job ${id}.`);
    return found;
  };
  const create = (key: string, id: string) => {
    const known = jobs.get(key);
    if (known) return known;
    created.push(id);
    const made = { id, looks, status: "RUNNING" };
    jobs.set(key, made);
    jobs.set(id, made);
    return made;
  };
  const look = (id: string): string => {
    const found = job(id);
    if (found.status === "RUNNING" && !id.includes("HANG") && found.looks-- <= 0) found.status = id.includes("FAIL") ? "FAILED" : "DONE";
    return found.status;
  };
  const stop = (id: string) => {
    job(id).status = "STOPPED";
    cancelled.push(id);
    return {};
  };
  const mediaStatus: Record<string, string> = { RUNNING: "PROGRESSING", DONE: "COMPLETE", FAILED: "ERROR", STOPPED: "CANCELED" };
  const processingStatus: Record<string, string> = { RUNNING: "InProgress", DONE: "Completed", FAILED: "Failed", STOPPED: "Stopped" };
  const mediaconvert: OperationService = {
    kind: "operations",
    signingName: "mediaconvert",
    sdk: mediaconvertSdk,
    operations: {
      async CreateJob({ ClientRequestToken, UserMetadata }: mediaconvertSdk.CreateJobCommandInput, call) {
        call.authorize("mediaconvert:CreateJob", `arn:aws:mediaconvert:${region}:${accountId}:queues/Default`);
        return { Job: { Id: create(ClientRequestToken!, `${UserMetadata?.["name"]}`).id, Status: "SUBMITTED" } };
      },
      GetJob: async ({ Id }: { Id: string }) => ({ Job: { Id, Status: mediaStatus[look(Id)] } }),
      CancelJob: async ({ Id }: { Id: string }) => stop(Id),
    },
  };
  const sagemaker: OperationService = {
    kind: "operations",
    signingName: "sagemaker",
    sdk: sagemakerSdk,
    operations: {
      async CreateProcessingJob({ ProcessingJobName: name = "" }: sagemakerSdk.CreateProcessingJobCommandInput) {
        if (jobs.has(name)) throw new ServiceError("ResourceInUse", `Job ${name} exists.`);
        create(name, name);
        return { ProcessingJobArn: `arn:aws:sagemaker:${region}:${accountId}:processing-job/${name}` };
      },
      DescribeProcessingJob: async ({ ProcessingJobName: name }: { ProcessingJobName: string }) => ({
        ProcessingJobName: name,
        ProcessingJobStatus: processingStatus[look(name)],
      }),
      StopProcessingJob: async ({ ProcessingJobName: name }: { ProcessingJobName: string }) => stop(name),
    },
  };
  const taskArn = (id: string) => `arn:aws:ecs:${region}:${accountId}:task/cluster/${id}`;
  const task = (id: string): ecsSdk.Task => {
    const status = look(id);
    const ended = status !== "RUNNING" && { lastStatus: "STOPPED", containers: [{ name: "main", exitCode: status === "DONE" ? 0 : 1 }] };
    return { taskArn: taskArn(id), lastStatus: "RUNNING", containers: [{ name: "main" }], ...ended };
  };
  const ecs: OperationService = {
    kind: "operations",
    signingName: "ecs",
    sdk: ecsSdk,
    operations: {
      async RunTask({ clientToken, taskDefinition: name = "", startedBy }: ecsSdk.RunTaskRequest) {
        if (name === "FULL") return { tasks: [], failures: [{ reason: "RESOURCE:MEMORY" }] };
        if (startedBy !== "AWS Step Functions") throw new ServiceError("InvalidParameterException", `startedBy is ${startedBy}.`);
        return { tasks: [{ taskArn: taskArn(create(clientToken!, name).id) }], failures: [] };
      },
      async DescribeTasks({ cluster, tasks: [asked = ""] = [] }: ecsSdk.DescribeTasksRequest) {
        if (cluster !== "cluster") throw new ServiceError("ClusterNotFoundException", `Cluster ${cluster} not found.`);
        return { tasks: [task(asked.replace(/^.*\//, ""))], failures: [] };
      },
      StopTask: async ({ task: asked = "" }: ecsSdk.StopTaskRequest) => stop(asked.replace(/^.*\//, "")),
    },
  };
  return {
    services: [mediaconvert, sagemaker, ecs],
    created,
    cancelled,
    /** The jobs as they are now, to go back to. */
    save: () => new Map([...jobs].map(([key, { ...state }]) => [key, state])),
    load(saved: ReadonlyMap<string, { id: string; looks: number; status: string }>): void {
      jobs.clear();
      for (const [key, state] of saved) jobs.set(key, { ...state });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof startRig>>;

/** Step Functions on a wire of its own, with the services given. */
export async function startRig(
  options: { services?: Service[] | ((iam: Iam) => Service[]); actions?: readonly string[]; waitScale?: number; endpoint?: string } = {},
) {
  const dir = mkdtempSync(join(tmpdir(), "states-"));
  const iam = machineIam(options.actions);
  const logged: string[] = [];
  const published: BusEvent[] = [];
  let endpoint = "";
  const create = () =>
    createStates({
      dir,
      region,
      accountId,
      endpoint: () => options.endpoint ?? endpoint,
      authorizer: iam,
      publish: async (event) => void published.push(event),
      log: (line) => logged.push(line),
      waitScale: options.waitScale ?? 0.01,
    });
  let states = create();
  const wire = await startWire({
    iam,
    log: (line) => logged.push(line),
    services: [
      {
        ...states.service,
        operations: new Proxy(
          {},
          forwarding(() => states.service.operations),
        ),
      },
      ...(typeof options.services === "function" ? options.services(iam) : (options.services ?? [])),
    ],
  });
  endpoint = wire.endpoint;
  const client = new SFNClient({ endpoint, region, credentials: iam.administrator.credentials, maxAttempts: 1 });

  const rig = {
    iam,
    dir,
    client,
    logged,
    /** What EventBridge was told. */
    published,
    endpoint,
    states: () => states,

    async put(definition: object): Promise<void> {
      await states.putStateMachine({ arn: machineArn, name: "machine", definition: JSON.stringify({ QueryLanguage: "JSONata", ...definition }), roleArn });
    },
    async start(input: unknown = {}, name?: string): Promise<string> {
      const { executionArn } = await client.send(
        new StartExecutionCommand({ stateMachineArn: machineArn, input: JSON.stringify(input), ...(name !== undefined && { name }) }),
      );
      return executionArn!;
    },
    /** Waits until the execution has ended. */
    async end(executionArn: string) {
      for (;;) {
        const described = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (described.status !== "RUNNING") return described;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    /** Runs a machine to its end. */
    async run(definition: object, input: unknown = {}) {
      await rig.put(definition);
      const { status, output, error, cause } = await rig.end(await rig.start(input));
      return status === "SUCCEEDED" ? { status, output: JSON.parse(output!) as unknown } : { status, error, cause };
    },
    /** Runs states that need no more than a start. */
    states_: (States: Record<string, object>, input: unknown = {}) => rig.run({ StartAt: Object.keys(States)[0], States }, input),
    async history(executionArn: string) {
      return (await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events!;
    },
    /** Ends this Step Functions without a trace, as its process would, and begins another on the same data. */
    async restart(): Promise<void> {
      await states.close();
      states = create();
      await states.start();
    },
    async close(): Promise<void> {
      await states.close();
      client.destroy();
      await wire.close();
      rmSync(dir, { recursive: true });
    },
  };
  return rig;
}

/** An object that is another one at each look. */
const forwarding = (current: () => object): ProxyHandler<object> => ({
  get: (_target, name) => Reflect.get(current(), name) as unknown,
  ownKeys: () => Reflect.ownKeys(current()),
  has: (_target, name) => Reflect.has(current(), name),
  getOwnPropertyDescriptor: (_target, name) => {
    const value: unknown = Reflect.get(current(), name);
    return value === undefined ? undefined : { value, enumerable: true, configurable: true };
  },
});
