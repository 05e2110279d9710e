import { useState } from "react";
import { formulaInChinese } from "../../../contracts/measure-formulas.ts";
import { useApp } from "../../ui/app-context.ts";
import { Problem, ScrollArea } from "../../ui/parts.tsx";
import { useResource } from "../../ui/resource.ts";
import { GradeForm } from "./grade-form.tsx";
import { titleOf } from "./instrument-use.tsx";

interface Props {
  caseId: string;
  /** Version of the corrections that are saved. */
  version: number;
  goTo: (frame: number) => void;
  startOf: ReadonlyMap<string, number>;
}

/** The clinical measures of a case, as it was corrected or as it was analysed, each with the way to what it is made from. */
export default function MeasureTable({ caseId, version, ...props }: Props) {
  const { text } = useApp();
  const [corrected, setCorrected] = useState(true);
  const [zeros, setZeros] = useState(false);
  return (
    <>
      <label className="inline">
        <input type="checkbox" checked={corrected} onChange={({ target }) => setCorrected(target.checked)} id="measures-corrected" />
        {text.exports.corrected}
      </label>
      <label className="inline">
        <input type="checkbox" checked={zeros} onChange={({ target }) => setZeros(target.checked)} id="measures-zeros" />
        {text.measures.zeros}
      </label>
      <Measures key={`${corrected} ${version}`} {...{ caseId, version, corrected, zeros }} {...props} />
    </>
  );
}

function Measures({ caseId, version, corrected, zeros, goTo, startOf }: Props & { corrected: boolean; zeros: boolean }) {
  const { api, text, language } = useApp();
  const found = useResource(`${caseId} measures ${corrected} ${version}`, (signal) => api.measures(caseId, corrected, signal));
  if (found.error && !found.value) return <Problem error={found.error} retry={found.reload} />;
  if (!found.value) return <p role="status">{text.loading}</p>;
  const { measures, definitions = [], producers = [], findings, severity, correctionsVersion } = found.value;
  if (measures.length === 0) return <p>{text.measures.none}</p>;
  const starts = new Map([...startOf, ...findings.map(({ id, startFrame }) => [id, startFrame] as const)]);
  // That one instrument or one phase was not there is worth a row to who asks for it.
  const shown = measures.filter(({ value, of }) => zeros || of === null || value !== 0);
  return (
    <>
      <GradeForm {...{ caseId, severity }} graded={found.reload} />
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
            {shown.map(({ id, name, of, unit, value, note, evidence, producers: tellers, cohort }) => {
              const meaning = definitions.find((one) => one.name === name);
              // Sources and networks keep their names.
              const chinese = language === "zh-TW" && meaning ? formulaInChinese(name, meaning.formula) : undefined;
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
                        <small>
                          {chinese ?? <span lang="en">{meaning.formula}</span>} <span lang="en">{meaning.source}.</span>
                          {tellers.map((teller) => {
                            const { name: who = teller, version = "", digest = null } = producers.find((one) => one.id === teller) ?? {};
                            return <span key={teller} lang="en">{` ${who} ${version}${digest === null ? "" : ` (${digest.slice(0, 12)})`}.`}</span>;
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
