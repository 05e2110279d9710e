import { expect } from "chai";
import type { CaseDeletion } from "../../../contracts/case-deletion.ts";
import { deletionInWords, dueList } from "../../../local/cli/deletion-report.ts";

const caseId = "0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f";
const at = "2026-11-26T10:00:00.000Z";
const request = { caseId, reason: "study-ended", requestedBy: "sub-1", requestedAt: at } as const;
const prefix = (name: string, versionCount: number) => ({
  bucket: "processed",
  prefix: name,
  versionCount,
  markerCount: 0,
  bytes: 10 * versionCount,
  openUploadCount: 0,
});

describe("a deletion in words", () => {
  it("tells what went, and which copies remain until when", () => {
    const record: CaseDeletion["record"] = {
      ...{ schemaVersion: 1, ...request, retentionClass: "research", keptUntil: at, deletedAt: at, stoppedCount: 1 },
      deleted: { prefixes: [prefix("exports/", 2), prefix("annotations/", 0)], itemCount: 3, total: 5, digest: "0".repeat(64) },
      remains: [
        { what: "daily-backups", until: at },
        { what: "copies-in-another-region", until: null },
        { what: "dataset-versions", until: null, versions: ["tools@1.0.0", "tools@1.1.0"] },
      ],
    };
    expect(deletionInWords({ ...request, status: "DELETED", error: null, record }).split("\n")).to.deep.equal([
      `Case ${caseId} is deleted: study-ended, asked for at ${at} by sub-1`,
      `Deleted at ${at}; research, to be kept until ${at}; executions stopped: 1`,
      "Gone:",
      "  processed/exports/: 2 versions, 0 delete markers, 0 open uploads, 20 bytes",
      "  case table: 3 items and the summary",
      `Listing before, SHA-256: ${"0".repeat(64)}`,
      "Copies that remain:",
      `  daily backups, until ${at}`,
      "  the lake's copies in another Region, until somebody deletes them: docs/runbooks/deletion-request.md",
      "  frames in dataset versions tools@1.0.0, tools@1.1.0, until somebody deletes them: docs/runbooks/deletion-request.md",
      "",
    ]);
  });

  it("tells why it failed, and how to go on", () => {
    expect(deletionInWords({ ...request, status: "FAILED", error: "S3 kept 1 of 2 versions: AccessDenied.", record: null })).to.equal(
      [
        `Case ${caseId} could not be deleted: study-ended, asked for at ${at} by sub-1`,
        "Reason: S3 kept 1 of 2 versions: AccessDenied.",
        `Go on: npm run cases -- redrive ${caseId}`,
        "",
      ].join("\n"),
    );
  });
});

describe("cases that are due", () => {
  it("are told a line each", () => {
    const item = { caseId, fileName: "a.mp4", status: "COMPLETE", createdAt: at, reasons: [], runId: null } as const;
    expect(dueList([{ case: { ...item, reasons: [] }, retentionClass: "research", keptUntil: at }])).to.equal(`${caseId}  research  since ${at}\n`);
    expect(dueList([])).to.equal("No case is due.\n");
  });
});
