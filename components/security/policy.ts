import * as pulumi from "@pulumi/pulumi";

/** Condition block of a statement: operator, then key, then the wanted values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>>;

/** A statement of an identity policy: what its role may do. */
export interface Statement {
  /** Letters and digits; says what the statement is for. */
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly pulumi.Input<string>[];
  readonly Condition?: Conditions;
}

/** A statement of a resource's own policy: who may use the resource. */
export interface ResourceStatement extends Statement {
  readonly Principal: "*" | { readonly AWS: string | readonly string[] } | { readonly Service: string | readonly string[] };
}

/** An Allow statement. */
export function allow(sid: string, actions: readonly string[], resources: readonly pulumi.Input<string>[], condition?: Conditions): Statement {
  return { Sid: sid, Effect: "Allow", Action: actions, Resource: resources, ...(condition && { Condition: condition }) };
}

/** An IAM policy document as JSON. */
export function policyDocument(statements: readonly (Statement | Omit<ResourceStatement, "Resource">)[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** Statement of a queue's policy that lets EventBridge rules send to it. */
export function ruleSends(queueArn: string, ruleArns: readonly string[]): ResourceStatement {
  return {
    Sid: "RuleSendsEvents",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["sqs:SendMessage"],
    Resource: [queueArn],
    Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
  };
}

/** Deny statement for every request that does not come over TLS. */
export function denyPlainHttp(service: string, resources: readonly pulumi.Input<string>[]): ResourceStatement {
  return {
    Sid: "DenyPlainHttp",
    Effect: "Deny",
    Principal: "*",
    Action: [`${service}:*`],
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
