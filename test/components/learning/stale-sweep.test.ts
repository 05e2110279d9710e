import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StaleSweep, type StaleSweepArgs } from "../../../components/learning/stale-sweep.ts";
import { failure } from "../../support/failure.ts";
import { parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const machine = "arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-model-deployment";
const make = (change: Partial<StaleSweepArgs> = {}) =>
  inAccount((opts) => {
    const { settings, lake } = parts(opts);
    const deployment = { workflow: { stateMachineArn: pulumi.output(machine) } };
    const days = { everyDays: 7, staleDays: 30, undecidedDays: 180, most: 200 };
    new StaleSweep("stale-sweep", { settings, lake, deployment, models: ["phase-classifier"], ...days, ...change }, opts);
  });

describe("StaleSweep", () => {
  let stack: Awaited<ReturnType<typeof make>>;
  before(async () => {
    stack = await make();
  });

  it("is started by the clock; a start that fails is kept", () => {
    const rule = stack.one(aws.cloudwatch.EventRule, "stale-sweep-rule");
    expect(rule.inputs).to.deep.include({ name: "svp-unit-stale-sweep", scheduleExpression: "rate(7 days)" });
    expect(stack.one(aws.cloudwatch.EventTarget, "stale-sweep-target").inputs).to.deep.include({
      arn: "arn:aws:lambda:us-east-1:111111111111:function:svp-unit-learn-sweep-stale",
      deadLetterConfig: { arn: "arn:aws:sqs:us-east-1:111111111111:svp-unit-dead-letters" },
    });
    expect(stack.one(aws.lambda.Permission, "stale-sweep-permission").inputs).to.deep.include({
      principal: "events.amazonaws.com",
      sourceArn: rule.outputs["arn"],
      function: "svp-unit-learn-sweep-stale",
    });
  });

  it("may remove files of trainings, experiments and endpoints and its own models and configurations, and nothing else; it approves nothing", () => {
    const granted = statements(stack.one(aws.iam.RolePolicy, "learn-sweep-stale-role-policy").inputs["policy"]);
    const writes = Object.values(granted).flatMap(({ Action, Resource, Condition }) =>
      [Action].flat().flatMap((action) => (/:(Delete|Put|Update|Create|Start|Stop)/.test(String(action)) ? [{ Action: action, Resource, Condition }] : [])),
    );
    const bucket = "arn:aws:s3:::svp-unit-111111111111-models/";
    const sagemaker = "arn:aws:sagemaker:us-east-1:111111111111:";
    expect(writes.filter(({ Action }) => /^(s3|sagemaker):/.test(String(Action)))).to.deep.equal([
      { Action: "s3:DeleteObject", Resource: [`${bucket}training/phase-classifier/*`, `${bucket}training/experiments/*`], Condition: undefined },
      { Action: "s3:DeleteObject", Resource: [`${bucket}endpoint-models/*`], Condition: undefined },
      { Action: "sagemaker:DeleteEndpointConfig", Resource: [`${sagemaker}endpoint-config/svp-unit-*`], Condition: undefined },
      { Action: "sagemaker:DeleteModel", Resource: [`${sagemaker}model/svp-unit-*`, `${sagemaker}model/svp-experiment-*`], Condition: undefined },
      {
        ...{ Action: "sagemaker:UpdateModelPackage", Resource: [`${sagemaker}model-package/svp-unit-*`] },
        Condition: { StringEquals: { "sagemaker:ModelApprovalStatus": "Rejected" } },
      },
    ]);
    expect(granted["SeeDeployments"]).to.deep.include({ Action: ["states:ListExecutions"], Resource: [machine] });
    const { variables } = stack.one(aws.lambda.Function, "learn-sweep-stale").inputs["environment"] as { variables: Record<string, string> };
    expect(JSON.parse(variables["SWEEP"] as string)).to.deep.equal({
      ...{ networks: ["phase-classifier"], groupPrefix: "svp-unit-", modelPrefixes: ["svp-unit-", "svp-experiment-"], configurationPrefix: "svp-unit-" },
      ...{ days: { stale: 30, undecided: 180 }, most: 200 },
    });
  });

  it("refuses limits that are none, and versions that wait shorter than files stay", async () => {
    const refused = async (change: Partial<StaleSweepArgs>) => (await failure(make(change))).message;
    expect(await refused({ everyDays: 32 })).to.include("everyDays must be 1 to 31, not 32.");
    expect(await refused({ staleDays: -1 })).to.include("staleDays must be 0 to 3650, not -1.");
    expect(await refused({ undecidedDays: 29 })).to.include("undecidedDays must be 30 to 3650, not 29.");
    expect(await refused({ most: 0 })).to.include("most must be 1 to 1000, not 0.");
  });
});
