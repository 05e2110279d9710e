import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { scopeName } from "../../contracts/access.ts";
import type { PlannedWork } from "../../contracts/cost.ts";
import { datasetsPrefix, modelsPrefix, trainingPrefix } from "../../contracts/keys.ts";
import type { Model } from "../../contracts/model.ts";
import { type RouteKey, routes } from "../../contracts/routes.ts";
import type { CaseDeletion } from "../analysis/case-deletion.ts";
import type { CaseExport } from "../analysis/case-export.ts";
import type { RealTimeEndpoint } from "../analysis/real-time-endpoint.ts";
import type { ReportLanguageModel } from "../analysis/report-language-model.ts";
import type { UploadEvents } from "../analysis/upload-events.ts";
import { allowRedrive, type Workflow } from "../analysis/workflow.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes, postersPrefix } from "../data/lake-prefixes.ts";
import { physicalName, regionalArn } from "../place.ts";
import { allow } from "../security/policy.ts";
import type { PlaybackKeys } from "./playback-keys.ts";
import type { SignIn } from "./sign-in.ts";
import { type UploadLimits, uploadFunctions } from "./upload-functions.ts";

export interface CaseApiArgs {
  settings: FunctionSettings;
  /** Issues the tokens that every route asks for. */
  signIn: SignIn;
  /** Origin of the site that shows videos. */
  siteUrl: pulumi.Input<string>;
  /** Sign the cookies that open videos. */
  playbackKeys: PlaybackKeys;
  lake: DataLake;
  table: CaseTable;
  uploads: UploadLimits;
  /** The machine that analyses cases. */
  analysis: Workflow;
  /** What that runs over a video, for the estimate of what a run has cost so far. */
  planned: PlannedWork;
  /** Makes files of analyses. */
  caseExport: CaseExport;
  deletion: CaseDeletion;
  /** Takes what is to be analysed again, and by which version of the platform. */
  uploadEvents: Pick<UploadEvents, "queue" | "pipelineVersion">;
  /** Answers questions about cases. There is no such route, if absent. */
  languageModel?: Pick<ReportLanguageModel, "environment" | "statements"> | undefined;
  endpoint: RealTimeEndpoint;
  /** The network that answers for single images. */
  imageModel: Model;
  /** Networks that the registry has a group for, each named after its network. */
  modelIds: readonly string[];
}

/** The one route that some platforms lack. */
const questionsRoute = "POST /cases/{caseId}/questions" satisfies RouteKey;

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

  #functions(args: CaseApiArgs): Record<Exclude<RouteKey, typeof questionsRoute>, PlatformFunction> & { [questionsRoute]?: PlatformFunction } {
    const { settings, lake, table, uploads, analysis, caseExport, endpoint, imageModel, playbackKeys } = args;
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
          statements: [
            ...table.allowList("ListCases"),
            ...table.allow("ReadFound", ["dynamodb:BatchGetItem"]),
            // Signed links carry the function's own rights.
            ...processed.allow("ReadPosters", ["s3:GetObject"], postersPrefix),
          ],
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
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket, ANSWERS_QUESTIONS: String(args.languageModel !== undefined) },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem"]),
            ...table.allowKeepViews("KeepView"),
            // Signed links carry the function's own rights.
            ...[lakePrefixes.metadata, lakePrefixes.results].flatMap((prefix, i) => processed.allow(`Read${i}`, ["s3:GetObject"], prefix)),
          ],
        },
        { parent: this },
      ),
      "POST /cases/{caseId}/playback": new PlatformFunction(
        {
          settings,
          handler: "serve/grant-playback",
          description: "Signs cookies that open the review video of a case",
          timeoutSeconds: 10,
          memoryMb: 256,
          // The host alone: it is who comes in, and nothing is sent there.
          environment: {
            ...cases,
            SITE_HOST: pulumi.output(args.siteUrl).apply((url) => new URL(url).host),
            PLAYBACK_KEY_IDS: playbackKeys.keyIds,
            PLAYBACK_SECRET_ARN: playbackKeys.privateKeySecretArn,
          },
          statements: [...table.allow("ReadCase", ["dynamodb:GetItem"]), ...table.allowKeepViews("KeepView"), ...playbackKeys.allowSigning("SignCookies")],
        },
        { parent: this },
      ),
      "GET /cases/{caseId}/run": new PlatformFunction(
        {
          settings,
          handler: "serve/get-run",
          description: "Tells how the analysis of a case comes on",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { ...cases, STATE_MACHINE_ARN: analysis.stateMachineArn, PLANNED_WORK: JSON.stringify(args.planned) },
          statements: [...table.allow("ReadCase", ["dynamodb:GetItem"]), ...analysis.allowReadHistory("ReadRun")],
        },
        { parent: this },
      ),
      "GET /cases/{caseId}/measures": new PlatformFunction(
        {
          settings,
          handler: "serve/get-measures",
          description: "Tells the clinical measures of a case, as analysed or as corrected",
          timeoutSeconds: 20,
          memoryMb: 1024,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem", "dynamodb:Query"]),
            ...processed.allow("ReadMeasures", ["s3:GetObject"], lakePrefixes.metadata),
            processed.allowNoticingAbsence("NoticeMissingMeasures"),
          ],
        },
        { parent: this },
      ),
      "GET /cohorts/{procedure}": new PlatformFunction(
        {
          settings,
          handler: "serve/get-cohort",
          description: "Tells how operations of a kind went",
          timeoutSeconds: 29,
          memoryMb: 512,
          environment: cases,
          statements: table.allowCohort("ReadCohort"),
        },
        { parent: this },
      ),
      "GET /cases/{caseId}/report": new PlatformFunction(
        {
          settings,
          handler: "serve/get-report",
          description: "Shows the report of a case and who signed it, and makes a link to its page",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem", "dynamodb:Query"]),
            ...table.allowKeepViews("KeepView"),
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
            ...table.allow("ReadCase", ["dynamodb:GetItem", "dynamodb:Query"]),
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
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket, STATE_MACHINE_ARN: caseExport.workflow.stateMachineArn },
          statements: [
            caseExport.workflow.allowDescribe("DescribeExport"),
            ...table.allowKeepViews("KeepView"),
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
      "GET /cases/{caseId}/corrections": new PlatformFunction(
        {
          settings,
          handler: "serve/list-corrections",
          description: "Tells what people corrected of a case",
          timeoutSeconds: 10,
          memoryMb: 512,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("ReadCorrections", ["dynamodb:GetItem", "dynamodb:Query"]),
            ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          ],
        },
        { parent: this },
      ),
      "POST /cases/{caseId}/corrections": new PlatformFunction(
        {
          settings,
          handler: "serve/save-corrections",
          description: "Keeps what people correct of a case",
          timeoutSeconds: 29,
          memoryMb: 1024,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("KeepCorrections", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]),
            ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
            // Sets that are adopted.
            ...processed.allow("ReadAnnotations", ["s3:GetObject"], lakePrefixes.annotations),
            processed.allowNoticingAbsence("NoticeMissingSets"),
          ],
        },
        { parent: this },
      ),
      "GET /review-queue": new PlatformFunction(
        {
          settings,
          handler: "serve/list-doubts",
          description: "Lists what analysers were least sure of and nobody judged yet",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: cases,
          statements: [...table.allowReviewQueue("ListDoubts"), ...table.allow("ReadCases", ["dynamodb:BatchGetItem"])],
        },
        { parent: this },
      ),
      "PUT /cases/{caseId}/severity": new PlatformFunction(
        {
          settings,
          handler: "serve/grade-case",
          description: "Keeps how difficult an operation was, as somebody grades it",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: cases,
          statements: table.allow("KeepGrade", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
        },
        { parent: this },
      ),
      "POST /cases/{caseId}/report/sign-off": new PlatformFunction(
        {
          settings,
          handler: "serve/sign-off-report",
          description: "Keeps a surgeon's signature under a report",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { ...cases, PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...table.allow("KeepSignature", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]),
            ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
            processed.allowNoticingAbsence("NoticeMissingReport"),
          ],
        },
        { parent: this },
      ),
      ...this.#administration(args),
      ...this.#datasets(args),
      ...this.#models(args),
      ...(args.languageModel && this.#questions(args, args.languageModel)),
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

  #questions({ settings, lake: { processed }, table }: CaseApiArgs, { environment, statements }: NonNullable<CaseApiArgs["languageModel"]>) {
    return {
      [questionsRoute]: new PlatformFunction(
        {
          settings,
          handler: "report/answer-question",
          description: "Answers a question about a case from its timeline",
          timeoutSeconds: 29,
          memoryMb: 1024,
          environment: { CASE_TABLE: table.tableName, PROCESSED_BUCKET: processed.bucket, ...environment },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem"]),
            ...[lakePrefixes.metadata, lakePrefixes.results].flatMap((prefix, i) => processed.allow(`Read${i}`, ["s3:GetObject"], prefix)),
            processed.allowNoticingAbsence("NoticeMissingReport"),
            ...statements,
          ],
        },
        { parent: this },
      ),
    };
  }

  /** Versions of networks. One function alone may approve any: it hands on what a signed-in person decided. */
  #models({ settings, modelIds, lake: { models } }: CaseApiArgs) {
    const { place } = settings;
    const versions = regionalArn(place, "sagemaker", "model-package/");
    const groups = modelIds.map((id) => [id, physicalName(place, id)] as const);
    const environment = { MODEL_GROUPS: JSON.stringify(Object.fromEntries(groups)), MODEL_VERSIONS_ARN: versions };
    const resources = groups.map(([, group]) => `${versions}${group}/*`);
    return {
      "GET /models": new PlatformFunction(
        {
          settings,
          handler: "serve/list-models",
          description: "Lists networks, their newest versions and what was measured of them",
          timeoutSeconds: 29,
          memoryMb: 256,
          environment: { ...environment, MODELS_BUCKET: models.bucket },
          statements: [
            allow("ReadVersions", ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"], resources),
            ...models.allow("ReadInUse", ["s3:GetObject"], `${modelsPrefix}*/model.json`),
            ...models.allow("ReadMeasures", ["s3:GetObject"], `${trainingPrefix}*.json`),
            models.allowNoticingAbsence("NoticeMissingMeasures"),
          ],
        },
        { parent: this },
      ),
      "POST /models/{model}/versions/{modelVersion}/decision": new PlatformFunction(
        {
          settings,
          handler: "serve/decide-model",
          description: "Keeps whether somebody approved a version of a network",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment,
          statements: [allow("DecideVersions", ["sagemaker:DescribeModelPackage", "sagemaker:UpdateModelPackage"], resources)],
        },
        { parent: this },
      ),
    } satisfies Partial<Record<RouteKey, PlatformFunction>>;
  }

  /** What networks are trained and tested with: what is told of it, never a picture, nor whom it is about. */
  #datasets({ settings, lake: { datasets } }: CaseApiArgs) {
    const environment = { DATASETS_BUCKET: datasets.bucket };
    return {
      "GET /datasets": new PlatformFunction(
        {
          settings,
          handler: "serve/list-datasets",
          description: "Lists datasets and their versions",
          timeoutSeconds: 29,
          memoryMb: 256,
          environment,
          statements: [datasets.allowList("ListDatasets", datasetsPrefix)],
        },
        { parent: this },
      ),
      "GET /datasets/{name}/versions/{version}": new PlatformFunction(
        {
          settings,
          handler: "serve/get-dataset",
          description: "Tells what a version of a dataset holds",
          timeoutSeconds: 10,
          memoryMb: 512,
          environment,
          statements: [
            ...datasets.allow("ReadManifests", ["s3:GetObject"], `${datasetsPrefix}*/manifest.json`),
            datasets.allowNoticingAbsence("NoticeMissingVersion"),
          ],
        },
        { parent: this },
      ),
    } satisfies Partial<Record<RouteKey, PlatformFunction>>;
  }

  /** What only administrators ask for. */
  #administration({ settings, lake, table, analysis, deletion: { workflow, holds }, uploadEvents: { queue, pipelineVersion } }: CaseApiArgs) {
    return {
      "DELETE /cases/{caseId}": new PlatformFunction(
        {
          settings,
          handler: "serve/request-deletion",
          description: "Starts the deletion of a case, or tells why it must be kept",
          timeoutSeconds: 29,
          memoryMb: 256,
          environment: { ...holds.environment, STATE_MACHINE_ARN: workflow.stateMachineArn },
          statements: [...holds.statements, workflow.allowStart("StartDeletion"), allowRedrive("GoOn", [workflow.stateMachineArn])],
        },
        { parent: this },
      ),
      "GET /cases/{caseId}/deletion": new PlatformFunction(
        {
          settings,
          handler: "serve/get-deletion",
          description: "Tells how a deletion comes on, and shows its record",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { CASE_TABLE: table.tableName, RECORDS_BUCKET: lake.records.bucket, STATE_MACHINE_ARN: workflow.stateMachineArn },
          statements: [
            ...table.allow("ReadCase", ["dynamodb:GetItem"]),
            workflow.allowDescribe("DescribeDeletion"),
            ...lake.records.allow("ReadRecord", ["s3:GetObject"], "deletions/"),
            lake.records.allowNoticingAbsence("NoticeMissingRecord"),
          ],
        },
        { parent: this },
      ),
      "POST /cases/{caseId}/redrive": new PlatformFunction(
        {
          settings,
          handler: "serve/redrive-case",
          description: "Goes on with an analysis or a deletion that failed",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { CASE_TABLE: table.tableName, ANALYSIS_MACHINE_ARN: analysis.stateMachineArn, DELETION_MACHINE_ARN: workflow.stateMachineArn },
          statements: [...table.allow("ReadCase", ["dynamodb:GetItem"]), allowRedrive("GoOn", [analysis.stateMachineArn, workflow.stateMachineArn])],
        },
        { parent: this },
      ),
      "POST /cases/{caseId}/analyses": new PlatformFunction(
        {
          settings,
          handler: "serve/request-analysis",
          description: "Has the video of a case analysed again",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: {
            CASE_TABLE: table.tableName,
            STATE_MACHINE_ARN: analysis.stateMachineArn,
            QUEUE_URL: queue.url,
            PIPELINE_VERSION: pipelineVersion,
          },
          statements: [
            ...table.allow("AskForAnalysis", ["dynamodb:GetItem", "dynamodb:UpdateItem"]),
            analysis.allowDescribe("SeeRuns"),
            ...queue.allowSend("SendMessages"),
          ],
        },
        { parent: this },
      ),
      "GET /retention": new PlatformFunction(
        {
          settings,
          handler: "serve/list-retention",
          description: "Tells until when cases are kept, and what holds those that are due",
          timeoutSeconds: 29,
          memoryMb: 256,
          environment: holds.environment,
          statements: [...holds.statements, ...table.allowListByTime("ListCases")],
        },
        { parent: this },
      ),
      "GET /views": new PlatformFunction(
        {
          settings,
          handler: "serve/list-views",
          description: "Tells who saw what of which case",
          timeoutSeconds: 10,
          memoryMb: 256,
          environment: { CASE_TABLE: table.tableName },
          statements: table.allowReadViews("ReadViews"),
        },
        { parent: this },
      ),
    } satisfies Partial<Record<RouteKey, PlatformFunction>>;
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
        authorizationScopes: [scopeName(routes[routeKey].scope)],
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
