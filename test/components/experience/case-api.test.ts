import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { RealTimeEndpoint } from "../../../components/analysis/real-time-endpoint.ts";
import { CaseApi } from "../../../components/experience/case-api.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { detector, image, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

describe("CaseApi", () => {
  let stack: Deployed;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, lake, table } = parts(opts);
      const endpoint = new RealTimeEndpoint("inference", { settings, lake, image, instanceType: "ml.m5.large", instanceCount: 1 }, opts);
      new CaseApi("case-api", { settings, lake, table, endpoint, imageModel: detector }, opts);
    });
  });

  it("asks for a signature on every route", () => {
    const routes = stack.ofType(aws.apigatewayv2.Route).map(({ inputs }) => [inputs["routeKey"], inputs["authorizationType"]]);
    expect(routes).to.have.deep.members([
      ["GET /cases", "AWS_IAM"],
      ["GET /cases/{caseId}", "AWS_IAM"],
      ["POST /infer", "AWS_IAM"],
    ]);
  });

  it("lets the API call each function for its own route only", () => {
    const apiArn = stack.one(aws.apigatewayv2.Api, "case-api").outputs["executionArn"];
    const permissions = stack.ofType(aws.lambda.Permission).map(({ inputs }) => [inputs["function"], inputs["principal"], inputs["sourceArn"]]);
    expect(permissions).to.have.deep.members([
      ["svp-unit-serve-list-cases", "apigateway.amazonaws.com", `${apiArn}/*/GET/cases`],
      ["svp-unit-serve-get-case", "apigateway.amazonaws.com", `${apiArn}/*/GET/cases/*`],
      ["svp-unit-serve-infer-image", "apigateway.amazonaws.com", `${apiArn}/*/POST/infer`],
    ]);
  });

  it("logs access, throttled, without query, body or claims", () => {
    const { accessLogSettings, defaultRouteSettings } = stack.one(aws.apigatewayv2.Stage, "case-api-stage").inputs as {
      accessLogSettings: { destinationArn: string; format: string };
      defaultRouteSettings: object;
    };
    expect(accessLogSettings.destinationArn).to.equal("arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/apigateway/svp-unit-case-api");
    expect(Object.keys(JSON.parse(accessLogSettings.format))).to.deep.equal([
      "requestId",
      "requestTime",
      "routeKey",
      "status",
      "responseLatency",
      "integrationError",
      "callerArn",
    ]);
    expect(defaultRouteSettings).to.include({ throttlingBurstLimit: 50, throttlingRateLimit: 25 });
  });

  it("lets each function do what its route needs", () => {
    const actions = (name: string) =>
      Object.values(statements(stack.one(aws.iam.RolePolicy, `serve-${name}-role-policy`).inputs["policy"]))
        .flatMap(({ Action }) => Action)
        .filter((action: string) => !/^(logs|xray):/.test(action));
    expect(actions("list-cases")).to.deep.equal(["dynamodb:Query", "kms:Decrypt"]);
    expect([...new Set(actions("get-case"))]).to.have.members(["dynamodb:GetItem", "kms:Decrypt", "s3:GetObject"]);
    expect(actions("infer-image")).to.deep.equal(["sagemaker:InvokeEndpoint"]);
  });
});
