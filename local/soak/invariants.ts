import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isTerminal } from "../cli/client.ts";

/** A video that the platform took, and what became of it. */
export interface Accepted {
  readonly caseId: string;
  readonly runId: string | null;
  readonly status: string;
  /** Digest of what was found; null where the case did not end COMPLETE. */
  readonly contentSha256: string | null;
  /** Identifiers of findings that were added as corrections and acknowledged, and of those that are kept. */
  readonly corrected: { readonly acknowledged: readonly string[]; readonly kept: readonly string[] };
}

/** What must be true of the folder of a local cloud that is off. Each gives what is not so, in sentences. */
export function brokenPromises(dataDir: string, accepted: readonly Accepted[]): string[] {
  return [
    ...oneEndEach(accepted),
    ...sameFindings(accepted),
    ...noLostCorrection(accepted),
    ...oneExecutionEach(dataDir, accepted),
    ...noDoubleCost(dataDir),
    ...noOrphans(dataDir, accepted),
  ];
}

const oneEndEach = (accepted: readonly Accepted[]): string[] => [
  ...accepted.filter(({ status }) => !isTerminal(status)).map(({ caseId, status }) => `Case ${caseId} has not ended: it is ${status}.`),
  ...accepted
    .map(({ caseId }) => caseId)
    .filter((caseId, i, all) => all.indexOf(caseId) !== i)
    .map((caseId) => `Case ${caseId} was accepted twice.`),
];

/** Whatever happened on the way, the same video has the same findings. */
function sameFindings(accepted: readonly Accepted[]): string[] {
  const digests = new Set(accepted.flatMap(({ contentSha256 }) => contentSha256 ?? []));
  return digests.size > 1 ? [`The same video was found to show ${digests.size} different things: ${[...digests].join(", ")}.`] : [];
}

const noLostCorrection = (accepted: readonly Accepted[]): string[] =>
  accepted.flatMap(({ caseId, corrected: { acknowledged, kept } }) => [
    ...acknowledged.filter((id) => !kept.includes(id)).map((id) => `Case ${caseId} lost the correction ${id}.`),
    ...kept.filter((id, i) => kept.indexOf(id) !== i).map((id) => `Case ${caseId} keeps the correction ${id} twice.`),
  ]);

type Row = Record<string, unknown>;
function rows(file: string, sql: string): Row[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

/** A run has one execution of the analysis, and nothing runs on after everything ended. */
function oneExecutionEach(dataDir: string, accepted: readonly Accepted[]): string[] {
  const executions = rows(join(dataDir, "states/state.sqlite"), "SELECT name, machine_name AS machine, status, input FROM executions");
  const running = executions.filter(({ status }) => status === "RUNNING").map(({ name, machine }) => `Execution ${name} of ${machine} still runs.`);
  const analyses = executions.filter(({ machine }) => String(machine).endsWith("case-analysis"));
  return [
    ...running,
    ...accepted.flatMap(({ caseId }) => {
      const own = analyses.filter(({ input }) => String(input).includes(caseId)).length;
      return own === 1 ? [] : [`Case ${caseId} has ${own} executions of the analysis.`];
    }),
  ];
}

/** The same piece of work is paid for once: of all attempts at it, one succeeded at most. */
function noDoubleCost(dataDir: string): string[] {
  const done = new Map<string, number>();
  for (const file of databasesOf(dataDir)) {
    if (rows(file, "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'jobs'").length === 0) continue;
    for (const { id, token } of rows(file, "SELECT id, token FROM jobs WHERE failure IS NULL AND result IS NOT NULL")) {
      // The last two numbers of a name are the attempt and the redrive.
      const work = `${file.slice(dataDir.length + 1)} ${String(token ?? id).replace(/(-\d+){1,2}$/, "")}`;
      done.set(work, (done.get(work) ?? 0) + 1);
    }
  }
  return [...done].filter(([, times]) => times > 1).map(([work, times]) => `${work} was done ${times} times.`);
}

function databasesOf(dataDir: string): string[] {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === "state.sqlite")
    .map(({ parentPath, name }) => join(parentPath, name));
}

/**
 * Nothing is left of what did not become a case: no objects, no open uploads, no messages. An upload whose id was lost on the way, and that
 * another took the place of, is the bucket's own to clear (`components/data/transitions.ts`).
 */
function noOrphans(dataDir: string, accepted: readonly Accepted[]): string[] {
  const known = new Set(accepted.map(({ caseId }) => caseId));
  const objects = rows(join(dataDir, "s3/state.sqlite"), "SELECT bucket, key FROM versions WHERE latest = 1 AND blob IS NOT NULL");
  const strange = objects.filter(({ key }) => {
    const [caseId] = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(String(key)) ?? [];
    return caseId !== undefined && !known.has(caseId);
  });
  const open = rows(
    join(dataDir, "s3/state.sqlite"),
    "SELECT key FROM uploads WHERE completed IS NULL AND key NOT IN (SELECT key FROM uploads WHERE completed IS NOT NULL)",
  );
  const messages = rows(join(dataDir, "sqs/state.sqlite"), "SELECT queue, COUNT(*) AS count FROM messages GROUP BY queue");
  const undelivered = rows(join(dataDir, "s3/state.sqlite"), "SELECT COUNT(*) AS count FROM outbox");
  return [
    ...strange.map(({ bucket, key }) => `${bucket}/${key} belongs to no case.`),
    ...open.map(({ key }) => `An upload of ${key} was left open.`),
    ...messages.map(({ queue, count }) => `${count} messages are left in ${String(queue).split(":").at(-1)}.`),
    ...undelivered.filter(({ count }) => count !== 0).map(({ count }) => `${count} events of S3 were not delivered.`),
  ];
}
