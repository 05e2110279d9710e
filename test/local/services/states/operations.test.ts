import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { failure } from "../../../support/failure.ts";
import { functionService, machineArn, type Rig, roleArn, startRig } from "./rig.ts";

describe("the operations of Step Functions", () => {
  let broken = true;
  const calls: string[] = [];
  let rig: Rig;
  before(async () => {
    const service = functionService({
      step: ({ name, breaks }: { name: string; breaks?: boolean }) => {
        calls.push(name);
        if (breaks && broken) throw new Error("broken");
        return name;
      },
    });
    rig = await startRig({ services: [service] });
  });
  after(() => rig.close());
  beforeEach(() => {
    broken = true;
    calls.length = 0;
  });
  const waiting = { StartAt: "A", States: { A: { Type: "Wait", Seconds: 30, End: true } } };
  const step = (name: string, rest: object = {}) => ({
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: "step", Payload: { name, ...rest } },
    Output: "{% $states.result.Payload %}",
    TimeoutSeconds: 5,
  });

  it("start one execution for a name and input while it runs, and none after", async () => {
    await rig.put(waiting);
    const first = await rig.start({ x: 1 }, "run");
    expect(await rig.start({ x: 1 }, "run")).to.equal(first);
    expect(await failure(rig.start({ x: 2 }, "run"))).to.include({ name: "ExecutionAlreadyExists" });
    await rig.end(first);
    expect(await failure(rig.start({ x: 1 }, "run"))).to.include({ name: "ExecutionAlreadyExists" });
    const { executions } = await rig.client.send(new ListExecutionsCommand({ stateMachineArn: machineArn, statusFilter: "SUCCEEDED" }));
    expect(executions!.map(({ name, status }) => ({ name, status }))).to.deep.equal([{ name: "run", status: "SUCCEEDED" }]);
  });

  it("refuse names, inputs and machines that can't be", async () => {
    await rig.put(waiting);
    const send = (input: string, name = "n") => failure(rig.client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input })));
    expect(await send("{}", "a b")).to.include({ name: "InvalidName" });
    expect(await send("{")).to.include({ name: "InvalidExecutionInput" });
    expect(await send(`"${"x".repeat(262_144)}"`)).to.include({ name: "InvalidExecutionInput" });
    expect(await failure(rig.client.send(new StartExecutionCommand({ stateMachineArn: `${machineArn}2` })))).to.include({ name: "StateMachineDoesNotExist" });
    expect(await failure(rig.client.send(new DescribeExecutionCommand({ executionArn: "arn:none" })))).to.include({ name: "ExecutionDoesNotExist" });
  });

  it("describe the machine that was put, and put the same one twice", async () => {
    await rig.put(waiting);
    const first = await rig.client.send(new DescribeStateMachineCommand({ stateMachineArn: machineArn }));
    await rig.put(waiting);
    const second = await rig.client.send(new DescribeStateMachineCommand({ stateMachineArn: machineArn }));
    expect({ ...second, $metadata: 0 }).to.deep.equal({ ...first, $metadata: 0 });
    expect(first).to.deep.include({ name: "machine", roleArn, status: "ACTIVE", type: "STANDARD" });
    const { stateMachines } = await rig.client.send(new ListStateMachinesCommand({}));
    expect(stateMachines!.map(({ stateMachineArn }) => stateMachineArn)).to.deep.equal([machineArn]);
    expect(await failure(rig.put({ StartAt: "A", States: { A: { Type: "Succeed", Sides: 3 } } })))
      .to.have.property("message")
      .that.contains("has the field Sides");
  });

  it("tell what happened, event by event", async () => {
    await rig.put({ StartAt: "A", States: { A: { ...step("a"), Next: "B" }, B: { Type: "Succeed" } } });
    const executionArn = await rig.start({}, "told");
    await rig.end(executionArn);
    const events = await rig.history(executionArn);
    expect(events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).to.deep.equal([
      [1, 0, "ExecutionStarted"],
      [2, 1, "TaskStateEntered"],
      [3, 2, "TaskScheduled"],
      [4, 3, "TaskStarted"],
      [5, 4, "TaskSucceeded"],
      [6, 5, "TaskStateExited"],
      [7, 6, "SucceedStateEntered"],
      [8, 7, "SucceedStateExited"],
      [9, 8, "ExecutionSucceeded"],
    ]);
    expect(events[5]!.stateExitedEventDetails).to.deep.equal({ name: "A", output: '"a"' });
    expect(events[8]!.executionSucceededEventDetails).to.deep.equal({ output: '"a"' });
  });

  it("redrive from the state that failed, in each branch, with what succeeded kept", async () => {
    const branch = (name: string, breaks: boolean) => ({
      StartAt: `${name}1`,
      States: {
        [`${name}1`]: { ...step(`${name}1`), Next: `${name}2` },
        [`${name}2`]: { ...step(`${name}2`, { breaks }), Output: "{% [$states.result.Payload, $states.context.Execution.RedriveCount] %}", End: true },
      },
    });
    await rig.put({
      StartAt: "First",
      States: { First: { ...step("first"), Next: "P" }, P: { Type: "Parallel", Branches: [branch("a", false), branch("b", true)], End: true } },
    });
    const executionArn = await rig.start({}, "redriven");
    expect(await rig.end(executionArn)).to.deep.include({ status: "FAILED", error: "Error", redriveStatus: "REDRIVABLE" });
    broken = false;
    calls.length = 0;
    await rig.client.send(new RedriveExecutionCommand({ executionArn }));
    const { status, output, redriveCount } = await rig.end(executionArn);
    expect({ status, redriveCount }).to.deep.equal({ status: "SUCCEEDED", redriveCount: 1 });
    expect(calls).to.include("b2").and.not.include.members(["first", "a1", "b1"]);
    expect((JSON.parse(output!) as unknown[])[1]).to.deep.equal(["b2", 1]);
    expect(await failure(rig.client.send(new RedriveExecutionCommand({ executionArn })))).to.include({ name: "ExecutionNotRedrivable" });
  });

  it("tell listeners of every transition", async () => {
    await rig.put({
      StartAt: "A",
      States: {
        A: {
          ...step("a", { breaks: true }),
          Retry: [{ ErrorEquals: ["Error"], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }],
          End: true,
        },
        B: { Type: "Succeed" },
      },
    });
    const seen: string[] = [];
    const end = rig.states().onTransition(({ state, type }) => seen.push(`${state} ${type}`));
    await rig.end(await rig.start({}, "heard"));
    end();
    expect(seen).to.deep.equal(["A entered", "A retried", "A failed", "A exited", "B entered", "B exited"]);
  });

  it("ask whether the caller may", async () => {
    rig.iam.putRole({
      arn: "arn:aws:iam::000000000000:role/nobody",
      trustPolicy: { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" } },
    });
    const nobody = new SFNClient({
      endpoint: rig.endpoint,
      region: "us-east-1",
      credentials: rig.iam.credentialsOf("arn:aws:iam::000000000000:role/nobody"),
      maxAttempts: 1,
    });
    const error = await failure(nobody.send(new StartExecutionCommand({ stateMachineArn: machineArn })));
    nobody.destroy();
    expect(error).to.include({ name: "AccessDeniedException" });
    expect(error.message).to.contain(
      "arn:aws:iam::000000000000:role/nobody is not authorized to perform states:StartExecution on arn:aws:states:us-east-1:000000000000:stateMachine:machine",
    );
  });

  it("tell EventBridge of every status, without what was put in or came out, also after a restart", async () => {
    await rig.put({ StartAt: "A", States: { A: { ...step("a", { breaks: true }), End: true } } });
    const executionArn = await rig.start({ patient: "x" }, "announced");
    await rig.end(executionArn);
    rig.published.length = 0;
    // What gathered before services start is told when they do.
    await rig.restart();
    const told = () => rig.published.filter(({ resources }) => resources[0] === executionArn);
    const statuses = () => told().map(({ detail }) => detail["status"]);
    while (told().length < 2) await new Promise((wake) => setTimeout(wake, 5));
    expect(statuses()).to.deep.equal(["RUNNING", "FAILED"]);
    const { startDate, stopDate } = await rig.end(executionArn);
    const { id: _, time: __, ...event } = told()[1]!;
    expect(event).to.deep.equal({
      source: "aws.states",
      "detail-type": "Step Functions Execution Status Change",
      account: "000000000000",
      region: "us-east-1",
      resources: [executionArn],
      detail: {
        executionArn,
        stateMachineArn: machineArn,
        name: "announced",
        status: "FAILED",
        startDate: startDate!.getTime(),
        stopDate: stopDate!.getTime(),
        inputDetails: { included: false },
        redriveCount: 0,
        redriveDate: null,
      },
    });
    broken = false;
    await rig.client.send(new RedriveExecutionCommand({ executionArn }));
    await rig.end(executionArn);
    await rig.put(waiting);
    const stopped = await rig.start({}, "stopped");
    await rig.client.send(new StopExecutionCommand({ executionArn: stopped }));
    while (!rig.published.some(({ detail }) => detail["status"] === "ABORTED")) await new Promise((wake) => setTimeout(wake, 5));
    expect(statuses()).to.deep.equal(["RUNNING", "FAILED", "RUNNING", "SUCCEEDED"]);
  });
});
