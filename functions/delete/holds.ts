import { z } from "zod";
import { defaultRetentionClass, type RetentionClass, retentionClass } from "../../contracts/case.ts";
import { isDeleted } from "../../contracts/case-table.ts";
import { NotFound } from "../runtime/errors.ts";
import { parseStored } from "../runtime/parse.ts";

/** Days that cases of each class are kept, at least, from the day on which they were made. */
export const retentionDays = z.record(retentionClass, z.int().nonnegative());
export type RetentionDays = z.infer<typeof retentionDays>;

/** What S3 Object Lock says of one version of a case's video. */
export interface VersionLock {
  readonly retainUntil: Date | undefined;
  readonly hasLegalHold: boolean;
}

export interface HoldDeps {
  retentionDays: RetentionDays;
  /** The case's summary item, if there is one; what is left of a deleted case included. */
  summary(caseId: string): Promise<unknown>;
  /** Locks of every version of the case's videos; none where the bucket has no lock. */
  locks(caseId: string): Promise<VersionLock[]>;
  now(): Date;
}

/** What of a case says how long it must be kept. */
export interface Keeping {
  readonly retentionClass: RetentionClass;
  readonly keptUntil: string;
  /** Why the case can't be deleted now: every reason, none if it can. */
  readonly holds: readonly string[];
}

const dayMs = 24 * 3600 * 1000;
const keptFacts = z.object({ createdAt: z.iso.datetime(), retentionClass: retentionClass.default(defaultRetentionClass) });

/** The end of a case's least retention. */
export const keptUntilOf = (createdAt: string, of: RetentionClass, days: RetentionDays): string =>
  new Date(Date.parse(createdAt) + days[of] * dayMs).toISOString();

/** Tells whether a case must be kept, and until when. Throws NotFound if there is no such case, or no longer. */
export async function keepingOf(deps: HoldDeps, caseId: string): Promise<Keeping> {
  const stored = await deps.summary(caseId);
  if (stored === undefined || isDeleted(stored)) throw new NotFound("There is no such case.");
  const { createdAt, retentionClass: of } = parseStored(keptFacts, stored, "A summary item of the case table");
  const now = deps.now();
  const keptUntil = keptUntilOf(createdAt, of, deps.retentionDays);
  const locks = await deps.locks(caseId);
  const locked = locks.flatMap(({ retainUntil }) => (retainUntil !== undefined && retainUntil > now ? [retainUntil.getTime()] : []));
  const held = locks.filter(({ hasLegalHold }) => hasLegalHold).length;
  return {
    retentionClass: of,
    keptUntil,
    holds: [
      ...(Date.parse(keptUntil) > now.getTime()
        ? [`The case is ${of}: this platform keeps such cases for ${deps.retentionDays[of]} days at least, this one until ${keptUntil}.`]
        : []),
      ...(locked.length > 0 ? [`S3 Object Lock keeps its video until ${new Date(Math.max(...locked)).toISOString()}; nobody can delete it before.`] : []),
      ...(held > 0 ? ["A legal hold lies on its video. Whoever put it there can take it off."] : []),
    ],
  };
}
