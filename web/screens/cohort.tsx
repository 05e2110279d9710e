import type { Spread } from "../../contracts/cohort.ts";
import { groups, type Placed, placed, scaleOf } from "../compare/spread.ts";
import { wordFor } from "../text/text.ts";
import { useApp } from "../ui/app-context.ts";
import { Problem, ScrollArea } from "../ui/parts.tsx";
import { useResource } from "../ui/resource.ts";
import { CaseHeading } from "./case-review.tsx";
import { titleOf } from "./review/instrument-use.tsx";

/** A case against the other operations of its procedure and its difficulty. */
export default function Cohort({ caseId }: { caseId: string }) {
  const { api, text } = useApp();
  const found = useResource(`${caseId} cohort`, async (signal) => {
    const { case: summary } = await api.case(caseId, signal);
    const { procedure, severity } = summary;
    if (procedure === null) return { summary, cohort: null, measures: [] };
    const [cohort, { measures }] = await Promise.all([api.cohort({ procedure, severity }, caseId, signal), api.measures(caseId, false, signal)]);
    return { summary, cohort, measures };
  });
  if (!found.value) return found.error ? <Problem error={found.error} retry={found.reload} /> : <p role="status">{text.loading}</p>;
  const { summary, cohort, measures } = found.value;
  return (
    <>
      <CaseHeading summary={summary} screen="cohort" />
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {cohort === null && <p role="status">{text.cohort.noProcedure}</p>}
      {cohort !== null && (
        <>
          <h2 id="cohort-title">
            {cohort.n === null ? text.cohort.title : text.cohort.among(cohort.n)}: {wordFor(text.procedures, cohort.procedure)},{" "}
            {cohort.severity === null ? text.cohort.ungraded : text.cohort.graded(cohort.severity)}
          </h2>
          {cohort.n === null ? <p role="status">{text.cohort.tooFew}</p> : <Groups all={placed(cohort, measures)} />}
        </>
      )}
    </>
  );
}

function Groups({ all }: { all: readonly Placed[] }) {
  const { text } = useApp();
  return (
    <>
      <p className="soft">{text.cohort.help}</p>
      {groups.map((group) => {
        const rows = all.filter((one) => one.group === group);
        return (
          rows.length > 0 && (
            <div className="panel" key={group}>
              <h3>{text.cohort.groups[group]}</h3>
              <ScrollArea label={text.cohort.groups[group] ?? group}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">{text.review.what}</th>
                      <th scope="col">{text.cohort.here}</th>
                      <th scope="col">{text.cohort.spread}</th>
                      <th scope="col">{text.cohort.median}</th>
                      <th scope="col">{text.cohort.half}</th>
                      <th scope="col">{text.cohort.operations}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((row) => (
                      <Row key={row.spread.id} {...row} />
                    ))}
                  </tbody>
                </table>
              </ScrollArea>
            </div>
          )
        );
      })}
    </>
  );
}

function Row({ spread, value }: Placed) {
  const { text, language } = useApp();
  const [, p25, median, p75] = spread.at;
  const said = (of: number): string => text.measures.units[spread.unit](of);
  return (
    <tr>
      <td>
        {titleOf(spread.name, language)}
        {spread.of !== null && ` – ${spread.of}`}
      </td>
      <td>{value === null ? "–" : said(value)}</td>
      <td>
        <SpreadPicture spread={spread} value={value} label={text.cohort.picture(value === null ? "–" : said(value), said(median))} />
      </td>
      <td>{said(median)}</td>
      <td>{p25 === null || p75 === null ? <span className="soft">{text.cohort.withheld}</span> : `${said(p25)} – ${said(p75)}`}</td>
      <td>
        {spread.n}
        {spread.withAny !== null && <small className="soft"> {text.cohort.withAny(spread.withAny)}</small>}
      </td>
    </tr>
  );
}

const size = { width: 200, height: 20 } as const;

/** Line, bar and dot; what they show stands beside them in words. */
function SpreadPicture({ spread, value, label }: { spread: Spread; value: number | null; label: string }) {
  const [p10, p25, median, p75, p90] = spread.at;
  const scale = scaleOf(spread, value);
  const x = (of: number): number => size.width * scale(of);
  const middle = size.height / 2;
  return (
    <svg className="spread" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={label}>
      {p10 !== null && p90 !== null && <line className="line" x1={x(p10)} x2={x(p90)} y1={middle} y2={middle} />}
      {p25 !== null && p75 !== null && <rect className="half" x={x(p25)} width={Math.max(1, x(p75) - x(p25))} y={4} height={size.height - 8} />}
      <line className="median" x1={x(median)} x2={x(median)} y1={2} y2={size.height - 2} />
      {value !== null && <circle className="here" cx={x(value)} cy={middle} r={5} />}
    </svg>
  );
}
