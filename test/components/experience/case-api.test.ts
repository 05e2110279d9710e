import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { CaseExport } from "../../../components/analysis/case-export.ts";
import { RealTimeEndpoint } from "../../../components/analysis/real-time-endpoint.ts";
import { CaseApi } from "../../../components/experience/case-api.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { detector, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";
import { signIn } from "./people.ts";

describe("CaseApi", () => {
  let stack: Deployed;
  const uploads = { mostBytes: 100e9, accelerated: false };
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      const endpoint = new RealTimeEndpoint(
        "inference",
        { settings, lake, image, network: jobNetwork, instanceType: "ml.m5.large", instances: { minimum: 1, maximum: 1 } },
        opts,
      );
      const caseExport = new CaseExport("case-export", { settings, keys, lake, image, network: jobNetwork, instanceType: "ml.c5.xlarge" }, opts);
      new CaseApi("case-api", { settings, signIn: signIn(settings, opts), lake, table, uploads, caseExport, endpoint, imageModel: detector }, opts);
    });
  });

  it("asks for a token of the user pool's client, with the route's scope, on every route", () => {
    const apiId = stack.one(aws.apigatewayv2.Api, "case-api").id;
    const authorizer = stack.one(aws.apigatewayv2.Authorizer, "case-api-authorizer");
    expect(authorizer.inputs).to.deep.equal({
      apiId,
      name: "user-pool",
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: {
        issuer: `https://cognito-idp.us-east-1.amazonaws.com/${stack.one(aws.cognito.UserPool, "sign-in").id}`,
        audiences: [stack.one(aws.cognito.UserPoolClient, "sign-in-client").id],
      },
    });
    const routes = stack.ofType(aws.apigatewayv2.Route).map(({ inputs: { target, ...rest } }) => rest);
    const asked = (routeKey: string, scope: string) => ({
      apiId,
      routeKey,
      authorizationType: "JWT",
      authorizerId: authorizer.id,
      authorizationScopes: [scope],
    });
    expect(routes).to.have.deep.members([
      asked("GET /cases", "svp/cases.read"),
      asked("GET /cases/{caseId}", "svp/cases.read"),
      asked("GET /cases/{caseId}/measures", "svp/cases.read"),
      asked("GET /cases/{caseId}/report", "svp/cases.read"),
      asked("POST /uploads", "svp/cases.write"),
      asked("POST /uploads/{uploadId}/parts", "svp/cases.write"),
      asked("GET /uploads/{uploadId}/parts", "svp/cases.write"),
      asked("POST /uploads/{uploadId}/completion", "svp/cases.write"),
      asked("DELETE /uploads/{uploadId}", "svp/cases.write"),
      asked("POST /cases/{caseId}/exports", "svp/cases.export"),
      asked("GET /cases/{caseId}/exports/{exportId}", "svp/cases.export"),
      asked("POST /cases/{caseId}/annotations", "svp/cases.write"),
      asked("POST /infer", "svp/images.infer"),
    ]);
  });

  it("lets the API call each function for its own route only", () => {
    const apiArn = stack.one(aws.apigatewayv2.Api, "case-api").outputs["executionArn"];
    const permissions = stack
      .ofType(aws.lambda.Permission)
      .filter(({ inputs }) => inputs["principal"] === "apigateway.amazonaws.com")
      .map(({ inputs }) => [inputs["function"], inputs["sourceArn"]]);
    expect(permissions).to.have.deep.members([
      ["svp-unit-serve-list-cases", `${apiArn}/*/GET/cases`],
      ["svp-unit-serve-get-case", `${apiArn}/*/GET/cases/*`],
      ["svp-unit-serve-get-measures", `${apiArn}/*/GET/cases/*/measures`],
      ["svp-unit-serve-get-report", `${apiArn}/*/GET/cases/*/report`],
      ["svp-unit-ingest-start-upload", `${apiArn}/*/POST/uploads`],
      ["svp-unit-ingest-sign-parts", `${apiArn}/*/POST/uploads/*/parts`],
      ["svp-unit-ingest-list-parts", `${apiArn}/*/GET/uploads/*/parts`],
      ["svp-unit-ingest-complete-upload", `${apiArn}/*/POST/uploads/*/completion`],
      ["svp-unit-ingest-abort-upload", `${apiArn}/*/DELETE/uploads/*`],
      ["svp-unit-serve-request-export", `${apiArn}/*/POST/cases/*/exports`],
      ["svp-unit-serve-get-export", `${apiArn}/*/GET/cases/*/exports/*`],
      ["svp-unit-serve-import-annotations", `${apiArn}/*/POST/cases/*/annotations`],
      ["svp-unit-serve-infer-image", `${apiArn}/*/POST/infer`],
    ]);
  });

  it("logs access, throttled, without query or body, the caller by an opaque id", () => {
    const { accessLogSettings, defaultRouteSettings } = stack.one(aws.apigatewayv2.Stage, "case-api-stage").inputs as {
      accessLogSettings: { destinationArn: string; format: string };
      defaultRouteSettings: object;
    };
    expect(accessLogSettings.destinationArn).to.equal("arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/apigateway/svp-unit-case-api");
    expect(JSON.parse(accessLogSettings.format)).to.include({ caller: "$context.authorizer.claims.sub" });
    expect(Object.keys(JSON.parse(accessLogSettings.format))).to.deep.equal([
      "requestId",
      "requestTime",
      "routeKey",
      "status",
      "responseLatency",
      "integrationError",
      "authorizerError",
      "caller",
    ]);
    expect(defaultRouteSettings).to.include({ throttlingBurstLimit: 50, throttlingRateLimit: 25 });
  });

  it("lets each function do what its route needs", () => {
    const common = ["WriteLog", "WriteTrace", "JoinNetwork", "CodeDoesNotTouchNetwork", "KeepDeadLetters", "KeepDeadLettersKey"];
    const actions = (name: string, area = "serve") => {
      const all = statements(stack.one(aws.iam.RolePolicy, `${area}-${name}-role-policy`).inputs["policy"]);
      return Object.entries(all).flatMap(([sid, { Action }]) => (common.includes(sid) ? [] : Action));
    };
    expect([...new Set(actions("list-cases"))]).to.deep.equal(["dynamodb:Query", "kms:Decrypt", "dynamodb:BatchGetItem"]);
    expect([...new Set(actions("get-case"))]).to.have.members(["dynamodb:GetItem", "kms:Decrypt", "s3:GetObject"]);
    expect(actions("infer-image")).to.deep.equal(["sagemaker:InvokeEndpoint"]);
    const upload = (name: string) => [...new Set(actions(name, "ingest"))].filter((action) => !action.startsWith("kms:")).sort();
    expect(upload("start-upload")).to.deep.equal(["dynamodb:GetItem", "dynamodb:PutItem", "s3:AbortMultipartUpload", "s3:PutObject"]);
    expect(upload("sign-parts")).to.deep.equal(["dynamodb:GetItem", "s3:PutObject"]);
    expect(upload("list-parts")).to.deep.equal(["dynamodb:GetItem", "s3:ListBucket", "s3:ListMultipartUploadParts"]);
    expect(upload("complete-upload")).to.deep.equal(["dynamodb:GetItem", "s3:ListBucket", "s3:ListMultipartUploadParts", "s3:PutObject"]);
    expect(upload("abort-upload")).to.deep.equal([
      ...["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:UpdateItem", "s3:AbortMultipartUpload", "s3:ListBucket"],
    ]);
  });
});
