import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { recordedFailuresAreFollowed } from "../../../policies/rules/sfn/recorded-failures-are-followed.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };

const task = (Arguments: object, Resource = "arn:aws:states:::dynamodb:updateItem") => ({ Type: "Task", Resource, Arguments, End: true });
const marks = task({ TableName: "cases", ExpressionAttributeValues: { ":status": { S: "FAILED" } } });
const puts = task({ TableName: "cases", Item: { status: { S: "FAILED" } } }, "arn:aws:states:::aws-sdk:dynamodb:putItem");
const everything = {
  source: ["aws.states"],
  "detail-type": ["Step Functions Execution Status Change"],
  // As the provider of tests names what it makes.
  detail: {
    stateMachineArn: ["arn:aws:any:us-east-1:111111111111:m"],
    $or: [{ status: ["FAILED", "TIMED_OUT", "ABORTED"] }, { status: ["RUNNING"], redriveCount: [{ numeric: [">", 0] }] }],
  },
};
const detailed = (change: object) => ({ ...everything, detail: { stateMachineArn: everything.detail.stateMachineArn, ...change } });

interface Parts {
  readonly state?: object;
  readonly pattern?: object;
  readonly rule?: Partial<aws.cloudwatch.EventRuleArgs>;
  /** Pattern of a rule besides. */
  readonly other?: object;
  /** The rule that the target is of; none without. */
  readonly target?: string | undefined;
}
const program =
  ({ state = marks, pattern = everything, rule = {}, other, ...more }: Parts = {}) =>
  (opts: Opts): void => {
    const definition = JSON.stringify({ StartAt: "A", States: { A: state } });
    new aws.sfn.StateMachine("m", { name: "m", roleArn: "arn:aws:iam::111111111111:role/m", definition }, opts);
    const made = new aws.cloudwatch.EventRule("follow", { name: "follow", eventPattern: JSON.stringify(pattern), ...rule }, opts);
    if (other) {
      const second = new aws.cloudwatch.EventRule("second", { name: "second", eventPattern: JSON.stringify(other) }, opts);
      new aws.cloudwatch.EventTarget("u", { rule: second.name, arn: "arn:aws:lambda:us-east-1:111111111111:function:g" }, opts);
    }
    const target = "target" in more ? more.target : made.name;
    if (target !== undefined) new aws.cloudwatch.EventTarget("t", { rule: target, arn: "arn:aws:lambda:us-east-1:111111111111:function:f" }, opts);
  };

const unheard = (...what: string[]): string =>
  `State machine "m" records in a table that it failed, and no rule hears when an execution ${what.join(", or ")}.`;
const nothing = unheard("fails", "takes too long", "is stopped", "goes on after a redrive");

describe(recordedFailuresAreFollowed.name, () => {
  const cases: [what: string, parts: Parts, ...messages: string[]][] = [
    ["accepts a rule that hears of all", {}],
    ["accepts one for a machine that puts the item anew", { state: puts }],
    ["accepts one that hears every change of the machine", { pattern: detailed({}) }],
    [
      "refuses one that hears of failures alone",
      { pattern: detailed({ status: ["FAILED"] }) },
      unheard("takes too long", "is stopped", "goes on after a redrive"),
    ],
    ["refuses one that hears no redrive", { pattern: detailed({ status: ["FAILED", "TIMED_OUT", "ABORTED"] }) }, unheard("goes on after a redrive")],
    [
      "refuses two that hear of all together",
      { pattern: detailed({ status: ["FAILED", "TIMED_OUT", "ABORTED"] }), other: detailed({ status: ["RUNNING"] }) },
      unheard("goes on after a redrive"),
    ],
    ["refuses one for another machine", { pattern: detailed({ stateMachineArn: ["arn:aws:any:us-east-1:111111111111:n"] }) }, nothing],
    ["refuses one that is off", { rule: { state: "DISABLED" } }, nothing],
    ["refuses one of another bus", { rule: { eventBusName: "own" } }, nothing],
    ["refuses one without a target", { target: undefined }, nothing],
    ["refuses one whose target is another's", { target: "other" }, nothing],
  ];
  for (const [what, parts, ...messages] of cases)
    it(what, async () => {
      expect(await violations(recordedFailuresAreFollowed, program(parts))).to.deep.equal(messages);
    });

  it("is not about machines that record no failure", async () => {
    const counts = task({ TableName: "cases", ExpressionAttributeValues: { ":status": { S: "DONE" } } });
    const reads = task({ TableName: "cases", Key: { status: { S: "FAILED" } } }, "arn:aws:states:::dynamodb:getItem");
    for (const state of [counts, reads]) expect(await applications(recordedFailuresAreFollowed, program({ state }))).to.equal(0);
  });
});
