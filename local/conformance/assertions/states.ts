import { type Assertion, ended, started } from "../assertion.ts";

const machine = (StartAt: string, States: object) => ({ QueryLanguage: "JSONata", StartAt, States });
const pass = (Output: unknown, more: object = { End: true }) => ({ Type: "Pass", Output, ...more });
/** A task that fails: its table is not there. */
const missing = {
  Type: "Task",
  Resource: "arn:aws:states:::aws-sdk:dynamodb:getItem",
  Arguments: { TableName: "no-such-table", Key: { pk: { S: "a" } } },
  TimeoutSeconds: 60,
};
const fail = (error: string) => ({ Type: "Fail", Error: error, Cause: "asked for" });

type Made = Omit<Assertion, "service" | "observe" | "id"> & { id: string; definition: object; input?: unknown };
const made: Made[] = [
  {
    id: "pass-input",
    says: "A state without an output hands its input on.",
    source: "Step Functions Developer Guide, Processing input and output with JSONata",
    definition: machine("A", { A: { Type: "Pass", End: true } }),
    input: { a: [1, null, "x"] },
    expected: { status: "SUCCEEDED", output: { a: [1, null, "x"] } },
  },
  {
    id: "jsonata-input",
    says: "An expression stands in for a whole value, keeps its type, and reads the state's input.",
    source: "Step Functions Developer Guide, Transforming data with JSONata",
    definition: machine("A", { A: pass({ sum: "{% $sum($states.input.n) %}", list: "{% $states.input.n[$ > 1] %}" }) }),
    input: { n: [1, 2, 3] },
    expected: { status: "SUCCEEDED", output: { sum: 6, list: [2, 3] } },
  },
  {
    id: "jsonata-one-of-a-list",
    says: "An expression that gives one of a list gives the value alone, unless it says that it is a list.",
    source: "JSONata documentation, Sequences; Singleton array and value equivalence",
    definition: machine("A", { A: pass({ one: "{% $states.input.n[$ > 2] %}", kept: "{% [$states.input.n[$ > 2]] %}" }) }),
    input: { n: [1, 2, 3] },
    expected: { status: "SUCCEEDED", output: { one: 3, kept: [3] } },
  },
  {
    id: "jsonata-undefined",
    says: "An expression that gives nothing fails the execution with States.QueryEvaluationError.",
    source: "Step Functions Developer Guide, Transforming data with JSONata, error handling",
    definition: machine("A", { A: pass({ x: "{% $states.input.none %}" }) }),
    input: {},
    expected: { status: "FAILED", error: "States.QueryEvaluationError" },
  },
  {
    id: "jsonata-type-error",
    says: "An expression that can't be evaluated fails the execution with States.QueryEvaluationError.",
    source: "Step Functions Developer Guide, Transforming data with JSONata, error handling",
    definition: machine("A", { A: pass("{% 'a' * 2 %}") }),
    expected: { status: "FAILED", error: "States.QueryEvaluationError" },
  },
  {
    id: "variables",
    says: "What a state assigns can be read by later states; Assign and Output are evaluated at once, so that Output reads the former value.",
    source: "Step Functions Developer Guide, Passing data between states with variables",
    definition: machine("A", {
      A: { ...pass({}, { Next: "B" }), Assign: { x: 1 } },
      B: { ...pass("{% $x %}", { Next: "C" }), Assign: { x: "{% $x + 1 %}" } },
      C: pass({ before: "{% $states.input %}", now: "{% $x %}" }),
    }),
    expected: { status: "SUCCEEDED", output: { before: 1, now: 2 } },
  },
  {
    id: "context",
    says: "The context object tells the execution's name and input, and the state's name.",
    source: "Step Functions Developer Guide, Accessing the Context object",
    definition: machine("A", {
      A: pass({
        isNamed: "{% $length($states.context.Execution.Name) > 0 %}",
        input: "{% $states.context.Execution.Input %}",
        state: "{% $states.context.State.Name %}",
      }),
    }),
    input: { a: 1 },
    expected: { status: "SUCCEEDED", output: { isNamed: true, input: { a: 1 }, state: "A" } },
  },
  {
    id: "choice",
    says: "A choice takes the first rule that is true, with that rule's output, and its default otherwise.",
    source: "Step Functions Developer Guide, Choice workflow state",
    definition: machine("A", {
      A: {
        Type: "Choice",
        Choices: [
          { Condition: "{% $states.input.n > 5 %}", Next: "B", Output: "big" },
          { Condition: "{% $states.input.n > 1 %}", Next: "B", Output: "middle" },
        ],
        Default: "B",
      },
      B: { Type: "Succeed" },
    }),
    input: { n: 3 },
    expected: { status: "SUCCEEDED", output: "middle" },
  },
  {
    id: "choice-none",
    says: "A choice of which no rule is true, and that has no default, fails with States.NoChoiceMatched.",
    source: "Amazon States Language, Choice State",
    definition: machine("A", { A: { Type: "Choice", Choices: [{ Condition: "{% false %}", Next: "B" }] }, B: { Type: "Succeed" } }),
    expected: { status: "FAILED", error: "States.NoChoiceMatched" },
  },
  {
    id: "fail",
    says: "A fail state ends the execution with its error; error and cause may be expressions.",
    source: "Step Functions Developer Guide, Fail workflow state",
    definition: machine("A", { A: { Type: "Fail", Error: "{% 'My' & $states.input.e %}", Cause: "c" } }),
    input: { e: "Error" },
    expected: { status: "FAILED", error: "MyError" },
  },
  {
    id: "parallel",
    says: "The branches of a parallel state get its input each, and its output is the list of theirs in their order.",
    source: "Step Functions Developer Guide, Parallel workflow state",
    definition: machine("A", {
      A: {
        Type: "Parallel",
        Branches: [
          { StartAt: "W", States: { W: { Type: "Wait", Seconds: 1, Next: "X" }, X: pass("{% $states.input.n + 1 %}") } },
          { StartAt: "Y", States: { Y: pass("{% $states.input.n + 2 %}") } },
        ],
        End: true,
      },
    }),
    input: { n: 1 },
    expected: { status: "SUCCEEDED", output: [2, 3] },
  },
  {
    id: "parallel-fails",
    says: "A branch that fails fails the parallel state with its own error, which can be caught there.",
    source: "Step Functions Developer Guide, Parallel workflow state; Handling errors",
    definition: machine("A", {
      A: {
        Type: "Parallel",
        Branches: [{ StartAt: "X", States: { X: fail("Broken") } }],
        Catch: [{ ErrorEquals: ["Broken"], Next: "B", Output: { error: "{% $states.errorOutput.Error %}" } }],
        End: true,
      },
      B: { Type: "Succeed" },
    }),
    expected: { status: "SUCCEEDED", output: { error: "Broken" } },
  },
  {
    id: "map",
    says: "A map runs for each item in order of the list, with the item as its input and its place in the context.",
    source: "Step Functions Developer Guide, Map workflow state, Inline mode",
    definition: machine("A", {
      A: {
        Type: "Map",
        Items: "{% $states.input.list %}",
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "X",
          States: { X: pass({ item: "{% $states.input %}", index: "{% $states.context.Map.Item.Index %}" }) },
        },
        End: true,
      },
    }),
    input: { list: ["a", "b"] },
    expected: {
      status: "SUCCEEDED",
      output: [
        { item: "a", index: 0 },
        { item: "b", index: 1 },
      ],
    },
  },
  {
    id: "map-selector",
    says: "An item selector shapes what each run of a map gets.",
    source: "Step Functions Developer Guide, ItemSelector (Map)",
    definition: machine("A", {
      A: {
        Type: "Map",
        Items: "{% $states.input.list %}",
        ItemSelector: { value: "{% $states.context.Map.Item.Value %}", all: "{% $count($states.input.list) %}" },
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: "X", States: { X: { Type: "Pass", End: true } } },
        End: true,
      },
    }),
    input: { list: [7] },
    expected: { status: "SUCCEEDED", output: [{ value: 7, all: 1 }] },
  },
  {
    id: "map-of-none",
    says: "A map over an empty list gives an empty list.",
    source: "Step Functions Developer Guide, Map workflow state",
    definition: machine("A", { A: { Type: "Map", Items: "{% [] %}", ItemProcessor: { StartAt: "X", States: { X: fail("Never") } }, End: true } }),
    expected: { status: "SUCCEEDED", output: [] },
  },
  {
    id: "map-no-list",
    says: "A map over what is no list fails.",
    source: "Step Functions Developer Guide, Items (JSONata)",
    definition: machine("A", { A: { Type: "Map", Items: "{% 5 %}", ItemProcessor: { StartAt: "X", States: { X: fail("Never") } }, End: true } }),
    expected: { status: "FAILED", error: "States.QueryEvaluationError" },
  },
  {
    id: "task-error-name",
    says: "A call by the SDK that fails has the service's name in the case of its own SDK before the error: DynamoDb.ResourceNotFoundException.",
    source: "Step Functions Developer Guide, Learning to use AWS service SDK integrations",
    definition: machine("A", { A: { ...missing, End: true } }),
    expected: { status: "FAILED", error: "DynamoDb.ResourceNotFoundException" },
  },
  {
    id: "catch-task-failed",
    says: "States.TaskFailed catches every error of a task but a timeout, and the first catcher that knows the error wins.",
    source: "Step Functions Developer Guide, Handling errors in Step Functions workflows",
    definition: machine("A", {
      A: {
        ...missing,
        Catch: [
          { ErrorEquals: ["States.Timeout"], Next: "B", Output: "timeout" },
          { ErrorEquals: ["States.TaskFailed"], Next: "B", Output: "failed" },
          { ErrorEquals: ["States.ALL"], Next: "B", Output: "all" },
        ],
        End: true,
      },
      B: { Type: "Succeed" },
    }),
    expected: { status: "SUCCEEDED", output: "failed" },
  },
  {
    id: "catch-assigns",
    says: "A catcher assigns variables from the error, and without an output hands the error on.",
    source: "Step Functions Developer Guide, Passing data between states with variables; Handling errors",
    definition: machine("A", {
      A: {
        ...missing,
        Catch: [{ ErrorEquals: ["States.ALL"], Assign: { seen: "{% $states.errorOutput.Error %}" }, Next: "B" }],
        End: true,
      },
      B: pass({ seen: "{% $seen %}", same: "{% $states.input.Error = $seen %}" }),
    }),
    expected: { status: "SUCCEEDED", output: { seen: "DynamoDb.ResourceNotFoundException", same: true } },
  },
  {
    id: "retry-ends",
    says: "A retrier that is used up lets the error through to the catchers.",
    source: "Step Functions Developer Guide, Handling errors, Retrying after an error",
    definition: machine("A", {
      A: {
        ...missing,
        Retry: [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 1 }],
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "B", Output: "gave up" }],
        End: true,
      },
      B: { Type: "Succeed" },
    }),
    expected: { status: "SUCCEEDED", output: "gave up" },
  },
  {
    id: "fail-is-not-caught-outside",
    says: "A fail state can't be caught where it stands: the execution fails with its error.",
    source: "Step Functions Developer Guide, Fail workflow state",
    definition: machine("A", { A: { Type: "Map", Items: "{% [1] %}", ItemProcessor: { StartAt: "X", States: { X: fail("Inner") } }, End: true } }),
    expected: { status: "FAILED", error: "Inner" },
  },
  {
    id: "execution-timeout",
    says: "An execution that takes longer than the machine may ends as TIMED_OUT.",
    source: "Amazon States Language, TimeoutSeconds",
    definition: { ...machine("A", { A: { Type: "Wait", Seconds: 5, End: true } }), TimeoutSeconds: 1 },
    expected: { status: "TIMED_OUT" },
  },
];

export const statesAssertions: readonly Assertion[] = made.map(({ definition, input, id, ...rest }) => ({
  ...rest,
  id: `states-${id}`,
  service: "Step Functions",
  async observe({ states, machine: put }) {
    const { status = "", output, error } = await ended(states, await started(states, await put(definition), input));
    if (status === "SUCCEEDED") return { status, output: JSON.parse(output ?? "null") };
    return { status, ...(status === "FAILED" && error !== undefined && { error }) };
  },
}));
