import type { PolicyAttachment } from "../../relations.ts";
import type { Subjects } from "../../subjects.ts";

export const queues: Subjects = { types: ["aws:sqs/queue:Queue"], noun: "Queue" };

export const queuePolicy: PolicyAttachment = { type: "aws:sqs/queuePolicy:QueuePolicy", property: "queueUrl", identifiers: ["url", "id"] };
