import { useState } from "react";
import type { CaseSummary } from "../../contracts/case.ts";
import type { CaseRun } from "../../contracts/case-run.ts";
import { useApp } from "../ui/app-context.ts";
import { Dialog, Problem } from "../ui/parts.tsx";

/** Statuses of a case that another analysis of the same video may better. */
const repeatable: readonly string[] = ["QUARANTINED", "PARTIAL", "FAILED"];

type Way = "redrive" | "repeat";
type Outcome = { readonly of: string; readonly way: Way } | { readonly of: string; readonly error: Error };

export const isUnderWay = ({ execution }: CaseRun): boolean => execution === "RUNNING" || execution === "PENDING_REDRIVE";

/** What can be done about a run that is over, for those who may: go on with it where it failed, or analyse the same video again. */
export function RunAgain({ summary, run, reload }: { summary: CaseSummary; run: CaseRun; reload: () => void }) {
  const { api, session, text } = useApp();
  const words = text.run.again;
  const [asked, ask] = useState<Way | null>(null);
  const [isSending, setSending] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const { caseId, status } = summary;
  // What was said of an earlier end of the run says nothing of this one.
  const of = `${run.runId} ${run.redriveCount} ${run.endedAt}`;
  const isOver = !isUnderWay(run) && status !== "DELETING";
  const ways: Way[] =
    isOver && !run.isAwaited && session.may("cases.admin")
      ? [...(run.isRedrivable ? (["redrive"] as const) : []), ...(repeatable.includes(status) ? (["repeat"] as const) : [])]
      : [];

  const go = async (way: Way): Promise<void> => {
    ask(null);
    setOutcome(null);
    setSending(true);
    try {
      await (way === "redrive" ? api.redrive(caseId) : api.analyseAgain(caseId));
      setOutcome({ of, way });
    } catch (error) {
      setOutcome({ of, error: error as Error });
    }
    setSending(false);
    // What was refused may be so because the case is not any more as it is shown.
    reload();
  };

  return (
    <section className="no-print" aria-label={words.label} id="again">
      <p role="status">
        {isSending
          ? words.sending
          : run.isAwaited
            ? words.awaited
            : outcome && "way" in outcome && (isUnderWay(run) || outcome.of === of)
              ? words.asked[outcome.way]
              : ""}
      </p>
      {outcome && "error" in outcome && <Problem error={outcome.error} />}
      {ways.length > 0 && (
        <p className="row">
          {ways.map((way) => (
            <button key={way} type="button" disabled={isSending} onClick={() => ask(way)}>
              {words.ways[way]}
            </button>
          ))}
        </p>
      )}
      <Dialog isOpen={asked !== null} onClose={() => ask(null)} title={asked ? words.ways[asked] : ""}>
        {asked && (
          <>
            <p>{words.sure[asked]}</p>
            <div className="row">
              <button type="button" className="primary" onClick={() => void go(asked)}>
                {words.ways[asked]}
              </button>
              <button type="button" onClick={() => ask(null)}>
                {words.cancel}
              </button>
            </div>
          </>
        )}
      </Dialog>
    </section>
  );
}
