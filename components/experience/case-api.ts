import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type RouteKey, routeScopes, scopeName } from "../../contracts/access.ts";
import type { Model } from "../../contracts/model.ts";
import type { CaseExport } from "../analysis/case-export.ts";
import type { RealTimeEndpoint } from "../analysis/real-time-endpoint.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { physicalName } from "../place.ts";
import type { SignIn } from "./sign-in.ts";
import { type UploadLimits, uploadFunctions } from "./upload-functions.ts";

export interface CaseApiArgs {
  settings: FunctionSettings;
  /** Issues the tokens that every route asks for. */
  signIn: SignIn;
  lake: DataLake;
  table: CaseTable;
  uploads: UploadLimits;
  /** Makes files of analyses. */
  caseExport: CaseExport;
  endpoint: RealTimeEndpoint;
  /** The network that answers for single images. */
  imageModel: Model;
}

/**
 * What the access log holds of a request: never its query or its body; of the caller the user pool's opaque id, no name and no
 * address, so that it can be told who saw which case: HIPAA 164.312(b).
 */
const accessLogFormat = JSON.stringify({
  requestId: "$context.requestId",
  requestTime: "$context.requestTime",
  routeKey: "$context.routeKey",
  status: "$context.status",
  responseLatency: "$context.responseLatency",
  integrationError: "$context.integration.error",
  authorizerError: "$context.authorizer.error",
  caller: "$context.authorizer.claims.sub",
});

/**
 * The HTTP API: cases, one case, uploads of videos, a prediction for one image. Every route asks for an access token of the user pool with the
 * route's scope. HIPAA 164.312(a)(1), (b), (d).
 *
 * A firewall can't guard an HTTP API (AWS WAF Developer Guide, "Resources that you can protect with AWS WAF"), so browsers
 * come through CloudFront, where one does. The API's own address stays reachable past it, for everybody: what holds there
 * is that API Gateway itself verifies the token before anything of ours runs, that the stage throttles, that it takes TLS 1.2
 * or newer only, and that every function checks its input. A custom domain or a secret header from CloudFront would not
 * change that: the first is as public, and nothing but our own code could check the second.
 */
export class CaseApi extends PlatformComponent {
  readonly endpoint: pulumi.Output<string>;

  constructor(name: string, args: CaseApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:experience:CaseApi", name, opts);
    const { settings } = args;

    const api = new aws.apigatewayv2.Api(name, { name: physicalName(settings.place, name), protocolType: "HTTP" }, this.child());
    this.#stage(api, settings);
    const authorizer = this.#authorizer(api, args.signIn);
    for (const [route, lambda] of Object.entries(this.#functions(args))) this.#route(api, authorizer, route as RouteKey, lambda);

    this.endpoint = api.apiEndpoint;
    this.registerOutputs({ endpoint: this.endpoint });
  }

  #functions({ settings, lake, table, uploads, caseExport, endpoint, imageModel }: CaseApiArgs): Record<RouteKey, PlatformFunction> {
    const { processed } = lake;
    const cases = { CASE_TABLE: table.tableName };
    return {
      "GET /cases": new PlatformFunction(
        {
          settings,
          handler: "serve/list-cases",
          description: "Lists cases and searches them, newest first",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: cases,
          statements: [...table.allowList("ListCases"), ...table.allow("ReadFound", ["dynamodb:BatchGetItem"])],
        },
        { parent: this },
      ),
      "GET /cases/{caseId}": new PlatformFunction(
        {
          settings,
          handler: "serve/get-case",
          description: "Shows one case with its analysis, and signs links to its files",
          timeoutSeconds: 10,
          memoryMb: 512,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem"]),
            // Signed links carry the function's own rights.
            ...[lakePrefixes.metadata, lakePrefixes.renditions, lakePrefixes.results].flatMap((prefix, i) =>
              processed.allow(`Read${i}`, ["s3:GetObject"], prefix),
            ),
          ],
        },
        { parent: this },
      ),
      "GET /cases/{caseId}/measures": new PlatformFunction(
        {
          settings,
          handler: "serve/get-measures",
          description: "Tells the clinical measures of a case",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem"]),
            ...processed.allow("ReadMeasures", ["s3:GetObject"], lakePrefixes.metadata),
            processed.allowNoticingAbsence("NoticeMissingMeasures"),
          ],
        },
        { parent: this },
      ),
      "GET /cases/{caseId}/report": new PlatformFunction(
        {
          settings,
          handler: "serve/get-report",
          description: "Shows the report of a case, and signs a link to its page",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem"]),
            // Signed links carry the function's own rights.
            ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
            processed.allowNoticingAbsence("NoticeMissingReport"),
          ],
        },
        { parent: this },
      ),
      ...uploadFunctions({ settings, table, raw: lake.raw, uploads }, { parent: this }),
      "POST /cases/{caseId}/exports": new PlatformFunction(
        {
          settings,
          handler: "serve/request-export",
          description: "Starts an export of a case",
          timeoutSeconds: 10,
          memoryMb: 512,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket, STATE_MACHINE_ARN: caseExport.workflow.stateMachineArn },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem"]),
            ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
            caseExport.workflow.allowStart("StartExport"),
          ],
        },
        { parent: this },
      ),
      "GET /cases/{caseId}/exports/{exportId}": new PlatformFunction(
        {
          settings,
          handler: "serve/get-export",
          description: "Tells how an export comes on, and signs links to its files",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { PROCESSED_BUCKET: processed.bucket, STATE_MACHINE_ARN: caseExport.workflow.stateMachineArn },
          statements: [
            caseExport.workflow.allowDescribe("DescribeExport"),
            // Signed links carry the function's own rights.
            ...processed.allow("ReadExports", ["s3:GetObject"], lakePrefixes.exports),
          ],
        },
        { parent: this },
      ),
      "POST /cases/{caseId}/annotations": new PlatformFunction(
        {
          settings,
          handler: "serve/import-annotations",
          description: "Takes in what people annotated with other tools",
          timeoutSeconds: 29,
          memoryMb: 2048,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem"]),
            ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
            ...processed.allow("WriteAnnotations", ["s3:PutObject"], lakePrefixes.annotations),
          ],
        },
        { parent: this },
      ),
      "POST /infer": new PlatformFunction(
        {
          settings,
          handler: "serve/infer-image",
          description: "Predicts what one image shows",
          timeoutSeconds: 29,
          memoryMb: 1024,
          environment: { INFERENCE_ENDPOINT: endpoint.endpointName, INFERENCE_MODEL: JSON.stringify(imageModel) },
          statements: [endpoint.allowInvoke("Predict")],
        },
        { parent: this },
      ),
    };
  }

  #stage(api: aws.apigatewayv2.Api, settings: FunctionSettings): void {
    const log = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      {
        name: `/aws/vendedlogs/apigateway/${physicalName(settings.place, "case-api")}`,
        kmsKeyId: settings.key.arn,
        retentionInDays: settings.logRetentionDays,
      },
      this.child(),
    );
    new aws.apigatewayv2.Stage(
      this.childName("stage"),
      {
        apiId: api.id,
        name: "$default",
        autoDeploy: true,
        accessLogSettings: { destinationArn: log.arn, format: accessLogFormat },
        defaultRouteSettings: { throttlingBurstLimit: 50, throttlingRateLimit: 25, detailedMetricsEnabled: true },
      },
      this.child(),
    );
  }

  #authorizer(api: aws.apigatewayv2.Api, { issuer, clientId }: SignIn): aws.apigatewayv2.Authorizer {
    return new aws.apigatewayv2.Authorizer(
      this.childName("authorizer"),
      {
        apiId: api.id,
        name: "user-pool",
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        jwtConfiguration: { issuer, audiences: [clientId] },
      },
      this.child(),
    );
  }

  #route(api: aws.apigatewayv2.Api, authorizer: aws.apigatewayv2.Authorizer, routeKey: RouteKey, lambda: PlatformFunction): void {
    const slug = routeKey
      .toLowerCase()
      .replace(/[^a-z]+/g, "-")
      .replace(/-$/, "");
    const integration = new aws.apigatewayv2.Integration(
      this.childName(`${slug}-integration`),
      { apiId: api.id, integrationType: "AWS_PROXY", integrationUri: lambda.arn, payloadFormatVersion: "2.0" },
      this.child(),
    );
    new aws.apigatewayv2.Route(
      this.childName(slug),
      {
        apiId: api.id,
        routeKey,
        authorizationType: "JWT",
        authorizerId: authorizer.id,
        // Sign-in also issues tokens that say who somebody is; only access tokens have scopes.
        authorizationScopes: [scopeName(routeScopes[routeKey])],
        target: pulumi.interpolate`integrations/${integration.id}`,
      },
      this.child(),
    );
    const [method, path = ""] = routeKey.split(" ");
    new aws.lambda.Permission(
      this.childName(`${slug}-permission`),
      {
        statementId: slug,
        action: "lambda:InvokeFunction",
        function: lambda.functionName,
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${api.executionArn}/*/${method}${path.replace(/\{[^}]+\}/g, "*")}`,
      },
      this.child(),
    );
  }
}
