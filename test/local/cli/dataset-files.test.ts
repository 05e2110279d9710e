import { createHash } from "node:crypto";
import { expect } from "chai";
import { datasetPseudonym, splitOf } from "../../../contracts/dataset-names.ts";
import { countsOf } from "../../../contracts/dataset-statistics.ts";
import { type DatasetFrame, type DatasetManifest, type DatasetPlan, datasetRequest } from "../../../contracts/dataset-version.ts";
import { datasetAnnotationsFile, datasetFrameFile, datasetManifestKey, datasetPlanKey, datasetVersionPrefix } from "../../../contracts/keys.ts";
import { manifestOf } from "../../../functions/learn/seal-dataset/core.ts";
import type { PlatformClient } from "../../../local/cli/client.ts";
import { faultsOf, filesOf, listVersions, versionOf } from "../../../local/cli/dataset-files.ts";
import { failure } from "../../support/failure.ts";

const caseId = "0b0c5ad6-55a5-4b5e-9c1c-5b9f6f0d1a11";
const name = "tools";
const pseudonym = datasetPseudonym(name, "case", caseId);
const digest = (algorithm: string, content: string): string => createHash(algorithm).update(content).digest("hex");

/** A datasets bucket with one whole version, and the client that reads it. */
function sealed(version = "1.0.0") {
  const request = datasetRequest.parse({ name, task: "object-detection", classes: ["hook"], cases: [caseId] });
  const frames = [0, 5].map((frame): DatasetFrame => {
    const picture = `picture ${frame}`;
    return {
      ...{ file: datasetFrameFile(pseudonym, frame), sha256: digest("sha256", picture), md5: digest("md5", picture), bytes: picture.length, case: pseudonym },
      ...{ frame, pts: 512 * frame, width: 640, height: 360, boxes: [], masks: null, phase: null },
    };
  });
  const text = frames.map((frame) => `${JSON.stringify(frame)}\n`).join("");
  const file = datasetAnnotationsFile(pseudonym);
  const of = { case: pseudonym, split: splitOf(caseId, request.shares), contentSha256: "0".repeat(64), corrections: 0, isSignedOff: false };
  const plan: DatasetPlan = {
    ...{
      schema: "dataset-plan/1.0",
      buildId: "b",
      createdAt: "2026-11-26T10:00:00.000Z",
      version,
      parent: null,
      request,
      notes: [],
      recipeSha256: "0".repeat(64),
    },
    cases: [{ ...of, caseId, runId: "0".repeat(40) }],
  };
  const annotations = { file, sha256: digest("sha256", text), md5: digest("md5", text), bytes: text.length };
  const manifest = manifestOf(plan, [{ case: { ...of, annotations, counts: countsOf(frames, ["hook"]) }, models: [] }], 0, plan.createdAt);
  const prefix = datasetVersionPrefix(name, version);
  const objects = new Map<string, string>([
    [datasetPlanKey(name, version), JSON.stringify(plan)],
    [prefix + file, text],
    ...frames.map((frame): [string, string] => [prefix + frame.file, `picture ${frame.frame}`]),
    [datasetManifestKey(name, version), JSON.stringify(manifest)],
  ]);
  const objectIfThere = async ({ key }: { key: string }) => (objects.has(key) ? Buffer.from(objects.get(key) as string) : undefined);
  const client = {
    datasetsBucket: "datasets",
    keys: async (_bucket: string, of: string) => [...objects.keys()].filter((key) => key.startsWith(of)),
    objectIfThere,
    object: async (place: { key: string }) => (await objectIfThere(place)) ?? Promise.reject(new Error(`${place.key} isn't there.`)),
  } as unknown as PlatformClient;
  return { client, objects, manifest, prefix, file, frames };
}
const which = { name, version: "1.0.0" };

describe("the files of a dataset version", () => {
  it("are what was sealed", async () => {
    const { client } = sealed();
    expect(await faultsOf(client, which)).to.deep.equal([]);
    expect((await filesOf(client, which)).map(({ path }) => path)).to.deep.equal([
      "manifest.json",
      `annotations/${pseudonym}.jsonl`,
      `frames/${pseudonym}/00000000.jpg`,
      `frames/${pseudonym}/00000005.jpg`,
    ]);
  });

  it("are told apart from what was sealed, all that is wrong at once", async () => {
    const { client, objects, manifest, prefix, frames } = sealed();
    const [first, second] = frames as [DatasetFrame, DatasetFrame];
    objects.set(prefix + first.file, "another picture");
    objects.delete(prefix + second.file);
    objects.set(`${prefix}frames/${pseudonym}/00000099.jpg`, "a stranger");
    const of = manifest.cases[0] as DatasetManifest["cases"][number];
    const split = of.split === "train" ? "test" : "train";
    objects.set(
      datasetManifestKey(name, "1.0.0"),
      JSON.stringify({ ...manifest, recipeSha256: "1".repeat(64), cases: [{ ...of, split, counts: { ...of.counts, frames: 3 } }] }),
    );
    const faults = await faultsOf(client, which);
    expect(faults).to.include.members([
      `${first.file} is not what was sealed.`,
      `${second.file} is gone.`,
      `The manifest counts otherwise than case ${pseudonym} has.`,
      "The manifest was made by another plan.",
      `Case ${pseudonym} is in the split ${split}, where it does not belong.`,
      `Files lie there that no line names: 1, such as frames/${pseudonym}/00000099.jpg.`,
    ]);
    // The statistics are those of the cases no more: of the split that it was in, and of that where it is.
    expect(faults.filter((fault) => fault.startsWith("The statistics of"))).to.have.length(2);
    expect(faults).to.have.length(8);
  });

  it("are found by name, the newest where none is said; a version without a manifest is none", async () => {
    const { client, objects } = sealed();
    for (const [key, content] of sealed("1.10.0").objects) objects.set(key, content);
    for (const [key, content] of sealed("1.9.0").objects) if (!key.endsWith("/manifest.json")) objects.set(key, content);
    expect((await listVersions(client)).map(({ version }) => version)).to.deep.equal(["1.0.0", "1.10.0"]);
    expect(await versionOf(client, "tools")).to.deep.equal({ name, version: "1.10.0" });
    expect((await failure(versionOf(client, "tools@1.9.0"))).message).to.equal("There is no whole version tools@1.9.0. There are 1.0.0, 1.10.0.");
    expect((await failure(versionOf(client, "organs"))).message).to.equal("There is no whole version organs.");
  });
});
