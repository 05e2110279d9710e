import type { CaseDeletion, DeletionRecord, RemainingCopy } from "../../contracts/case-deletion.ts";
import type { KeptCase } from "./client.ts";

const kinds: Readonly<Record<RemainingCopy["what"], string>> = {
  "point-in-time-recovery": "the table's point-in-time recovery",
  "daily-backups": "daily backups",
  "monthly-backups": "monthly backups",
  "endpoint-failures": "what endpoints told of segments that failed",
  "model-calls": "the log of calls of language models",
  "copies-in-another-region": "the lake's copies in another Region",
  "dataset-versions": "frames in dataset versions",
};

/** A deletion in words. */
export function deletionInWords({ caseId, status, reason, requestedAt, requestedBy, error, record }: CaseDeletion): string {
  const state = { RUNNING: "is being deleted", FAILED: "could not be deleted", DELETED: "is deleted" }[status];
  const lines = [`Case ${caseId} ${state}: ${reason}, asked for at ${requestedAt} by ${requestedBy}`];
  if (error !== null) lines.push(`Reason: ${error}`, `Go on: npm run cases -- redrive ${caseId}`);
  if (record !== null) lines.push(...recordInWords(record));
  return `${lines.join("\n")}\n`;
}

function recordInWords({ deletedAt, retentionClass, keptUntil, stoppedCount, deleted, remains }: DeletionRecord): string[] {
  return [
    `Deleted at ${deletedAt}; ${retentionClass}, to be kept until ${keptUntil}; executions stopped: ${stoppedCount}`,
    "Gone:",
    ...deleted.prefixes
      .filter(({ versionCount, markerCount, openUploadCount }) => versionCount + markerCount + openUploadCount > 0)
      .map(
        ({ bucket, prefix, versionCount, markerCount, bytes, openUploadCount }) =>
          `  ${bucket}/${prefix}: ${versionCount} versions, ${markerCount} delete markers, ${openUploadCount} open uploads, ${bytes} bytes`,
      ),
    `  case table: ${deleted.itemCount} items and the summary`,
    `Listing before, SHA-256: ${deleted.digest}`,
    ...(remains.length > 0
      ? [
          "Copies that remain:",
          ...remains.map(
            ({ what, until, versions }) =>
              `  ${kinds[what]}${versions ? ` ${versions.join(", ")}` : ""}, until ${until ?? "somebody deletes them: docs/runbooks/deletion-request.md"}`,
          ),
        ]
      : []),
  ];
}

/** Cases that need not be kept any more, a line each. */
export const dueList = (cases: readonly KeptCase[]): string =>
  cases.length === 0
    ? "No case is due.\n"
    : cases.map(({ case: { caseId }, retentionClass, keptUntil }) => `${caseId}  ${retentionClass.padEnd("clinical".length)}  since ${keptUntil}\n`).join("");
