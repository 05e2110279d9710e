import { type CorrectionSet, correctionSet } from "../../../contracts/corrections.ts";
import type { CorrectionLog } from "../../../functions/serve/correction-log.ts";

/** A log of corrections in `sets`, which may begin with some. A page has two. */
export function memoryCorrections(sets: CorrectionSet[] = []): CorrectionLog & { readonly sets: CorrectionSet[] } {
  const of = (caseId: string, runId: string): CorrectionSet[] => sets.filter((set) => set.caseId === caseId && set.runId === runId);
  return {
    sets,
    all: async (caseId, runId) => of(caseId, runId),
    newest: async (caseId, runId) => of(caseId, runId).at(-1)?.version ?? 0,
    async page(caseId, runId, after) {
      const later = of(caseId, runId).filter(({ version }) => version > after);
      return { sets: later.slice(0, 2), more: later.length > 2 };
    },
    async add(set) {
      if (of(set.caseId, set.runId).some(({ version }) => version === set.version)) return false;
      sets.push(correctionSet.parse(set));
      return true;
    },
  };
}
