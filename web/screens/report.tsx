import { useState } from "react";
import type { CaseReport } from "../../contracts/api.ts";
import { writerName } from "../../contracts/writer-name.ts";
import { Refusal } from "../data/api.ts";
import { momentsOf, startsOf } from "../player/moments.ts";
import { useApp } from "../ui/app-context.ts";
import { Dialog, Problem } from "../ui/parts.tsx";
import { useResource } from "../ui/resource.ts";
import { CaseHeading } from "./case-review.tsx";
import { Cites } from "./cites.tsx";
import { Refused } from "./refused.tsx";

/** How often a report that isn't there yet is asked for, milliseconds: it is written after the analysis. */
const pause = 3000;

/** The report of a case, each sentence with the way to what it stands on. */
export function Report({ caseId }: { caseId: string }) {
  const { api, text, language } = useApp();
  const detail = useResource(caseId, (signal) => api.case(caseId, signal));
  const found = useResource(
    `${caseId} ${language}`,
    (signal) =>
      api.report(caseId, language, signal).catch((error: Error) => {
        if (error instanceof Refusal && error.status === 404) return null;
        throw error;
      }),
    (value) => (value === null ? pause : null),
  );
  if (!detail.value) return detail.error ? <Problem error={detail.error} retry={detail.reload} /> : <p role="status">{text.loading}</p>;
  const { analysis } = detail.value;
  const starts = analysis === null ? new Map<string, number>() : startsOf(momentsOf(analysis));
  return (
    <>
      <CaseHeading summary={detail.value.case} screen="report" />
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {found.value === null && <p role="status">{text.report.none}</p>}
      {found.value && <Signatures told={found.value} caseId={caseId} reload={found.reload} />}
      {found.value && <Sentences told={found.value} starts={starts} caseId={caseId} />}
    </>
  );
}

/** Who signed the report, whether that still holds, and the way to sign it. */
function Signatures({
  told: { report, reportSha256, correctionsVersion, signOffs },
  caseId,
  reload,
}: {
  told: CaseReport;
  caseId: string;
  reload: () => void;
}) {
  const { api, session, text } = useApp();
  const [isAsked, ask] = useState(false);
  const [error, setError] = useState<Error | undefined>();
  const sign = (): void => {
    ask(false);
    setError(undefined);
    api.signOff(caseId, { language: report.language, reportSha256, correctionsVersion }).then(reload, (refusal: Error) => {
      setError(refusal);
      // What was read is not what is there now.
      if (refusal instanceof Refusal && refusal.status === 412) reload();
    });
  };
  return (
    <section className="panel" aria-labelledby="signed" id="sign-off">
      <h2 id="signed">{text.signOff.title}</h2>
      {signOffs.length === 0 && <p>{text.signOff.none}</p>}
      <ul>
        {signOffs.map((signed) => (
          <li key={`${signed.signedAt} ${signed.signedBy}`}>
            {text.signOff.signed(
              text.when(signed.signedAt),
              signed.signedBy === session.subject ? text.signOff.you : signed.signedBy,
              signed.correctionsVersion,
            )}{" "}
            <span className={`badge ${signed.isOutdated ? "bad" : "good"}`}>{signed.isOutdated ? text.signOff.outdated : text.signOff.holds}</span>
          </li>
        ))}
      </ul>
      {error && <Problem error={error} />}
      <p className="no-print">
        <button type="button" onClick={() => ask(true)}>
          {text.signOff.sign}
        </button>
      </p>
      <Dialog isOpen={isAsked} onClose={() => ask(false)} title={text.signOff.sign}>
        <p>{text.signOff.sure(correctionsVersion)}</p>
        <div className="row">
          <button type="button" className="primary" onClick={sign}>
            {text.signOff.sign}
          </button>
          <button type="button" onClick={() => ask(false)}>
            {text.signOff.cancel}
          </button>
        </div>
      </Dialog>
    </section>
  );
}

function Sentences({ told: { report, page }, starts, caseId }: { told: CaseReport; starts: ReadonlyMap<string, number>; caseId: string }) {
  const { text } = useApp();
  return (
    <article className="panel report" id="report" lang={report.language}>
      <p className="no-print row">
        <button type="button" onClick={() => print()}>
          {text.report.print}
        </button>
        <a href={page} target="_blank" rel="noopener noreferrer">
          {text.report.printPage}
        </a>
      </p>
      <section aria-labelledby="limits">
        <h2 id="limits">{text.report.limits}</h2>
        <ul>
          {report.limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </section>
      {report.sections.map(({ id, title, sentences }) => (
        <section key={id} aria-labelledby={`section-${id}`}>
          <h2 id={`section-${id}`}>{title}</h2>
          {sentences.map((sentence) => (
            <p key={sentence.id}>
              {sentence.text} <Cites caseId={caseId} cites={sentence.cites} starts={starts} />
            </p>
          ))}
        </section>
      ))}
      <Refused refused={report.refused} />
      <p className="soft">
        {text.report.writer[report.writer.kind]} ({writerName(report.writer)} {report.writer.version}), {text.when(report.createdAt)}
      </p>
    </article>
  );
}
