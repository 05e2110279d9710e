import { z } from "zod";
import { analysisRequest } from "../../../contracts/case.ts";
import { runId } from "../../../contracts/primitives.ts";
import { log } from "../../runtime/log.ts";
import { emitMetrics } from "../../runtime/metrics.ts";
import { parseInput, parseStoredJson } from "../../runtime/parse.ts";

/** What a case's status becomes, if the case is still this execution's, has the status `from`, and nothing has changed it since `at`. */
export interface StatusChange {
  readonly executionArn: string;
  readonly from: "RUNNING" | "FAILED";
  readonly to: "RUNNING" | "FAILED";
  readonly reasons: readonly string[];
  /** When the execution ended, or was redriven. */
  readonly at: Date;
}

export interface Deps {
  /** What an execution is at now, with its input, as JSON, and its error: the event holds neither where a customer key encrypts executions. */
  execution(arn: string): Promise<{ status: string | undefined; input: string; error: string | undefined; cause: string | undefined }>;
  /** Changes a case's status. False if it isn't the case's to change any more. */
  change(caseId: string, change: StatusChange): Promise<boolean>;
}

/** Milliseconds since 1970, as Step Functions' events tell times. */
const moment = z
  .number()
  .positive()
  .transform((at) => new Date(at));
const event = <T extends z.ZodRawShape>(detail: T) =>
  z.object({
    source: z.literal("aws.states"),
    "detail-type": z.literal("Step Functions Execution Status Change"),
    detail: z.object({ executionArn: z.string().min(1), name: runId, ...detail }),
  });

/** The parts we use of Step Functions' events about an execution that did not succeed, and about one that was redriven. */
const endedBadly = event({ status: z.enum(["FAILED", "TIMED_OUT", "ABORTED"]), stopDate: moment });
const redriven = event({ status: z.literal("RUNNING"), redriveCount: z.int().positive(), redriveDate: moment });
const followed = z.union([endedBadly, redriven]);

/** Longest reason that a case keeps, in characters. */
const longestReason = 2000;

/**
 * What becomes of an execution is told of its case where the execution itself can't: one that was stopped, or took too long, runs no
 * state any more that could mark its case, and one that is redriven in the middle of its work passes none. Whatever a state has
 * said of the case since then stands.
 */
export const createHandler =
  ({ execution, change }: Deps) =>
  async (given: unknown): Promise<void> => {
    const { detail } = parseInput(followed, given);
    const { executionArn, name, status } = detail;
    const { input, error, cause, ...now } = await execution(executionArn);
    const { caseId } = parseStoredJson(analysisRequest, input, "The input of an analysis");
    // Events come late, and not always in their order: what is over is not told any more.
    const isPast = now.status !== status;
    const changed =
      !isPast &&
      (await change(
        caseId,
        detail.status === "RUNNING"
          ? { executionArn, from: "FAILED", to: "RUNNING", reasons: [], at: detail.redriveDate }
          : { executionArn, from: "RUNNING", to: "FAILED", reasons: [reasonOf(detail.status, error, cause)], at: detail.stopDate },
      ));
    // Here, and not by AWS's own metric of stopped executions: the deletion of a case stops them as well.
    if (changed && status === "ABORTED") emitMetrics({ StoppedAnalyses: 1 });
    log(changed ? "case follows its execution" : "case left as it is", { caseId, runId: name, status });
  };

function reasonOf(status: "FAILED" | "TIMED_OUT" | "ABORTED", error = "unknown error", cause = ""): string {
  switch (status) {
    case "TIMED_OUT":
      return "The analysis took longer than it may, and was ended. It can be redriven.";
    case "ABORTED":
      return "The analysis was stopped before its end. It can be redriven.";
    case "FAILED":
      return `The analysis failed: ${error}${cause === "" ? "" : `: ${cause}`}`.slice(0, longestReason);
  }
}
