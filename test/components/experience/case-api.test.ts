import { generateKeyPairSync } from "node:crypto";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { RealTimeEndpoint } from "../../../components/analysis/real-time-endpoint.ts";
import type { CaseApiArgs } from "../../../components/experience/case-api.ts";
import { CaseApi } from "../../../components/experience/case-api.ts";
import { PlaybackKeys } from "../../../components/experience/playback-keys.ts";
import { allow } from "../../../components/security/policy.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { detector, image, jobNetwork, machines, parts, uploadEvents } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";
import { signIn } from "./people.ts";

const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }) as string;

describe("CaseApi", () => {
  let stack: Deployed;
  const uploads = { mostBytes: 100e9, accelerated: false };
  const deployed = (languageModel?: NonNullable<CaseApiArgs["languageModel"]>) =>
    inAccount((opts) => {
      const made = parts(opts);
      const { settings, lake, table } = made;
      const endpoint = new RealTimeEndpoint(
        "inference",
        { settings, lake, image, network: jobNetwork, instanceType: "ml.m5.large", instances: { minimum: 1, maximum: 1 } },
        opts,
      );
      const playbackKeys = new PlaybackKeys("playback", { place, removal: "retain", key: made.keys.derived, publicKeys: [publicKey] }, opts);
      new CaseApi(
        "case-api",
        {
          ...{ siteUrl: "https://review.example.org", playbackKeys },
          settings,
          signIn: signIn(settings, opts),
          lake,
          table,
          uploads,
          planned: { analysers: [], rekognition: false, labels: false, scanned: false },
          ...machines(made),
          uploadEvents: uploadEvents(made),
          endpoint,
          imageModel: detector,
          modelIds: ["instruments", "phases"],
          languageModel,
        },
        opts,
      );
    });
  before(async () => {
    stack = await deployed();
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
      asked("POST /cases/{caseId}/playback", "svp/cases.read"),
      asked("GET /cases/{caseId}/run", "svp/cases.read"),
      asked("GET /cases/{caseId}/measures", "svp/cases.read"),
      asked("GET /cohorts/{procedure}", "svp/cases.read"),
      asked("GET /cases/{caseId}/report", "svp/cases.read"),
      asked("POST /uploads", "svp/cases.write"),
      asked("POST /uploads/{uploadId}/parts", "svp/cases.write"),
      asked("GET /uploads/{uploadId}/parts", "svp/cases.write"),
      asked("POST /uploads/{uploadId}/completion", "svp/cases.write"),
      asked("DELETE /uploads/{uploadId}", "svp/cases.write"),
      asked("POST /cases/{caseId}/exports", "svp/cases.export"),
      asked("GET /cases/{caseId}/exports/{exportId}", "svp/cases.export"),
      asked("POST /cases/{caseId}/annotations", "svp/cases.write"),
      asked("GET /cases/{caseId}/corrections", "svp/cases.read"),
      asked("POST /cases/{caseId}/corrections", "svp/corrections.write"),
      asked("GET /review-queue", "svp/corrections.write"),
      asked("PUT /cases/{caseId}/severity", "svp/corrections.write"),
      asked("POST /cases/{caseId}/report/sign-off", "svp/reports.sign"),
      asked("DELETE /cases/{caseId}", "svp/cases.admin"),
      asked("GET /cases/{caseId}/deletion", "svp/cases.admin"),
      asked("POST /cases/{caseId}/redrive", "svp/cases.admin"),
      asked("POST /cases/{caseId}/analyses", "svp/cases.admin"),
      asked("GET /retention", "svp/cases.admin"),
      asked("GET /models", "svp/models.read"),
      asked("POST /models/{model}/versions/{modelVersion}/decision", "svp/models.approve"),
      asked("GET /views", "svp/audit.read"),
      asked("GET /datasets", "svp/datasets.read"),
      asked("GET /datasets/{name}/versions/{version}", "svp/datasets.read"),
      asked("POST /infer", "svp/images.infer"),
    ]);
  });

  it("lets who has a case analysed again note it, look at runs and send a message, and start nothing", () => {
    const granted = statements(stack.one(aws.iam.RolePolicy, "serve-request-analysis-role-policy").inputs["policy"]);
    expect(granted.AskForAnalysis.Action).to.deep.equal(["dynamodb:GetItem", "dynamodb:UpdateItem"]);
    expect(granted.SeeRuns.Action).to.deep.equal(["states:DescribeExecution"]);
    expect(granted.SendMessages).to.deep.include({
      Action: ["sqs:SendMessage"],
      Resource: ["arn:aws:sqs:us-east-1:111111111111:svp-unit-upload-events-queue"],
    });
    const actions = Object.values(granted).flatMap(({ Action }) => Action as string[]);
    expect(actions).to.not.include("states:StartExecution");
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
      ["svp-unit-serve-grant-playback", `${apiArn}/*/POST/cases/*/playback`],
      ["svp-unit-serve-get-run", `${apiArn}/*/GET/cases/*/run`],
      ["svp-unit-serve-get-measures", `${apiArn}/*/GET/cases/*/measures`],
      ["svp-unit-serve-get-cohort", `${apiArn}/*/GET/cohorts/*`],
      ["svp-unit-serve-get-report", `${apiArn}/*/GET/cases/*/report`],
      ["svp-unit-ingest-start-upload", `${apiArn}/*/POST/uploads`],
      ["svp-unit-ingest-sign-parts", `${apiArn}/*/POST/uploads/*/parts`],
      ["svp-unit-ingest-list-parts", `${apiArn}/*/GET/uploads/*/parts`],
      ["svp-unit-ingest-complete-upload", `${apiArn}/*/POST/uploads/*/completion`],
      ["svp-unit-ingest-abort-upload", `${apiArn}/*/DELETE/uploads/*`],
      ["svp-unit-serve-request-export", `${apiArn}/*/POST/cases/*/exports`],
      ["svp-unit-serve-get-export", `${apiArn}/*/GET/cases/*/exports/*`],
      ["svp-unit-serve-import-annotations", `${apiArn}/*/POST/cases/*/annotations`],
      ["svp-unit-serve-list-corrections", `${apiArn}/*/GET/cases/*/corrections`],
      ["svp-unit-serve-save-corrections", `${apiArn}/*/POST/cases/*/corrections`],
      ["svp-unit-serve-list-doubts", `${apiArn}/*/GET/review-queue`],
      ["svp-unit-serve-grade-case", `${apiArn}/*/PUT/cases/*/severity`],
      ["svp-unit-serve-sign-off-report", `${apiArn}/*/POST/cases/*/report/sign-off`],
      ["svp-unit-serve-request-deletion", `${apiArn}/*/DELETE/cases/*`],
      ["svp-unit-serve-get-deletion", `${apiArn}/*/GET/cases/*/deletion`],
      ["svp-unit-serve-redrive-case", `${apiArn}/*/POST/cases/*/redrive`],
      ["svp-unit-serve-request-analysis", `${apiArn}/*/POST/cases/*/analyses`],
      ["svp-unit-serve-list-retention", `${apiArn}/*/GET/retention`],
      ["svp-unit-serve-list-datasets", `${apiArn}/*/GET/datasets`],
      ["svp-unit-serve-get-dataset", `${apiArn}/*/GET/datasets/*/versions/*`],
      ["svp-unit-serve-list-models", `${apiArn}/*/GET/models`],
      ["svp-unit-serve-decide-model", `${apiArn}/*/POST/models/*/versions/*/decision`],
      ["svp-unit-serve-list-views", `${apiArn}/*/GET/views`],
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

  it("answers questions only where there is a language model, behind its guardrail", async () => {
    expect(stack.ofType(aws.apigatewayv2.Route).map(({ inputs }) => inputs["routeKey"])).not.to.include("POST /cases/{caseId}/questions");
    const answers = (of: Deployed) =>
      (of.one(aws.lambda.Function, "serve-get-case").inputs["environment"] as { variables: Record<string, string> }).variables["ANSWERS_QUESTIONS"];
    expect(answers(stack)).to.equal("false");

    const asking = await deployed({
      environment: { MODEL_ID: "a-model" },
      statements: [allow("AskModel", ["bedrock:InvokeModel"], ["arn:aws:bedrock:a-model"])],
    });
    expect(answers(asking)).to.equal("true");
    const route = asking.ofType(aws.apigatewayv2.Route).find(({ inputs }) => inputs["routeKey"] === "POST /cases/{caseId}/questions");
    expect(route?.inputs["authorizationScopes"]).to.deep.equal(["svp/cases.read"]);
    const { timeout, environment } = asking.one(aws.lambda.Function, "report-answer-question").inputs as {
      timeout: number;
      environment: { variables: Record<string, string> };
    };
    expect(timeout).to.equal(29);
    expect(environment.variables).to.include({ MODEL_ID: "a-model" });
    const allowed = statements(asking.one(aws.iam.RolePolicy, "report-answer-question-role-policy").inputs["policy"]);
    expect(allowed["AskModel"]).to.deep.include({ Action: ["bedrock:InvokeModel"], Resource: ["arn:aws:bedrock:a-model"] });
  });

  it("lets one function approve versions of the catalogue's networks, and none but look at them otherwise", () => {
    const of = (name: string) => statements(stack.one(aws.iam.RolePolicy, `serve-${name}-role-policy`).inputs["policy"]);
    const Resource = ["instruments", "phases"].map((id) => `arn:aws:sagemaker:us-east-1:111111111111:model-package/svp-unit-${id}/*`);
    expect(of("decide-model")["DecideVersions"]).to.deep.include({ Action: ["sagemaker:DescribeModelPackage", "sagemaker:UpdateModelPackage"], Resource });
    expect(of("list-models")["ReadVersions"]).to.deep.include({ Action: ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"], Resource });
    const models = stack.one(aws.s3.Bucket, "lake-models").outputs["arn"];
    const { ReadInUse, ReadMeasures } = of("list-models");
    expect(ReadInUse).to.deep.include({ Action: ["s3:GetObject"], Resource: [`${models}/models/*/model.json*`] });
    expect(ReadMeasures).to.deep.include({ Action: ["s3:GetObject"], Resource: [`${models}/training/*.json*`] });
    expect(stack.one(aws.iam.Role, "serve-decide-model-role").inputs["name"]).to.equal("svp-unit-serve-decide-model-role");
  });

  it("lets those who show something keep who saw it, and touch no case thereby", () => {
    const views = (...keys: string[]) => ({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys }, Null: { "dynamodb:LeadingKeys": "false" } });
    const of = (name: string) => statements(stack.one(aws.iam.RolePolicy, `serve-${name}-role-policy`).inputs["policy"]);
    const table = stack.one(aws.dynamodb.Table, "cases").outputs["arn"] as string;
    for (const name of ["get-case", "get-report", "get-export"])
      expect(of(name)["KeepView"]).to.deep.include({ Action: ["dynamodb:PutItem"], Resource: [table], Condition: views("VIEWS#*") });
    const { ReadViews, ReadViewsOfCase } = of("list-views");
    expect(ReadViewsOfCase).to.deep.include({ Resource: [table], Condition: views("VIEWS#*") });
    expect(ReadViews).to.deep.include({ Resource: [`${table}/index/cases-by-time`], Condition: views("VIEWS") });
  });

  it("lets each function do what its route needs", () => {
    const common = ["WriteLog", "WriteTrace", "JoinNetwork", "CodeDoesNotTouchNetwork", "KeepDeadLetters", "KeepDeadLettersKey"];
    const actions = (name: string, area = "serve") => {
      const all = statements(stack.one(aws.iam.RolePolicy, `${area}-${name}-role-policy`).inputs["policy"]);
      return Object.entries(all).flatMap(([sid, { Action }]) => (common.includes(sid) ? [] : Action));
    };
    expect([...new Set(actions("list-cases"))]).to.deep.equal(["dynamodb:Query", "kms:Decrypt", "dynamodb:BatchGetItem", "s3:GetObject"]);
    expect([...new Set(actions("get-case"))]).to.have.members(["dynamodb:GetItem", "dynamodb:PutItem", "kms:Decrypt", "s3:GetObject"]);
    // It reads one secret; the video itself is the site's to show.
    expect([...new Set(actions("grant-playback"))]).to.have.members([
      ...["dynamodb:GetItem", "dynamodb:PutItem", "kms:Decrypt", "secretsmanager:GetSecretValue"],
    ]);
    expect(stack.one(aws.lambda.Function, "serve-grant-playback").inputs["environment"])
      .to.have.property("variables")
      .that.includes({
        SITE_HOST: "review.example.org",
        PLAYBACK_SECRET_ARN: stack.one(aws.secretsmanager.Secret, "playback-private-key").outputs["arn"],
        PLAYBACK_KEY_IDS: JSON.stringify(Object.fromEntries(stack.ofType(aws.cloudfront.PublicKey).map(({ name, id }) => [name.replace("playback-", ""), id]))),
      });
    expect([...new Set(actions("get-run"))]).to.have.members(["dynamodb:GetItem", "kms:Decrypt", "states:DescribeExecution", "states:GetExecutionHistory"]);
    // What cohorts are made from, and no case.
    expect([...new Set(actions("get-cohort"))]).to.have.members(["dynamodb:Query", "kms:Decrypt"]);
    expect([...new Set(actions("list-corrections"))]).to.have.members(["dynamodb:GetItem", "dynamodb:Query", "kms:Decrypt", "s3:GetObject"]);
    // What was corrected is never deleted.
    expect([...new Set(actions("save-corrections"))]).to.have.members([
      ...["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem", "kms:Decrypt", "s3:GetObject", "s3:ListBucket"],
    ]);
    expect([...new Set(actions("list-doubts"))]).to.have.members(["dynamodb:Query", "dynamodb:BatchGetItem", "kms:Decrypt"]);
    expect([...new Set(actions("grade-case"))]).to.have.members(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "kms:Decrypt"]);
    expect([...new Set(actions("sign-off-report"))]).to.have.members([
      ...["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "kms:Decrypt", "s3:GetObject", "s3:ListBucket"],
    ]);
    const manifests = statements(stack.one(aws.iam.RolePolicy, "serve-get-dataset-role-policy").inputs["policy"])["ReadManifests"];
    const datasets = stack.one(aws.s3.Bucket, "lake-datasets").outputs["arn"];
    expect(manifests).to.deep.include({ Action: ["s3:GetObject"], Resource: [`${datasets}/datasets/*/manifest.json*`] });
    expect([...new Set(actions("list-views"))]).to.have.members(["dynamodb:Query", "kms:Decrypt"]);
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
