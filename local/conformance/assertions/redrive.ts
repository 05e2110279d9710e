import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  RedriveExecutionCommand,
  type SFNClient,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { type Assertion, ended, errorOf, eventsOf, fresh, started, type ToldEvent } from "../assertion.ts";

const api = (page: string): string => `Step Functions API Reference, ${page}`;
const guide = "Step Functions Developer Guide, Restarting state machine executions with redrive";
const machine = (StartAt: string, States: object) => ({ QueryLanguage: "JSONata", StartAt, States });

/** A choice with no way to go until the execution is redriven. */
const unlessRedriven = (next: object) => ({
  Type: "Choice",
  Choices: [{ Condition: "{% $states.context.Execution.RedriveCount > 0 %}", ...next }],
});
const failing = machine("First", {
  First: { Type: "Pass", Next: "Second" },
  Second: unlessRedriven({ Next: "Third" }),
  Third: {
    Type: "Pass",
    Output: {
      count: "{% $states.context.Execution.RedriveCount %}",
      isTimed: "{% $exists($states.context.Execution.RedriveTime) %}",
      input: "{% $states.context.Execution.Input %}",
    },
    End: true,
  },
});
const waiting = machine("A", { A: { Type: "Wait", Seconds: 30, End: true } });

const redrive = (states: SFNClient, executionArn: string, clientToken?: string) =>
  states.send(new RedriveExecutionCommand({ executionArn, ...(clientToken !== undefined && { clientToken }) }));

/** What DescribeExecution says of redriving. */
async function described(states: SFNClient, executionArn: string): Promise<unknown[]> {
  const { status, redriveStatus, redriveStatusReason, redriveCount, redriveDate } = await states.send(new DescribeExecutionCommand({ executionArn }));
  return [status, redriveStatus, redriveStatusReason ?? null, redriveCount, redriveDate !== undefined];
}

async function history(states: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const { events = [] } = await states.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return events;
}
const entered = (events: readonly HistoryEvent[], state: string): number =>
  events.filter(({ stateEnteredEventDetails: details }) => details?.name === state).length;

const assertions: Omit<Assertion, "service">[] = [
  {
    id: "states-redrive",
    says: "A redrive goes on from the state that failed, as the same execution with the same input; what succeeded before is not run again.",
    source: `${guide}; Accessing the Context object, RedriveCount, RedriveTime`,
    expected: ["SUCCEEDED", { count: 1, isTimed: true, input: { a: 1 } }, 1],
    async observe({ states, machine: put }) {
      const arn = await started(states, await put(failing), { a: 1 });
      await ended(states, arn);
      await redrive(states, arn);
      const { status, output = "null" } = await ended(states, arn);
      return [status, JSON.parse(output), entered(await history(states, arn), "First")];
    },
  },
  {
    id: "states-redrive-history",
    says: "The history goes on after what was: ExecutionRedriven with the count of redrives stands between the failure and what comes of it.",
    source: `${guide}; ${api("ExecutionRedrivenEventDetails")}`,
    expected: [["ExecutionStarted", "ExecutionFailed", "ExecutionRedriven", "ExecutionSucceeded"], [{ redriveCount: 1 }]],
    async observe({ states, machine: put }) {
      const arn = await started(states, await put(failing));
      await ended(states, arn);
      await redrive(states, arn);
      await ended(states, arn);
      const events = await history(states, arn);
      return [
        events.map(({ type = "" }) => type).filter((type) => type.startsWith("Execution")),
        events.flatMap(({ executionRedrivenEventDetails: details }) => details ?? []),
      ];
    },
  },
  {
    id: "states-redrive-described",
    says: "An execution that failed or was stopped can be redriven; one that runs or succeeded can't, and the reason says so. Redrives are counted and dated.",
    source: api("DescribeExecution, redriveStatus, redriveStatusReason, redriveCount, redriveDate"),
    expected: [
      ["FAILED", "REDRIVABLE", null, 0, false],
      ["SUCCEEDED", "NOT_REDRIVABLE", "Execution is SUCCEEDED and cannot be redriven", 1, true],
      ["RUNNING", "NOT_REDRIVABLE", "Execution is RUNNING and cannot be redriven", 0, false],
      ["ABORTED", "REDRIVABLE", null, 0, false],
    ],
    async observe({ states, machine: put }) {
      const arn = await started(states, await put(failing));
      await ended(states, arn);
      const before = await described(states, arn);
      await redrive(states, arn);
      await ended(states, arn);
      const other = await started(states, await put(waiting));
      const running = await described(states, other);
      await states.send(new StopExecutionCommand({ executionArn: other }));
      return [before, await described(states, arn), running, await described(states, other)];
    },
  },
  {
    id: "states-redrive-refused",
    says: "What runs or succeeded can't be redriven, nor what is not there.",
    source: api("RedriveExecution, errors"),
    expected: ["ExecutionNotRedrivable", "ExecutionNotRedrivable", "ExecutionDoesNotExist"],
    async observe({ states, machine: put }) {
      const running = await started(states, await put(waiting));
      const done = await started(states, await put(machine("A", { A: { Type: "Succeed" } })));
      await ended(states, done);
      const seen = [];
      for (const arn of [running, done, `${done}-none`]) seen.push(await errorOf(redrive(states, arn)));
      await states.send(new StopExecutionCommand({ executionArn: running }));
      return seen;
    },
  },
  {
    id: "states-redrive-token",
    says: "A redrive with a token that was used before answers as before and does nothing.",
    source: api("RedriveExecution, clientToken"),
    expected: [true, 1, "ExecutionNotRedrivable"],
    async observe({ states, machine: put }) {
      const arn = await started(states, await put(failing));
      await ended(states, arn);
      const token = fresh();
      const [first, second] = [await redrive(states, arn, token), await redrive(states, arn, token)];
      const { redriveCount } = await ended(states, arn);
      return [first.redriveDate?.getTime() === second.redriveDate?.getTime(), redriveCount, await errorOf(redrive(states, arn, fresh()))];
    },
  },
  {
    id: "states-redrive-parallel",
    says: "Of a parallel state, only the branches that failed are redriven; its output has the results of all.",
    source: api("RedriveExecution"),
    expected: ["FAILED", "SUCCEEDED", ["kept", "redriven"], 1],
    async observe({ states, machine: put }) {
      const definition = machine("Both", {
        Both: {
          Type: "Parallel",
          Branches: [
            { StartAt: "Keep", States: { Keep: { Type: "Pass", Output: "{% 'kept' %}", End: true } } },
            {
              StartAt: "Pause",
              States: {
                Pause: { Type: "Wait", Seconds: 1, Next: "Try" },
                Try: unlessRedriven({ Next: "Tell" }),
                Tell: { Type: "Pass", Output: "{% 'redriven' %}", End: true },
              },
            },
          ],
          End: true,
        },
      });
      const arn = await started(states, await put(definition));
      const { status: before } = await ended(states, arn);
      await redrive(states, arn);
      const { status, output = "null" } = await ended(states, arn);
      return [before, status, JSON.parse(output), entered(await history(states, arn), "Keep")];
    },
  },
  {
    id: "states-redrive-events",
    says: "EventBridge is told of each status with the count of redrives, so that an or tells ends without success and redrives from first starts.",
    source: "Step Functions Developer Guide, Automating Step Functions event delivery with EventBridge; API Reference, DescribeExecution, redriveCount",
    expected: [
      ["FAILED", 0, false],
      ["RUNNING", 1, true],
    ],
    async observe({ states, machine: put, rulesTo, sqs }) {
      const stateMachineArn = await put(failing);
      const mine = { source: ["aws.states"], "detail-type": ["Step Functions Execution Status Change"] };
      const wanted = { $or: [{ status: ["FAILED"] }, { status: ["RUNNING"], redriveCount: [{ numeric: [">", 0] }] }] };
      const url = await rulesTo([{ ...mine, detail: { stateMachineArn: [stateMachineArn], ...wanted } }]);
      const arn = await started(states, stateMachineArn);
      await ended(states, arn);
      await redrive(states, arn);
      await ended(states, arn);
      const told = await eventsOf(sqs, url, ({ length }) => length >= 2);
      const facts = ({ detail: { status, redriveCount, redriveDate } }: ToldEvent) => [status, redriveCount, typeof redriveDate === "number"] as const;
      return told.map(facts).sort(([a], [b]) => String(a).localeCompare(String(b)));
    },
  },
];

export const redriveAssertions: readonly Assertion[] = assertions.map((one) => ({ service: "Step Functions", ...one }));
