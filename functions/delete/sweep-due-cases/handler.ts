import { z } from "zod";
import { caseStatus, defaultRetentionClass, type RetentionClass, retentionClass } from "../../../contracts/case.ts";
import type { DeletionRequest } from "../../../contracts/case-deletion.ts";
import { TryAgain } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseStored } from "../../runtime/parse.ts";
import { type HoldDeps, keepingOf, keptUntilOf } from "../holds.ts";

export interface Deps extends HoldDeps {
  /** Classes whose cases go by themselves when their time has passed. Those of others are kept until somebody asks. */
  classes: readonly RetentionClass[];
  /** Deletions that one sweep starts, at most: a mistake in the configuration is seen before everything is gone. */
  most: number;
  /** Summary items of the cases made until a time, oldest first. */
  madeUntil(time: string): AsyncIterable<unknown>;
  /** Starts the state machine `case-deletion` under the case's identifier. False if it ran already. */
  start(request: DeletionRequest): Promise<boolean>;
}

export interface Sweep {
  readonly startedCount: number;
  /** Whose time has passed, and which are held all the same: by a lock, or by a legal hold. */
  readonly heldCount: number;
  /** Whether more may be due. */
  readonly isCut: boolean;
}

const dayMs = 24 * 3600 * 1000;
const facts = z.object({
  caseId: z.string(),
  status: caseStatus,
  createdAt: z.iso.datetime(),
  retentionClass: retentionClass.default(defaultRetentionClass),
});

/** What is worked on now, or is going already. A deletion that failed is for people to look at. */
const busy: readonly z.infer<typeof caseStatus>[] = ["RUNNING", "DELETING"];

/**
 * Starts the deletion of cases whose least retention has passed, if their class is swept. What may go is asked as for anybody else
 * who wants a case deleted, here and once more by the machine itself. A case that can't be judged hinders no other; it fails the sweep
 * at its end, so that somebody is told.
 */
export const createHandler = (deps: Deps) => async (): Promise<Sweep> => {
  const now = deps.now();
  const shortest = Math.min(...deps.classes.map((of) => deps.retentionDays[of]));
  const faults: string[] = [];
  let [startedCount, heldCount, isCut] = [0, 0, false];
  for await (const stored of deps.madeUntil(new Date(now.getTime() - shortest * dayMs).toISOString())) {
    if (startedCount === deps.most) {
      isCut = true;
      break;
    }
    try {
      const { caseId, status, createdAt, retentionClass: of } = parseStored(facts, stored, "A summary item of the case table");
      const isDue = deps.classes.includes(of) && Date.parse(keptUntilOf(createdAt, of, deps.retentionDays)) <= now.getTime();
      if (!isDue || busy.includes(status)) continue;
      const { holds, retentionClass: stands } = await keepingOf(deps, caseId);
      if (holds.length > 0 || !deps.classes.includes(stands)) {
        heldCount++;
        continue;
      }
      const request = { caseId, reason: "retention-passed", requestedBy: "retention-sweep", requestedAt: now.toISOString() } as const;
      if (await deps.start(request)) {
        startedCount++;
        log("deletion started", { caseId });
      }
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  log("cases swept", { startedCount, heldCount, faultCount: faults.length, status: isCut ? "CUT" : "WHOLE" });
  if (faults.length > 0) throw new TryAgain(`${faults.length === 1 ? "A case" : `${faults.length} cases`} could not be swept; the first: ${faults[0]}`);
  return { startedCount, heldCount, isCut };
};
