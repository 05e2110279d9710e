import { backfillManifestKey, rawVideosPrefix } from "../../contracts/keys.ts";
import type { EncryptedQueue } from "../compute/encrypted-queue.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { objectArns } from "../data/private-bucket.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import { deny, type PeoplesBuckets } from "./data-scientist.ts";

/** The queue of uploads, and where those end that could not be handled. */
export interface UploadQueues {
  readonly queue: EncryptedQueue;
  readonly deadLetters: EncryptedQueue;
}

/** Name of the machine that works through a manifest. */
const backfillMachine = "backfill";

/**
 * What an operator may do: have many uploaded videos analysed, follow that and stop it, and give dead letters back. Manifests and results of backfills, and
 * messages, name cases by random identifiers. What a case shows or says is closed to them; single cases are redriven and repeated through the API, by its scope.
 * HIPAA 164.308(a)(3)(i), 164.308(a)(4)(ii)(B), 164.502(b).
 */
export const operatorStatements = (place: Place, { raw, processed }: Pick<PeoplesBuckets, "raw" | "processed">, uploads: UploadQueues): Statement[] => {
  const machine = physicalName(place, backfillMachine);
  return [
    allow("StartBackfills", ["states:ListExecutions", "states:StartExecution"], [regionalArn(place, "states", `stateMachine:${machine}`)]),
    allow(
      "FollowBackfills",
      ["states:DescribeExecution", "states:ListMapRuns", "states:StopExecution"],
      [regionalArn(place, "states", `execution:${machine}:*`)],
    ),
    allow("CountVideos", ["states:DescribeMapRun"], [regionalArn(place, "states", `mapRun:${machine}/*`)]),
    raw.allowList("ListVideos", rawVideosPrefix),
    ...processed.allow("WriteManifests", ["s3:PutObject"], backfillManifestKey("*")),
    ...processed.allow("ReadOutcomes", ["s3:GetObject"], lakePrefixes.backfills),
    allow("GiveDeadLettersBack", ["sqs:CancelMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:StartMessageMoveTask"], [uploads.deadLetters.arn]),
    ...uploads.deadLetters.allowTake("TakeDeadLetters"),
    ...uploads.queue.allowSend("SendAgain"),
    allow("LookAtQueue", ["sqs:GetQueueAttributes"], [uploads.queue.arn]),
    deny("NeverReadCases", ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "states:GetExecutionHistory"], ["*"]),
    deny("NeverSeeVideos", ["s3:GetObject", "s3:GetObjectVersion"], [objectArns(raw.arn, "")]),
  ];
};
