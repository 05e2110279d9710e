import type { CaseDetail } from "../../contracts/api.ts";
import { FrameIndex } from "../../contracts/frame-index.ts";
import { readFrameTable } from "../data/api.ts";
import { wordFor } from "../text/text.ts";
import { useApp } from "../ui/app-context.ts";
import { Problem, ScreenTitle, StatusBadge } from "../ui/parts.tsx";
import { useResource } from "../ui/resource.ts";
import { hashOf } from "../ui/route.ts";
import { AnalysedCase } from "./review/analysed-case.tsx";
import type { Walk } from "./review/use-corrections.ts";

/** How often a case under way is looked at again, milliseconds. */
const pause = 2000;

/** A case's own screen: what was found in it or, where nothing was, how it stands and why. */
export function CaseReview({ caseId, frame, walk = null }: { caseId: string; frame: number | null; walk?: Walk | null }) {
  const { api, text } = useApp();
  const found = useResource(
    caseId,
    async (signal) => {
      const detail = await api.case(caseId, signal);
      const { frameTable } = detail.links;
      return { detail, table: detail.analysis !== null && frameTable !== null ? await readFrameTable(frameTable, signal) : null };
    },
    (value) => (value && (value.detail.case.status === "RUNNING" || value.detail.case.status === "UPLOADING") ? pause : null),
  );
  if (found.value === undefined) {
    return (
      <>
        {walk === null && <ScreenTitle>{text.cases.title}</ScreenTitle>}
        {found.error ? <Problem error={found.error} retry={found.reload} /> : <p role="status">{text.loading}</p>}
      </>
    );
  }
  const { detail, table } = found.value;
  return (
    <>
      {walk === null && <CaseHeading summary={detail.case} screen="case" />}
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {detail.case.reasons.length > 0 && (
        <ul id="reasons">
          {detail.case.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {detail.analysis !== null && table !== null && (
        <AnalysedCase
          key={detail.analysis.runId}
          detail={detail}
          analysis={detail.analysis}
          table={table}
          frames={new FrameIndex(table)}
          frame={frame}
          walk={walk}
        />
      )}
    </>
  );
}

/** A case's name, its state, and the ways to its other screens. */
export function CaseHeading({ summary, screen }: { summary: CaseDetail["case"]; screen: "case" | "report" | "run" | "cohort" }) {
  const { text } = useApp();
  const { caseId, fileName, status, procedure } = summary;
  const isAnalysed = status === "COMPLETE" || status === "PARTIAL";
  return (
    <div className="heading">
      <ScreenTitle>{fileName}</ScreenTitle>
      <span role="status" id="status">
        <StatusBadge status={status} words={wordFor(text.statuses, status)} />
      </span>
      {procedure !== null && <span className="soft">{wordFor(text.procedures, procedure)}</span>}
      <nav aria-label={fileName} className="no-print">
        {screen !== "case" && <a href={hashOf({ screen: "case", caseId, frame: null })}>{text.report.back}</a>}
        {screen !== "report" && isAnalysed && <a href={hashOf({ screen: "report", caseId })}>{text.report.title}</a>}
        {screen !== "cohort" && isAnalysed && procedure !== null && <a href={hashOf({ screen: "cohort", caseId })}>{text.cohort.title}</a>}
        {isAnalysed && <a href={hashOf({ screen: "compare", first: caseId, second: null })}>{text.compare.title}</a>}
        {screen !== "run" && <a href={hashOf({ screen: "run", caseId })}>{text.run.title}</a>}
      </nav>
    </div>
  );
}
