import { expect } from "chai";
import { definitionFaults } from "../../../../local/services/states/lint.ts";

const machine = (States: Record<string, object>): unknown => JSON.parse(JSON.stringify({ QueryLanguage: "JSONata", StartAt: Object.keys(States)[0], States }));
const task = (rest: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: "f" },
  TimeoutSeconds: 5,
  End: true,
  ...rest,
});
const pass = (rest: object = {}) => ({ Type: "Pass", End: true, ...rest });

describe("definitionFaults", () => {
  it("finds none in a machine that uses every type of state", async () => {
    const Catch = [
      { ErrorEquals: ["States.TaskFailed"], Assign: { failure: "{% $states.errorOutput %}" }, Next: "Bad" },
      { ErrorEquals: ["States.ALL"], Next: "Bad" },
    ];
    const states = {
      T: task({
        End: undefined,
        Next: "P",
        Catch,
        Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 2, MaxDelaySeconds: 5, JitterStrategy: "FULL" }],
      }),
      P: { Type: "Parallel", Branches: [machineOf({ A: pass({ Assign: { inner: 1 } }) })], Next: "M" },
      M: {
        Type: "Map",
        Items: "{% $states.input %}",
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...machineOf({ B: pass({ Assign: { inner: 2 } }) }) },
        Next: "C",
      },
      C: { Type: "Choice", Choices: [{ Condition: "{% true %}", Next: "W" }], Default: "Bad" },
      W: { Type: "Wait", Seconds: 1, Next: "Ok" },
      Ok: { Type: "Succeed" },
      Bad: { Type: "Fail", Error: "E", Cause: "C" },
    };
    expect(await definitionFaults(machine(states))).to.deep.equal([]);
  });

  it("asks for JSONata", async () => {
    expect(await definitionFaults({ StartAt: "A", States: { A: pass() } })).to.deep.equal([
      "The definition has QueryLanguage undefined; only JSONata is implemented.",
    ]);
    expect(await definitionFaults("text")).to.deep.equal(["The definition must be a JSON object."]);
  });

  it("names unknown integrations and operations, and parameters that an operation lacks", async () => {
    const faults = await definitionFaults(
      machine({
        A: task({ Resource: "arn:aws:states:::glue:startJobRun.sync", End: undefined, Next: "B" }),
        B: task({ Resource: "arn:aws:states:::aws-sdk:s3:putObjectTags", Arguments: {}, End: undefined, Next: "C" }),
        C: task({
          Resource: "arn:aws:states:::mediaconvert:createJob.sync",
          Arguments: { Role: "r", Settings: { Inputs: [{ FileName: "s3://b/k" }] }, userMetadata: {} },
          End: undefined,
          Next: "D",
        }),
        D: task({ Resource: "arn:aws:states:::dynamodb:updateItem.sync", End: undefined, Next: "E" }),
        E: task({ Arguments: "{% $states.input %}" }),
      }),
    );
    expect(faults).to.deep.equal([
      "State A: its Resource arn:aws:states:::glue:startJobRun.sync is no integration that the local cloud implements.",
      "State B: its Resource arn:aws:states:::aws-sdk:s3:putObjectTags names no operation of s3.",
      "State C: mediaconvert:createJob has no parameter Settings.Inputs.0.FileName.",
      "State C: mediaconvert:createJob has no parameter userMetadata.",
      "State D: its Resource arn:aws:states:::dynamodb:updateItem.sync is no integration that the local cloud implements.",
    ]);
  });

  it("asks every task for a time limit, and a heartbeat only of callbacks", async () => {
    const { TimeoutSeconds: _, ...endless } = task({ HeartbeatSeconds: 3 });
    expect(await definitionFaults(machine({ A: endless }))).to.deep.equal([
      "State A has no TimeoutSeconds; every Task must have one, else a lost job holds the execution for ever.",
      "State A has HeartbeatSeconds, but its Resource waits for no callback.",
    ]);
  });

  it("takes distributed maps of standard executions, and their fields in no other map", async () => {
    const mapped = (config: object, more: object = {}) =>
      machine({ M: { Type: "Map", ItemProcessor: { ProcessorConfig: config, ...machineOf({ B: pass() }) }, End: true, ...more } });
    const standard = { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" };
    expect(await definitionFaults(mapped(standard, { ToleratedFailureCount: 1 }))).to.deep.equal([]);
    expect(await definitionFaults(mapped({ Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" }))).to.deep.equal([
      'State M has the ExecutionType "EXPRESS"; the local cloud implements STANDARD only.',
    ]);
    expect(await definitionFaults(mapped({ Mode: "INLINE", ExecutionType: "STANDARD" }, { ToleratedFailureCount: 1 }))).to.include.members([
      "State M has the field ToleratedFailureCount, which the local cloud does not implement.",
      "ProcessorConfig of M has the field ExecutionType, which the local cloud does not implement.",
    ]);
    expect(await definitionFaults(mapped(standard, { ItemBatcher: { MaxItemsPerBatch: 2 } }))).to.deep.equal([
      "State M has the field ItemBatcher, which the local cloud does not implement.",
    ]);
  });

  it("refuses fields that it does not know, wherever they are", async () => {
    expect(await definitionFaults(machine({ A: task({ Credentials: { RoleArn: "r" } }) }))).to.include(
      "State A has the field Credentials, which the local cloud does not implement.",
    );
  });

  it("refuses expressions that are not JSONata, not whole, or that use $eval", async () => {
    const output = { a: "{% 1 + %}", b: " {% 1 %}", c: "{% $eval('1') %}", d: "{% $map([1], function($v) { $eval('2') }) %}" };
    const faults = await definitionFaults(machine({ A: pass({ Output: output }) }));
    expect(faults.filter((fault) => fault.startsWith("State A"))).to.deep.equal([
      "State A.Output.a: the expression {% 1 + %} is not JSONata: Unexpected end of expression.",
      'State A.Output.b is " {% 1 %}"; an expression must begin with {% and end with %}, with nothing around them.',
      "State A.Output.c: the expression {% $eval('1') %} uses $eval, which Step Functions does not support.",
      "State A.Output.d: the expression {% $map([1], function($v) { $eval('2') }) %} uses $eval, which Step Functions does not support.",
    ]);
  });

  it("asks States.ALL to stand alone and last", async () => {
    const Catch = [
      { ErrorEquals: ["States.ALL"], Next: "A" },
      { ErrorEquals: ["Other", "States.ALL"], Next: "A" },
    ];
    const faults = await definitionFaults(machine({ A: task({ Catch }) }));
    expect(faults.filter((fault) => fault.includes("stand alone"))).to.deep.equal([
      "Catch of A[0] has States.ALL beside other errors or before other entries; it must stand alone and last.",
      "Catch of A[1] has States.ALL beside other errors or before other entries; it must stand alone and last.",
    ]);
  });

  it("refuses to assign an outer scope's variable in an inner one", async () => {
    const inner = machineOf({ A: pass({ Assign: { x: 1, states: 2 } }) });
    const faults = await definitionFaults(machine({ S: { Type: "Pass", Assign: { x: 0 }, Next: "P" }, P: { Type: "Parallel", Branches: [inner], End: true } }));
    expect(faults).to.include.members([
      "Branch 0 of P assigns the variable x, which a scope around it assigns too.",
      "Branch 0 of P assigns the variable states, which is reserved.",
    ]);
  });

  it("finds transitions to nowhere", async () => {
    const faults = await definitionFaults(machine({ A: { Type: "Pass", Next: "Nowhere" } }));
    expect(faults.join()).to.contain("Nowhere");
  });
});

function machineOf(States: Record<string, object>) {
  return { StartAt: Object.keys(States)[0], States };
}
