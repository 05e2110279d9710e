import { expect } from "chai";
import type { Analysis } from "../../../contracts/analysis.ts";
import { encodeRuns, FrameIndex } from "../../../contracts/frame-table.ts";
import { report, unusedGrants } from "../../../local/cli/report.ts";

const digest = "0".repeat(64);
const analysis: Analysis = {
  schema: "surgical-analysis/1.1",
  caseId: "0b0c5ad6-55a5-4b5e-9c1c-5b9f6f0d1a11",
  runId: "0".repeat(40),
  createdAt: "2026-01-01T00:00:00.000Z",
  status: "PARTIAL",
  media: {
    source: {
      sha256: null,
      bytes: 1,
      container: "mp4",
      codec: "avc",
      width: 1920,
      height: 1080,
      rotation: 0,
      frameRate: { num: 30_000, den: 1001 },
      timebase: { num: 1, den: 10 },
      frameCount: 100,
      durationTicks: 1000,
      variableFrameRate: true,
    },
    raster: { width: 960, height: 540 },
    frameTable: "s3://b/frame-table.json",
    renditions: { analysis: "s3://b/a", review: null },
    sprites: null,
  },
  producers: [
    { id: "tools", kind: "model", name: "Tools", version: "1.0.0", digest, dataset: "drawn", threshold: 0.5, calibration: null, syntheticOnly: true },
  ],
  gate: { producer: "gate", outOfBody: [{ startFrame: 20, endFrame: 30, score: 1, action: "excluded" }], text: [], pictures: null, missedEstimate: null },
  segments: [
    { id: "s", level: "shot", label: "Shot 1", startFrame: 0, endFrame: 20, confidence: null, producer: "cues", review: "unreviewed" },
    { id: "p", level: "phase", label: "Preparation", startFrame: 0, endFrame: 20, confidence: 0.9, producer: "phases", review: "unreviewed" },
  ],
  events: [1, 3, 5, 7, 9].map((frame) => ({
    id: `e${frame}`,
    type: "instrument",
    label: "Hook",
    startFrame: frame,
    endFrame: frame + 1,
    confidence: 1,
    producer: "tools",
    review: "unreviewed",
  })),
  detections: [{ producer: "tools", labels: ["Hook"], frameCount: 20, boxCount: 1, chunks: [] }],
  tracks: { uri: "s3://b/tracks.json.gz", trackCount: 2, sha256: digest },
  masks: [],
  scores: [],
  busiestFrame: null,
  coverage: [
    { analyser: "frame-analysis", status: "SUCCEEDED", required: true, share: 0.987, error: null },
    { analyser: "rekognition", status: "FAILED", required: false, share: 0, error: "The service was away." },
  ],
  cost: { forecastUsd: 0.1, estimateUsd: 0.1234, breakdown: [], pricesAsOf: "2026-10-01" },
  provenance: { pipelineVersion: "1", contentSha256: digest },
};
const frames = new FrameIndex({
  schema: "frame-table/1.0",
  source: { timebase: { num: 1, den: 10 }, frameCount: 100, variableFrameRate: true, pts: encodeRuns(Array.from({ length: 100 }, (_, i) => i * 10)) },
  renditions: {},
});

describe("the report of an analysis", () => {
  it("says that a video was converted, and that its times are derived where they are", () => {
    const lines = (timing: "stored" | "derived") => {
      const source = { ...analysis.media.source, container: "avi", codec: "mpeg4", conversion: { container: "mp4", codec: "avc", timing } };
      return report({ ...analysis, media: { ...analysis.media, source } }, frames)
        .split("\n")
        .slice(0, 2);
    };
    expect(lines("derived")).to.deep.equal([
      "Analysed in part: 1:40.0 of mpeg4 1920x1080, 100 frames, 29.97 fps most of the time (avi)",
      "Converted to be read; the file holds no time for each frame: times follow from its frame rate.",
    ]);
    expect(lines("stored")[1]).to.equal("Converted to be read.");
  });

  it("tells what the video was, what was found, what failed and what it would cost", () => {
    expect(report(analysis, frames)).to.equal(`Analysed in part: 1:40.0 of avc 1920x1080, 100 frames, 29.97 fps most of the time (mp4)

Out of body: 0:20.0 – 0:30.0 (excluded from every analysis, covered in the review video)
Shots: 1

Phases:
  0:00.0 – 0:20.0  Preparation

Found:
  Hook  0:01.0 – 0:02.0, 0:03.0 – 0:04.0, 0:05.0 – 0:06.0, 0:07.0 – 0:08.0 and 1 more

1 box of 1 class in 20 frames looked at (tools, pixels of 960x540)
2 tracks of instruments while they stayed in sight

Coverage:
  frame-analysis: succeeded, 98.7 %
  rekognition: failed, 0 %, not required – The service was away.

On AWS this would cost about $0.123 at list prices of 2026-10-01; the forecast was $0.100.
The models were trained on drawn operations only: for trying the platform, never for care.
`);
  });

  it("tells what the privacy gate is known to miss", () => {
    const missedEstimate = { secondsPerHour: 0.4, threshold: 0.1, basis: "40 drawn operations." };
    expect(report({ ...analysis, gate: { ...analysis.gate, missedEstimate } }, frames)).to.contain(
      "\nMissed outside, an hour of video: 0.4 s (40 drawn operations.)\n",
    );
  });

  it("groups unused grants by role", () => {
    const role = "arn:aws:iam::000000000000:role/reader";
    expect(unusedGrants([{ role, policy: "p", statement: "Read", action: "s3:GetObject" }])).to.equal(
      "\nGranted and not used by this run:\n  reader\n    s3:GetObject (Read)\n",
    );
  });
});
