import { expect } from "chai";
import { functionService, type Rig, startRig } from "./rig.ts";

const lambda = (FunctionName: string, Payload: unknown, rest: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName, Payload },
  TimeoutSeconds: 10,
  ...rest,
});

class QuotaError extends Error {
  override name = "QuotaError";
}

describe("the interpreter of state machines", () => {
  let rig: Rig;
  let failures = 0;
  const calls: unknown[] = [];
  before(async () => {
    rig = await startRig({
      services: [
        functionService({
          echo: (event: unknown) => event,
          double: ({ n }: { n: number }) => n * 2,
          flaky: ({ until }: { until: number }) => {
            if (failures++ < until) throw new QuotaError("not yet");
            return { failures: failures - 1 };
          },
          record: (event: unknown) => calls.push(event),
          large: () => ({ text: "x".repeat(270_000) }),
          slow: () => new Promise((resolve) => setTimeout(resolve, 3000).unref()),
        }),
      ],
    });
  });
  after(() => rig.close());
  beforeEach(() => {
    failures = 0;
    calls.length = 0;
  });

  it("passes the input on where a state has no Output, and evaluates expressions at any depth where it has", async () => {
    expect(await rig.states_({ A: { Type: "Pass", End: true } }, { x: 1 })).to.deep.equal({ status: "SUCCEEDED", output: { x: 1 } });
    const result = await rig.states_(
      { A: { Type: "Pass", Output: { sum: "{% $states.input.x + 1 %}", list: ["a", "{% $states.input.x %}"], text: "x" }, End: true } },
      { x: 1 },
    );
    expect(result).to.deep.equal({ status: "SUCCEEDED", output: { sum: 2, list: ["a", 1], text: "x" } });
  });

  it("assigns variables from their values at entry, visible from the next state on", async () => {
    const result = await rig.states_({
      A: { Type: "Pass", Assign: { a: 1, b: 2 }, Next: "Swap" },
      Swap: { Type: "Pass", Assign: { a: "{% $b %}", b: "{% $a %}" }, Output: "{% $a %}", Next: "Show" },
      Show: { Type: "Pass", Output: "{% [$states.input, $a, $b] %}", End: true },
    });
    expect(result).to.deep.equal({ status: "SUCCEEDED", output: [1, 2, 1] });
  });

  it("fails with States.QueryEvaluationError where an expression gives nothing or breaks", async () => {
    const nothing = await rig.states_({ A: { Type: "Pass", Output: "{% $states.input.missing %}", End: true } });
    expect(nothing).to.deep.equal({
      status: "FAILED",
      error: "States.QueryEvaluationError",
      cause: "The expression {% $states.input.missing %} of Output of A returned nothing (undefined).",
    });
    expect(await rig.states_({ A: { Type: "Pass", Output: "{% 1 + 'a' %}", End: true } })).to.include({
      status: "FAILED",
      error: "States.QueryEvaluationError",
    });
  });

  it("knows the functions that Step Functions adds to JSONata", async () => {
    const expressions = {
      parts: "{% $partition([1,2,3,4,5], 2) %}",
      range: "{% $range(0, 10, 5) %}",
      down: "{% $range(3, 1, -1) %}",
      hash: "{% $hash('abc', 'SHA-256') %}",
      uuid: "{% $length($uuid()) %}",
      random: "{% $random() < 1 %}",
      parsed: `{% $parse('{"a":[1]}').a[0] %}`,
    };
    expect(await rig.states_({ A: { Type: "Pass", Output: expressions, End: true } })).to.deep.equal({
      status: "SUCCEEDED",
      output: {
        parts: [[1, 2], [3, 4], [5]],
        range: [0, 5, 10],
        down: [3, 2, 1],
        hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        uuid: 36,
        random: true,
        parsed: 1,
      },
    });
    expect(await rig.states_({ A: { Type: "Pass", Output: "{% $hash('abc', 'SHA-3') %}", End: true } })).to.include({ error: "States.QueryEvaluationError" });
  });

  it("takes the first choice that holds, with its own Assign and Output, else the default with the state's", async () => {
    const states = {
      A: {
        Type: "Choice",
        Choices: [
          { Condition: "{% $states.input.x > 10 %}", Assign: { size: "large" }, Output: "{% 'rule' %}", Next: "B" },
          { Condition: "{% $states.input.x > 1 %}", Assign: { size: "middle" }, Next: "B" },
        ],
        Assign: { size: "small" },
        Output: "{% 'default' %}",
        Default: "B",
      },
      B: { Type: "Pass", Output: "{% [$size, $states.input] %}", End: true },
    };
    expect(await rig.states_(states, { x: 20 })).to.deep.equal({ status: "SUCCEEDED", output: ["large", "rule"] });
    expect(await rig.states_(states, { x: 5 })).to.deep.equal({ status: "SUCCEEDED", output: ["middle", { x: 5 }] });
    expect(await rig.states_(states, { x: 0 })).to.deep.equal({ status: "SUCCEEDED", output: ["small", "default"] });
  });

  it("refuses a condition that is not true or false, and a choice without a way out", async () => {
    const choice = (Condition: string) => ({ A: { Type: "Choice", Choices: [{ Condition, Next: "B" }] }, B: { Type: "Succeed" } });
    expect(await rig.states_(choice("{% 'yes' %}"))).to.deep.equal({
      status: "FAILED",
      error: "States.QueryEvaluationError",
      cause: 'Condition 0 of A is "yes"; it must be true or false.',
    });
    expect(await rig.states_(choice("{% false %}"))).to.deep.equal({
      status: "FAILED",
      error: "States.NoChoiceMatched",
      cause: "No choice of A holds, and it has no Default.",
    });
  });

  it("fails with the evaluated Error and Cause of a Fail state", async () => {
    const result = await rig.states_({ A: { Type: "Fail", Error: "{% 'Video.' & $states.input.why %}", Cause: "because" } }, { why: "Rejected" });
    expect(result).to.deep.equal({ status: "FAILED", error: "Video.Rejected", cause: "because" });
  });

  it("waits until a time or for seconds", async () => {
    const result = await rig.states_(
      {
        A: { Type: "Wait", Seconds: "{% $states.input.s %}", Next: "B" },
        B: { Type: "Wait", Timestamp: "2020-01-01T00:00:00Z", Output: "{% 'done' %}", End: true },
      },
      { s: 1 },
    );
    expect(result).to.deep.equal({ status: "SUCCEEDED", output: "done" });
    expect(await rig.states_({ A: { Type: "Wait", Seconds: "{% -1 %}", End: true } })).to.include({ error: "States.QueryEvaluationError" });
  });

  it("gives a function's answer as Payload, and names its error by the error's type", async () => {
    const answer = await rig.states_({ A: lambda("double", { n: "{% $states.input.x %}" }, { Output: "{% $states.result %}", End: true }) }, { x: 4 });
    expect(answer).to.deep.equal({ status: "SUCCEEDED", output: { ExecutedVersion: "$LATEST", Payload: 8, StatusCode: 200 } });
    expect(await rig.states_({ A: lambda("flaky", { until: 1 }, { End: true }) })).to.deep.equal({
      status: "FAILED",
      error: "QuotaError",
      cause: '{"errorType":"QuotaError","errorMessage":"not yet"}',
    });
    expect(await rig.states_({ A: lambda("missing", {}, { End: true }) })).to.include({ error: "Lambda.ResourceNotFoundException" });
  });

  it("retries what a Retry matches, each retrier by its own count, and tells the count to expressions", async () => {
    const Retry = [
      { ErrorEquals: ["Other"], MaxAttempts: 0 },
      { ErrorEquals: ["QuotaError"], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1, MaxDelaySeconds: 2, JitterStrategy: "FULL" },
    ];
    const task = (until: number) => ({ A: lambda("flaky", { until }, { Retry, Output: "{% $states.context.State.RetryCount %}", End: true }) });
    expect(await rig.states_(task(2))).to.deep.equal({ status: "SUCCEEDED", output: 2 });
    failures = 0;
    expect(await rig.states_(task(3))).to.include({ status: "FAILED", error: "QuotaError" });
    expect(failures).to.equal(3);
  });

  it("catches what retries did not cure, with the error as output or for the Catch's own expressions", async () => {
    const plain = await rig.states_({
      A: lambda("flaky", { until: 9 }, { Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }], End: true }),
      B: { Type: "Succeed" },
    });
    expect(plain).to.deep.equal({ status: "SUCCEEDED", output: { Error: "QuotaError", Cause: '{"errorType":"QuotaError","errorMessage":"not yet"}' } });
    const Catch = [{ ErrorEquals: ["QuotaError"], Assign: { failed: "{% $states.errorOutput.Error %}" }, Output: "{% $states.input %}", Next: "B" }];
    const own = await rig.states_(
      {
        A: lambda("flaky", { until: 9 }, { Catch, Assign: { failed: "no" }, End: true }),
        B: { Type: "Pass", Output: "{% [$failed, $states.input.x] %}", End: true },
      },
      { x: 1 },
    );
    expect(own).to.deep.equal({ status: "SUCCEEDED", output: ["QuotaError", 1] });
  });

  it("catches an Output that can't be evaluated, but never States.Runtime, and States.DataLimitExceeded only by its name", async () => {
    const Catch = [{ ErrorEquals: ["States.ALL"], Next: "B" }];
    const B = { Type: "Pass", Output: "{% 'caught' %}", End: true };
    expect(await rig.states_({ A: lambda("echo", {}, { Output: "{% $nothing %}", Catch, End: true }), B })).to.deep.equal({
      status: "SUCCEEDED",
      output: "caught",
    });
    const large = (ErrorEquals: string[]) => rig.states_({ A: lambda("large", {}, { Catch: [{ ErrorEquals, Next: "B" }], End: true }), B });
    expect(await large(["States.ALL"])).to.deep.equal({
      status: "FAILED",
      error: "States.DataLimitExceeded",
      cause: "The result of A has 270068 bytes; the most is 262144.",
    });
    expect(await large(["States.DataLimitExceeded"])).to.deep.equal({ status: "SUCCEEDED", output: "caught" });
  });

  it("ends a task that takes longer than TimeoutSeconds with States.Timeout, which States.TaskFailed does not match", async () => {
    const slow = async (ErrorEquals: string[]) => {
      const Catch = [{ ErrorEquals, Next: "B" }];
      await rig.put({
        StartAt: "A",
        States: { A: lambda("slow", {}, { TimeoutSeconds: 1, Catch, End: true }), B: { Type: "Pass", Output: "{% 'caught' %}", End: true } },
      });
      return rig.start();
    };
    const [timeout, failed] = await Promise.all([await slow(["States.Timeout"]), await slow(["States.TaskFailed"])].map(rig.end));
    expect(timeout).to.deep.include({ status: "SUCCEEDED", output: '"caught"' });
    expect(failed).to.deep.include({ status: "FAILED", error: "States.Timeout", cause: "The task took longer than its 1 s." });
  });

  it("runs branches side by side on the same input, with variables of their own", async () => {
    const branch = (name: string, output: string) => ({
      StartAt: name,
      States: { [name]: { Type: "Pass", Assign: { [`${name}Own`]: 1 }, Next: `${name}2` }, [`${name}2`]: { Type: "Pass", Output: output, End: true } },
    });
    const result = await rig.states_({
      Set: { Type: "Pass", Assign: { outer: 5 }, Next: "Both" },
      Both: {
        Type: "Parallel",
        Arguments: { n: "{% $outer %}" },
        Branches: [branch("A", "{% $AOwn + $states.input.n %}"), branch("B", "{% $outer * 2 %}")],
        Assign: { results: "{% $states.result %}" },
        Next: "After",
      },
      After: { Type: "Pass", Output: { results: "{% $results %}", leaked: "{% $exists($AOwn) %}" }, End: true },
    });
    expect(result).to.deep.equal({ status: "SUCCEEDED", output: { results: [6, 10], leaked: false } });
  });

  it("stops the siblings of a branch that fails, and fails as it did", async () => {
    const started = Date.now();
    const result = await rig.states_({
      Both: {
        Type: "Parallel",
        Branches: [
          { StartAt: "Long", States: { Long: { Type: "Wait", Seconds: 6000, Next: "Never" }, Never: lambda("record", {}, { End: true }) } },
          { StartAt: "Bad", States: { Bad: { Type: "Fail", Error: "Bad", Cause: "branch" } } },
        ],
        End: true,
      },
    });
    expect(result).to.deep.equal({ status: "FAILED", error: "Bad", cause: "branch" });
    expect(calls).to.deep.equal([]);
    expect(Date.now() - started).to.be.lessThan(60_000);
  });

  it("maps over items in their order, with index and value in the context", async () => {
    const map = {
      M: {
        Type: "Map",
        Items: "{% $append([], $states.input.list) %}",
        ItemSelector: { n: "{% $states.context.Map.Item.Value %}", i: "{% $states.context.Map.Item.Index %}" },
        MaxConcurrency: 2,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "D",
          States: {
            D: lambda(
              "double",
              { n: "{% $states.input.n %}" },
              { Output: "{% [$states.input.i, $states.result.Payload, $states.context.Map.Item.Value] %}", End: true },
            ),
          },
        },
        End: true,
      },
    };
    expect(await rig.states_(map, { list: [3, 1, 2] })).to.deep.equal({
      status: "SUCCEEDED",
      output: [
        [0, 6, 3],
        [1, 2, 1],
        [2, 4, 2],
      ],
    });
    expect(await rig.states_(map, { list: [] })).to.deep.equal({ status: "SUCCEEDED", output: [] });
    expect(await rig.states_({ M: { ...map.M, Items: "{% 'x' %}" } })).to.deep.equal({
      status: "FAILED",
      error: "States.QueryEvaluationError",
      cause: 'Items of M is "x"; it must be an array.',
    });
  });

  it("counts visits, so that a loop goes on until its condition ends it", async () => {
    const result = await rig.states_({
      Init: { Type: "Pass", Assign: { n: 0 }, Next: "Add" },
      Add: { Type: "Pass", Assign: { n: "{% $n + 1 %}" }, Next: "Done" },
      Done: { Type: "Choice", Choices: [{ Condition: "{% $n = 25 %}", Next: "End" }], Default: "Add" },
      End: { Type: "Succeed", Output: "{% $n %}" },
    });
    expect(result).to.deep.equal({ status: "SUCCEEDED", output: 25 });
  });

  it("tells expressions about the execution and the machine", async () => {
    await rig.put({ StartAt: "A", States: { A: { Type: "Pass", Output: "{% $states.context %}", End: true } } });
    const executionArn = await rig.start({ x: 1 }, "named");
    const { output, startDate } = await rig.end(executionArn);
    const context = JSON.parse(output!) as { Execution: object; State: { Name: string; EnteredTime: string; RetryCount: number }; StateMachine: object };
    expect(context.Execution).to.deep.equal({
      Id: "arn:aws:states:us-east-1:000000000000:execution:machine:named",
      Input: { x: 1 },
      Name: "named",
      RoleArn: "arn:aws:iam::000000000000:role/machine",
      StartTime: startDate!.toISOString(),
      RedriveCount: 0,
    });
    expect(context.StateMachine).to.deep.equal({ Id: "arn:aws:states:us-east-1:000000000000:stateMachine:machine", Name: "machine" });
    expect(context.State).to.deep.include({ Name: "A", RetryCount: 0 });
    expect(context.State.EnteredTime).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it("ends an execution that takes longer than the machine's TimeoutSeconds as TIMED_OUT", async () => {
    expect(await rig.run({ TimeoutSeconds: 1, StartAt: "A", States: { A: { Type: "Wait", Seconds: 60_000, End: true } } })).to.deep.equal({
      status: "TIMED_OUT",
      error: "States.Timeout",
      cause: "The execution took longer than its TimeoutSeconds.",
    });
  });
});
