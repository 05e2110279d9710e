import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { revealingWord } from "../../data/revealing-words.ts";

/**
 * What an item is found by stands in requests, logs of these, and graphs of what is asked for most ("CloudWatch Contributor Insights for
 * DynamoDB" shows keys as they are): so nothing of a patient is a key.
 */
export const tableKeysSayNothingOfPatients: ResourceValidationPolicy = {
  name: "dynamodb-table-keys-say-nothing-of-patients",
  description: "Keys and indexes of DynamoDB tables must be opaque: none may be about a patient.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.502(b)", "164.514(b)(2)(i)"),
  tags: ["dynamodb", "phi"],
  remediationSteps: "Find items by an identifier that is drawn at random, as CaseTable does by caseId.",
  validateResource: validateResourceOfType(aws.dynamodb.Table, ({ attributes = [], globalSecondaryIndexes = [], localSecondaryIndexes = [] }, args, report) => {
    for (const [what, items] of Object.entries({ key: attributes, index: [...globalSecondaryIndexes, ...localSecondaryIndexes] })) {
      for (const { name } of items) {
        const word = revealingWord(name);
        if (word !== undefined) report(`Table "${args.name}" has the ${what} "${name}"; it must not say "${word}".`);
      }
    }
  }),
};
