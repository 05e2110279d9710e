import { expect } from "chai";
import type { EvidenceItem, ReportEvidence } from "../../../contracts/report.ts";
import { keyFramesOf } from "../../../functions/report/pictures.ts";
import { caseId, digest, runId } from "../support/ids.ts";

const item = (kind: EvidenceItem["kind"], type: string, startFrame: number, endFrame: number, needsReview = false): EvidenceItem => ({
  ...{ id: `${kind}-${startFrame}`, kind, type, label: null, value: null, unit: null, needsReview },
  span: { startFrame, endFrame, startSeconds: startFrame / 25, endSeconds: endFrame / 25 },
});
const evidence: ReportEvidence = {
  ...{ schema: "report-evidence/1.0", caseId, runId, analysisSha256: digest, measuresSha256: null, syntheticOnly: true, leftOut: 0 },
  items: [
    item("operation", "operation", 0, 1000),
    item("segment", "phase", 0, 100),
    item("segment", "phase", 100, 900),
    item("segment", "shot", 0, 1000),
    item("event", "smoke", 500, 540),
    item("finding", "bleeding", 950, 960, true),
    item("out-of-body", "out-of-body", 960, 1000),
    { ...item("measure", "idle-time", 0, 1), span: null },
  ],
};

describe("key frames of an operation", () => {
  it("are from the middle of what asks for review, then of phases, the longest first, then of events", () => {
    expect(keyFramesOf(evidence, 1)).to.deep.equal([955]);
    expect(keyFramesOf(evidence, 2)).to.deep.equal([500, 955]);
    expect(keyFramesOf(evidence, 3)).to.deep.equal([50, 500, 955]);
    expect(keyFramesOf(evidence, 8)).to.deep.equal([50, 500, 520, 955]);
  });

  it("are none where none is wished", () => {
    expect(keyFramesOf(evidence, 0)).to.deep.equal([]);
  });
});
