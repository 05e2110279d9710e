import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isObject, literalStart } from "../../expressions.ts";
import { judgeAll } from "../../subjects.ts";
import { bucketOfUri, bucketsNamed } from "../sagemaker/lake.ts";
import { definitionOf, type Task, tasksOf } from "./tasks.ts";

/** Arguments that say where a job writes. */
const destinations = /^(S3OutputPath|S3FailurePath|Destination|OutputS3Uri|OutputDataConfig|DestinationS3Uri|CheckpointConfig|S3Output)$/;

/**
 * What is made of patients' videos stays in buckets that this stack made and whose rules these rules judge. A place that is computed must
 * at least begin with a bucket that is written out.
 */
export const jobsWriteToBucketsOfTheStack: StackValidationPolicy = {
  name: "sfn-jobs-write-to-buckets-of-the-stack",
  description: "Jobs that a state machine starts must write to buckets of the same stack, named in the definition.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.310(d)(1)", "164.310(d)(2)(iii)", "164.308(b)(1)"),
  tags: ["sfn", "sagemaker", "phi"],
  remediationSteps: "Give the output a URI of our DataLake, such as s3://<processed bucket>/analysis-results/.",
  validateStack: (args, report) =>
    judgeAll(
      args,
      report,
      { types: ["aws:sfn/stateMachine:StateMachine"], noun: "State machine", where: (machine) => placesOf(machine).length > 0 },
      (machine, say) => {
        const known = bucketsNamed(args.resources);
        for (const { task, place } of placesOf(machine)) {
          const bucket = bucketOfUri(literalStart(place));
          if (bucket === undefined) say(`writes in state "${task.name}" to ${place}, which names no bucket.`);
          else if (!known.has(bucket)) say(`writes in state "${task.name}" to bucket ${bucket}, which is none of this stack's.`);
        }
      },
    ),
};

const placesOf = (machine: PolicyResource): { task: Task; place: string }[] =>
  tasksOf(definitionOf(machine.props as { definition: string })).flatMap((task) => placesIn(task.arguments).map((place) => ({ task, place })));

/** Every place that arguments say to write to. */
function placesIn(value: unknown, writes = false): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => placesIn(item, writes));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isPlace = destinations.test(key) || (writes && key === "S3Uri");
    return typeof inner === "string" ? (isPlace ? [inner] : []) : placesIn(inner, destinations.test(key));
  });
}
