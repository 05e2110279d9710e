import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { PlatformFunction } from "../../../components/compute/platform-function.ts";
import { driftWatchDefinition } from "../../../components/learning/drift-watch.asl.ts";
import { DriftWatch, type DriftWatchArgs } from "../../../components/learning/drift-watch.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import { failure } from "../../support/failure.ts";
import type { Answer } from "../analysis/execution.ts";
import { runDefinition } from "../machine-run.ts";
import { parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const target = (name: string) => ({ arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`, timeoutSeconds: 900 });
const definition = driftWatchDefinition({ measureDrift: target("drift"), measureQuality: target("quality"), resumeRetrainings: target("resume") });
const news = (model: string, reason = "drift") => ({
  ...{ episode: "e".repeat(32), model, version: "1.0.0", digest: "a".repeat(64), reason, what: ["scores"], report: "drift/r.json" },
});
type News = ReturnType<typeof news>;
const outcome = (announcements: News[] = [], faults: string[] = [], open: News[] = []) => ({ Payload: { announcements, open, faults } });
const resumed = (models: string[] = [], faults: string[] = []) => ({ Payload: { resumed: models, faults } });
const execute = (drift: Answer, quality: Answer = () => outcome(), resume: Answer = () => resumed()) =>
  runDefinition(
    definition,
    { machine: "drift-watch", execution: "look-1", input: {} },
    { MeasureDrift: drift, MeasureQuality: quality, AnnounceDrift: () => ({ FailedEntryCount: 0 }), ResumeRetrainings: resume },
  );

describe("drift-watch", () => {
  it("is a definition that Step Functions takes", async () => {
    expect(await definitionFaults(JSON.parse(JSON.stringify(definition)))).to.deep.equal([]);
  });

  it("announces nothing where all is well", async () => {
    const { output, asked } = await execute(() => outcome());
    expect(output).to.deep.equal({ announced: 0, resumed: 0 });
    expect(asked.map(({ name, arguments: { Payload } }) => [name, Payload])).to.deep.equal([
      ["MeasureDrift", { execution: "look-1" }],
      ["MeasureQuality", { execution: "look-1" }],
      ["ResumeRetrainings", { open: [] }],
    ]);
  });

  it("announces each network that drifted, and each that people agree with no more", async () => {
    const { output, asked } = await execute(
      () => outcome([news("instrument-detector")]),
      () => outcome([news("phase-classifier", "quality"), news("instrument-detector", "quality")]),
    );
    expect(output).to.deep.equal({ announced: 3, resumed: 0 });
    expect(asked.slice(2, 5).map(({ arguments: { Entries } }) => Entries)).to.deep.equal(
      [news("instrument-detector"), news("phase-classifier", "quality"), news("instrument-detector", "quality")].map((Detail) => [
        { EventBusName: "default", Source: "svp.learning", DetailType: "Drift Detected", Detail },
      ]),
    );
  });

  it("announces what is certain, and then fails with every network that it could not judge", async () => {
    const { error, asked } = await execute(
      () => outcome([news("instrument-detector")], ["phase-classifier: Its baseline is another."]),
      () => outcome([], ["view-classifier: Broken."]),
    );
    expect(asked.map(({ name }) => name)).to.deep.equal(["MeasureDrift", "MeasureQuality", "AnnounceDrift", "ResumeRetrainings"]);
    expect([error?.error, error?.causeText]).to.deep.equal(["NotAllJudged", "phase-classifier: Its baseline is another. view-classifier: Broken."]);
  });

  it("goes on with what waited and is wrong still, and announces it no second time", async () => {
    const [drifted, disagreed] = [news("instrument-detector"), news("phase-classifier", "quality")];
    const { output, asked } = await execute(
      () => outcome([], [], [drifted]),
      () => outcome([], [], [disagreed]),
      () => resumed(["instrument-detector"]),
    );
    expect(output).to.deep.equal({ announced: 0, resumed: 1 });
    expect(asked.map(({ name }) => name)).to.deep.equal(["MeasureDrift", "MeasureQuality", "ResumeRetrainings"]);
    expect(asked[2]?.arguments.Payload).to.deep.equal({ open: [drifted, disagreed] });
  });

  it("fails at its end with what could not go on", async () => {
    const { error } = await execute(
      () => outcome([], ["view-classifier: Broken."]),
      () => outcome(),
      () => resumed([], ["phase-classifier: Its plan is broken."]),
    );
    expect(error?.causeText).to.equal("view-classifier: Broken. phase-classifier: Its plan is broken.");
  });

  it("fails with the sentence of the function that failed", async () => {
    const { error } = await execute(() => {
      throw new StatesError("BrokenContract", JSON.stringify({ errorMessage: "The statistics are broken." }));
    });
    expect([error?.error, error?.causeText]).to.deep.equal(["BrokenContract", "The statistics are broken."]);
  });
});

const wanted = {
  ...{ models: ["instrument-detector", "phase-classifier"], schedule: "rate(1 day)", drift: { baseline: 30, least: 10, window: 20 } },
  quality: { window: 20, cases: 5, findings: 50, bar: 0.8, bars: { "phase-classifier": 0.9 } },
};
const make = (change: Partial<DriftWatchArgs> = {}) =>
  inAccount((opts) => {
    const { settings, keys, lake, table } = parts(opts);
    const resume = new PlatformFunction(
      { settings, handler: "learn/resume-retrainings", description: "Goes on", timeoutSeconds: 900, memoryMb: 256, environment: {}, statements: [] },
      opts,
    );
    new DriftWatch("drift-watch", { settings, keys, lake, table, retraining: { resume }, ...wanted, ...change }, opts);
  });

describe("DriftWatch", () => {
  let stack: Awaited<ReturnType<typeof make>>;
  before(async () => {
    stack = await make();
  });
  const objects = (name: string) =>
    Object.values(statements(stack.one(aws.iam.RolePolicy, name).inputs["policy"]))
      .flatMap(({ Action, Resource }) => [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)))
      .filter((grant) => /^(s3:(Get|Put)|dynamodb)/.test(grant))
      .map((grant) => grant.replace(/arn:aws:(s3:::[^/]*\/|dynamodb:.*:table\/)/, ""))
      .sort();

  it("reads figures of runs, and writes below drift/ alone", () => {
    expect(objects("learn-measure-drift-role-policy")).to.deep.equal([
      "dynamodb:Query svp-unit-cases/index/cases-by-time",
      "s3:GetObject drift/*",
      "s3:GetObject processed-metadata/*/statistics.json*",
      "s3:PutObject drift/*",
    ]);
    expect(objects("learn-measure-quality-role-policy")).to.deep.equal([
      "dynamodb:Query svp-unit-cases",
      "dynamodb:Query svp-unit-cases/index/cases-by-time",
      "s3:GetObject drift/*",
      "s3:GetObject processed-metadata/*",
      "s3:PutObject drift/*",
    ]);
  });

  it("is started by the clock, and gives each network its own bar", () => {
    expect(stack.one(aws.cloudwatch.EventRule, "drift-watch-schedule").inputs).to.deep.include({
      name: "svp-unit-drift-watch-schedule",
      scheduleExpression: "rate(1 day)",
    });
    const { variables } = stack.one(aws.lambda.Function, "learn-measure-quality").inputs["environment"] as { variables: Record<string, string> };
    expect(JSON.parse(variables["QUALITY"] as string)).to.deep.equal({
      bars: { "instrument-detector": 0.8, "phase-classifier": 0.9 },
      needs: { window: 20, cases: 5, findings: 50 },
    });
  });

  it("refuses what can never tell a drift, and bars of networks that there are not", async () => {
    const refused = async (change: Partial<DriftWatchArgs>) => (await failure(make(change))).message;
    expect(await refused({ models: [] })).to.include("models must name a network at least.");
    expect(await refused({ drift: { baseline: 30, least: 21, window: 20 } })).to.include("drift must have a least of its window at most, not 21 of 20.");
    expect(await refused({ drift: { baseline: 5, least: 5, window: 5 } })).to.include("5 beside 5 are too few to tell a drift from chance.");
    expect(await refused({ quality: { ...wanted.quality, cases: 21 } })).to.include("quality must have cases of its window at most, not 21 of 20.");
    expect(await refused({ quality: { ...wanted.quality, bars: { other: 0.5 } } })).to.include("must have bars of networks of the catalogue, not of other.");
  });
});
