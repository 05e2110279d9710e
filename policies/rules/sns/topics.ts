import type { PolicyAttachment } from "../../relations.ts";
import type { Subjects } from "../../subjects.ts";

export const topics: Subjects = { types: ["aws:sns/topic:Topic"], noun: "Topic" };

export const topicPolicy: PolicyAttachment = { type: "aws:sns/topicPolicy:TopicPolicy", property: "arn", identifiers: ["arn", "id"] };
