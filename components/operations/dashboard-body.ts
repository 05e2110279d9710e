import { variantName } from "../analysis/serving-model.ts";

/** What a dashboard shows, by the names that metrics know. */
export interface Shown {
  readonly region: string;
  readonly stateMachineArn: string;
  /** MediaConvert's queue. */
  readonly transcodingQueueArn: string;
  /** Names of queues whose messages should not wait. */
  readonly workQueues: readonly string[];
  /** Names of queues that should be empty. */
  readonly deadLetterQueues: readonly string[];
  readonly functions: readonly string[];
  /** Name of the endpoint for single images. */
  readonly endpoint: string;
  /** Names of the endpoints for segments of video: those with a queue, and those that answer at once. */
  readonly asyncEndpoints: readonly string[];
  readonly realTimeEndpoints: readonly string[];
}

/** A metric as a dashboard names it: namespace, name, pairs of dimensions, and how it is drawn. */
export type Metric = readonly [...names: string[], { readonly stat: string; readonly label: string }];

export interface Widget {
  readonly type: "metric";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly view: "timeSeries";
    /** Seconds. */
    readonly period: number;
    readonly metrics: readonly Metric[];
    readonly yAxis: { readonly left: { readonly min: 0; readonly label: string; readonly showUnits: false } };
  };
}

interface Graph {
  readonly title: string;
  readonly unit: string;
  readonly metrics: readonly Metric[];
}

/** A dashboard is 24 columns wide: two graphs stand side by side (CloudWatch API reference, "Dashboard body structure and syntax"). */
const graphsPerRow = 2;
const width = 12;
const height = 6;
const periodSeconds = 300;

/** A dashboard's body: what comes in, how long it takes, what waits, what fails. Counts and times only. */
export function dashboardBody(shown: Shown): { readonly widgets: readonly Widget[] } {
  const graphs = [...analyses(shown), ...transcoding(shown), ...queues(shown), ...functions(shown), ...images(shown), ...segments(shown)];
  return {
    widgets: graphs.map(({ title, unit, metrics }, i) => ({
      type: "metric",
      x: (i % graphsPerRow) * width,
      y: Math.floor(i / graphsPerRow) * height,
      width,
      height,
      properties: {
        title,
        region: shown.region,
        view: "timeSeries",
        period: periodSeconds,
        metrics,
        yAxis: { left: { min: 0, label: unit, showUnits: false } },
      },
    })),
  };
}

function analyses({ stateMachineArn }: Shown): Graph[] {
  const metric = (name: string, stat: string, label: string): Metric => ["AWS/States", name, "StateMachineArn", stateMachineArn, { stat, label }];
  return [
    {
      title: "Analyses",
      unit: "executions",
      metrics: [
        metric("ExecutionsStarted", "Sum", "started"),
        metric("ExecutionsSucceeded", "Sum", "succeeded"),
        metric("ExecutionsFailed", "Sum", "failed"),
        metric("ExecutionsTimedOut", "Sum", "timed out"),
        metric("ExecutionThrottled", "Sum", "held back"),
      ],
    },
    {
      title: "Time of an analysis",
      unit: "milliseconds",
      metrics: [metric("ExecutionTime", "p50", "half"), metric("ExecutionTime", "p90", "nine in ten"), metric("ExecutionTime", "Maximum", "longest")],
    },
  ];
}

function transcoding({ transcodingQueueArn }: Shown): Graph[] {
  const metric = (name: string, stat: string, label: string): Metric => ["AWS/MediaConvert", name, "Queue", transcodingQueueArn, { stat, label }];
  return [
    { title: "Transcoding jobs", unit: "jobs", metrics: [metric("JobsCompletedCount", "Sum", "completed"), metric("JobsErroredCount", "Sum", "failed")] },
    {
      title: "Time of a transcoding job",
      unit: "milliseconds",
      metrics: [metric("StandbyTime", "Average", "waiting"), metric("TranscodingTime", "Average", "working")],
    },
  ];
}

function queues({ workQueues, deadLetterQueues }: Shown): Graph[] {
  const metric = (name: string, queue: string): Metric => ["AWS/SQS", name, "QueueName", queue, { stat: "Maximum", label: queue }];
  return [
    { title: "Longest wait in a queue", unit: "seconds", metrics: workQueues.map((queue) => metric("ApproximateAgeOfOldestMessage", queue)) },
    { title: "Dead letters", unit: "messages", metrics: deadLetterQueues.map((queue) => metric("ApproximateNumberOfMessagesVisible", queue)) },
  ];
}

function functions({ functions }: Shown): Graph[] {
  const graph = (title: string, name: string): Graph => ({
    title,
    unit: "invocations",
    metrics: functions.map((lambda) => ["AWS/Lambda", name, "FunctionName", lambda, { stat: "Sum", label: lambda }]),
  });
  return [graph("Functions that failed", "Errors"), graph("Functions held back", "Throttles")];
}

const images = ({ endpoint }: Shown): Graph[] => answers(endpoint, "Single images", "Time of an answer for a single image");

/** What an endpoint that answers at once was asked, and how long that took. */
function answers(endpoint: string, asked: string, time: string): Graph[] {
  const metric = (name: string, stat: string, label: string): Metric => [
    "AWS/SageMaker",
    name,
    "EndpointName",
    endpoint,
    "VariantName",
    variantName,
    { stat, label },
  ];
  return [
    {
      title: asked,
      unit: "requests",
      metrics: [metric("Invocations", "Sum", "asked"), metric("Invocation4XXErrors", "Sum", "refused"), metric("Invocation5XXErrors", "Sum", "failed")],
    },
    {
      title: time,
      unit: "microseconds",
      metrics: [metric("ModelLatency", "p50", "half"), metric("ModelLatency", "p99", "99 in 100")],
    },
  ];
}

function segments({ asyncEndpoints, realTimeEndpoints }: Shown): Graph[] {
  const waiting = (name: string): Metric => ["AWS/SageMaker", "ApproximateBacklogSize", "EndpointName", name, { stat: "Maximum", label: name }];
  return [
    ...(asyncEndpoints.length === 0 ? [] : [{ title: "Segments that wait", unit: "requests", metrics: asyncEndpoints.map(waiting) }]),
    ...realTimeEndpoints.flatMap((name) => answers(name, `Segments asked of ${name}`, `Time of an answer of ${name}`)),
  ];
}
