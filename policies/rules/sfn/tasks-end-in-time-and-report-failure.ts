import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import type { State } from "../../documents.ts";
import { definitionOf, tasksOf } from "./tasks.ts";

interface Config {
  readonly longestSeconds?: number;
}

/** A day, as long as the analysis of the longest operation may take. */
const longestSeconds = 86_400;
/** A year, the longest of any execution: of a machine that works through a list of any length, in executions of their own, whose tasks end in time. */
const longestDistributedSeconds = 31_536_000;

/**
 * No case gets stuck and none is lost: what fails for a moment is tried again, what hangs ends, and what fails for good is caught and
 * marked. Without TimeoutSeconds a task may hang for a year (Step Functions Developer Guide, "Best practices": "Use timeouts").
 */
export const tasksEndInTimeAndReportFailure: ResourceValidationPolicy = {
  name: "sfn-tasks-end-in-time-and-report-failure",
  description: "State machines and their tasks must have timeouts, and tasks must be tried again and every failure caught.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.308(a)(6)(ii)"),
  tags: ["sfn", "availability"],
  remediationSteps: "Set TimeoutSeconds of the definition, and TimeoutSeconds, Retry and Catch (States.ALL) of every task.",
  configSchema: { properties: { longestSeconds: { type: "integer", minimum: 1, default: longestSeconds } } },
  validateResource: validateResourceOfType(aws.sfn.StateMachine, (machine, args, report) => {
    const definition = definitionOf(machine) as { readonly TimeoutSeconds?: unknown; readonly States?: Readonly<Record<string, Distributing>> };
    const distributes = Object.values(definition.States ?? {}).some((state) => state.ItemProcessor?.ProcessorConfig?.Mode === "DISTRIBUTED");
    const longest = distributes ? longestDistributedSeconds : (args.getConfig<Config>().longestSeconds ?? longestSeconds);
    const tasks = tasksOf(definition).filter(({ raw }) => raw["Type"] === "Task");
    if (tasks.length === 0) args.notApplicable("The state machine has no task.");
    const seconds = definition.TimeoutSeconds;
    if (typeof seconds !== "number" || seconds > longest) {
      const found = typeof seconds === "number" ? `${seconds} seconds` : "for ever";
      report(`State machine "${args.name}" may run ${found}; TimeoutSeconds must be at most ${longest}.`);
    }
    for (const task of tasks) for (const problem of problemsOf(task)) report(`State "${task.name}" ${problem}.`);
  }),
};

interface Distributing {
  readonly ItemProcessor?: { readonly ProcessorConfig?: { readonly Mode?: unknown } };
}

const problemsOf = (task: State): string[] => [
  ...(["TimeoutSeconds", "TimeoutSecondsPath"].some((name) => task.raw[name] !== undefined) ? [] : ["must set TimeoutSeconds"]),
  ...(handlers(task, "Retry").length > 0 ? [] : ["must set Retry"]),
  // A failure that a task does not catch ends the branch or the map that it stands in, which may catch it.
  ...([task, ...task.around].some(catchesAll) ? [] : ["must catch States.ALL, or stand in a state that does"]),
];

const catchesAll = (state: State): boolean => handlers(state, "Catch").some(({ ErrorEquals: errors }) => errors?.includes("States.ALL"));

const handlers = ({ raw }: State, kind: "Retry" | "Catch"): { ErrorEquals?: readonly string[] }[] => (raw[kind] ?? []) as { ErrorEquals?: readonly string[] }[];
