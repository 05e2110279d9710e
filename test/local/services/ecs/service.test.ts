import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DescribeTasksResponse, RunTaskRequest, RunTaskResponse, StopTaskResponse, Task } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { createEcs, type Ecs } from "../../../../local/services/ecs/service.ts";
import { failure } from "../../../support/failure.ts";
import { account, createFolderCloud, type FolderCloud, handlerRole, jobServiceOptions, region } from "../folder-store.ts";

const context = fileURLToPath(new URL("../sagemaker/container", import.meta.url));
const image = `${account}.dkr.ecr.${region}.amazonaws.com/inference@sha256:${"0".repeat(64)}`;
const arn = (resource: string): string => `arn:aws:ecs:${region}:${account}:${resource}`;
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const cluster = arn("cluster/conversion");

const definition = (more: object = {}) => ({
  arn: arn("task-definition/conversion:1"),
  requiresCompatibilities: ["FARGATE"],
  networkMode: "awsvpc",
  cpu: "4096",
  memory: "8192",
  taskRoleArn: role("task"),
  executionRoleArn: role("execution"),
  volumes: [{ name: "scratch" }],
  containers: [
    {
      name: "main",
      image,
      essential: true,
      command: ["process"],
      user: "65534:65534",
      readonlyRootFilesystem: true,
      linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
      environment: [
        { name: "SCRATCH", value: "/scratch" },
        { name: "BELOW", value: "/scratch/in" },
        { name: "ELSEWHERE", value: "/scratchy and /a/scratch" },
      ],
      mountPoints: [{ sourceVolume: "scratch", containerPath: "/scratch", readOnly: false }],
      logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/aws/ecs/conversion" } },
    },
  ],
  ...more,
});

const request = (behaviour: string, environment: Record<string, string> = {}, more: Partial<RunTaskRequest> = {}): RunTaskRequest => ({
  cluster: "conversion",
  taskDefinition: arn("task-definition/conversion:1"),
  launchType: "FARGATE",
  platformVersion: "LATEST",
  enableExecuteCommand: false,
  networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0a"], securityGroups: ["sg-0c"], assignPublicIp: "DISABLED" } },
  overrides: {
    containerOverrides: [{ name: "main", environment: Object.entries({ BEHAVIOUR: behaviour, ...environment }).map(([name, value]) => ({ name, value })) }],
  },
  ...more,
});

describe("ECS", () => {
  let cloud: FolderCloud;
  let ecs: Ecs;
  let folder: string;
  const open = async (): Promise<Ecs> => {
    const { store: _, ...options } = await jobServiceOptions(cloud, folder);
    const credentialsOf = (roleArn: string) => ({ accessKeyId: roleArn, secretAccessKey: "secret", sessionToken: "session" });
    return createEcs({
      ...options,
      authorizer: { ...cloud.authorizer, credentialsOf },
      endpoint: () => "http://127.0.0.1:1",
      image: (uri) => (uri === image ? { imageUri: uri, context, dockerfile: join(context, "Dockerfile") } : undefined),
    });
  };
  before(async () => {
    cloud = await createFolderCloud();
    folder = join(cloud.folder, "ecs");
    ecs = await open();
    ecs.putCluster({ arn: cluster, name: "conversion" });
    ecs.putTaskDefinition(definition());
    ecs.start();
    await cloud.write("in", "file", "content");
  });
  after(async () => {
    await ecs.close();
    await cloud.remove();
  });
  beforeEach(() => {
    cloud.uses.length = 0;
    cloud.deny = () => false;
  });

  const call = <Output>(operation: string, input: object): Promise<Output> => cloud.call<Output>(ecs.service, operation, input);
  const idOf = ({ taskArn }: Task): string => (taskArn as string).replace(/^.*\//, "");
  const describeTask = async (task: string): Promise<Task> =>
    (await call<DescribeTasksResponse>("DescribeTasks", { cluster: "conversion", tasks: [task] })).tasks?.[0] as Task;
  async function submit(input: RunTaskRequest): Promise<Task> {
    const { tasks, failures } = await call<RunTaskResponse>("RunTask", input);
    expect(failures).to.deep.equal([]);
    return tasks?.[0] as Task;
  }
  async function finish(input: RunTaskRequest): Promise<Task> {
    const task = await submit(input);
    await ecs.tasks.settled(idOf(task));
    return describeTask(task.taskArn as string);
  }

  it("runs a container to its end as the task's role, with volumes of its own, and tells its exit code", async () => {
    const output = join(cloud.folder, "output");
    await mkdir(output);
    const task = await finish(request("copy", { INPUT_DIR: join(cloud.folder, "objects", "in"), OUTPUT_DIR: output }, { startedBy: "AWS Step Functions" }));
    expect(task).to.deep.include({ lastStatus: "STOPPED", stopCode: "EssentialContainerExited", clusterArn: cluster, startedBy: "AWS Step Functions" });
    expect(task.containers).to.deep.equal([{ name: "main", image, lastStatus: "STOPPED", exitCode: 0 }]);
    expect(JSON.parse(await readFile(join(output, "found.json"), "utf8"))).to.deep.equal({ file: "content" });
    const { variables, words } = JSON.parse(await readFile(join(output, "deep", "context.json"), "utf8")) as {
      variables: Record<string, string>;
      words: string[];
    };
    const scratch = join(folder, "work", idOf(task), "volumes", "scratch");
    expect(variables).to.deep.include({
      ...{ SCRATCH: scratch, BELOW: join(scratch, "in"), ELSEWHERE: "/scratchy and /a/scratch", FROM_IMAGE: "an image" },
      ...{ AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_EXECUTION_ENV: "AWS_ECS_FARGATE" },
      ...{ AWS_ACCESS_KEY_ID: role("task"), AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "session" },
    });
    expect(words).to.deep.equal([]);
    expect(await readdir(join(folder, "work"))).to.deep.equal([]);
  });

  it("asks for every permission as the one who needs it", async () => {
    const task = await finish(request("complain"));
    const repository = `arn:aws:ecr:${region}:${account}:repository/inference`;
    expect(cloud.uses.map(({ caller, action, resource }) => `${caller} ${action} ${resource}`)).to.deep.equal([
      `${handlerRole} ecs:RunTask ${arn("task-definition/conversion:1")}`,
      `${handlerRole} iam:PassRole ${role("task")}`,
      `${handlerRole} iam:PassRole ${role("execution")}`,
      `ecs-tasks.amazonaws.com sts:AssumeRole ${role("execution")}`,
      `${role("execution")} ecr:GetAuthorizationToken *`,
      `${role("execution")} ecr:BatchGetImage ${repository}`,
      `${role("execution")} ecr:GetDownloadUrlForLayer ${repository}`,
      `ecs-tasks.amazonaws.com sts:AssumeRole ${role("task")}`,
      `${handlerRole} ecs:DescribeTasks ${arn(`task/conversion/${idOf(task)}`)}`,
    ]);
    expect(cloud.uses[0]?.context).to.deep.equal({ "ecs:cluster": cluster });
    expect(cloud.uses[1]?.context).to.deep.equal({ "iam:PassedToService": "ecs-tasks.amazonaws.com" });
    expect(cloud.uses.at(-1)?.context).to.deep.equal({ "ecs:cluster": cluster });
  });

  it("tells of a container that failed, and of a task that could not start", async () => {
    const failed = await finish(request("complain"));
    expect(failed.containers?.[0]?.exitCode).to.equal(1);
    expect(failed.stopCode).to.equal("EssentialContainerExited");
    cloud.faults.add((service, family) => service === "ecs" && family === "conversion", "Capacity is unavailable at this time.");
    const unstarted = await finish(request("complain"));
    expect(unstarted).to.deep.include({ lastStatus: "STOPPED", stopCode: "TaskFailedToStart", stoppedReason: "Capacity is unavailable at this time." });
    expect(unstarted.containers?.[0]).not.to.have.property("exitCode");
    cloud.deny = ({ caller, action }) => caller === role("execution") && action === "ecr:BatchGetImage";
    expect((await finish(request("complain"))).stoppedReason).to.contain("may not ecr:BatchGetImage");
  });

  it("gives the same task for the same client token, and refuses it for another request", async () => {
    const first = await submit(request("complain", {}, { clientToken: "token" }));
    expect((await submit(request("complain", {}, { clientToken: "token" }))).taskArn).to.equal(first.taskArn);
    const other = await failure(call("RunTask", request("fail", {}, { clientToken: "token" })));
    expect([other.name, other.message]).to.deep.equal(["ConflictException", "The client token was used for a request with other parameters."]);
    await ecs.tasks.settled(idOf(first));
  });

  it("stops a task at once, and leaves no process", async () => {
    const pidFile = join(cloud.folder, "pid");
    const task = await submit(request("hang", { PID_FILE: pidFile }));
    const pid = await (async () => {
      for (;;) {
        const text = await readFile(pidFile, "utf8").catch(() => "");
        if (text !== "") return Number(text);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    expect((await describeTask(task.taskArn as string)).lastStatus).to.equal("RUNNING");
    const { task: stopping } = await call<StopTaskResponse>("StopTask", { cluster: "conversion", task: task.taskArn, reason: "enough" });
    expect(stopping?.desiredStatus).to.equal("STOPPED");
    await ecs.tasks.settled(idOf(task));
    expect(await describeTask(task.taskArn as string)).to.deep.include({ lastStatus: "STOPPED", stopCode: "UserInitiated" });
    expect(() => process.kill(pid, 0)).to.throw("ESRCH");
  });

  it("goes on with a task after a crash, before anything is deployed again", async () => {
    const output = join(cloud.folder, "resumed");
    await mkdir(output);
    await ecs.close();
    ecs = await open();
    const task = await submit(request("copy", { INPUT_DIR: join(cloud.folder, "objects", "in"), OUTPUT_DIR: output }));
    await ecs.close();
    ecs = await open();
    ecs.start();
    await ecs.tasks.settled(idOf(task));
    expect((await describeTask(task.taskArn as string)).containers?.[0]?.exitCode).to.equal(0);
    expect(await readdir(output)).to.include("found.json");
  });

  it("knows no tasks of other clusters", async () => {
    ecs.putCluster({ arn: arn("cluster/other"), name: "other" });
    const task = await finish(request("complain"));
    const { tasks, failures } = await call<DescribeTasksResponse>("DescribeTasks", { cluster: "other", tasks: [idOf(task)] });
    expect([tasks, failures]).to.deep.equal([[], [{ arn: arn(`task/other/${idOf(task)}`), reason: "MISSING" }]]);
    expect((await failure(call("StopTask", { cluster: "other", task: idOf(task) }))).message).to.equal("The referenced task was not found.");
    expect((await failure(call("DescribeTasks", { cluster: "none", tasks: [] }))).message).to.equal("Cluster not found.");
  });

  it("refuses what is wrong, all at once, and what it does not implement, by name", async () => {
    const refusal = async (more: Partial<RunTaskRequest>) => (await failure(call("RunTask", request("complain", {}, more)))).message;
    const vpc = { subnets: [], securityGroups: ["group"] };
    expect(await refusal({ networkConfiguration: { awsvpcConfiguration: vpc }, clientToken: "a b" })).to.equal(
      "networkConfiguration.awsvpcConfiguration.subnets is []; it must be 1 to 16 ids. " +
        'networkConfiguration.awsvpcConfiguration.securityGroups is ["group"]; it must be 1 to 5 ids. clientToken must be 1 to 64 printable ASCII characters.',
    );
    expect(await refusal({ networkConfiguration: undefined })).to.contain("Network Configuration must be provided");
    expect(await refusal({ taskDefinition: "conversion" })).to.contain("TaskDefinition not found: conversion.");
    expect(await refusal({ overrides: { containerOverrides: [{ name: "side" }] } })).to.contain("named side is not a container");
    expect(await refusal({ overrides: { containerOverrides: [{ name: "main", environment: [{ name: "A", value: "a".repeat(9000) }] }] } })).to.contain("8192");
    const missing = (what: string) => `The local cloud does not implement ${what}.`;
    expect(await refusal({ launchType: "EC2" })).to.equal(missing("RunTask.launchType EC2"));
    expect(await refusal({ platformVersion: "1.3.0" })).to.equal(missing("RunTask.platformVersion 1.3.0"));
    expect(await refusal({ enableExecuteCommand: true })).to.equal(missing("RunTask.enableExecuteCommand true"));
    expect(await refusal({ count: 2, group: "g" })).to.equal(missing("RunTask.count and RunTask.group"));
    expect(await refusal({ overrides: { cpu: "256" } })).to.equal(missing("RunTask.overrides.cpu"));
    expect(await refusal({ overrides: { containerOverrides: [{ name: "main", memory: 5 }] } })).to.equal(
      missing("RunTask.overrides.containerOverrides[0].memory"),
    );
  });

  it("takes no task definition that it could not run as it says", () => {
    const [container] = definition().containers;
    expect(() => ecs.putTaskDefinition(definition({ networkMode: "host", containers: [{ ...container, dependsOn: [] }] }))).to.throw(
      /does not implement this task definition of ECS\. networkMode: .*; containers\.0: .*dependsOn/,
    );
    expect(() => ecs.putTaskDefinition(definition({ volumes: [] }))).to.throw("mounts scratch, which is none of the task's volumes");
    expect(() => ecs.putTaskDefinition(definition({ containers: [container, container] }))).to.throw("containers");
  });
});
