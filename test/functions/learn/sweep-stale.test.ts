import { expect } from "chai";
import type { FoundConfiguration, FoundModel, FoundVersion } from "../../../functions/learn/sweep-stale/core.ts";
import { createHandler, type Deps } from "../../../functions/learn/sweep-stale/handler.ts";
import { failure } from "../../support/failure.ts";

const now = new Date("2026-11-27T12:00:00.000Z");
const ago = (days: number): Date => new Date(now.getTime() - days * 24 * 3600 * 1000);
const network = "phase-classifier";
const training = `training/${network}/`;

/** A world in which nothing is stale until a test says otherwise. Files by key, with their age in days. */
function setUp(change: Partial<Deps> = {}) {
  const files = new Map<string, number>();
  const configurations = new Map<string, FoundConfiguration>();
  const models = new Map<string, FoundModel>();
  const inUse = new Set<string>();
  const versions: FoundVersion[] = [];
  const rejected: [string, string][] = [];
  const configure = (name: string, days: number, ...of: string[]) => configurations.set(name, { name, createdAt: ago(days), models: of });
  const make = (name: string, days: number, folder?: string) => models.set(name, { name, createdAt: ago(days), folder });
  const register = (execution: string, approval: string, days: number, changed = days) =>
    versions.push({
      ...{ arn: `arn:version/${execution}`, approval, createdAt: ago(days), changedAt: ago(changed) },
      ...{ folder: `${training}${execution}/candidate/`, quality: `${training}${execution}/quality/quality.json` },
    });
  const lay = (days: number, ...keys: string[]) => {
    for (const key of keys) files.set(key, days);
  };
  const handler = createHandler({
    serving: {
      inUse: async () => inUse,
      configurations: async () => [...configurations.values()],
      models: async () => [...models.values()],
      removeConfiguration: async (name) => void configurations.delete(name),
      removeModel: async (name) => void models.delete(name),
    },
    registry: { versions: async () => versions, reject: async (arn, reason) => void rejected.push([arn, reason]) },
    files: {
      async *folders(prefix) {
        const below = [...files.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length).split("/")[0]);
        for (const folder of new Set(below)) yield `${prefix}${folder}/`;
      },
      folder: async (prefix) => ({
        prefix,
        files: [...files].filter(([key]) => key.startsWith(prefix)).map(([key, days]) => ({ key, changedAt: ago(days) })),
      }),
      uri: (prefix) => `s3://models/${prefix}`,
      remove: async (keys) => {
        for (const key of keys) files.delete(key);
      },
    },
    isDeploying: async () => false,
    ...{ configurationPrefix: "svp-unit-", networks: [network], days: { stale: 30, undecided: 180 }, most: 100, now: () => now },
    ...change,
  });
  return { files, configurations, models, inUse, versions, rejected, configure, make, register, lay, handler };
}
type World = ReturnType<typeof setUp>;

/** Everything that a training writes. */
const trained = (execution: string): string[] =>
  [
    "facts/facts.json",
    "checkpoints/last.pt",
    "trained/model.onnx",
    "candidate/model.onnx",
    "candidate/model.json",
    "quality/quality.json",
    "quality/gate.json",
  ].map((file) => `${training}${execution}/${file}`);
const experiment = "training/experiments/batch-1/small/";
/** The folder of an experiment's network, as its model and whoever registers it name it. */
const triedNetwork = `${experiment}trained/job/output/model/`;
/** Everything that an experiment writes. */
const tried = ["pictures.manifest", "checkpoints/last.pt", "trained/job/output/model/model.onnx", "answers/one.jpg.out"].map((file) => `${experiment}${file}`);
const names = async (world: World, remove = false) => (await world.handler({ remove })).found.map(({ kind, name }) => `${kind} ${name}`);

describe("SweepStale", () => {
  it("tells what it found and touches nothing unless it is asked to", async () => {
    const world = setUp();
    world.configure("svp-unit-inference-old", 40, "svp-unit-inference-old");
    world.make("svp-unit-inference-old", 40, "s3://models/endpoint-models/old/");
    world.lay(40, "endpoint-models/old/gate/model.onnx", "endpoint-models/old/gate/model.json", ...trained("failed"));
    world.register("undecided", "PendingManualApproval", 200);
    expect(await world.handler({ remove: false })).to.deep.equal({
      found: [
        { kind: "endpoint-configuration", name: "svp-unit-inference-old", reason: "No endpoint uses it.", files: 0 },
        { kind: "model", name: "svp-unit-inference-old", reason: "No endpoint configuration names it.", files: 0 },
        { kind: "endpoint-files", name: "endpoint-models/old/", reason: "No model loads it.", files: 2 },
        { kind: "undecided-version", name: "arn:version/undecided", reason: "Nobody decided in 180 days.", files: 0 },
        { kind: "training-files", name: `${training}failed/`, reason: "Nothing in the registry came of it.", files: 7 },
      ],
      ...{ removed: 0, isCut: false },
    });
    expect([world.configurations.size, world.models.size, world.files.size, world.rejected]).to.deep.equal([1, 1, 9, []]);
    expect(await world.handler({ remove: true })).to.deep.include({ removed: 5, isCut: false });
    expect([world.configurations.size, world.models.size, world.files.size]).to.deep.equal([0, 0, 0]);
    expect(world.rejected).to.deep.equal([["arn:version/undecided", "Nobody decided in 180 days."]]);
  });

  it("never takes what an endpoint uses, what is of the program or somebody else, and what is younger than its days", async () => {
    const world = setUp();
    world.inUse.add("svp-unit-inference-now");
    world.configure("svp-unit-inference-now", 400, "svp-unit-inference-now");
    world.make("svp-unit-inference-now", 400, "s3://models/endpoint-models/now/");
    world.configure("inference-configuration-1a2b3c4", 400, "inference-model-1a2b3c4");
    world.configure("by-hand", 400, "svp-unit-inference-shared");
    world.make("svp-unit-inference-shared", 400, "s3://models/endpoint-models/shared/");
    world.configure("svp-unit-inference-young", 29, "svp-unit-inference-young");
    world.make("svp-unit-inference-young", 29, "s3://models/endpoint-models/young/");
    world.lay(400, "endpoint-models/now/model.onnx", "endpoint-models/shared/model.onnx", "endpoint-models/young/model.onnx");
    world.lay(400, "models/gate/model.onnx", "deployed-models/gate/aa/model.onnx", "training/trials/one/trial.json");
    world.lay(29, "endpoint-models/staged/model.onnx", `${training}running/checkpoints/last.pt`);
    world.lay(400, `${training}running/facts/facts.json`);
    expect(await names(world, true)).to.deep.equal([]);
  });

  it("leaves everything of endpoints alone while a version is put into use", async () => {
    const world = setUp({ isDeploying: async () => true });
    world.configure("svp-unit-inference-before", 400);
    world.lay(400, "endpoint-models/before/model.onnx", ...trained("failed"));
    expect(await names(world)).to.deep.equal([`training-files ${training}failed/`]);
  });

  for (const approval of ["Approved", "PendingManualApproval"])
    it(`keeps candidate and measures of a version that is ${approval}, and takes what was on the way to them`, async () => {
      const world = setUp();
      world.register("one", approval, 100);
      world.lay(100, ...trained("one"));
      expect((await world.handler({ remove: true })).found).to.deep.equal([
        { kind: "training-files", name: `${training}one/`, reason: "Its candidate and measures stay; the rest was on the way to them.", files: 3 },
      ]);
      expect([...world.files.keys()]).to.deep.equal(trained("one").slice(3));
      expect(await names(world, true)).to.deep.equal([]);
    });

  it("keeps what says why a version was rejected, and its candidate as long as somebody may think again", async () => {
    const world = setUp();
    world.register("one", "Rejected", 100, 29);
    world.lay(100, ...trained("one"));
    expect(await names(world, true)).to.deep.equal([]);
    world.versions.pop();
    world.register("one", "Rejected", 100, 31);
    expect((await world.handler({ remove: true })).found[0]).to.deep.include({ reason: "Its version was rejected; its measures stay.", files: 5 });
    expect([...world.files.keys()]).to.deep.equal([`${training}one/quality/quality.json`, `${training}one/quality/gate.json`]);
  });

  it("rejects only what waits, and waited long enough since somebody last said something of it", async () => {
    const world = setUp();
    world.register("approved", "Approved", 400);
    world.register("rejected", "Rejected", 400);
    world.register("young", "PendingManualApproval", 179);
    world.register("touched", "PendingManualApproval", 400, 10);
    expect(await names(world, true)).to.deep.equal([]);
  });

  it("takes the model of an experiment, and then all of its files", async () => {
    const world = setUp();
    world.make("svp-experiment-batch-1-0-0-0", 40, `s3://models/${triedNetwork}`);
    world.lay(40, ...tried, "training/experiments/batch-1/large/pictures.manifest");
    world.lay(29, "training/experiments/batch-2/small/pictures.manifest");
    const found = [
      { kind: "model", name: "svp-experiment-batch-1-0-0-0", reason: "No endpoint configuration names it.", files: 0 },
      { kind: "experiment-files", name: experiment, reason: "Nothing in the registry came of it.", files: 4 },
      { kind: "experiment-files", name: "training/experiments/batch-1/large/", reason: "Nothing in the registry came of it.", files: 1 },
    ];
    expect(await world.handler({ remove: false })).to.deep.equal({ found, removed: 0, isCut: false });
    expect([world.models.size, world.files.size]).to.deep.equal([1, 6]);
    expect(await world.handler({ remove: true })).to.deep.equal({ found, removed: 3, isCut: false });
    expect([world.models.size, [...world.files.keys()]]).to.deep.equal([0, ["training/experiments/batch-2/small/pictures.manifest"]]);
  });

  it("keeps an experiment of which a model loads something that an endpoint's configuration names, and one in which something was written lately", async () => {
    const world = setUp();
    world.make("svp-experiment-batch-1-0-0-0", 400, `s3://models/${triedNetwork}`);
    world.configure("by-hand", 400, "svp-experiment-batch-1-0-0-0");
    world.lay(400, ...tried, "training/experiments/batch-1/resumed/checkpoints/first.pt");
    world.lay(29, "training/experiments/batch-1/resumed/checkpoints/last.pt");
    expect(await names(world, true)).to.deep.equal([]);
  });

  it("keeps of an experiment what a version of any network refers to", async () => {
    const quality = "training/another/measured/quality/quality.json";
    const version = { arn: "arn:version/tried", createdAt: ago(100), changedAt: ago(100), folder: triedNetwork, quality };
    const reads = async (approval: string) => {
      const versions = async (model: string) => (model === "another" ? [{ ...version, approval }] : []);
      const world = setUp({ networks: ["another", network], registry: { versions, reject: async () => expect.fail("must not be rejected") } });
      world.lay(100, ...tried);
      const { found } = await world.handler({ remove: true });
      return { found: found.map(({ kind, reason, files }) => ({ kind, reason, files })), left: [...world.files.keys()] };
    };
    expect(await reads("Approved")).to.deep.equal({
      found: [{ kind: "experiment-files", reason: "Its candidate and measures stay; the rest was on the way to them.", files: 3 }],
      left: [`${triedNetwork}model.onnx`],
    });
    expect(await reads("Rejected")).to.deep.equal({
      found: [{ kind: "experiment-files", reason: "Its version was rejected; its measures stay.", files: 4 }],
      left: [],
    });
  });

  it("leaves experiments alone while what is in use can't be told, and if their model could not be removed", async () => {
    const deploying = setUp({ isDeploying: async () => true });
    deploying.lay(400, ...tried);
    expect(await names(deploying, true)).to.deep.equal([]);
    const refused = setUp();
    refused.make("svp-experiment-batch-1-0-0-0", 400, `s3://models/${triedNetwork}`);
    refused.lay(400, ...tried);
    refused.models.delete = () => {
      throw new Error("It is in use.");
    };
    expect((await failure(refused.handler({ remove: true }))).message).to.equal(
      "Something could not be swept; the first: svp-experiment-batch-1-0-0-0: It is in use.",
    );
    expect(refused.files.size).to.equal(4);
  });

  it("takes no more at once than it may, and says so", async () => {
    const world = setUp({ most: 2 });
    for (const name of ["a", "b", "c"]) world.lay(40, `${training}${name}/facts/facts.json`);
    world.lay(40, ...tried);
    expect(await world.handler({ remove: true })).to.deep.include({ removed: 2, isCut: true });
    expect(await world.handler({ remove: true })).to.deep.include({ removed: 2, isCut: false });
  });

  it("keeps a model whose configuration could not be removed, goes on with the rest, and fails at its end", async () => {
    const refused = setUp({
      serving: {
        inUse: async () => new Set(),
        configurations: async () => [{ name: "svp-unit-a", createdAt: ago(40), models: ["svp-unit-a"] }],
        models: async () => [{ name: "svp-unit-a", createdAt: ago(40), folder: "s3://models/endpoint-models/a/" }],
        removeConfiguration: async () => {
          throw new Error("It is in use.");
        },
        removeModel: async () => expect.fail("must not be removed"),
      },
    });
    refused.lay(40, "endpoint-models/a/model.onnx", ...trained("failed"));
    const error = await failure(refused.handler({ remove: true }));
    expect([error.name, error.message]).to.deep.equal(["TryAgain", "Something could not be swept; the first: svp-unit-a: It is in use."]);
    expect([...refused.files.keys()]).to.deep.equal(["endpoint-models/a/model.onnx"]);
  });

  it("takes nothing of a network whose registry it can't read, nor of experiments, of which something there may have come, and sweeps the other networks", async () => {
    const world = setUp({
      networks: ["broken", network],
      registry: {
        versions: async (model) => {
          if (model === "broken") throw new Error("The version's folder is missing.");
          return [];
        },
        reject: async () => undefined,
      },
    });
    world.lay(40, "training/broken/one/facts.json", `${training}one/facts.json`, ...tried);
    expect((await failure(world.handler({ remove: true }))).message).to.equal(
      "Something could not be swept; the first: broken: The version's folder is missing.",
    );
    expect([...world.files.keys()]).to.deep.equal(["training/broken/one/facts.json", ...tried]);
  });

  it("removes what it finds where the clock asks it", async () => {
    const { files, lay, handler } = setUp();
    lay(40, ...trained("failed"));
    const event = { id: "one", source: "aws.events", "detail-type": "Scheduled Event", account: "111111111111", resources: ["arn:rule"], detail: {} };
    expect(await handler(event)).to.deep.include({ removed: 1 });
    expect(files.size).to.equal(0);
  });

  it("refuses to guess whether it should remove", async () => {
    const { handler } = setUp();
    for (const event of [
      undefined,
      {},
      { remove: "yes" },
      { remove: true, staleDays: 0 },
      { source: "aws.events" },
      { source: "other", "detail-type": "Scheduled Event" },
    ])
      expect((await failure(handler(event))).name).to.equal("InvalidInput");
  });
});
