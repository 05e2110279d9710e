import type { CaseSummary } from "../../contracts/case.ts";
import type { CaseRun } from "../../contracts/case-run.ts";
import { Refusal } from "../data/api.ts";
import { wordFor } from "../text/text.ts";
import { useApp } from "../ui/app-context.ts";
import { Problem, ScrollArea, StatusBadge } from "../ui/parts.tsx";
import { Poster } from "../ui/poster.tsx";
import { reportCostIn } from "../ui/report-cost.ts";
import { useResource } from "../ui/resource.ts";
import { hashOf } from "../ui/route.ts";
import { CaseHeading } from "./case-review.tsx";
import { isUnderWay, RunAgain } from "./run-again.tsx";

/** How often a run under way is looked at, and one that waits for its turn, milliseconds. */
const [pause, longPause] = [1500, 5000];
/** For how long after its end a run is looked at: its case hears of that a little later. Milliseconds. */
const settling = 60_000;

/** When to look again; null if nothing changes by itself any more. */
function nextLook(status: CaseSummary["status"], run: CaseRun | null): number | null {
  if (run === null || isUnderWay(run)) return pause;
  if (run.isAwaited) return longPause;
  return status === "RUNNING" && run.endedAt !== null && Date.now() - Date.parse(run.endedAt) < settling ? pause : null;
}

/** How a case's run comes on: its states as they are entered, what failed and why, what it costs. */
export function Run({ caseId }: { caseId: string }) {
  const { api, text } = useApp();
  const found = useResource(
    caseId,
    async (signal) => {
      const [detail, run] = await Promise.all([
        api.case(caseId, signal),
        api.run(caseId, signal).catch((error: Error) => {
          if (error instanceof Refusal && error.status === 404) return null;
          throw error;
        }),
      ]);
      return { summary: detail.case, run, poster: detail.links.poster };
    },
    (value) => (value === undefined ? pause : nextLook(value.summary.status, value.run)),
  );
  if (!found.value) return found.error ? <Problem error={found.error} retry={found.reload} /> : <p role="status">{text.loading}</p>;
  const { summary, run, poster } = found.value;
  const lasted = (from: string, to: string | null): string => text.seconds(Math.max(0, (to === null ? Date.now() : Date.parse(to)) - Date.parse(from)) / 1000);
  const dollars = (value: number | null): string => (value === null ? text.run.unknownCost : text.dollars(value));
  return (
    <>
      <CaseHeading summary={summary} screen="run" />
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {summary.reasons.length > 0 && (
        <section className="problem" aria-labelledby="reasons-title">
          <h2 id="reasons-title">{text.run.reasons}</h2>
          <ul id="reasons">
            {summary.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </section>
      )}
      {run === null ? (
        <p role="status">{text.run.none}</p>
      ) : (
        <>
          <dl className="panel">
            <dt>{text.run.started}</dt>
            <dd>{text.when(run.startedAt)}</dd>
            <dt>{run.endedAt === null ? text.run.lasted : text.run.ended}</dt>
            <dd>
              {run.endedAt !== null && `${text.when(run.endedAt)}, `}
              {lasted(run.startedAt, run.endedAt)}
            </dd>
            <dt>{text.run.forecast}</dt>
            <dd>{dollars(run.forecastUsd)}</dd>
            <dt>{run.soFarUsd === null ? text.run.cost : text.run.soFar}</dt>
            <dd id="cost">{run.soFarUsd === null ? dollars(run.costUsd) : text.run.estimate(run.soFarUsd)}</dd>
            {run.report !== null && (
              <>
                <dt>{text.run.report}</dt>
                <dd>{reportCostIn(text, run.report).join(" ")}</dd>
              </>
            )}
          </dl>
          <RunAgain summary={summary} run={run} reload={found.reload} />
          {run.redriveCount > 0 && <p>{text.run.redriven(run.redriveCount)}</p>}
          {(summary.status === "COMPLETE" || summary.status === "PARTIAL") && (
            <p className="ended">
              {poster !== null && <Poster link={poster} label={text.run.poster(summary.fileName)} />}
              <a className="button" href={hashOf({ screen: "case", caseId, frame: null })}>
                {text.run.open}
              </a>
            </p>
          )}
          <ScrollArea label={text.run.title} isPanel>
            <table>
              <thead>
                <tr>
                  <th scope="col">{text.run.state}</th>
                  <th scope="col">{text.run.entered}</th>
                  <th scope="col">{text.run.lasted}</th>
                  <th scope="col">{text.run.attempts}</th>
                  <th scope="col">{text.run.outcome}</th>
                </tr>
              </thead>
              <tbody id="states">
                {run.states.map((state, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: states are only ever added at the end, and one may come twice.
                  <tr key={i}>
                    <td>{state.name}</td>
                    <td>{text.time(state.enteredAt)}</td>
                    <td>{lasted(state.enteredAt, state.exitedAt)}</td>
                    <td>{state.attempts || "–"}</td>
                    <td>
                      <StatusBadge status={state.status === "SUCCEEDED" ? "COMPLETE" : state.status} words={wordFor(text.run.states, state.status)} />
                      {state.error !== null && <span className="bad"> {state.error}</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {run.isCut && <p className="soft">{text.run.cut}</p>}
          </ScrollArea>
        </>
      )}
    </>
  );
}
