import { expect } from "chai";
import { frameTableKey, transformManifestKey } from "../../../contracts/keys.ts";
import { videoWork } from "../../../functions/analyse/plan-transform/core.ts";
import { createHandler } from "../../../functions/analyse/plan-transform/handler.ts";
import { failure } from "../../support/failure.ts";
import { count, tableOf } from "../support/frames.ts";
import { caseId, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";
import { manifestOf, prepared } from "./segments.ts";

const analyser = { id: "nightly", models: ["phases", "tools"], sampleRate: 2, instanceType: "ml.g5.xlarge", timeoutSeconds: 3600 };
const results = `s3://processed/analysis-results/${caseId}/${runId}/nightly/`;

describe("analyse/plan-transform", () => {
  let lake: MemoryLake;
  beforeEach(() => {
    lake = memoryLake();
  });
  const plan = async (manifest = manifestOf(150, 150, 100), excluded = [{ startFrame: 140, endFrame: 310 }]) => {
    await prepared(lake, manifest, excluded);
    await lake.putJson(frameTableKey(caseId, runId), tableOf(count(manifest.frameCount), count(manifest.frameCount)));
    return createHandler({ lake })({ caseId, runId, analyser });
  };

  it("lists the segments with a frame to look at, and tells each job what may be seen in them", async () => {
    const work = "step=13;first-pts=126000;frame-ticks=90000/25;frames=400;excluded=140-310";
    expect(await plan()).to.deep.equal({
      jobs: ["phases", "tools"].map((model) => ({
        ...{ model, manifest: `${results}segments.manifest` },
        environment: { VIDEO_WORK: `model=${model};${work}` },
      })),
    });
    const manifest = JSON.parse(await lake.text(transformManifestKey(caseId, runId, "nightly")));
    expect(manifest).to.deep.equal([{ prefix: "s3://processed/" }, "analysis_v_0.ts", "analysis_v_2.ts"]);
  });

  it("plans nothing where the gate left no frame", async () => {
    expect(await plan(manifestOf(150), [{ startFrame: 0, endFrame: 150 }])).to.deep.equal({ jobs: [] });
    expect([...lake.objects.keys()].filter((key) => key.startsWith("analysis-results/"))).to.deep.equal([]);
  });

  it("refuses segments of several folders, and more spans than a job can be told of", async () => {
    const { segments, ...manifest } = manifestOf(150, 150);
    const scattered = { ...manifest, segments: segments.map((segment, i) => ({ ...segment, uri: `s3://processed/${i}/analysis_v.ts` })) };
    expect((await failure(plan(scattered, []))).message).to.equal("The segments lie in 2 folders, not in one.");
    const outOfBody = count(2000).map((i) => ({ startFrame: 100 * i, endFrame: 100 * i + 1, score: 1 }));
    const times = { timebase: { num: 1, den: 90000 }, pts: [0] };
    expect(() => videoWork("a", 1, manifestOf(150), { outOfBody }, times)).to.throw(
      "2000 spans outside the patient are more than a transform job can be told of.",
    );
  });
});
