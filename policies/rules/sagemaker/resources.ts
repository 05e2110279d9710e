import * as aws from "@pulumi/aws";
import { type ReportViolation, type ResourceValidation, type ResourceValidationArgs, validateResourceOfType } from "@pulumi/policy";
import { at, isObject } from "../../expressions.ts";
import { isGiven } from "../../given.ts";
import { type Job, trainingsOf } from "./jobs.ts";

type JudgeJob = (job: Job, say: (wrong: string) => void, args: ResourceValidationArgs) => void;

/** Judges the jobs that resources of SageMaker start: jobs themselves, schedules, and the steps of pipelines. */
export function judgeJobs(judge: JudgeJob): ResourceValidation[] {
  const each = (jobs: readonly Job[], args: ResourceValidationArgs, report: ReportViolation): void => {
    for (const job of jobs) judge(job, (wrong) => report(`${job.subject} ${wrong}.`), args);
  };
  const of = (noun: string, settings: unknown, args: ResourceValidationArgs) => ({
    subject: `${noun} "${args.name}"`,
    settings,
    spelling: "resource" as const,
  });
  return [
    validateResourceOfType(aws.sagemaker.TrainingJob, (job, args, report) => each([{ ...of("Training job", job, args), kind: "training" }], args, report)),
    validateResourceOfType(aws.sagemaker.HyperParameterTuningJob, (job, args, report) => each(trainingsOf(of("Tuning job", job, args)), args, report)),
    validateResourceOfType(aws.sagemaker.DataQualityJobDefinition, (job, args, report) =>
      each([{ ...of("Data quality job", job, args), kind: "dataQuality" }], args, report),
    ),
    validateResourceOfType(aws.sagemaker.MonitoringSchedule, ({ monitoringScheduleConfig: { monitoringJobDefinition: job } }, args, report) => {
      // A schedule that names a definition runs what is judged where that is made.
      if (job === undefined) args.notApplicable("The schedule names a job definition.");
      each([{ ...of("Schedule", job, args), kind: "monitoring" }], args, report);
    }),
    validateResourceOfType(aws.sagemaker.Pipeline, (pipeline, args, report) => {
      if (!isGiven(pipeline, "pipelineDefinition"))
        return report(`Pipeline "${args.name}" has its definition elsewhere, where nothing judges it; pipelineDefinition must be set.`);
      const steps = stepsOf(JSON.parse(pipeline.pipelineDefinition!));
      const unjudged = steps.filter(({ type }) => runsContainers(type) && kinds[type] === undefined);
      for (const { name, type } of unjudged) report(`Step "${name}" is of type ${type}, which nothing here judges.`);
      const jobs = steps.flatMap(jobsOfStep);
      if (jobs.length + unjudged.length === 0) args.notApplicable("The pipeline starts no job.");
      each(jobs, args, report);
    }),
  ];
}

export interface Step {
  readonly name: string;
  readonly type: string;
  readonly settings: unknown;
  /** Whether it runs only where a condition of the pipeline says so. */
  readonly conditional: boolean;
}

const kinds: Readonly<Record<string, Job["kind"] | "tuning">> = {
  ClarifyCheck: "processing",
  Model: "model",
  NotebookJob: "training",
  Processing: "processing",
  QualityCheck: "processing",
  Training: "training",
  Transform: "transform",
  Tuning: "tuning",
};

/** Types of steps that only decide, tell or call (SageMaker Developer Guide, "Pipelines steps"). */
const runsContainers = (type: string): boolean => !["Callback", "Condition", "Endpoint", "EndpointConfig", "Fail", "Lambda", "RegisterModel"].includes(type);

/** Every step of a pipeline's definition, those within conditions included. */
export function stepsOf(definition: unknown, conditional = false): Step[] {
  const steps = at(definition, "Steps");
  return (Array.isArray(steps) ? steps : []).filter(isObject).flatMap((step) => {
    const inner = ["IfSteps", "ElseSteps"].flatMap((branch) => stepsOf({ Steps: at(step["Arguments"], branch) }, true));
    return [{ name: String(step["Name"]), type: String(step["Type"]), settings: step["Arguments"], conditional }, ...inner];
  });
}

function jobsOfStep({ name, type, settings }: Step): Job[] {
  const kind = kinds[type];
  const job = { subject: `Step "${name}"`, settings, spelling: "api" as const };
  if (kind === "tuning") return trainingsOf(job);
  // The SDK writes the request of a model as it is, or within a `Request`.
  return kind === undefined ? [] : [{ ...job, kind, settings: kind === "model" ? (at(settings, "Request") ?? settings) : settings }];
}
