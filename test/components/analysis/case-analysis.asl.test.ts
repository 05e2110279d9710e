import { expect } from "chai";
import jsonata from "jsonata";
import type { ChoiceState, State, StateGraph } from "../../../components/analysis/asl.ts";
import { caseAnalysisDefinition } from "../../../components/analysis/case-analysis.asl.ts";
import { envelope } from "../../../contracts/analyser-result.ts";
import { forecastDetail } from "../../../contracts/case-costs.ts";
import { analyserPrefix, analysisRenditionPrefix, conversionKey, convertedVideoKey, metadataPrefix, reviewRenditionKey } from "../../../contracts/keys.ts";
import {
  admitRequest,
  collectLabelsRequest,
  collectShotsRequest,
  decideGateRequest,
  indexRenditionRequest,
  indexSourceRequest,
  mergeTimelineRequest,
  planReviewRequest,
  searchPicturesRequest,
} from "../../../contracts/steps.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import { conversionVariables } from "../../../models/serving/convert.ts";
import { type Arguments, args, caseId, type Execution, execute, executionArn, failing, request, runId, startedAt, thrown } from "./execution.ts";

/** Every state with its name, those of branches and maps included. */
function statesOf(graph: StateGraph): [string, State][] {
  return Object.entries(graph.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Type === "Parallel" ? state.Branches.flatMap(statesOf) : []),
    ...(state.Type === "Map" ? statesOf(state.ItemProcessor) : []),
  ]);
}

const envelopesOf = async (...run: Parameters<typeof execute>) => {
  const { asked } = await execute(...run);
  return mergeTimelineRequest.parse(asked["MergeTimeline"].Payload).envelopes;
};
const succeeded = {
  review: envelope.parse({
    analyser: "review-rendition",
    status: "SUCCEEDED",
    outputPrefix: `s3://processed/${reviewRenditionKey(caseId, runId).replace("review.mp4", "")}`,
    coverage: null,
    costUsd: null,
    error: null,
  }),
  rekognition: { analyser: "rekognition", status: "SUCCEEDED", outputPrefix: "s3://processed/r/", coverage: null, costUsd: null, error: null },
  frames: {
    analyser: "frame-analysis",
    status: "SUCCEEDED",
    outputPrefix: `s3://processed/${analyserPrefix(caseId, runId, "frame-analysis")}`,
    coverage: null,
    costUsd: null,
    error: null,
  },
};

/** What an execution failed of. It ends in a Choice that throws, whose error names the expression first. */
function failureOf({ error }: Execution): string {
  expect(error?.error).to.equal("States.QueryEvaluationError");
  return (error as { cause: string }).cause.split(" of Condition 0 of Failed failed: ")[1] as string;
}

/** Everything that can be switched on is. */
const withLabels = { rekognition: { enabled: true, labels: true, pollSeconds: 45 } };

describe("the definition of the case analysis", () => {
  const states = statesOf(caseAnalysisDefinition({ ...args, ...withLabels }));

  it("is a definition that Step Functions, and the local cloud, accept", async () => {
    for (const rekognition of [args.rekognition, withLabels.rekognition, { enabled: false, labels: false, pollSeconds: 45 }])
      expect(await definitionFaults(JSON.parse(JSON.stringify(caseAnalysisDefinition({ ...args, rekognition }))))).to.deep.equal([]);
  });

  it("names every state once", () => {
    expect(new Set(states.map(([name]) => name)).size).to.equal(states.length);
  });

  it("gives every task a time limit, retries, and a Catch for every error", () => {
    const careless = states
      .filter(([, state]) => state.Type === "Task")
      .filter(
        ([, state]) => state.Type === "Task" && !(state.TimeoutSeconds && state.Retry.length > 0 && state.Catch.at(-1)?.ErrorEquals.join() === "States.ALL"),
      );
    expect(careless.map(([name]) => name)).to.deep.equal([]);
  });

  it("calls nothing but what the analysis needs", () => {
    const called = new Set(states.flatMap(([, state]) => (state.Type === "Task" ? [state.Resource.replace("arn:aws:states:::", "")] : [])));
    const allowed = [
      "aws-sdk:mediaconvert:probe",
      "aws-sdk:rekognition:getLabelDetection",
      "aws-sdk:rekognition:getSegmentDetection",
      "aws-sdk:rekognition:startLabelDetection",
      "aws-sdk:rekognition:startSegmentDetection",
      "aws-sdk:s3:getObjectTagging",
      "aws-sdk:s3:putObjectTagging",
      "dynamodb:updateItem",
      "ecs:runTask.sync",
      "events:putEvents",
      "lambda:invoke",
      "mediaconvert:createJob.sync",
      "sagemaker:createProcessingJob.sync",
    ];
    expect([...called].filter((call) => !allowed.includes(call))).to.deep.equal([]);
  });

  it("passes locations and small summaries, never a document", async () => {
    const { asked } = await execute();
    const large = Object.entries(asked).filter(([, given]) => Buffer.byteLength(JSON.stringify(given)) > 8192);
    expect(large.map(([name]) => name)).to.deep.equal([]);
  });

  it("waits for a quota of jobs and goes on", async () => {
    for (const [state, error] of [
      ["ScreenFrames", "SageMaker.ResourceLimitExceededException"],
      ["RunAnalyser", "SageMaker.ResourceLimitExceededException"],
      ["StartSegmentDetection", "Rekognition.LimitExceededException"],
      ["StartLabelDetection", "Rekognition.LimitExceededException"],
    ] as const) {
      const then = error.startsWith("Rekognition") ? { JobId: "job-1" } : { ProcessingJobStatus: "Completed" };
      const { output, attempts } = await execute({ [state]: failing(error, "quota", 5, then) }, withLabels);
      expect(output, state).to.deep.include({ status: "COMPLETE" });
      expect(
        attempts.filter((name) => name === state),
        state,
      ).to.have.length(6);
    }
  });

  for (const [state, job] of [
    ["ScreenFrames", "gate"],
    ["RunAnalyser", "frame-analysis"],
  ] as const) {
    it(`waits while AWS has no instance for the job of ${state}, each attempt by a name of its own, and gives up after hours`, async () => {
      const reason = "CapacityError: Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.";
      const cause = JSON.stringify({ ProcessingJobStatus: "Failed", FailureReason: reason });
      const shortFor = async (times: number) => {
        const names: string[] = [];
        const run = await execute({
          [state]: ({ ProcessingJobName }: Arguments) => {
            names.push(ProcessingJobName as string);
            if (names.length <= times) throw new StatesError("States.TaskFailed", cause);
            return { ProcessingJobStatus: "Completed" };
          },
        });
        const screening = decideGateRequest.parse(run.asked["DecideGate"].Payload).screening;
        const { envelopes } = mergeTimelineRequest.parse(run.asked["MergeTimeline"].Payload);
        const told = [screening, ...envelopes].find(({ analyser }) => analyser === job);
        return { names, told };
      };
      const short = await shortFor(5);
      expect(short.told).to.include({ status: "SUCCEEDED", error: null });
      // Each visit tries a job once more before it waits.
      expect(short.names.map((name) => name.slice(name.indexOf(job)))).to.deep.equal(["0", "1", "100", "101", "200", "201"].map((n) => `${job}-${n}-0`));
      const never = await shortFor(Number.POSITIVE_INFINITY);
      expect(never.told).to.include({ status: "FAILED", error: reason });
      expect(new Set(never.names).size).to.equal(2 * 61);
      expect(never.names).to.have.length(2 * 61);
      expect(Math.max(...never.names.map((name) => name.length))).to.be.at.most(63);
      const broken = await execute({ [state]: failing("States.TaskFailed", "AlgorithmError: broken") });
      expect(
        broken.attempts.filter((name) => name === state),
        "of another failure",
      ).to.have.length(2);
    });
  }

  it("holds the states that the architecture names", () => {
    expect(states.map(([name]) => name)).to.include.members(
      "Claim Probe IndexSource Admit Convert IndexCopy ProbeCopy AdmitCopy Normalise IndexRendition ScreenFrames DecideGate Analyse RenderReview IndexReview StartSegmentDetection CollectShots AnalyseFrames MergeTimeline MeasureOperation ReadSourceTags TagSource AnnounceCaseAnalysed MarkRejected MarkQuarantined MarkFailed".split(
        " ",
      ),
    );
  });

  it("isolates processing jobs, and names a volume key exactly where the instance does not encrypt its disks", async () => {
    const { asked } = await execute();
    const { ProcessingResources, NetworkConfig, ProcessingOutputConfig, Environment } = asked["ScreenFrames"];
    expect(NetworkConfig).to.deep.equal({
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      VpcConfig: { Subnets: ["subnet-0a", "subnet-0b"], SecurityGroupIds: ["sg-0c"] },
    });
    expect(ProcessingOutputConfig.KmsKeyId).to.equal(args.processing.keyArn);
    expect(ProcessingResources.ClusterConfig).to.deep.equal({
      InstanceCount: 1,
      InstanceType: "ml.c5.xlarge",
      VolumeSizeInGB: 50,
      VolumeKmsKeyId: args.processing.keyArn,
    });
    expect(Environment).to.include({ ANALYSER: "gate", MODELS: "out-of-body", SAMPLE_RATE: "2", SIGNALS: "false" });
    expect(asked["RunAnalyser"].ProcessingResources.ClusterConfig).to.deep.equal({ InstanceCount: 1, InstanceType: "ml.g6.xlarge", VolumeSizeInGB: 50 });
    expect(asked["RunAnalyser"].Environment).to.include({ ANALYSER: "frame-analysis", MODELS: "a,b", SAMPLE_RATE: "5", SIGNALS: "true" });
    for (const job of ["RunAnalyser", "ScreenFrames"]) expect(asked[job].Environment, job).not.to.have.property("STILLS");
  });

  it("has who draws thumbnails draw them larger as well, where a language model is shown pictures", async () => {
    const { asked } = await execute({}, { processing: { ...args.processing, stills: true } });
    expect(asked["RunAnalyser"].Environment).to.include({ SIGNALS: "true", STILLS: "true" });
    expect(asked["ScreenFrames"].Environment).not.to.have.property("STILLS");
  });

  it("lets a job fall back on the other types that its analyser names", async () => {
    const [analyser] = args.analysers;
    const { asked } = await execute({}, { analysers: [{ ...analyser!, fallbackInstanceTypes: ["ml.g5.xlarge"] }] });
    expect(asked["RunAnalyser"].ProcessingResources.ClusterConfig).to.deep.equal({
      InstanceCount: 1,
      InstancePreferences: [{ InstanceType: "ml.g6.xlarge" }, { InstanceType: "ml.g5.xlarge" }],
      VolumeSizeInGB: 50,
    });
  });
});

describe("a case analysis where all goes well", () => {
  it("goes through the states in order and ends with the analysis", async () => {
    const { output, error, attempts } = await execute();
    expect(error).to.equal(undefined);
    expect(output).to.deep.equal({ status: "COMPLETE", analysisUri: `s3://processed/${metadataPrefix(caseId, runId)}analysis.json`, warnings: [] });
    expect(attempts.slice(0, 10)).to.deep.equal(
      "Claim Probe IndexSource Admit RecordForecast Normalise IndexRendition ScreenFrames SearchPictures DecideGate".split(" "),
    );
    expect(attempts.slice(-5)).to.deep.equal(["MergeTimeline", "MeasureOperation", "ReadSourceTags", "TagSource", "AnnounceCaseAnalysed"]);
  });

  it("hands every function what its contract asks for", async () => {
    const { asked } = await execute();
    const payload = (state: string) => asked[state].Payload;
    expect(indexSourceRequest.parse(payload("IndexSource"))).to.deep.equal({ request });
    expect(admitRequest.parse(payload("Admit"))).to.deep.equal({
      request,
      probe: { ProbeResults: [{ Container: { Duration: 10 } }] },
      probeError: null,
      index: { frameCount: 250, durationSeconds: 10 },
      indexError: null,
    });
    expect(indexRenditionRequest.parse(payload("IndexRendition"))).to.deep.equal({ caseId, runId, rendition: "analysis" });
    expect(indexRenditionRequest.parse(payload("IndexReview"))).to.deep.equal({ caseId, runId, rendition: "review" });
    expect(decideGateRequest.parse(payload("DecideGate")).screening).to.deep.equal({
      analyser: "gate",
      status: "SUCCEEDED",
      outputPrefix: `s3://processed/${analyserPrefix(caseId, runId, "gate")}`,
      coverage: null,
      costUsd: null,
      error: null,
    });
    expect(planReviewRequest.parse(payload("PlanReview"))).to.deep.equal({ caseId, runId, request });
    expect(collectShotsRequest.parse(payload("CollectShots"))).to.deep.equal({ caseId, runId, jobId: "job-1" });
    expect(mergeTimelineRequest.parse(payload("MergeTimeline"))).to.deep.equal({
      request,
      startedAt,
      verdict: "NORMALISE",
      startTimecode: "10:00:00:00",
      forecastUsd: 0.25,
      scannedBytes: 1000,
      envelopes: [succeeded.review, succeeded.rekognition, succeeded.frames],
    });
  });

  it("claims the case for this execution, listed at once", async () => {
    const { asked } = await execute();
    const { ExpressionAttributeValues, ConditionExpression, Key } = asked["Claim"];
    expect(Key).to.deep.equal({ caseId: { S: caseId }, item: { S: "SUMMARY" } });
    expect(ConditionExpression).to.equal(
      "(attribute_not_exists(runId) OR runId <> :run OR executionArn = :execution) AND (attribute_not_exists(#status) OR NOT #status IN (:deleting, :deleted))",
    );
    expect(ExpressionAttributeValues).to.deep.include({
      ":run": { S: runId },
      ":execution": { S: executionArn },
      ":started": { S: startedAt },
      ":reasons": { L: [] },
      ":list": { S: "CASES" },
      ":running": { S: "RUNNING" },
      ":unnamed": { S: "unnamed" },
    });
  });

  it("records what the run will cost before anything costs money", async () => {
    const { asked, attempts } = await execute();
    const { ":detail": detail, ...recorded } = asked["RecordForecast"].ExpressionAttributeValues;
    expect(recorded).to.deep.include({ ":forecast": { N: "0.25" }, ":run": { S: runId } });
    expect(forecastDetail.parse(JSON.parse(detail.S))).to.deep.equal({
      runId,
      stepsUsd: { "analysis-rendition": 0.1, "review-rendition": 0.2, rekognition: 0.3, "frame-analysis": 0.4 },
      report: { isPriced: true, forecastUsd: 0.05, mostUsd: 0.2 },
    });
    const first = attempts.findIndex((name) => ["Normalise", "ScreenFrames", "RenderReview", "RunAnalyser", "StartSegmentDetection"].includes(name));
    expect(attempts.indexOf("RecordForecast")).to.be.within(0, first - 1);
  });

  it("reads and writes where the contracts say", async () => {
    const { asked } = await execute();
    const uris = asked["RunAnalyser"].ProcessingInputs.map((input: { S3Input: { S3Uri: string } }) => input.S3Input.S3Uri);
    expect(uris).to.deep.equal([
      `s3://processed/${analysisRenditionPrefix(caseId, runId)}`,
      `s3://processed/${metadataPrefix(caseId, runId)}`,
      "s3://models/models/",
    ]);
    expect(asked["RunAnalyser"].ProcessingOutputConfig.Outputs[0].S3Output.S3Uri).to.equal(`s3://processed/${analyserPrefix(caseId, runId, "frame-analysis")}`);
    expect(asked["StartSegmentDetection"].Video).to.deep.equal({ S3Object: { Bucket: "processed", Name: reviewRenditionKey(caseId, runId) } });
    expect(asked["Probe"]).to.deep.equal({ InputFiles: [{ FileUrl: `s3://raw/${request.source.key}` }] });
    expect(asked["TagSource"]).to.include({ Bucket: "raw", Key: request.source.key, VersionId: "v1" });
  });

  it("leaves the tags of others on the source, and replaces its own of an earlier run", async () => {
    const foreign = { Key: "GuardDutyMalwareScanStatus", Value: "NO_THREATS_FOUND" };
    const ours = [
      { Key: "analysis-run", Value: runId },
      { Key: "analysis-status", Value: "COMPLETE" },
      { Key: "analysis-uri", Value: `s3://processed/${metadataPrefix(caseId, runId)}analysis.json` },
    ];
    const tagged = async (TagSet: { Key: string; Value: string }[]) => {
      const { asked, output } = await execute({ ReadSourceTags: () => ({ TagSet }) });
      expect(asked["ReadSourceTags"]).to.deep.equal({ Bucket: "raw", Key: request.source.key, VersionId: "v1" });
      return { set: asked["TagSource"]?.Tagging.TagSet, warnings: (output as { warnings: string[] }).warnings };
    };
    const others = (count: number) => Array.from({ length: count }, (_, i) => ({ Key: `other-${i}`, Value: "x" }));
    expect(await tagged([])).to.deep.equal({ set: ours, warnings: [] });
    expect(await tagged([foreign])).to.deep.equal({ set: [foreign, ...ours], warnings: [] });
    expect(await tagged([{ Key: "analysis-status", Value: "PARTIAL" }, foreign, ...others(6)])).to.deep.equal({
      set: [foreign, ...others(6), ...ours],
      warnings: [],
    });
    const crowded = await tagged([foreign, ...others(7)]);
    expect([crowded.set, crowded.warnings.length]).to.deep.equal([undefined, 1]);
    expect(crowded.warnings[0]).to.match(/^The source was not tagged\. .* It has no room for 3 tags beside those that others gave it\.$/);
  });

  it("passes MediaConvert the settings that were planned", async () => {
    const { asked } = await execute();
    expect(asked["Normalise"].Settings).to.deep.equal({ Inputs: [] });
    expect(asked["RenderReview"].Settings).to.deep.equal({ Inputs: ["review"] });
    expect(asked["Normalise"].ClientRequestToken).to.equal(`${runId}-normalise-0-0`);
  });

  it("names a job anew for every attempt and redrive, in at most 63 characters", async () => {
    const id = "a".repeat(31);
    const analysers = [{ ...args.analysers[0]!, id }];
    const { asked } = await execute({ RunAnalyser: failing("States.TaskFailed", "broken", 1) }, { analysers }, 1000);
    const name: string = asked["RunAnalyser"].ProcessingJobName;
    expect(name).to.equal(`svp-${runId.slice(0, 17)}-${id}-1-1000`);
    expect(name).to.match(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  });

  it("runs as many analysers as there are, with one envelope each", async () => {
    const analysers = ["one", "two", "three"].map((id) => ({ ...args.analysers[0]!, id }));
    expect((await envelopesOf({}, { analysers })).map(({ analyser }) => analyser)).to.deep.equal(["review-rendition", "rekognition", "one", "two", "three"]);
  });

  it("tells the rest of the platform", async () => {
    const { asked } = await execute();
    expect(asked["AnnounceCaseAnalysed"].Entries).to.deep.equal([
      {
        EventBusName: "default",
        Source: "svp.case-analysis",
        DetailType: "CaseAnalysed",
        Detail: { caseId, runId, status: "COMPLETE", analysisUri: `s3://processed/${metadataPrefix(caseId, runId)}analysis.json` },
      },
    ]);
  });
});

/** What `Admit` says of a video that can't be read as it is. */
const toConvert = {
  verdict: "CONVERT",
  reasons: ["The file is AVI, not MP4, MOV, Matroska, WebM or MPEG-TS."],
  durationSeconds: 4000.5,
  startTimecode: "10:00:00:00",
  forecastUsd: null,
  settings: null,
};
const unindexed = { unindexed: "The file is AVI." };
const avi = { IndexSource: () => ({ Payload: unindexed }), Admit: () => ({ Payload: toConvert }) };

describe("a case analysis of a video that can't be read as it is", () => {
  const copyUri = `s3://processed/converted-videos/${caseId}/${runId}/video.mp4`;

  it("converts it, reads and judges the copy, and goes on as with any other video", async () => {
    const { output, attempts, asked } = await execute(avi);
    expect(output).to.deep.include({ status: "COMPLETE" });
    expect(attempts.slice(0, 10)).to.deep.equal("Claim Probe IndexSource Admit Convert IndexCopy ProbeCopy AdmitCopy RecordForecast Normalise".split(" "));
    expect(admitRequest.parse(asked["Admit"].Payload)).to.deep.include({ index: unindexed, indexError: null });
    expect(indexSourceRequest.parse(asked["IndexCopy"].Payload)).to.deep.equal({ request, copy: true });
    expect(asked["ProbeCopy"]).to.deep.equal({ InputFiles: [{ FileUrl: copyUri }] });
    expect(admitRequest.parse(asked["AdmitCopy"].Payload)).to.deep.equal({
      request,
      probe: { ProbeResults: [{ Container: { Format: "mp4", Duration: 10 } }] },
      probeError: null,
      index: { frameCount: 250, durationSeconds: 10 },
      indexError: null,
    });
    expect(asked["RecordForecast"].ExpressionAttributeValues).to.deep.include({
      ":forecast": { N: "0.5" },
      ":detail": { S: JSON.stringify({ runId, stepsUsd: { conversion: 0.05 }, report: null }) },
    });
    expect(asked["Normalise"].Settings).to.deep.equal({ Inputs: ["copy"] });
    // What only the source tells is kept.
    expect(mergeTimelineRequest.parse(asked["MergeTimeline"].Payload)).to.deep.include({ verdict: "PASSTHROUGH", startTimecode: "10:00:00:00", request });
    expect(asked["TagSource"]).to.include({ Bucket: "raw", Key: request.source.key });
  });

  it("tells the task what to read and where to write, and nothing about the patient", async () => {
    const { asked } = await execute(avi);
    const { Overrides, ...rest } = asked["Convert"];
    expect(rest).to.deep.equal(args.conversion);
    expect(Overrides).to.deep.equal({
      ContainerOverrides: [
        {
          Name: "main",
          Environment: [
            { Name: "SOURCE_BUCKET", Value: "raw" },
            { Name: "SOURCE_KEY", Value: request.source.key },
            { Name: "SOURCE_VERSION", Value: "v1" },
            { Name: "COPY_BUCKET", Value: "processed" },
            { Name: "COPY_KEY", Value: convertedVideoKey(caseId, runId) },
            { Name: "OUTCOME_KEY", Value: conversionKey(caseId, runId) },
          ],
        },
      ],
    });
    expect(new Set(Overrides.ContainerOverrides[0].Environment.map(({ Name }: { Name: string }) => Name)).add("SCRATCH_DIR")).to.deep.equal(
      new Set(Object.keys(conversionVariables)),
    );
  });

  it("gives the task time in proportion to the video, all of it where its length is not told", async () => {
    const { Convert } = caseAnalysisDefinition(args).States as Record<string, { TimeoutSeconds: string }>;
    const secondsOf = async (durationSeconds: number) => jsonata(Convert!.TimeoutSeconds.slice(2, -2)).evaluate({}, { plan: { durationSeconds } });
    expect(await Promise.all([60, 4000.5, 0].map(secondsOf))).to.deep.equal([3600, 12_003, 64_800]);
  });

  it("rejects what can't be converted, with the reason, and probes no copy", async () => {
    const reason = "The video (avi, xyz) can't be decoded.";
    const { output, attempts, asked } = await execute({
      ...avi,
      IndexCopy: failing("InvalidInput", thrown("InvalidInput", reason)),
      AdmitCopy: ({ Payload }) => ({
        Payload: { verdict: "REJECT", reasons: [Payload.indexError], durationSeconds: 0, startTimecode: null, forecastUsd: null, settings: null },
      }),
    });
    expect(output).to.deep.equal({ status: "REJECTED" });
    expect(attempts.slice(4)).to.deep.equal(["Convert", "IndexCopy", "AdmitCopy", "MarkRejected"]);
    expect(admitRequest.parse(asked["AdmitCopy"].Payload)).to.deep.include({ index: null, indexError: reason });
    expect(asked["MarkRejected"].ExpressionAttributeValues[":reasons"]).to.deep.equal({ L: [{ S: reason }] });
  });

  it("lets the copy's own probe be judged where MediaConvert can't open it, and rejects", async () => {
    const { output, asked, attempts } = await execute({
      ...avi,
      ProbeCopy: failing("MediaConvert.BadRequestException", "Unknown format (BadRequestException)"),
      AdmitCopy: () => ({
        Payload: { verdict: "REJECT", reasons: ["The video can't be opened."], durationSeconds: 0, startTimecode: null, forecastUsd: null, settings: null },
      }),
    });
    expect(output).to.deep.equal({ status: "REJECTED" });
    expect(admitRequest.parse(asked["AdmitCopy"].Payload)).to.deep.include({ probe: null });
    expect(attempts.filter((name) => name === "Convert")).to.have.length(1);
  });

  it("waits for Fargate to have room, and tries a task that failed once more", async () => {
    const ended = { LastStatus: "STOPPED" };
    const full = await execute({ ...avi, Convert: failing("ECS.AmazonECSException", "Capacity is unavailable at this time", 12, ended) });
    expect(full.output).to.deep.include({ status: "COMPLETE" });
    expect(full.attempts.filter((name) => name === "Convert")).to.have.length(13);
    const once = await execute({ ...avi, Convert: failing("States.TaskFailed", "{}", 1, ended) });
    expect(once.output).to.deep.include({ status: "COMPLETE" });
  });

  it("fails where the task does, saying so, and a redrive goes on with the conversion", async () => {
    const cause = JSON.stringify({ StoppedReason: "Essential container in task exited", Containers: [{ Name: "main", ExitCode: 1 }] });
    let broken = true;
    const Convert = () => {
      if (broken) throw new StatesError("States.TaskFailed", cause);
      return { LastStatus: "STOPPED" };
    };
    const failed = await execute({ ...avi, Convert });
    expect(failureOf(failed)).to.contain("The task stopped: Essential container in task exited with 1.");
    expect(failed.attempts.slice(3)).to.deep.equal(["Admit", "Convert", "Convert", "MarkFailed"]);
    const { output, attempts } = await execute({ ...avi, Convert }, {}, 0, () => {
      broken = false;
    });
    expect(output).to.deep.include({ status: "COMPLETE" });
    expect(attempts.slice(7, 11)).to.deep.equal(["Claim", "Convert", "IndexCopy", "ProbeCopy"]);
  });

  it("goes on with the copy when what failed came after it", async () => {
    let broken = true;
    const Normalise = () => {
      if (broken) throw new StatesError("States.TaskFailed", "broken");
      return { Job: { Id: "1" } };
    };
    const { output, attempts, asked } = await execute({ ...avi, Normalise }, {}, 0, () => {
      broken = false;
    });
    expect(output).to.deep.include({ status: "COMPLETE" });
    expect(attempts.filter((name) => name === "Convert")).to.have.length(1);
    expect(asked["Normalise"].Settings).to.deep.equal({ Inputs: ["copy"] });
  });
});

describe("a case analysis that ends early", () => {
  it("steps back where another execution of the run has the case", async () => {
    const { output, attempts } = await execute({ Claim: failing("DynamoDB.ConditionalCheckFailedException", "taken") });
    expect(output).to.deep.equal({ status: "ALREADY_CLAIMED" });
    expect(attempts).to.deep.equal(["Claim"]);
  });

  it("rejects with every reason", async () => {
    const reasons = ["The file holds no video stream.", "The picture is too small."];
    const { output, asked } = await execute({
      Admit: () => ({ Payload: { verdict: "REJECT", reasons, durationSeconds: 0, forecastUsd: null, settings: null } }),
    });
    expect(output).to.deep.equal({ status: "REJECTED" });
    expect(asked["MarkRejected"].ExpressionAttributeValues).to.deep.include({
      ":status": { S: "REJECTED" },
      ":reasons": { L: [{ S: reasons[0] }, { S: reasons[1] }] },
    });
    expect(asked["MarkRejected"].ConditionExpression).to.equal("runId = :run AND #status <> :deleting");
    expect(asked).not.to.have.property("Normalise");
  });

  it("tells what it has cost so far: the steps that did their work, and the time of jobs, those that failed too", async () => {
    const costOf = (run: Awaited<ReturnType<typeof execute>>, state: string) => Number(run.asked[state].ExpressionAttributeValues[":cost"].N);
    const admitted = { verdict: "REJECT", reasons: ["It is too long."], durationSeconds: 0, forecastUsd: null, stepsUsd: {}, settings: null };
    // 100 transitions; the scan of 1,000 bytes is nothing.
    expect(costOf(await execute({ Admit: () => ({ Payload: admitted }) }), "MarkRejected")).to.equal(0.0025);
    const started = Date.parse(startedAt);
    // An hour of ml.c5.xlarge.
    const job = { ProcessingStartTime: started, ProcessingEndTime: started + 3_600_000 };
    const closed = { Payload: { verdict: "QUARANTINE", reasons: ["No."], outOfBodyCount: 0, textCount: 0 } };
    const screened = { ScreenFrames: () => ({ ProcessingJobStatus: "Completed", ...job }), DecideGate: () => closed };
    // The rendition, the job, and a picture that was searched.
    expect(costOf(await execute(screened), "MarkQuarantined")).to.equal(0.0025 + 0.1 + 0.204 + 0.001);
    const failed = { ...screened, ScreenFrames: failing("States.TaskFailed", JSON.stringify({ FailureReason: "It broke.", ...job })) };
    expect(costOf(await execute(failed), "MarkQuarantined")).to.equal(0.0025 + 0.1 + 0.204);
    // Review rendition, shots and frames as planned.
    const unmerged = await execute({ MergeTimeline: failing("NothingAnalysed", thrown("NothingAnalysed", "There is nothing to merge.")) });
    expect(costOf(unmerged, "MarkFailed")).to.be.closeTo(0.0025 + 0.1 + 0.001 + 0.2 + 0.3 + 0.4, 1e-9);
  });

  it("lets admission judge what is wrong with the video, in words", async () => {
    const { asked } = await execute({
      Probe: failing("MediaConvert.BadRequestException", "The file is not a video."),
      IndexSource: failing("InvalidInput", thrown("InvalidInput", "The file is empty.")),
      Admit: () => ({ Payload: { verdict: "REJECT", reasons: ["The file is empty."], durationSeconds: 0, forecastUsd: null, settings: null } }),
    });
    expect(admitRequest.parse(asked["Admit"].Payload)).to.deep.include({
      probe: null,
      probeError: "MediaConvert.BadRequestException: The file is not a video.",
      index: null,
      indexError: "The file is empty.",
    });
    expect(asked["MarkRejected"].ExpressionAttributeValues[":reasons"]).to.deep.equal({ L: [{ S: "The file is empty." }] });
  });

  it("does not blame the video for what is wrong with the platform", async () => {
    const refused = await execute({ Probe: failing("MediaConvert.ForbiddenException", "no access") });
    expect(failureOf(refused)).to.equal("MediaConvert.ForbiddenException: no access");
    const broken = await execute({ IndexSource: failing("BrokenContract", thrown("BrokenContract", "S3 tells no size of the source.")) });
    expect(failureOf(broken)).to.equal("S3 tells no size of the source.");
    expect(broken.asked["MarkFailed"].ExpressionAttributeValues).to.deep.include({
      ":status": { S: "FAILED" },
      ":reasons": { L: [{ S: "S3 tells no size of the source." }] },
    });
  });

  it("quarantines what the gate will not clear, and what it could not judge", async () => {
    const closed = await execute({
      DecideGate: () => ({ Payload: { verdict: "QUARANTINE", reasons: ["Half of the frames were not looked at."], outOfBodyCount: 0 } }),
    });
    expect(closed.output).to.deep.equal({ status: "QUARANTINED" });
    expect(closed.asked["MarkQuarantined"].ExpressionAttributeValues[":reasons"]).to.deep.equal({ L: [{ S: "Half of the frames were not looked at." }] });
    expect(closed.asked).not.to.have.any.keys("PlanReview", "RunAnalyser", "StartSegmentDetection");

    const broken = await execute({ DecideGate: failing("NotFound", thrown("NotFound", "result.json isn't there.")) });
    expect(broken.output).to.deep.equal({ status: "QUARANTINED" });
    expect(broken.asked["MarkQuarantined"].ExpressionAttributeValues[":reasons"]).to.deep.equal({
      L: [{ S: "The privacy gate could not decide. result.json isn't there." }],
    });
  });

  it("lets the gate see that screening failed", async () => {
    const { asked } = await execute({ ScreenFrames: failing("States.TaskFailed", "out of memory") });
    expect(decideGateRequest.parse(asked["DecideGate"].Payload).screening).to.include({ status: "FAILED", error: "States.TaskFailed: out of memory" });
  });

  it("searches pictures for text part by part, each 20 minutes, and lets the gate see whether it worked", async () => {
    const long = { verdict: "NORMALISE", reasons: [], durationSeconds: 3601, startTimecode: null, forecastUsd: 0.25, settings: { Inputs: [] } };
    const { asked, attempts } = await execute({ Admit: () => ({ Payload: long }) });
    expect(attempts.filter((name) => name === "SearchPictures")).to.have.length(4);
    expect(searchPicturesRequest.parse(asked["SearchPictures"].Payload)).to.deep.include({ caseId, runId, part: 3 });
    expect(decideGateRequest.parse(asked["DecideGate"].Payload).pictures).to.deep.equal({ status: "SUCCEEDED", error: null });
    const failed = await execute({ SearchPictures: failing("BrokenContract", thrown("BrokenContract", "Rekognition is silent.")) });
    expect(decideGateRequest.parse(failed.asked["DecideGate"].Payload).pictures).to.deep.equal({ status: "FAILED", error: "Rekognition is silent." });
  });

  it("searches no picture without Rekognition, nor after a screening that failed, and says so", async () => {
    const skipped = { status: "SKIPPED", error: null };
    for (const run of [
      await execute({}, { rekognition: { enabled: false, labels: false, pollSeconds: 45 } }),
      await execute({ ScreenFrames: failing("States.TaskFailed", "out of memory") }),
    ]) {
      expect(run.attempts).not.to.include("SearchPictures");
      expect(decideGateRequest.parse(run.asked["DecideGate"].Payload).pictures).to.deep.equal(skipped);
    }
  });

  it("fails with the cause where nothing was analysed", async () => {
    const run = await execute({ MergeTimeline: failing("NothingAnalysed", thrown("NothingAnalysed", "There is nothing to merge.")) });
    expect(failureOf(run)).to.equal("There is nothing to merge.");
    expect(run.asked["MarkFailed"].ExpressionAttributeValues[":reasons"]).to.deep.equal({ L: [{ S: "There is nothing to merge." }] });
  });

  it("never marks a case that a newer run has taken", async () => {
    const run = await execute({
      Normalise: failing("States.TaskFailed", "no decoder"),
      MarkFailed: failing("DynamoDB.ConditionalCheckFailedException", "newer run"),
    });
    expect(failureOf(run)).to.equal("States.TaskFailed: no decoder");
  });
});

describe("a case analysis that is redriven", () => {
  it("takes the case again and goes on in the state that failed", async () => {
    const broken = failing("States.TaskFailed", "no decoder");
    let repaired = false;
    const answers = { Normalise: (...asked: Parameters<typeof broken>) => (repaired ? { Job: { Id: "1" } } : broken(...asked)) };
    const { output, attempts, asked } = await execute(answers, {}, 0, () => {
      repaired = true;
    });
    expect(output).to.deep.include({ status: "COMPLETE", warnings: [] });
    expect(attempts.slice(0, 10)).to.deep.equal("Claim Probe IndexSource Admit RecordForecast Normalise Normalise MarkFailed Claim Normalise".split(" "));
    expect(
      attempts.filter((name) => name === "Probe"),
      "what was done is not done again",
    ).to.have.length(1);
    expect(asked["Normalise"].ClientRequestToken, "a job of its own").to.equal(`${runId}-normalise-0-1`);
  });

  it("knows every state that can fail", () => {
    const { States } = caseAnalysisDefinition(args);
    const resumed = (States["Resume"] as ChoiceState).Choices.map(({ Next }) => Next);
    const canFail = Object.entries(States).filter(
      ([name, state]) => name !== "Claim" && "Catch" in state && state.Catch.some(({ Next }) => Next === "MarkFailed"),
    );
    expect(resumed).to.deep.equal(canFail.map(([name]) => name));
    expect(resumed).to.include.members(["Probe", "Normalise", "Analyse", "MergeTimeline"]);
  });
});

describe("a branch of the case analysis that fails", () => {
  it("tries a job once more before it gives up", async () => {
    const { attempts } = await execute({ RunAnalyser: failing("States.TaskFailed", "broken", 1) });
    expect(attempts.filter((name) => name === "RunAnalyser")).to.have.length(2);
  });

  it("leaves the others' results", async () => {
    expect(await envelopesOf({ RunAnalyser: failing("States.TaskFailed", "no memory") })).to.deep.equal([
      succeeded.review,
      succeeded.rekognition,
      { ...succeeded.frames, status: "FAILED", error: "States.TaskFailed: no memory", jobSeconds: null },
    ]);
    expect(await envelopesOf({ CollectShots: failing("BrokenContract", thrown("BrokenContract", "A page was empty.")) })).to.deep.equal([
      succeeded.review,
      { analyser: "rekognition", status: "FAILED", outputPrefix: null, coverage: null, costUsd: null, error: "A page was empty." },
      succeeded.frames,
    ]);
  });

  it("shows Rekognition nothing but the review rendition", async () => {
    const { asked } = await execute({ RenderReview: failing("States.TaskFailed", "no disk") });
    expect(asked).not.to.have.property("StartSegmentDetection");
    expect(asked["MergeTimeline"].Payload.envelopes.slice(0, 2)).to.deep.equal([
      { analyser: "review-rendition", status: "FAILED", outputPrefix: null, coverage: null, costUsd: null, error: "States.TaskFailed: no disk" },
      {
        analyser: "rekognition",
        status: "FAILED",
        outputPrefix: null,
        coverage: null,
        costUsd: null,
        error: "There is no review rendition for Rekognition to look at.",
      },
    ]);
  });

  it("tells why Rekognition failed, and gives up after eight hours", async () => {
    const failed = await envelopesOf({ GetSegmentDetection: () => ({ JobStatus: "FAILED", StatusMessage: "unsupported codec" }) });
    expect(failed[1]).to.include({ status: "FAILED", error: "Rekognition: unsupported codec" });
    // Each look comes an hour after the one before.
    const { asked, attempts } = await execute({ GetSegmentDetection: () => ({ JobStatus: "IN_PROGRESS" }) });
    expect(attempts.filter((name) => name === "GetSegmentDetection")).to.have.length(9);
    expect(asked["MergeTimeline"].Payload.envelopes[1]).to.include({ status: "FAILED", error: "Rekognition has not answered in 8 hours." });
  });

  it("skips Rekognition where the environment has it off", async () => {
    const rekognition = { enabled: false, labels: false, pollSeconds: 45 };
    const skipped = { analyser: "rekognition", status: "SKIPPED", outputPrefix: null, coverage: null, costUsd: null, error: null };
    expect(await envelopesOf({}, { rekognition })).to.deep.equal([succeeded.review, skipped, succeeded.frames]);
    expect((await envelopesOf({ PlanReview: failing("NotFound", thrown("NotFound", "no gate")) }, { rekognition }))[1]).to.deep.equal(skipped);
  });
});

describe("any state that fails for good", () => {
  /** The gate as it decides: closed without a screening, or with pictures that nobody searched. */
  const DecideGate = ({ Payload }: Arguments) => ({
    Payload:
      Payload.screening.status === "SUCCEEDED" && Payload.pictures.status !== "FAILED"
        ? { verdict: "OPEN", reasons: [], outOfBodyCount: 0, textCount: 0 }
        : { verdict: "QUARANTINE", reasons: ["It can't be told."], outOfBodyCount: 0, textCount: 0 },
  });
  const branches = ["review-rendition", "rekognition", "rekognition-labels", "frame-analysis"];
  /** Reached only of a video that can't be read as it is. */
  const converting = ["Convert", "IndexCopy", "ProbeCopy", "AdmitCopy"];
  /** How the analysis ends: with an error, quarantined, with branches that are missing, or whole but for what it could not tell of its end. */
  const ends: Readonly<Record<string, "FAILED" | "QUARANTINED" | "a warning" | readonly string[]>> = {
    ...Object.fromEntries(
      ["Claim", "Probe", "IndexSource", "Admit", ...converting, "RecordForecast", "Normalise", "IndexRendition", "MergeTimeline"].map(
        (state) => [state, "FAILED"] as const,
      ),
    ),
    ...Object.fromEntries(["ScreenFrames", "SearchPictures", "DecideGate"].map((state) => [state, "QUARANTINED"] as const)),
    ...Object.fromEntries(["PlanReview", "RenderReview", "IndexReview"].map((state) => [state, branches.slice(0, 3)])),
    ...Object.fromEntries(["StartSegmentDetection", "GetSegmentDetection", "CollectShots"].map((state) => [state, ["rekognition"]])),
    ...Object.fromEntries(["StartLabelDetection", "GetLabelDetection", "CollectLabels"].map((state) => [state, ["rekognition-labels"]])),
    RunAnalyser: ["frame-analysis"],
    ...Object.fromEntries(["MeasureOperation", "ReadSourceTags", "TagSource", "AnnounceCaseAnalysed"].map((state) => [state, "a warning"] as const)),
  };

  it("is one whose end is known", () => {
    const tasks = statesOf(caseAnalysisDefinition({ ...args, ...withLabels })).flatMap(([name, { Type }]) => (Type === "Task" ? [name] : []));
    // Reached only once something else has failed or been refused.
    const endings = ["MarkRejected", "MarkQuarantined", "MarkFailed"];
    expect(Object.keys(ends).sort()).to.deep.equal(tasks.filter((name) => !endings.includes(name)).sort());
  });

  for (const [state, end] of Object.entries(ends)) {
    it(`${state}: ${typeof end === "string" ? end : `without ${end.join(", ")}`}, and nothing is lost beside it`, async () => {
      const { output, error, asked, attempts } = await execute(
        { ...(converting.includes(state) && avi), DecideGate, [state]: failing("States.TaskFailed", "It broke.") },
        withLabels,
      );
      const marks = attempts.filter((name) => name.startsWith("Mark"));
      if (end === "FAILED") {
        expect([output, error?.error, marks]).to.deep.equal([undefined, "States.QueryEvaluationError", ["MarkFailed"]]);
        expect(asked["MarkFailed"].ExpressionAttributeValues[":reasons"].L[0].S).to.include("It broke.");
        return;
      }
      expect(error).to.equal(undefined);
      if (end === "QUARANTINED") {
        expect([output, marks]).to.deep.equal([{ status: "QUARANTINED" }, ["MarkQuarantined"]]);
        for (const looks of ["RenderReview", "RunAnalyser", "StartSegmentDetection", "MergeTimeline"]) expect(attempts).not.to.include(looks);
        return;
      }
      const failed = typeof end === "string" ? [] : end;
      const { envelopes } = mergeTimelineRequest.parse(asked["MergeTimeline"].Payload);
      expect(envelopes.map(({ analyser, status, error: why }) => [analyser, status, why === null])).to.deep.equal(
        branches.map((branch) => [branch, failed.includes(branch) ? "FAILED" : "SUCCEEDED", !failed.includes(branch)]),
      );
      expect(output).to.deep.include({ status: "COMPLETE" });
      expect((output as { warnings: string[] }).warnings).to.have.length(end === "a warning" ? 1 : 0);
      expect(marks).to.deep.equal([]);
    });
  }
});

describe("labels", () => {
  const labels = { ...succeeded.rekognition, analyser: "rekognition-labels", outputPrefix: "s3://processed/l/" };
  const lost = (error: string) => ({ ...labels, status: "FAILED", outputPrefix: null, error });

  it("are looked for where they are switched on, in the review rendition, without a word about people, after the shots", async () => {
    const { asked, attempts } = await execute({}, withLabels);
    expect(mergeTimelineRequest.parse(asked["MergeTimeline"].Payload).envelopes).to.deep.equal([
      succeeded.review,
      succeeded.rekognition,
      labels,
      succeeded.frames,
    ]);
    expect(asked["StartLabelDetection"]).to.deep.equal({
      Video: { S3Object: { Bucket: "processed", Name: reviewRenditionKey(caseId, runId) } },
      Features: ["GENERAL_LABELS"],
      Settings: { GeneralLabels: { LabelCategoryExclusionFilters: ["Expressions and Emotions", "Person Description"] } },
      JobTag: runId,
      ClientRequestToken: `${runId}-0`,
    });
    expect(collectLabelsRequest.parse(asked["CollectLabels"].Payload)).to.deep.equal({ caseId, runId, jobId: "job-2" });
    // One job of Rekognition's at a time: that is what the leases of the admission count on.
    expect(attempts.indexOf("CollectShots")).to.be.within(0, attempts.indexOf("StartLabelDetection") - 1);
    expect((await execute()).attempts).not.to.include("StartLabelDetection");
  });

  it("that can't be had cost no other branch its work, and the shots that can't be had cost no labels", async () => {
    const broken = failing("BrokenContract", thrown("BrokenContract", "A page was empty."));
    expect(await envelopesOf({ CollectLabels: broken }, withLabels)).to.deep.equal([
      succeeded.review,
      succeeded.rekognition,
      lost("A page was empty."),
      succeeded.frames,
    ]);
    expect(await envelopesOf({ GetLabelDetection: () => ({ JobStatus: "FAILED" }) }, withLabels)).to.deep.include(lost("Rekognition: no reason given"));
    expect((await envelopesOf({ StartSegmentDetection: failing("Rekognition.AccessDeniedException", "no") }, withLabels)).slice(1, 3)).to.deep.equal([
      { ...succeeded.rekognition, status: "FAILED", outputPrefix: null, error: "Rekognition.AccessDeniedException: no" },
      labels,
    ]);
    expect(await envelopesOf({ PlanReview: failing("NotFound", thrown("NotFound", "no gate")) }, withLabels)).to.deep.include(
      lost("There is no review rendition for Rekognition to look at."),
    );
  });
});

describe("a case analysis that can't tell of its end", () => {
  it("stays analysed and lists what is missing", async () => {
    const { output } = await execute({
      MeasureOperation: failing("BrokenContract", thrown("BrokenContract", "The tracks are cut.")),
      TagSource: failing("S3.NoSuchKey", "gone"),
      AnnounceCaseAnalysed: failing("Events.Failed", "bus is down"),
    });
    expect(output).to.deep.include({
      status: "COMPLETE",
      warnings: [
        "The operation was not measured. The tracks are cut.",
        "The source was not tagged. S3.NoSuchKey: gone",
        "The analysis was not announced. Events.Failed: bus is down",
      ],
    });
  });
});
