/**
 * A machine with all that resumption must get right: retries, a Wait, a Map, a loop, two kinds of jobs, a random value,
 * and a branch that catches its failure. Its output depends on nothing but its input.
 */
const lambda = (Payload: object, rest: object) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: "work", Payload },
  TimeoutSeconds: 20,
  Output: "{% $states.result.Payload %}",
  ...rest,
});
const where = { state: "{% $states.context.State.Name %}", retry: "{% $states.context.State.RetryCount %}", nonce: "{% $uuid() %}" };

export const definition = {
  QueryLanguage: "JSONata",
  StartAt: "Begin",
  States: {
    Begin: { Type: "Pass", Assign: { n: 0 }, Next: "First" },
    First: lambda({ ...where, n: "{% $states.input.n %}" }, { Next: "Side" }),
    Side: {
      Type: "Parallel",
      Branches: [
        {
          StartAt: "Flaky",
          States: {
            Flaky: lambda(
              { ...where, failsUntil: 2 },
              { Retry: [{ ErrorEquals: ["Unready"], IntervalSeconds: 1, MaxAttempts: 3, JitterStrategy: "FULL" }], Next: "Render" },
            ),
            Render: {
              Type: "Task",
              Resource: "arn:aws:states:::mediaconvert:createJob.sync",
              Arguments: { Role: "r", Settings: {}, UserMetadata: { name: "render" } },
              TimeoutSeconds: 20,
              Output: "{% $states.result.Job.Status %}",
              Next: "Pause",
            },
            Pause: { Type: "Wait", Seconds: 5, End: true },
          },
        },
        {
          StartAt: "Items",
          States: {
            Items: {
              Type: "Map",
              Items: "{% $states.input.items %}",
              MaxConcurrency: 2,
              ItemProcessor: {
                StartAt: "Item",
                States: { Item: lambda({ ...where, n: "{% $states.input %}" }, { End: true }) },
              },
              End: true,
            },
          },
        },
        {
          StartAt: "Frames",
          States: {
            Frames: {
              Type: "Task",
              Resource: "arn:aws:states:::sagemaker:createProcessingJob.sync",
              Arguments: {
                ProcessingJobName: "{% 'FAIL-' & $string($states.context.State.RetryCount) & $string($states.context.Execution.RedriveCount) %}",
                RoleArn: "arn:aws:iam::000000000000:role/job",
                AppSpecification: { ImageUri: "image" },
                ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 1 } },
              },
              TimeoutSeconds: 20,
              Retry: [{ ErrorEquals: ["States.TaskFailed"], MaxAttempts: 1 }],
              Catch: [{ ErrorEquals: ["States.ALL"], Output: { failed: "{% $states.errorOutput.Error %}" }, Next: "Failed" }],
              End: true,
            },
            Failed: { Type: "Pass", End: true },
          },
        },
      ],
      Next: "Count",
    },
    Count: { Type: "Pass", Assign: { n: "{% $n + 1 %}" }, Next: "Enough" },
    Enough: { Type: "Choice", Choices: [{ Condition: "{% $n = 3 %}", Next: "Last" }], Default: "Count" },
    Last: { Type: "Pass", Output: { n: "{% $n %}", side: "{% $states.input %}" }, End: true },
  },
};

export const input = { n: 1, items: [10, 20, 30] };
export const output = { n: 3, side: ["COMPLETE", [11, 21, 31], { failed: "States.TaskFailed" }] };

/** Names of the jobs that any run of the machine must submit, each once. */
export const jobNames = ["FAIL-00", "FAIL-10", "render"];

interface Work {
  readonly state: string;
  readonly retry: number;
  readonly nonce: string;
  readonly n?: number;
  readonly failsUntil?: number;
}

/** The machine's function, with a record of the nonces that each attempt of each state brought. */
export function worker() {
  const nonces = new Map<string, Set<string>>();
  return {
    nonces,
    work({ state, retry, nonce, n, failsUntil = 0 }: Work): unknown {
      const attempt = `${state} ${retry} ${n ?? ""}`;
      nonces.set(attempt, (nonces.get(attempt) ?? new Set()).add(nonce));
      if (retry < failsUntil) throw Object.assign(new Error("later"), { name: "Unready" });
      return n === undefined ? "done" : state === "First" ? { items: [10, 20, 30] } : n + 1;
    },
  };
}
