import { useState } from "react";
import { useApp } from "../../ui/app-context.ts";
import { Problem, ScrollArea } from "../../ui/parts.tsx";
import { useResource } from "../../ui/resource.ts";
import { GradeForm } from "./grade-form.tsx";
import { titleOf } from "./instrument-use.tsx";

interface Props {
  caseId: string;
  /** How difficult the operation was when the case was read; null if nobody graded it. */
  severity: number | null;
  /** Version of the corrections that are saved. */
  version: number;
  goTo: (frame: number) => void;
  startOf: ReadonlyMap<string, number>;
}

/** The clinical measures of a case, as it was corrected or as it was analysed, each with the way to what it is made from. */
export function MeasureTable({ caseId, severity: before, version, ...props }: Props) {
  const { text } = useApp();
  const [corrected, setCorrected] = useState(true);
  const [severity, setSeverity] = useState(before);
  return (
    <>
      <GradeForm {...{ caseId, severity }} graded={setSeverity} />
      <label className="inline">
        <input type="checkbox" checked={corrected} onChange={({ target }) => setCorrected(target.checked)} id="measures-corrected" />
        {text.exports.corrected}
      </label>
      <Measures key={`${corrected} ${version} ${severity}`} {...{ caseId, severity, version, corrected }} {...props} />
    </>
  );
}

function Measures({ caseId, severity, version, corrected, goTo, startOf }: Props & { corrected: boolean }) {
  const { api, text, language } = useApp();
  const found = useResource(`${caseId} measures ${corrected} ${version} ${severity}`, (signal) => api.measures(caseId, corrected, signal));
  if (found.error && !found.value) return <Problem error={found.error} retry={found.reload} />;
  if (!found.value) return <p role="status">{text.loading}</p>;
  const { measures, definitions = [], producers = [], findings, correctionsVersion } = found.value;
  if (measures.length === 0) return <p>{text.measures.none}</p>;
  const starts = new Map([...startOf, ...findings.map(({ id, startFrame }) => [id, startFrame] as const)]);
  return (
    <>
      <p role="status" className="soft" id="measures-of">
        {text.measures.of(correctionsVersion)}
      </p>
      <ScrollArea label={text.review.measures}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text.review.what}</th>
              <th scope="col">{text.measures.value}</th>
              <th scope="col">{text.report.evidence}</th>
            </tr>
          </thead>
          <tbody id="measures">
            {measures.map(({ id, name, of, unit, value, note, evidence, producers: tellers, cohort }) => {
              const meaning = definitions.find((one) => one.name === name);
              const at = evidence.map((cited) => starts.get(cited)).find((frame) => frame !== undefined);
              return (
                <tr key={id}>
                  <td>
                    {titleOf(name, language)}
                    {of !== null && ` – ${of}`}
                  </td>
                  <td>
                    {value === null ? <span className="soft">{note}</span> : text.measures.units[unit](value)}
                    {cohort && <small className="soft"> {text.measures.among(cohort.percentile, cohort.n)}</small>}
                  </td>
                  <td>
                    {at !== undefined && (
                      <button type="button" onClick={() => goTo(at)}>
                        <span className="unseen">{text.report.goTo(`${titleOf(name, language)} ${of ?? ""}`.trim())}</span> {evidence.length}
                      </button>
                    )}
                    {meaning && (
                      <details>
                        <summary className="soft">{text.measures.how}</summary>
                        <small lang="en">
                          {meaning.formula} {meaning.source}.
                          {tellers.map((teller) => {
                            const { name: who = teller, version = "", digest = null } = producers.find((one) => one.id === teller) ?? {};
                            return <span key={teller}>{` ${who} ${version}${digest === null ? "" : ` (${digest.slice(0, 12)})`}.`}</span>;
                          })}
                        </small>
                      </details>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollArea>
    </>
  );
}
