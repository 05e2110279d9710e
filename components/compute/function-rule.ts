import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../place.ts";
import { eventRetries } from "./event-retries.ts";
import type { FunctionSettings, PlatformFunction } from "./platform-function.ts";

export interface FunctionRuleArgs {
  settings: Pick<FunctionSettings, "place" | "deadLetters">;
  /** Name of the rule in the program; its ARN is `eventRuleArn` of it, which the dead letters' policy must let in. */
  rule: string;
  description: string;
  /** What the rule hears, or when it comes. */
  when: { readonly eventPattern: pulumi.Input<string> } | { readonly scheduleExpression: string };
  calls: Pick<PlatformFunction, "arn" | "functionName">;
}

/** A rule of EventBridge that calls a function, of the component `name`; what can't be delivered goes to the dead letters. */
export function callByRule(name: string, { settings, rule: ruleName, description, when, calls }: FunctionRuleArgs, opts: pulumi.CustomResourceOptions): void {
  const rule = new aws.cloudwatch.EventRule(`${name}-rule`, { name: physicalName(settings.place, ruleName), description, ...when }, opts);
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    { rule: rule.name, targetId: name, arn: calls.arn, deadLetterConfig: { arn: settings.deadLetters.arn }, retryPolicy: eventRetries },
    opts,
  );
  new aws.lambda.Permission(
    `${name}-permission`,
    { statementId: "rule", action: "lambda:InvokeFunction", function: calls.functionName, principal: "events.amazonaws.com", sourceArn: rule.arn },
    opts,
  );
}
