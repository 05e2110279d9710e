import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import type { DatasetManifest } from "../../../contracts/dataset-version.ts";
import { datasetManifestKey } from "../../../contracts/keys.ts";
import { createHandler as createGetDataset } from "../../../functions/serve/get-dataset/handler.ts";
import { createHandler as createListDatasets } from "../../../functions/serve/list-datasets/handler.ts";
import { answerChecker } from "../../support/openapi.ts";
import { digest } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}
const told = (path: string, { statusCode: status, headers, body }: Answer) => {
  const answer: unknown = JSON.parse(body);
  expect(answerChecker()({ method: "GET", path, status, contentType: headers["content-type"] as string, body: answer }).faults).to.deep.equal([]);
  return [status, answer] as const;
};

describe("GET /datasets", () => {
  it("tells every dataset with its whole versions, newest first", async () => {
    const manifests = ["datasets/tools/v1.9.0/manifest.json", "datasets/tools/v1.10.0/manifest.json"];
    const folders: Record<string, string[]> = {
      "datasets/": ["datasets/phases/", "datasets/tools/", "datasets/Odd name/"],
      "datasets/tools/": ["datasets/tools/v1.10.0/", "datasets/tools/v1.9.0/", "datasets/tools/v2.0.0/", "datasets/tools/notes/"],
      "datasets/phases/": ["datasets/phases/v1.0.0/"],
    };
    const handler = createListDatasets({ folders: async (prefix) => folders[prefix] ?? [], exists: async (key) => manifests.includes(key) });
    expect(told("/datasets", await handler({}))).to.deep.equal([200, { datasets: [{ name: "tools", versions: ["1.10.0", "1.9.0"] }] }]);
  });

  it("tells that there is none", async () => {
    const handler = createListDatasets({ folders: async () => [], exists: async () => expect.fail("There is nothing to look for.") });
    expect(told("/datasets", await handler({}))).to.deep.equal([200, { datasets: [] }]);
  });
});

describe("GET /datasets/{name}/versions/{version}", () => {
  const counts = { cases: 1, frames: 2, emptyFrames: 0, bytes: 100, classes: [] };
  const none = { cases: 0, frames: 0, emptyFrames: 0, bytes: 0, classes: [] };
  const manifest: DatasetManifest = {
    ...{ schema: "dataset-version/1.0", name: "tools", version: "1.0.0", parent: null, createdAt: "2026-11-26T10:00:00.000Z" },
    ...{ task: "object-detection", classes: ["Hook"], extraction: { rendition: "review", framesPerSecond: 5 } },
    shares: { train: 70, validation: 15, test: 15 },
    cases: [
      {
        ...{ case: "0123456789abcdef", split: "train", contentSha256: digest, corrections: 1, isSignedOff: true, counts },
        annotations: { file: "annotations/0123456789abcdef.jsonl", sha256: digest, md5: "0".repeat(32), bytes: 10 },
      },
    ],
    ...{ models: [], statistics: { train: counts, validation: none, test: none }, notes: [], recipeSha256: digest, contentSha256: digest },
  };
  const ask = async (name: string, version: string) => {
    const lake = memoryLake();
    await lake.putJson(datasetManifestKey("tools", "1.0.0"), manifest);
    return told(`/datasets/${name}/versions/${version}`, await createGetDataset({ datasets: lake })({ pathParameters: { name, version } }));
  };

  it("gives the manifest", async () => expect(await ask("tools", "1.0.0")).to.deep.equal([200, manifest]));

  it("says that there is no such version, or all that is wrong with the question", async () => {
    expect(await ask("tools", "1.0.1")).to.deep.equal([404, problemOf(404, ["There is no version 1.0.1 of a dataset tools, or it is not whole yet."])]);
    expect(await ask("Tools", "1")).to.deep.equal([
      400,
      problemOf(400, ["The dataset's name must be lower-case letters, digits and hyphens, at most 40.", "The version must be such as 1.2.0."]),
    ]);
  });
});
