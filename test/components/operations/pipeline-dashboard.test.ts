import * as aws from "@pulumi/aws";
import { expect } from "chai";
import * as fc from "fast-check";
import { CaseAnalysis } from "../../../components/analysis/case-analysis.ts";
import { RealTimeEndpoint } from "../../../components/analysis/real-time-endpoint.ts";
import { UploadEvents } from "../../../components/analysis/upload-events.ts";
import { functionNames } from "../../../components/compute/function-bundles.ts";
import { dashboardBody, type Shown, type Widget } from "../../../components/operations/dashboard-body.ts";
import { PipelineDashboard } from "../../../components/operations/pipeline-dashboard.ts";
import type { Analyser } from "../../../contracts/model.ts";
import type { Catalogue } from "../../../models/catalogue.ts";
import { admission, catalogue, image, jobNetwork, parts } from "../parts.ts";
import { inAccount } from "../place.ts";

const shown: Shown = {
  region: "us-east-1",
  stateMachineArn: "machine",
  transcodingQueueArn: "renditions",
  workQueues: ["uploads"],
  deadLetterQueues: ["uploads-dead", "dead"],
  functions: ["admit", "get-case"],
  endpoint: "inference",
  asyncEndpoints: [],
  realTimeEndpoints: [],
};

/** A widget in short: its title and its metrics, each with its statistic. */
const short = ({ properties: { title, metrics } }: Widget) => [
  title,
  metrics.map((metric) => metric.map((part) => (typeof part === "string" ? part : part.stat)).join(" ")),
];

describe("dashboardBody", () => {
  it("shows what comes in, how long it takes, what waits and what fails", () => {
    expect(dashboardBody(shown).widgets.map(short)).to.deep.equal([
      [
        "Analyses",
        [
          "AWS/States ExecutionsStarted StateMachineArn machine Sum",
          "AWS/States ExecutionsSucceeded StateMachineArn machine Sum",
          "AWS/States ExecutionsFailed StateMachineArn machine Sum",
          "AWS/States ExecutionsTimedOut StateMachineArn machine Sum",
          "AWS/States ExecutionThrottled StateMachineArn machine Sum",
        ],
      ],
      [
        "Time of an analysis",
        [
          "AWS/States ExecutionTime StateMachineArn machine p50",
          "AWS/States ExecutionTime StateMachineArn machine p90",
          "AWS/States ExecutionTime StateMachineArn machine Maximum",
        ],
      ],
      ["Transcoding jobs", ["AWS/MediaConvert JobsCompletedCount Queue renditions Sum", "AWS/MediaConvert JobsErroredCount Queue renditions Sum"]],
      ["Time of a transcoding job", ["AWS/MediaConvert StandbyTime Queue renditions Average", "AWS/MediaConvert TranscodingTime Queue renditions Average"]],
      ["Longest wait in a queue", ["AWS/SQS ApproximateAgeOfOldestMessage QueueName uploads Maximum"]],
      [
        "Dead letters",
        ["AWS/SQS ApproximateNumberOfMessagesVisible QueueName uploads-dead Maximum", "AWS/SQS ApproximateNumberOfMessagesVisible QueueName dead Maximum"],
      ],
      ["Functions that failed", ["AWS/Lambda Errors FunctionName admit Sum", "AWS/Lambda Errors FunctionName get-case Sum"]],
      ["Functions held back", ["AWS/Lambda Throttles FunctionName admit Sum", "AWS/Lambda Throttles FunctionName get-case Sum"]],
      [
        "Single images",
        [
          "AWS/SageMaker Invocations EndpointName inference VariantName current Sum",
          "AWS/SageMaker Invocation4XXErrors EndpointName inference VariantName current Sum",
          "AWS/SageMaker Invocation5XXErrors EndpointName inference VariantName current Sum",
        ],
      ],
      [
        "Time of an answer for a single image",
        [
          "AWS/SageMaker ModelLatency EndpointName inference VariantName current p50",
          "AWS/SageMaker ModelLatency EndpointName inference VariantName current p99",
        ],
      ],
    ]);
    expect(
      dashboardBody({ ...shown, asyncEndpoints: ["segments", "other"] })
        .widgets.map(short)
        .at(-1),
    ).to.deep.equal(["Segments that wait", ["segments", "other"].map((name) => `AWS/SageMaker ApproximateBacklogSize EndpointName ${name} Maximum`)]);
  });

  it("shows of an endpoint that answers about segments at once what it shows of the one for images", () => {
    const { widgets } = dashboardBody({ ...shown, realTimeEndpoints: ["prompt"] });
    const [asked, time] = widgets.slice(-2);
    const [images, imageTime] = widgets.slice(-4, -2);
    expect([asked!.properties.title, time!.properties.title]).to.deep.equal(["Segments asked of prompt", "Time of an answer of prompt"]);
    const of = (widget: Widget, name: string) => JSON.stringify(widget.properties.metrics).replaceAll(name, "E");
    expect([of(asked!, "prompt"), of(time!, "prompt")]).to.deep.equal([of(images!, "inference"), of(imageTime!, "inference")]);
  });

  it("draws each as a line over time, with its unit and the names of its lines", () => {
    expect(dashboardBody(shown).widgets[3]).to.deep.equal({
      type: "metric",
      x: 12,
      y: 6,
      width: 12,
      height: 6,
      properties: {
        title: "Time of a transcoding job",
        region: "us-east-1",
        view: "timeSeries",
        period: 300,
        metrics: [
          ["AWS/MediaConvert", "StandbyTime", "Queue", "renditions", { stat: "Average", label: "waiting" }],
          ["AWS/MediaConvert", "TranscodingTime", "Queue", "renditions", { stat: "Average", label: "working" }],
        ],
        yAxis: { left: { min: 0, label: "milliseconds", showUnits: false } },
      },
    });
  });

  it("lays no graph over another, none beyond the page, and names every metric in pairs", () => {
    const names = fc.array(fc.string({ minLength: 1 }), { maxLength: 20 });
    const anything = fc.record({ workQueues: names, deadLetterQueues: names, functions: names, asyncEndpoints: names, realTimeEndpoints: names });
    fc.assert(
      fc.property(anything, (more) => {
        const { widgets } = dashboardBody({ ...shown, ...more });
        const cells = widgets.map(({ x, y }) => `${x},${y}`);
        expect(new Set(cells).size).to.equal(widgets.length);
        for (const { x, y, width, height, properties } of widgets) {
          expect([x % width, y % height, x + width <= 24]).to.deep.equal([0, 0, true]);
          for (const metric of properties.metrics) {
            const dimensions = metric.slice(2, -1);
            expect(dimensions.length % 2).to.equal(0);
            expect(dimensions.length).to.be.greaterThan(0);
          }
        }
      }),
    );
  });
});

const [analyser] = catalogue.analysers;
const asked: Analyser = { ...(analyser as Analyser), mode: "endpoint", signals: false, instances: 2 };
const withEndpoint: Catalogue = {
  ...catalogue,
  analysers: [
    ...catalogue.analysers,
    { ...asked, id: "large", endpoint: "asynchronous" },
    { ...asked, id: "prompt", endpoint: "real-time", minimumInstances: 2 },
  ],
};

const make = (isAsked: boolean) =>
  inAccount((opts) => {
    const { settings, keys, lake, table } = parts(opts);
    const serving = { settings, lake, image, network: jobNetwork };
    const pipelineVersion = "1.2.3";
    const rekognition = { enabled: false, labels: false, pollSeconds: 45, optOutPolicyId: "p-optout0000" };
    const analysis = new CaseAnalysis(
      "case-analysis",
      {
        settings,
        keys,
        lake,
        table,
        catalogue: isAsked ? withEndpoint : catalogue,
        image,
        network: jobNetwork,
        rekognition,
        analysesAtOnce: 4,
        scanned: false,
        pipelineVersion,
      },
      opts,
    );
    const uploads = new UploadEvents(
      "upload-events",
      { settings, raw: lake.raw, analysis, table, admission: admission(settings, keys, analysis, opts), retrySeconds: 60, pipelineVersion },
      opts,
    );
    const endpoint = new RealTimeEndpoint("inference", { ...serving, instanceType: "ml.m5.large", instances: { minimum: 1, maximum: 2 } }, opts);
    return { url: new PipelineDashboard("pipeline", { settings, analysis, uploads, endpoint }, opts).url };
  });

describe("PipelineDashboard", () => {
  it("shows the machine, the queues, the functions and the endpoints of its environment, which exist", async () => {
    const stack = await make(true);
    const { dashboardName, dashboardBody: body } = stack.one(aws.cloudwatch.Dashboard, "pipeline").inputs;
    expect(dashboardName).to.equal("svp-unit-pipeline");
    const dimensions = new Map<string, Set<string>>();
    for (const { properties } of (JSON.parse(body as string) as ReturnType<typeof dashboardBody>).widgets) {
      for (const metric of properties.metrics) {
        const names = metric.slice(2, -1) as string[];
        for (let i = 0; i < names.length; i += 2) dimensions.set(names[i]!, (dimensions.get(names[i]!) ?? new Set()).add(names[i + 1]!));
      }
    }
    const named = (cls: unknown, output = "name") => stack.ofType(cls).map(({ outputs }) => outputs[output]);
    expect([...dimensions.get("StateMachineArn")!]).to.deep.equal(named(aws.sfn.StateMachine, "arn"));
    expect([...dimensions.get("Queue")!]).to.deep.equal(named(aws.mediaconvert.Queue, "arn"));
    expect([...dimensions.get("QueueName")!]).to.have.members(named(aws.sqs.Queue));
    expect([...dimensions.get("EndpointName")!]).to.have.members(named(aws.sagemaker.Endpoint));
    expect([...dimensions.get("FunctionName")!])
      .to.include.members(named(aws.lambda.Function))
      .and.to.have.length(functionNames.length);
    expect([...dimensions.get("VariantName")!]).to.deep.equal([
      ...new Set(
        stack
          .ofType(aws.sagemaker.EndpointConfiguration)
          .flatMap(({ inputs }) => (inputs["productionVariants"] as { variantName: string }[]).map(({ variantName }) => variantName)),
      ),
    ]);
  });

  it("is silent about segments where no endpoint takes them", async () => {
    const body = (await make(false)).one(aws.cloudwatch.Dashboard, "pipeline").inputs["dashboardBody"];
    expect(body).not.to.contain("Segments that wait").and.not.to.contain("undefined");
  });

  it("tells where it is opened", async () => {
    expect((await make(false)).outputs["url"]).to.equal(
      "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/svp-unit-pipeline",
    );
  });
});
