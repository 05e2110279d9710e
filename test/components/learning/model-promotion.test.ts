import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { modelPromotionDefinition } from "../../../components/learning/model-promotion.asl.ts";
import { ModelPromotion } from "../../../components/learning/model-promotion.ts";
import { PromotionSource, promotionSourceRoleArn } from "../../../components/learning/promotion-source.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import { failure } from "../../support/failure.ts";
import type { Answer } from "../analysis/execution.ts";
import { runDefinition } from "../machine-run.ts";
import { catalogue, image, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const definition = modelPromotionDefinition({
  promoteModel: { arn: "arn:aws:lambda:us-east-1:111111111111:function:promote", timeoutSeconds: 300 },
  models: ["out-of-body", "phase-classifier", "view-quality"],
});
const execute = (promote: Answer) => runDefinition(definition, { machine: "model-promotion", execution: "e", input: {} }, { PromoteModel: promote });

describe("model-promotion", () => {
  it("is what Step Functions takes", async () => expect(await definitionFaults(definition)).to.deep.equal([]));

  it("looks at every network, and tells what came of each", async () => {
    const { output, asked } = await execute(({ Payload: { model } }) => ({ Payload: { status: "NOTHING", model, reason: "Too new." } }));
    expect(asked.map(({ arguments: { Payload } }) => Payload.model).sort()).to.deep.equal(["out-of-body", "phase-classifier", "view-quality"]);
    expect((output as { outcomes: object[] }).outcomes[0]).to.deep.equal({ status: "NOTHING", model: "out-of-body", reason: "Too new." });
  });

  it("goes on where one can't be offered, and fails in the end with every reason", async () => {
    const { error, asked } = await execute(({ Payload: { model } }) => {
      if (model === "out-of-body") throw new StatesError("AccessDenied", JSON.stringify({ errorMessage: "The role there is closed." }));
      if (model === "phase-classifier") return { Payload: { status: "REFUSED", model, reasons: ["Another digest.", "Another version."] } };
      return { Payload: { status: "OFFERED", model, package: "arn:x", version: "1.0.1" } };
    });
    expect(asked).to.have.length(3);
    expect([error?.error, error?.causeText]).to.deep.equal([
      "PromotionIncomplete",
      "out-of-body: The role there is closed. phase-classifier: Another digest. Another version.",
    ]);
  });
});

const make = (accountId: string) =>
  inAccount((opts) => {
    const { settings, keys, lake } = parts(opts);
    new ModelPromotion("model-promotion", { settings, keys, lake, catalogue, image, from: { accountId, stack: "dev" }, provenDays: 7, everyHours: 24 }, opts);
  });

describe("ModelPromotion", () => {
  it("takes one role of the account before, registers what waits for approval, and approves nothing", async () => {
    const stack = await make("222222222222");
    const granted = statements(stack.one(aws.iam.RolePolicy, "learn-promote-model-role-policy").inputs["policy"]);
    expect(granted["ReadThere"]).to.deep.equal({
      Effect: "Allow",
      Action: ["sts:AssumeRole"],
      Resource: [promotionSourceRoleArn({ accountId: "222222222222", stack: "dev" })],
    });
    expect(granted["OfferVersions"]?.Condition).to.deep.equal({ StringEquals: { "sagemaker:ModelApprovalStatus": "PendingManualApproval" } });
    expect(JSON.stringify(granted)).not.to.contain("UpdateModelPackage");
    expect(granted["KeepPromoted"]?.Resource).to.deep.equal(["arn:aws:s3:::svp-unit-111111111111-models/training/promoted/*"]);
    const { variables } = stack.one(aws.lambda.Function, "learn-promote-model").inputs["environment"] as { variables: Record<string, string> };
    expect(variables).to.deep.include({ SOURCE_BUCKET: "svp-dev-222222222222-models", PROVEN_DAYS: "7", GROUP_PREFIX: "svp-unit-" });
    expect(stack.one(aws.cloudwatch.EventRule, "model-promotion-schedule").inputs["scheduleExpression"]).to.equal("rate(24 hours)");
  });

  it("refuses its own account", async () => {
    expect((await failure(make("111111111111"))).message).to.contain("from.accountId must be another account than this one.");
  });
});

describe("PromotionSource", () => {
  it("lets the promotion of the next account, and nobody else of it, read versions in use, their measures and the registry", async () => {
    const stack = await inAccount((opts) => {
      const { settings, lake } = parts(opts);
      new PromotionSource({ place: settings.place, models: lake.models, readers: ["222222222222"] }, opts);
    });
    const role = stack.one(aws.iam.Role, "model-promotion-source").inputs;
    expect(role["name"]).to.equal("svp-unit-model-promotion-source");
    expect(JSON.parse(role["assumeRolePolicy"] as string).Statement).to.deep.equal([
      {
        ...{ Sid: "NextAccountPromotes", Effect: "Allow", Principal: { AWS: ["arn:aws:iam::222222222222:root"] }, Action: ["sts:AssumeRole"] },
        Condition: {
          StringEquals: { "aws:PrincipalOrgID": "o-unit000000" },
          ArnLike: { "aws:PrincipalArn": ["arn:aws:iam::222222222222:role/svp-*-learn-promote-model-role"] },
        },
      },
    ]);
    const granted = statements(stack.one(aws.iam.RolePolicy, "model-promotion-source-policy").inputs["policy"]);
    expect(Object.values(granted).flatMap(({ Action }) => Action)).to.have.members([
      ...["s3:GetObject", "kms:Decrypt", "s3:GetObject", "kms:Decrypt", "s3:ListBucket", "sagemaker:DescribeModelPackage"],
    ]);
  });
});
