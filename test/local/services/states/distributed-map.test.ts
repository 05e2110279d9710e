import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeMapRunCommand, ListMapRunsCommand, RedriveExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { createS3, type S3 } from "../../../../local/services/s3/s3.ts";
import { definitionFaults } from "../../../../local/services/states/lint.ts";
import { accountId, functionService, type Rig, region, startRig } from "./rig.ts";

describe("a distributed Map", () => {
  let dir: string;
  let s3: S3;
  let rig: Rig;
  let client: S3Client;
  let broken: Set<number>;
  let running = 0;
  let most = 0;
  const calls: number[] = [];
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "states-s3-"));
    const functions = functionService({
      async work({ n }: { n: number }) {
        calls.push(n);
        most = Math.max(most, ++running);
        await new Promise((wake) => setTimeout(wake, 20));
        running--;
        if (broken.has(n)) throw new Error(`${n} is broken`);
        return n * 10;
      },
    });
    rig = await startRig({
      services: (iam) => {
        s3 = createS3({ dir, authorizer: iam, region, accountId, publish: async () => undefined, log: () => undefined });
        s3.configureBucket("lake", {});
        return [functions, s3];
      },
    });
    client = new S3Client({ endpoint: rig.endpoint, region, credentials: rig.iam.administrator.credentials });
  });
  after(async () => {
    client.destroy();
    await rig.close();
    await s3.close();
    rmSync(dir, { recursive: true });
  });
  beforeEach(() => {
    [broken, running, most] = [new Set(), 0, 0];
    calls.length = 0;
  });

  const work = (rest: object = {}) => ({
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName: "work", Payload: "{% $states.input %}" },
    Output: "{% {'n': $states.context.Execution.Input.n, 'result': $states.result.Payload} %}",
    TimeoutSeconds: 5,
    End: true,
    ...rest,
  });
  const map = (rest: object = {}) => ({
    Type: "Map",
    ItemReader: {
      Resource: "arn:aws:states:::s3:getObject",
      ReaderConfig: { InputType: "JSONL" },
      Arguments: { Bucket: "lake", Key: "{% $states.input.key %}" },
    },
    ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, StartAt: "Work", States: { Work: work() } },
    MaxConcurrency: 2,
    ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Arguments: { Bucket: "lake", Prefix: "results/" } },
    End: true,
    ...rest,
  });
  const machine = (rest: object = {}) => ({ StartAt: "Each", States: { Each: map(rest) } });
  const items = async (text: string, Key = "items.jsonl") => {
    await client.send(new PutObjectCommand({ Bucket: "lake", Key, Body: text }));
    return { key: Key };
  };
  const numbers = (count: number) => items(Array.from({ length: count }, (_, n) => `{"n":${n}}`).join("\n"));
  const read = async (Key: string): Promise<unknown> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "lake", Key }));
    return JSON.parse((await Body?.transformToString()) as string);
  };
  const start = async (rest: object, input: object) => {
    await rig.put(machine(rest));
    return rig.start(input);
  };

  it("runs an execution of its own for each line, so many at a time, and writes what they gave", async () => {
    const executionArn = await start({}, await numbers(5));
    const { status, output } = await rig.end(executionArn);
    expect(status).to.equal("SUCCEEDED");
    const { MapRunArn, ResultWriterDetails } = JSON.parse(output as string) as { MapRunArn: string; ResultWriterDetails: { Bucket: string; Key: string } };
    expect(most, "at a time").to.equal(2);
    expect(MapRunArn).to.match(/^arn:aws:states:us-east-1:000000000000:mapRun:machine\/Each:[0-9a-f-]{36}$/);
    const { ResultFiles, ...manifest } = (await read(ResultWriterDetails.Key)) as { ResultFiles: Record<string, { Key: string }[]> };
    expect(manifest).to.deep.equal({ DestinationBucket: "lake", MapRunArn });
    expect(Object.entries(ResultFiles).map(([name, files]) => [name, files.length])).to.deep.equal([
      ["FAILED", 0],
      ["PENDING", 0],
      ["SUCCEEDED", 1],
    ]);
    const results = (await read(ResultFiles["SUCCEEDED"]?.[0]?.Key as string)) as { Input: string; Output: string; ExecutionArn: string }[];
    expect(results.map(({ Output }) => JSON.parse(Output))).to.deep.equal([0, 1, 2, 3, 4].map((n) => ({ n, result: n * 10 })));
    expect(new Set(results.map(({ ExecutionArn }) => ExecutionArn)).size).to.equal(5);
    const { mapRuns } = await rig.client.send(new ListMapRunsCommand({ executionArn }));
    expect(mapRuns?.map(({ mapRunArn }) => mapRunArn)).to.deep.equal([MapRunArn]);
    const run = await rig.client.send(new DescribeMapRunCommand({ mapRunArn: MapRunArn }));
    expect(run).to.deep.include({ status: "SUCCEEDED", maxConcurrency: 2 });
    expect(run.itemCounts).to.include({ total: 5, succeeded: 5, failed: 0, running: 0, pending: 0 });
    const types = (await rig.history(executionArn)).map(({ type }) => type);
    expect(types, "nothing of the children").to.deep.equal([
      ...["ExecutionStarted", "MapStateEntered", "MapRunStarted", "MapRunSucceeded", "MapStateExited", "ExecutionSucceeded"],
    ]);
  });

  it("tolerates so many failures, and tells them apart", async () => {
    broken = new Set([1]);
    const { output } = await rig.end(await start({ ToleratedFailurePercentage: 20 }, await numbers(5)));
    const { ResultWriterDetails } = JSON.parse(output as string) as { ResultWriterDetails: { Key: string } };
    const { ResultFiles } = (await read(ResultWriterDetails.Key)) as { ResultFiles: Record<string, { Key: string }[]> };
    const [failed, ...more] = (await read(ResultFiles["FAILED"]?.[0]?.Key as string)) as { Input: string; Error: string; Cause: string; Status: string }[];
    expect(more).to.deep.equal([]);
    expect(failed).to.deep.include({ Input: '{"n":1}', Status: "FAILED", Error: "Error" });
    expect(failed?.Cause).to.include("1 is broken");
  });

  it("ends when more fail, tells why, and goes on by a redrive with those that did not succeed", async () => {
    broken = new Set([0]);
    const executionArn = await start({ MaxConcurrency: 1, ToleratedFailureCount: 0 }, await numbers(3));
    expect(await rig.end(executionArn)).to.deep.include({ status: "FAILED", error: "States.ExceedToleratedFailureThreshold" });
    expect(calls).to.deep.equal([0]);
    broken = new Set();
    await rig.client.send(new RedriveExecutionCommand({ executionArn }));
    expect((await rig.end(executionArn)).status).to.equal("SUCCEEDED");
    expect(calls).to.deep.equal([0, 0, 1, 2]);
  });

  it("goes on in a new process with what it had not finished", async () => {
    const executionArn = await start({ MaxConcurrency: 1 }, await numbers(6));
    while (calls.length < 3) await new Promise((wake) => setTimeout(wake, 2));
    await rig.restart();
    expect((await rig.end(executionArn)).status).to.equal("SUCCEEDED");
    // The one that was under way may have run twice; those before it not.
    expect(new Set(calls)).to.deep.equal(new Set([0, 1, 2, 3, 4, 5]));
    expect(calls.filter((n) => n < 2)).to.deep.equal([0, 1]);
  });

  it("fails on items that are not there, or no JSON", async () => {
    const missing = await rig.end(await start({}, { key: "nothing" }));
    expect(missing).to.deep.include({ status: "FAILED", error: "States.ItemReaderFailed" });
    const spoiled = await rig.end(await start({}, await items('{"n":1}\n{"n":', "spoiled")));
    expect(spoiled).to.deep.include({ error: "States.ItemReaderFailed", cause: "Line 2 of the items of Each is no JSON." });
  });

  it("is refused where it asks for what is not implemented", async () => {
    const faults = async (rest: object) => definitionFaults({ QueryLanguage: "JSONata", ...machine(rest) });
    const reader = map().ItemReader;
    expect(await faults({})).to.deep.equal([]);
    expect((await faults({ ItemBatcher: { MaxItemsPerBatch: 2 } })).join()).to.include("has the field ItemBatcher, which the local cloud does not implement");
    expect((await faults({ ItemReader: { ...reader, ReaderConfig: { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" } } })).join())
      .to.include("implements JSONL only")
      .and.include("the field CSVHeaderLocation");
    expect((await faults({ ItemReader: { ...reader, Resource: "arn:aws:states:::s3:listObjectsV2" } })).join()).to.include(
      "implements arn:aws:states:::s3:getObject only",
    );
    const express = { ...map().ItemProcessor, ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" } };
    expect((await faults({ ItemProcessor: express })).join()).to.include("implements STANDARD only");
    const inline = { ...map().ItemProcessor, ProcessorConfig: { Mode: "INLINE" } };
    expect((await faults({ ItemProcessor: inline })).join()).to.include("has the field ItemReader");
  });
});

describe("an execution that another one waits for", () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
    await putChild();
  });
  after(() => rig.close());
  const child = "arn:aws:states:us-east-1:000000000000:stateMachine:child";
  const startChild = (rest: object = {}) => ({
    StartAt: "Child",
    States: {
      Child: {
        Type: "Task",
        Resource: "arn:aws:states:::states:startExecution.sync:2",
        Arguments: { StateMachineArn: child, Name: "{% $states.input.name %}", Input: { fails: "{% $states.input.fails %}" } },
        TimeoutSeconds: 5,
        Output: "{% [$states.result.Status, $states.result.Output] %}",
        End: true,
        ...rest,
      },
    },
  });
  const putChild = async () => {
    const states = {
      Which: { Type: "Choice", Choices: [{ Condition: "{% $states.input.fails %}", Next: "Fails" }], Default: "Ends" },
      Fails: { Type: "Fail", Error: "Bad", Cause: "on purpose" },
      Ends: { Type: "Succeed", Output: { done: true } },
    };
    const definition = JSON.stringify({ QueryLanguage: "JSONata", StartAt: "Which", States: states });
    await rig.states().putStateMachine({ arn: child, name: "child", definition, roleArn: "arn:aws:iam::000000000000:role/machine" });
  };

  it("gives its output as JSON", async () => {
    expect(await rig.run(startChild(), { name: "one", fails: false })).to.deep.equal({ status: "SUCCEEDED", output: ["SUCCEEDED", { done: true }] });
  });

  it("fails the task with how it ended", async () => {
    const { error, cause } = (await rig.run(startChild(), { name: "two", fails: true })) as { error: string; cause: string };
    expect(error).to.equal("States.TaskFailed");
    expect(JSON.parse(cause)).to.deep.include({ Status: "FAILED", Error: "Bad", Cause: "on purpose" });
  });

  it("that has run already is said to exist", async () => {
    const caught = { Catch: [{ ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"], Next: "Again", Output: "again" }] };
    const machine = startChild(caught);
    const States = { ...machine.States, Again: { Type: "Succeed" } };
    expect(await rig.run({ ...machine, States }, { name: "one", fails: false })).to.deep.equal({ status: "SUCCEEDED", output: "again" });
  });
});
