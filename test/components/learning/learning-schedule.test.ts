import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { LearningSchedule } from "../../../components/learning/learning-schedule.ts";
import { eventRuleArn } from "../../../components/place.ts";
import { allow } from "../../../components/security/policy.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place, statements } from "../place.ts";

const machine = "arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-drift";
const deadLetterArn = "arn:aws:sqs:us-east-1:111111111111:svp-unit-dead-letters";
const make = (schedule: string) =>
  inAccount((opts) => {
    const target = { arn: machine, allowStart: allow("Start", ["states:StartExecution"], [machine]) };
    return { rule: new LearningSchedule("drift", { place, description: "Measures drift", schedule, target, deadLetterArn }, opts).ruleName };
  });

describe("LearningSchedule", () => {
  it("starts its target at fixed times, with a role for that alone, and keeps what failed", async () => {
    const stack = await make("cron(0 3 ? * MON *)");
    expect(stack.one(aws.cloudwatch.EventRule, "drift").inputs).to.deep.equal({
      name: "svp-unit-drift",
      description: "Measures drift",
      scheduleExpression: "cron(0 3 ? * MON *)",
    });
    expect(stack.one(aws.cloudwatch.EventTarget, "drift-target").inputs).to.deep.equal({
      rule: "svp-unit-drift",
      targetId: "drift",
      arn: machine,
      roleArn: "arn:aws:iam::111111111111:role/svp-unit-drift-role",
      deadLetterConfig: { arn: deadLetterArn },
      retryPolicy: { maximumEventAgeInSeconds: 21_600, maximumRetryAttempts: 24 },
    });
    expect(statements(stack.one(aws.iam.RolePolicy, "drift-role-policy").inputs["policy"])).to.deep.equal({
      Start: { Effect: "Allow", Action: ["states:StartExecution"], Resource: [machine] },
    });
    expect(stack.outputs).to.deep.equal({ rule: "svp-unit-drift" });
  });

  it("is trusted for its own rule only", async () => {
    const stack = await make("rate(7 days)");
    expect(statements(stack.one(aws.iam.Role, "drift-role").inputs["assumeRolePolicy"])["ServiceTakesRole"]).to.deep.include({
      Principal: { Service: "events.amazonaws.com" },
      Condition: {
        StringEquals: { "aws:SourceAccount": "111111111111" },
        ArnLike: { "aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/svp-unit-drift" },
      },
    });
    expect(eventRuleArn(place, "drift")).to.equal("arn:aws:events:us-east-1:111111111111:rule/svp-unit-drift");
  });

  it("refuses what is no schedule", async () => {
    for (const wrong of ["weekly", "rate(7)", "cron(0 3 * *)", "at(2027-01-01T00:00:00)"]) {
      expect((await failure(make(wrong))).message).to.contain(`svp:learning:LearningSchedule "drift": schedule must be such as rate(7 days)`);
    }
  });
});
