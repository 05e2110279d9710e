import { type Job, trainingsOf } from "../sagemaker/jobs.ts";
import { meaningsOf } from "./inputs.ts";
import type { Task } from "./tasks.ts";

const kinds: Readonly<Record<string, Job["kind"]>> = {
  createProcessingJob: "processing",
  createTrainingJob: "training",
  createTransformJob: "transform",
  createModel: "model",
  createEndpointConfig: "hosting",
};

/** What is made of things that are judged where they are made, and runs nothing by itself. */
const harmless = /^create(Endpoint|ModelPackage|ModelPackageGroup|ModelCard|Experiment|Trial|TrialComponent|Action|Artifact|Context)$/;

/** Whether a task makes something of SageMaker's that runs containers. */
export const startsJob = ({ service, operation }: Task): boolean => service === "sagemaker" && operation.startsWith("create") && !harmless.test(operation);

/** The jobs that a task starts; undefined where it makes something that can't be judged. */
export function jobsOfTask(task: Task): Job[] | undefined {
  const job = { subject: task.name, settings: task.arguments, spelling: "api" as const, clustersOf: (computed: unknown) => meaningsOf(task, computed) };
  if (task.operation === "createHyperParameterTuningJob") return trainingsOf(job);
  const kind = kinds[task.operation];
  return kind && [{ ...job, kind }];
}
