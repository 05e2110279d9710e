import { at, isObject } from "../../expressions.ts";
import { type Job, trainingsOf } from "../sagemaker/jobs.ts";
import type { Task } from "./tasks.ts";

const kinds: Readonly<Record<string, Job["kind"]>> = {
  createProcessingJob: "processing",
  createTrainingJob: "training",
  createTransformJob: "transform",
  createModel: "model",
};

/** What is made of things that are judged where they are made, and runs nothing by itself. */
const harmless = /^create(Endpoint|ModelPackage|ModelPackageGroup|ModelCard|Experiment|Trial|TrialComponent|Action|Artifact|Context)$/;

/** Whether a task makes something of SageMaker's that runs containers. */
export const startsJob = ({ service, operation }: Task): boolean => service === "sagemaker" && operation.startsWith("create") && !harmless.test(operation);

/** The jobs that a task starts; undefined where it makes something that can't be judged. */
export function jobsOfTask(task: Task): Job[] | undefined {
  const job = { subject: task.name, settings: task.arguments, spelling: "api" as const, clustersOf: clustersOf(task) };
  if (task.operation === "createHyperParameterTuningJob") return trainingsOf(job);
  const kind = kinds[task.operation];
  return kind && [{ ...job, kind }];
}

/**
 * What a cluster `{% $states.input.cluster %}` may be: that of any item of the map around the state, if the map's items are written out
 * and the state is its first.
 */
const clustersOf =
  ({ name, around }: Task) =>
  (computed: unknown): unknown[] => {
    const path = /^\{%\s*\$states\.input((?:\.\w+)*)\s*%\}$/.exec(String(computed))?.[1]?.slice(1);
    const map = around.at(-1)?.raw;
    const items = map?.["Items"];
    if (path === undefined || !Array.isArray(items) || items.length === 0 || map?.["ItemSelector"] !== undefined) return [undefined];
    const first = at(map?.["ItemProcessor"], "StartAt");
    return first === name ? items.map((item) => at(item, path)).map((cluster) => (isObject(cluster) ? cluster : undefined)) : [undefined];
  };
