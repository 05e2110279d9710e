import { z } from "zod";
import { caseStatus, retentionClass } from "./case.ts";
import { caseId } from "./primitives.ts";

/** What `GET /retention` takes in its query: the next page, as the one before gave it. */
export const retentionQuery = z.strictObject({ next: z.string().max(2000).optional() });

/** `GET /retention?next=`: until when cases are kept at least, oldest first. */
export const retentionPage = z.strictObject({
  cases: z.array(
    z.strictObject({
      caseId,
      fileName: z.string(),
      status: caseStatus,
      createdAt: z.iso.datetime(),
      retentionClass,
      keptUntil: z.iso.datetime(),
      /** Whether its least retention has passed. */
      isDue: z.boolean(),
      /** Why a case that is due must be kept all the same: every lock and legal hold. Null if it is not due: nobody looked. */
      holds: z.array(z.string()).nullable(),
    }),
  ),
  /** Opaque; null on the last page. */
  next: z.string().nullable(),
});
export type RetentionPage = z.infer<typeof retentionPage>;
