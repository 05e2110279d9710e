import * as aws from "@pulumi/aws";
import { type ReportViolation, type ResourceValidation, type ResourceValidationArgs, validateResourceOfType } from "@pulumi/policy";
import { type State, statesOf } from "../../documents.ts";

/** A state that asks a service to do something. */
export interface Task extends State {
  /** `sagemaker`, as the integration calls the service; `http` is any address on the internet. */
  readonly service: string;
  /** `createProcessingJob`. */
  readonly operation: string;
}

/** Every task of a state machine, and what else of it names a service: readers and writers of distributed maps. */
export function tasksOf(definition: unknown): Task[] {
  return [...statesOf(definition)].flatMap((state) => {
    const parts = ["ItemReader", "ResultWriter"].map((part) => state.raw[part]).filter((part) => part !== undefined);
    const helpers = parts.map((part): State => {
      const raw = part as Readonly<Record<string, unknown>>;
      return { ...state, raw, resource: String(raw["Resource"]), arguments: (raw["Arguments"] ?? raw["Parameters"] ?? {}) as State["arguments"] };
    });
    return [...(state.resource === "" ? [] : [state]), ...helpers].map((task) => ({ ...task, ...integrationOf(task.resource) }));
  });
}

/**
 * Service and operation of a task's resource: `arn:aws:states:::sagemaker:createProcessingJob.sync`,
 * `arn:aws:states:::aws-sdk:rekognition:startSegmentDetection`, or the ARN of a function or an activity.
 */
function integrationOf(resource: string): Pick<Task, "service" | "operation"> {
  const [, , service = "", , , first = "", second = "", third = ""] = resource.split(":");
  if (service !== "states") return { service, operation: "" };
  const [name, operation] = first === "aws-sdk" ? [second, third] : [first, second];
  return { service: name, operation: operation.split(".")[0] ?? "" };
}

/** The definition of a state machine. */
export const definitionOf = ({ definition }: { readonly definition: string }): unknown => JSON.parse(definition);

interface Judged {
  readonly wanted?: (task: Task) => boolean;
  /** What a machine without such a task lacks, in words. */
  readonly without: string;
}

/** Judges the tasks of a state machine that a rule is about; without one, the rule is not applicable. `say` reports what is wrong with one. */
export const judgeTasks = (
  { wanted = () => true, without }: Judged,
  judge: (task: Task, say: (wrong: string) => void, args: ResourceValidationArgs) => void,
): ResourceValidation =>
  validateResourceOfType(aws.sfn.StateMachine, (machine, args, report: ReportViolation) => {
    const tasks = tasksOf(definitionOf(machine)).filter(wanted);
    if (tasks.length === 0) args.notApplicable(`The state machine has ${without}.`);
    for (const task of tasks) judge(task, (wrong) => report(`State "${task.name}" ${wrong}.`), args);
  });
