import { expect } from "chai";
import { analyserBranches } from "../../../components/analysis/analyse-branches.asl.ts";
import { caseAnalysisDefinition } from "../../../components/analysis/case-analysis.asl.ts";
import { analyserPrefix, transformAnswersPrefix } from "../../../contracts/keys.ts";
import { collectSegmentsRequest, inferSegmentsRequest, mergeTimelineRequest, planTransformRequest } from "../../../contracts/steps.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import { type Answer, type Arguments, allModes, args, caseId, execute, failing, runId, startedAt, thrown } from "./execution.ts";

/** Runs all modes side by side; what each was asked when its answers were collected is kept by analyser. */
const run = async (answers: Record<string, Answer> = {}, modes = allModes) => {
  const collected: Record<string, Arguments> = {};
  const transforms: Arguments[] = [];
  const collect: Answer = ({ Payload }) => {
    collected[Payload.analyser.id] = Payload;
    return {
      Payload: { analyser: Payload.analyser.id, status: "SUCCEEDED", outputPrefix: "s3://processed/e/", coverage: 1, costUsd: 0.01, error: Payload.error },
    };
  };
  const { asked, attempts } = await execute(
    {
      CollectSegments: collect,
      CollectTransformed: collect,
      RunTransform: (given) => {
        transforms.push(given);
        return { TransformJobStatus: "Completed", TransformStartTime: "2026-11-21T09:00:00.000Z", TransformEndTime: "2026-11-21T09:01:00.000Z" };
      },
      ...answers,
    },
    modes,
  );
  const { envelopes } = mergeTimelineRequest.parse(asked["MergeTimeline"].Payload);
  return { asked, collected, transforms, envelopes: envelopes.slice(-3), times: (state: string) => attempts.filter((name) => name === state).length };
};
const frames = {
  ...{ analyser: "frame-analysis", status: "SUCCEEDED", outputPrefix: `s3://processed/${analyserPrefix(caseId, runId, "frame-analysis")}` },
  ...{ coverage: null, costUsd: null, error: null },
};
const large = { analyser: "large", status: "SUCCEEDED", outputPrefix: "s3://processed/e/", coverage: 1, costUsd: 0.01, error: null };
const nightly = { ...large, analyser: "nightly" };
const askedLarge = { id: "large", models: ["segmenter"], sampleRate: 1, instanceType: "ml.g5.xlarge", timeoutSeconds: 7200 };
const askedNightly = { id: "nightly", models: ["tools", "organs"], sampleRate: 2, instanceType: "ml.m5.xlarge", timeoutSeconds: 3600 };

describe("the modes of analysers", () => {
  it("make a definition that Step Functions, and the local cloud, accept", async () => {
    expect(await definitionFaults(JSON.parse(JSON.stringify(caseAnalysisDefinition({ ...args, ...allModes }))))).to.deep.equal([]);
  });

  it("have a branch each, and leave no state behind that no analyser needs", () => {
    const statesOf = (...given: Parameters<typeof analyserBranches>) =>
      analyserBranches(...given).map(({ StartAt, States }) => {
        const map = States[StartAt]!;
        return [StartAt, ...Object.keys("ItemProcessor" in map ? map.ItemProcessor.States : {})].join(" ");
      });
    const [ofJob, ofEndpoint, ofTransform] = [
      "AnalyseFrames BeginAnalyser RunAnalyser IsAnalyserShortOfCapacity WaitForAnalyserCapacity AnalyserFailed AnalyserDone",
      "AskEndpoints BeginAsking InferSegments AreSegmentsAnswered WaitForAnswers CollectSegments SegmentsCollected",
      "TransformVideos BeginTransform PlanTransform TransformSegments CollectTransformed Transformed",
    ];
    const [job, endpoint, transform] = allModes.analysers!;
    expect(statesOf(args.analysers, args.processing)).to.deep.equal([ofJob]);
    expect(statesOf(allModes.analysers!, args.processing, allModes.segments)).to.deep.equal([ofJob, ofEndpoint, ofTransform]);
    expect(statesOf([job!, endpoint!], args.processing, allModes.segments)).to.deep.equal([ofJob, ofEndpoint]);
    expect(statesOf([transform!], args.processing, allModes.segments)).to.deep.equal([ofTransform]);
    expect(statesOf([], args.processing)).to.deep.equal([]);
    expect(() => statesOf([endpoint!], args.processing)).to.throw('Analyser "large" has no endpoint.');
    expect(() => statesOf([transform!], args.processing)).to.throw('Analyser "nightly" has no model to transform with.');
  });

  it("work side by side: a job, an endpoint that is asked until all is answered, and a transform job for each network", async () => {
    const { envelopes, asked, collected, transforms, times } = await run();
    expect(envelopes).to.deep.equal([frames, large, nightly]);
    expect([times("RunAnalyser"), times("InferSegments"), times("RunTransform"), times("CollectSegments"), times("CollectTransformed")]).to.deep.equal([
      1, 3, 2, 1, 1,
    ]);
    expect(inferSegmentsRequest.parse(asked["InferSegments"].Payload)).to.deep.equal({
      ...{ caseId, runId, analyser: askedLarge, since: startedAt },
      endpoint: { kind: "asynchronous", name: "svp-unit-segments-large", instances: 1 },
    });
    expect(planTransformRequest.parse(asked["PlanTransform"].Payload)).to.deep.equal({ caseId, runId, analyser: askedNightly });
    const common = { caseId, runId, since: startedAt, error: null };
    // One instance from the first request to the last answer: two waits of an hour.
    expect(collectSegmentsRequest.parse(collected["large"])).to.deep.equal({ ...common, analyser: askedLarge, mode: "endpoint", instanceSeconds: 2 * 3600 });
    // Two jobs of a minute on three instances.
    expect(collectSegmentsRequest.parse(collected["nightly"])).to.deep.equal({ ...common, analyser: askedNightly, mode: "transform", instanceSeconds: 360 });
    expect(transforms.map(({ TransformJobName }) => TransformJobName).sort()).to.deep.equal(
      ["0", "1"].map((index) => `svp-${runId.slice(0, 14)}-nightly-${index}-0-0`),
    );
    expect(transforms.find(({ Environment }) => Environment.VIDEO_WORK === "model=tools")).to.deep.include({
      ...{ ModelName: "transform-model", BatchStrategy: "SingleRecord", MaxPayloadInMB: 12, MaxConcurrentTransforms: 2 },
      Environment: { VIDEO_WORK: "model=tools" },
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: "s3://processed/segments.manifest" } },
        ...{ ContentType: "video/mp2t", CompressionType: "None", SplitType: "None" },
      },
      TransformOutput: {
        ...{
          S3OutputPath: `s3://processed/${transformAnswersPrefix(caseId, runId, "nightly", "tools")}`,
          Accept: "application/jsonlines",
          AssembleWith: "None",
          KmsKeyId: args.processing.keyArn,
        },
      },
      TransformResources: { InstanceType: "ml.m5.xlarge", InstanceCount: 3, VolumeKmsKeyId: args.processing.keyArn },
    });
  });

  it("ask a real-time endpoint by the same states, and count all of its instances that always run", async () => {
    const [job, endpoint, transform] = allModes.analysers!;
    const analysers = [job!, { ...endpoint!, endpoint: "real-time" as const, minimumInstances: 3 }, transform!];
    const { envelopes, asked, collected, times } = await run({}, { ...allModes, analysers });
    expect(envelopes).to.deep.equal([frames, large, nightly]);
    expect(inferSegmentsRequest.parse(asked["InferSegments"].Payload).endpoint).to.deep.equal({
      ...{ kind: "real-time", name: "svp-unit-segments-large", instances: 3 },
    });
    expect(times("InferSegments")).to.equal(3);
    expect(collected["large"].instanceSeconds).to.equal(3 * 2 * 3600);
  });

  it("ask for a driver that CUDA 12 takes where a transform job's GPUs would have an older one", async () => {
    const [job, endpoint, transform] = allModes.analysers!;
    const on = async (instanceType: string) => {
      const { transforms } = await run({}, { ...allModes, analysers: [job!, endpoint!, { ...transform!, instanceType }] });
      return transforms[0]!.TransformResources;
    };
    for (const InstanceType of ["ml.g4dn.xlarge", "ml.g5.xlarge"])
      expect(await on(InstanceType)).to.deep.equal({ InstanceType, InstanceCount: 3, TransformAmiVersion: "al2-ami-sagemaker-batch-gpu-535" });
    expect(await on("ml.g6.xlarge")).to.deep.equal({ InstanceType: "ml.g6.xlarge", InstanceCount: 3 });
  });

  it("wait for an endpoint and for transform jobs that are held back, and go on", async () => {
    const { envelopes, times } = await run({
      InferSegments: failing("TryAgain", thrown("TryAgain", "ThrottlingException: slower"), 4, { Payload: { pending: 0, answered: 2, failed: 0 } }),
      RunTransform: failing("SageMaker.ResourceLimitExceededException", "quota", 5, { TransformJobStatus: "Completed" }),
    });
    expect(envelopes).to.deep.equal([frames, large, nightly]);
    expect([times("InferSegments"), times("RunTransform")]).to.deep.equal([5, 12]);
  });

  it("use what was answered before the asking failed", async () => {
    const { envelopes, collected } = await run({
      InferSegments: failing("AccessDenied", thrown("AccessDenied", "It may not be asked.")),
      PlanTransform: failing("BrokenContract", thrown("BrokenContract", "Two folders.")),
    });
    expect(envelopes).to.deep.equal([frames, { ...large, error: "It may not be asked." }, { ...nightly, error: "Two folders." }]);
    expect(collected["nightly"]).to.include({ mode: "transform", instanceSeconds: null });
  });

  it("use what a transform job left that failed twice, count its time, and keep the other's", async () => {
    const failed = { FailureReason: "1 of 9 failed.", TransformStartTime: 1_000_000, TransformEndTime: 1_030_000 };
    const answer: Answer = ({ Environment }) => {
      if (Environment.VIDEO_WORK === "model=organs") throw new StatesError("States.TaskFailed", JSON.stringify(failed));
      return { TransformJobStatus: "Completed", TransformStartTime: "2026-11-21T09:00:00.000Z", TransformEndTime: "2026-11-21T09:01:00.000Z" };
    };
    const { envelopes, collected, times } = await run({ RunTransform: answer });
    expect(times("RunTransform")).to.equal(3);
    expect(envelopes.at(-1)).to.deep.equal({ ...nightly, error: "organs: 1 of 9 failed." });
    expect(collected["nightly"]).to.include({ error: "organs: 1 of 9 failed.", instanceSeconds: 270 });
  });

  it("run no transform job where the gate left no frame", async () => {
    const { envelopes, collected, times } = await run({ PlanTransform: () => ({ Payload: { jobs: [] } }) });
    expect(envelopes.at(-1)).to.deep.equal(nightly);
    expect([times("RunTransform"), collected["nightly"].instanceSeconds]).to.deep.equal([0, 0]);
  });

  it("never lose one another's work", async () => {
    const lost = { status: "FAILED", coverage: null, costUsd: null, error: "The segments are others." };
    const others = failing("BrokenContract", thrown("BrokenContract", "The segments are others."));
    const noFolder = await run({ CollectSegments: others, CollectTransformed: others });
    expect(noFolder.envelopes).to.deep.equal([
      frames,
      { ...large, ...lost, outputPrefix: `s3://processed/${analyserPrefix(caseId, runId, "large")}` },
      { ...nightly, ...lost, outputPrefix: `s3://processed/${analyserPrefix(caseId, runId, "nightly")}` },
    ]);
    // How long the job ran stands in its description, in numbers or in words.
    const times: [object, number | null][] = [
      [{}, null],
      [{ ProcessingStartTime: 1_000_000 }, null],
      [{ ProcessingStartTime: 1_000_000, ProcessingEndTime: 1_042_500 }, 42.5],
      [{ ProcessingStartTime: "2026-11-21T09:00:00.000Z", ProcessingEndTime: "2026-11-21T09:01:00.000Z" }, 60],
    ];
    for (const [described, jobSeconds] of times) {
      const noJob = await run({ RunAnalyser: failing("States.TaskFailed", JSON.stringify({ FailureReason: "No disk.", ...described })) });
      expect(noJob.envelopes).to.deep.equal([{ ...frames, status: "FAILED", error: "No disk.", jobSeconds }, large, nightly]);
    }
  });
});
