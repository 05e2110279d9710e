import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { RetentionSweep, type RetentionSweepArgs } from "../../../components/analysis/retention-sweep.ts";
import { failure } from "../../support/failure.ts";
import { machines, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const make = (change: Partial<RetentionSweepArgs> = {}) =>
  inAccount((opts) => {
    const made = parts(opts);
    const { deletion } = machines(made);
    const { settings, table } = made;
    const wanted = { retentionDays: { clinical: 2557, research: 1096 }, everyDays: 1, classes: ["research"], most: 50, ...change } as const;
    new RetentionSweep("retention-sweep", { settings, table, deletion, ...wanted }, opts);
  });

describe("RetentionSweep", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await make();
  });

  it("is started by the clock, and by nothing else; a start that fails is kept", async () => {
    const rule = stack.one(aws.cloudwatch.EventRule, "retention-sweep-rule");
    expect(rule.inputs).to.deep.include({ name: "svp-unit-retention-sweep", scheduleExpression: "rate(1 day)" });
    expect(rule.inputs["eventPattern"]).to.equal(undefined);
    const target = stack.one(aws.cloudwatch.EventTarget, "retention-sweep-target").inputs;
    expect(target["arn"]).to.equal("arn:aws:lambda:us-east-1:111111111111:function:svp-unit-delete-sweep-due-cases");
    expect(target["deadLetterConfig"]).to.deep.equal({ arn: "arn:aws:sqs:us-east-1:111111111111:svp-unit-dead-letters" });
    expect(stack.one(aws.lambda.Permission, "retention-sweep-permission").inputs).to.deep.include({
      principal: "events.amazonaws.com",
      sourceArn: rule.outputs["arn"],
      function: "svp-unit-delete-sweep-due-cases",
    });
    const weekly = await make({ everyDays: 7 });
    expect(weekly.one(aws.cloudwatch.EventRule, "retention-sweep-rule").inputs["scheduleExpression"]).to.equal("rate(7 days)");
  });

  it("may find cases in the order of time, see why one must be kept, and start its deletion: it can delete nothing itself", () => {
    const granted = statements(stack.one(aws.iam.RolePolicy, "delete-sweep-due-cases-role-policy").inputs["policy"]);
    const own = ["ReadCase", "ReadCaseKey", "FindDueCases", "FindDueCasesKey", "StartDeletion"];
    const common = ["WriteLog", "WriteTrace", "JoinNetwork", "CodeDoesNotTouchNetwork", "KeepDeadLetters", "KeepDeadLettersKey"];
    expect(Object.keys(granted)).to.have.members([...common, ...own]);
    const table = "arn:aws:dynamodb:us-east-1:111111111111:table/svp-unit-cases";
    expect(granted["FindDueCases"]).to.deep.equal({ Effect: "Allow", Action: ["dynamodb:Query"], Resource: [`${table}/index/cases-by-time`] });
    expect(granted["ReadCase"]).to.deep.equal({ Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: [table] });
    const machine = "arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-case-deletion";
    expect(granted["StartDeletion"]).to.deep.equal({ Effect: "Allow", Action: ["states:StartExecution"], Resource: [machine] });
    const { variables } = stack.one(aws.lambda.Function, "delete-sweep-due-cases").inputs["environment"] as { variables: Record<string, string> };
    expect(JSON.parse(variables["SWEEP"] as string)).to.deep.equal({ classes: ["research"], most: 50 });
    expect(variables).to.include({ STATE_MACHINE_ARN: machine, OBJECT_LOCK: "false" });
  });

  it("refuses a class whose cases need be kept for no day, no class, and limits that are none", async () => {
    const refused = async (change: Partial<RetentionSweepArgs>) => (await failure(make(change))).message;
    expect(await refused({ everyDays: 0 })).to.include("everyDays must be 1 to 31, not 0.");
    expect(await refused({ most: 1001 })).to.include("most must be 1 to 1000, not 1001.");
    expect(await refused({ classes: [] })).to.include("classes must name one of clinical, research at least.");
    expect(await refused({ retentionDays: { clinical: 2557, research: 0 } })).to.include(
      "classes must not name research, whose cases need be kept for no day: a sweep would delete each at once.",
    );
  });
});
