import type { CaseAnalysisDefinitionArgs } from "../../../components/analysis/case-analysis.asl.ts";
import { caseAnalysisDefinition } from "../../../components/analysis/case-analysis.asl.ts";
import type { RunTaskArguments } from "../../../components/compute/fargate-task.ts";
import type { ComputeNetwork } from "../../../components/network/compute-network.ts";
import type { Definition, Json } from "../../../local/services/states/definition.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { type Run, runMachine } from "../../../local/services/states/interpreter.ts";

/** As a network is once it is made: its ids are plain texts. */
const jobNetwork = { subnetIds: ["subnet-0a", "subnet-0b"], securityGroupId: "sg-0c" } as unknown as ComputeNetwork;

const target = (name: string) => ({ arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`, timeoutSeconds: 60 });

export const args: CaseAnalysisDefinitionArgs = {
  tableName: "cases",
  functions: {
    indexSource: target("index-source"),
    admit: target("admit"),
    indexRendition: target("index-rendition"),
    planReview: target("plan-review"),
    searchPictures: target("search-pictures"),
    decideGate: target("decide-gate"),
    collectShots: target("collect-shots"),
    collectLabels: target("collect-labels"),
    mergeTimeline: target("merge-timeline"),
    measureOperation: target("measure-operation"),
  },
  transcoding: { roleArn: "arn:aws:iam::111111111111:role/transcoding", queueArn: "arn:aws:mediaconvert:us-east-1:111111111111:queues/renditions" },
  conversion: {
    Cluster: "svp-unit-conversion",
    TaskDefinition: "arn:aws:ecs:us-east-1:111111111111:task-definition/svp-unit-conversion:1",
    LaunchType: "FARGATE",
    PlatformVersion: "LATEST",
    EnableExecuteCommand: false,
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ["subnet-0a", "subnet-0b"], SecurityGroups: ["sg-0c"], AssignPublicIp: "DISABLED" } },
  } as unknown as RunTaskArguments,
  processing: {
    imageUri: "444444444444.dkr.ecr.us-east-1.amazonaws.com/svp/inference@sha256:0",
    roleArn: "arn:aws:iam::111111111111:role/jobs",
    modelsBucket: "models",
    processedBucket: "processed",
    keyArn: "arn:aws:kms:us-east-1:111111111111:key/derived",
    network: jobNetwork,
  },
  rekognition: { enabled: true, labels: false, pollSeconds: 45 },
  scanned: true,
  gate: {
    id: "gate",
    mode: "processing",
    models: ["out-of-body"],
    required: true,
    sampleRate: 2,
    signals: false,
    instanceType: "ml.c5.xlarge",
    timeoutSeconds: 3600,
  },
  analysers: [
    {
      id: "frame-analysis",
      mode: "processing",
      models: ["a", "b"],
      required: true,
      sampleRate: 5,
      signals: true,
      instanceType: "ml.g6.xlarge",
      timeoutSeconds: 7200,
    },
  ],
};

/** Three analysers, one in each mode. */
export const allModes: Partial<CaseAnalysisDefinitionArgs> = {
  analysers: [
    ...args.analysers,
    {
      ...{ id: "large", mode: "endpoint", endpoint: "asynchronous", models: ["segmenter"], required: false, sampleRate: 1, signals: false },
      ...{ instanceType: "ml.g5.xlarge", instances: 4, timeoutSeconds: 7200 },
    },
    {
      ...{ id: "nightly", mode: "transform", models: ["tools", "organs"], required: false, sampleRate: 2, signals: false },
      ...{ instanceType: "ml.m5.xlarge", instances: 3, timeoutSeconds: 3600 },
    },
  ],
  segments: {
    collectSegments: target("collect-segments"),
    endpoint: { inferSegments: target("infer-segments"), names: { large: "svp-unit-segments-large" }, pollSeconds: 45 },
    transform: { planTransform: target("plan-transform"), modelName: "transform-model" },
  },
};

export const caseId = "0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f";
export const runId = "0123456789abcdef0123456789abcdef01234567";
export const request = {
  caseId,
  uploadId: "1b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f",
  runId,
  source: { bucket: "raw", key: `raw-videos/${caseId}/1b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f/source`, versionId: "v1", bytes: 1000 },
};
export const executionArn = `arn:aws:states:us-east-1:111111111111:execution:case-analysis:${runId}`;
export const startedAt = "2026-11-21T09:00:00.000Z";

// biome-ignore lint/suspicious/noExplicitAny: arguments have the shape of each integration.
export type Arguments = any;
/** Answers a task by its state's name; throws a StatesError to fail it. */
export type Answer = (args: Arguments, attempt: number) => Json;

const url = `s3://processed/processed-metadata/${caseId}/${runId}/analysis.json`;
const rekognitionAnswers = ["IN_PROGRESS", "SUCCEEDED"];

/** What happens in a run where everything goes well; fresh for each run, because Rekognition takes two looks. */
const goodAnswers = (): Record<string, Answer> => {
  const looks = [...rekognitionAnswers];
  const counts = [2, 1];
  return {
    Claim: () => ({}),
    Probe: () => ({ ProbeResults: [{ Container: { Duration: 10 } }] }),
    IndexSource: () => ({ Payload: { frameCount: 250, durationSeconds: 10 } }),
    Admit: () => ({
      Payload: {
        verdict: "NORMALISE",
        reasons: ["The frame rate varies."],
        durationSeconds: 10,
        startTimecode: "10:00:00:00",
        forecastUsd: 0.25,
        stepsUsd: { "analysis-rendition": 0.1, "review-rendition": 0.2, rekognition: 0.3, "frame-analysis": 0.4 },
        report: { isPriced: true, forecastUsd: 0.05, mostUsd: 0.2 },
        settings: { Inputs: [] },
      },
    }),
    Convert: () => ({ LastStatus: "STOPPED", Containers: [{ Name: "main", ExitCode: 0 }] }),
    IndexCopy: () => ({ Payload: { frameCount: 250, durationSeconds: 10 } }),
    ProbeCopy: () => ({ ProbeResults: [{ Container: { Format: "mp4", Duration: 10 } }] }),
    AdmitCopy: () => ({
      Payload: {
        verdict: "PASSTHROUGH",
        reasons: [],
        durationSeconds: 10,
        startTimecode: null,
        forecastUsd: 0.5,
        stepsUsd: { conversion: 0.05 },
        report: null,
        settings: { Inputs: ["copy"] },
      },
    }),
    RecordForecast: () => ({}),
    Normalise: () => ({ Job: { Id: "1" } }),
    IndexRendition: () => ({ Payload: { frameCount: 250 } }),
    ScreenFrames: () => ({ ProcessingJobStatus: "Completed" }),
    SearchPictures: () => ({ Payload: { searched: 1, withText: 0 } }),
    DecideGate: () => ({ Payload: { verdict: "OPEN", reasons: [], outOfBodyCount: 1, textCount: 0 } }),
    PlanReview: () => ({ Payload: { settings: { Inputs: ["review"] } } }),
    RenderReview: () => ({ Job: { Id: "2" } }),
    IndexReview: () => ({ Payload: { frameCount: 250 } }),
    StartSegmentDetection: () => ({ JobId: "job-1" }),
    GetSegmentDetection: () => ({ JobStatus: looks.shift()! }),
    CollectShots: () => ({
      Payload: { analyser: "rekognition", status: "SUCCEEDED", outputPrefix: "s3://processed/r/", coverage: null, costUsd: null, error: null },
    }),
    StartLabelDetection: () => ({ JobId: "job-2" }),
    GetLabelDetection: () => ({ JobStatus: "SUCCEEDED" }),
    CollectLabels: () => ({
      Payload: { analyser: "rekognition-labels", status: "SUCCEEDED", outputPrefix: "s3://processed/l/", coverage: null, costUsd: null, error: null },
    }),
    RunAnalyser: () => ({ ProcessingJobStatus: "Completed" }),
    InferSegments: () => ({ Payload: { pending: counts.shift() ?? 0, answered: 1, failed: 0 } }),
    PlanTransform: ({ Payload }) => ({
      Payload: {
        jobs: Payload.analyser.models.map((model: string) => ({
          ...{ model, manifest: "s3://processed/segments.manifest", environment: { VIDEO_WORK: `model=${model}` } },
        })),
      },
    }),
    RunTransform: () => ({
      TransformJobStatus: "Completed",
      TransformStartTime: "2026-11-21T09:00:00.000Z",
      TransformEndTime: "2026-11-21T09:01:00.000Z",
    }),
    CollectSegments: ({ Payload }) => ({
      Payload: { analyser: Payload.analyser.id, status: "SUCCEEDED", outputPrefix: "s3://processed/e/", coverage: 1, costUsd: 0.01, error: Payload.error },
    }),
    CollectTransformed: ({ Payload }) => ({
      Payload: { analyser: Payload.analyser.id, status: "SUCCEEDED", outputPrefix: "s3://processed/t/", coverage: 1, costUsd: 0.01, error: Payload.error },
    }),
    MergeTimeline: () => ({ Payload: { status: "COMPLETE", analysisUri: url, segmentCount: 3, eventCount: 1 } }),
    MeasureOperation: () => ({ Payload: { measuresUri: url.replace("analysis.json", "measures.json"), measureCount: 9, findingCount: 2 } }),
    ReadSourceTags: () => ({ TagSet: [] }),
    TagSource: () => ({}),
    AnnounceCaseAnalysed: () => ({ FailedEntryCount: 0 }),
    MarkRejected: () => ({}),
    MarkQuarantined: () => ({}),
    MarkFailed: () => ({}),
  };
};

export interface Execution {
  readonly output: Json | undefined;
  readonly error: { error: string; cause: string } | undefined;
  /** Arguments of the last attempt of each task, by state. */
  readonly asked: Readonly<Record<string, Arguments>>;
  /** Tasks in the order of their attempts. */
  readonly attempts: readonly string[];
}

/** A machine that distributes nothing. */
const refuse = (): never => {
  throw new Error("The machine has no distributed Map.");
};
export const undistributed: Run["distributed"] = { permit: refuse, call: refuse, child: refuse, tell: refuse };

/**
 * Runs the definition in the local interpreter. Tasks are answered by `answers`, else as in a run where all goes well.
 * With `beforeRedrive` an execution that fails is redriven once, after that was called.
 */
export async function execute(
  answers: Record<string, Answer> = {},
  changes: Partial<CaseAnalysisDefinitionArgs> = {},
  redriveCount = 0,
  beforeRedrive?: () => void,
): Promise<Execution> {
  const definition = caseAnalysisDefinition({ ...args, ...changes }) as unknown as Definition;
  const all = { ...goodAnswers(), ...answers };
  const asked: Record<string, Arguments> = {};
  const attempts: string[] = [];
  const entries = new Map<string, { value: Json }>();
  /** Time stands still but for an hour in each Wait. */
  let clock = Date.parse(startedAt);
  const enter = (state: string) => {
    if (/WaitFor/.test(state)) clock += 3_600_000;
    return { value: new Date(clock).toISOString() };
  };
  const runOnce = (redrives: number): Run => ({
    journal: {
      recall: (state, kind, attempt = 0) => (kind === "entered" ? enter(state) : entries.get(`${state} ${kind} ${attempt}`)) as never,
      record: (state, kind, attempt, value) => {
        entries.set(`${state} ${kind} ${attempt}`, { value });
        return entries.size;
      },
    },
    context: {
      Execution: { Id: executionArn, Name: runId, Input: request as unknown as Json, StartTime: startedAt, RoleArn: "role", RedriveCount: redrives },
      StateMachine: { Id: "machine", Name: "case-analysis" },
    },
    waitScale: 0,
    async task({ key, attempt, arguments: evaluate }) {
      const name = key.replace(/.*\//, "").replace(/#\d+$/, "");
      attempts.push(name);
      const given = await evaluate(undefined);
      asked[name] = given;
      const answer = all[name];
      if (!answer) throw new Error(`No answer for ${name}.`);
      return { result: answer(given, attempt), lastEvent: 0 };
    },
    distributed: undistributed,
    notify: () => undefined,
  });
  const frame = () => ({ path: "", variables: {}, map: undefined, signal: new AbortController().signal, lastEvent: 0 });
  const runFrom = (redrives: number) => runMachine(runOnce(redrives), definition, request as unknown as Json, frame());
  try {
    const output = await runFrom(redriveCount).catch((error: unknown) => {
      if (beforeRedrive === undefined || !(error instanceof StatesError)) throw error;
      // As Step Functions does it: what a state that did not end has recorded is forgotten, the rest is kept.
      for (const key of entries.keys()) {
        const [state, kind] = key.split(" ") as [string, string];
        if (kind !== "input" && !entries.has(`${state} exit 0`)) entries.delete(key);
      }
      beforeRedrive();
      return runFrom(redriveCount + 1);
    });
    return { output, error: undefined, asked, attempts };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { output: undefined, error: { error: error.error, cause: error.causeText }, asked, attempts };
  }
}

/** Makes a task fail, always or in its first attempts. */
export const failing =
  (error: string, cause: string, times = Number.POSITIVE_INFINITY, then: Json = {}): Answer =>
  (_args, attempt) => {
    if (attempt < times) throw new StatesError(error, cause);
    return then;
  };

/** How Lambda tells of an error that a handler threw. */
export const thrown = (errorType: string, errorMessage: string): string => JSON.stringify({ errorType, errorMessage, trace: [] });
