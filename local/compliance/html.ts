import type { Evidence, Result } from "./evidence.ts";
import { type Language, type Words, words } from "./words.ts";

const text = (value: string | number): string =>
  String(value).replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter] as string);

/** Text is escaped; `raw` holds markup of ours. */
type Cell = string | number | { readonly raw: string };
const cell = (value: Cell): string => (typeof value === "object" ? value.raw : text(value));
const mark = (kind: string, word: string): Cell => ({ raw: `<span class="${text(kind.replaceAll(" ", "-"))}">${text(word)}</span>` });

function table(head: readonly string[], rows: readonly (readonly Cell[])[], none: string): string {
  if (rows.length === 0) return `<p>${text(none)}</p>`;
  const body = rows.map((row) => `<tr>${row.map((value) => `<td>${cell(value)}</td>`).join("")}</tr>`).join("\n");
  return `<table><thead><tr>${head.map((title) => `<th>${text(title)}</th>`).join("")}</tr></thead>\n<tbody>${body}</tbody></table>`;
}

const style = `
body { font: 10pt/1.45 "Noto Sans", "Noto Sans TC", "PingFang TC", "Microsoft JhengHei", sans-serif; color: #1d2430; max-width: 68rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 18pt; margin: 0; } h2 { font-size: 12.5pt; margin: 2rem 0 .5rem; border-bottom: 1px solid #c8d0da; padding-bottom: .2rem; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; } th { text-align: left; white-space: nowrap; background: #eef2f6; } th, td { min-width: 4em; padding: .25rem .5rem; border-bottom: 1px solid #dfe5ec; vertical-align: top; overflow-wrap: break-word; }
td:nth-child(2) { min-width: 10em; } td span { white-space: nowrap; } tr { break-inside: avoid; } thead { display: table-header-group; }
dl { display: grid; grid-template-columns: max-content 1fr max-content 1fr; gap: .2rem 1rem; margin: 1rem 0; } dt { color: #5b6675; } dd { margin: 0; overflow-wrap: anywhere; }
.verdict { padding: .6rem .9rem; border-left: 4px solid; font-weight: 600; } .compliant { border-color: #1f7a4d; background: #e9f6ef; } .violated-all { border-color: #b3261e; background: #fdecea; }
.pass, .kept { color: #1f7a4d; } .fail, .violated, .critical { color: #b3261e; font-weight: 600; } .waived { color: #8a5a00; } .unjudged, .not-evaluated, .organisational { color: #5b6675; }
code { font-size: 8pt; } @page { size: A4; margin: 15mm; } @media print { body { margin: 0; max-width: none; padding: 0; } }
`;

/** The evidence as one page without scripts or links to anything, to read or to print. `translate` says in the language what rules and paragraphs say in English. */
export function htmlOf(evidence: Evidence, language: Language, compliant: boolean, translate: (english: string) => string): string {
  const w = words[language];
  const c = w.columns;
  const of = (verdict: Result["verdict"]): Result[] => evidence.results.filter((result) => result.verdict === verdict);
  const resource = ({ type, name }: Result): Cell => ({ raw: `${text(name)}<br><code>${text(type)}</code>` });
  const section = (heading: string, content: string): string => `<h2>${text(heading)}</h2>\n${content}`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${text(`${w.title}: ${evidence.stack}`)}</title><style>${style}</style></head><body>
<h1>${text(w.title)}</h1><p>${text(w.subtitle)}</p>
${facts(evidence, w)}
${evidence.nprm2025 ? `<p>${text(w.proposed)}</p>` : ""}
<p class="verdict ${compliant ? "compliant" : "violated-all"}">${text(compliant ? w.verdict.compliant : w.verdict.violated)}</p>
${evidence.waiverObjections.map((objection) => `<p class="fail">${text(objection)}</p>`).join("\n")}
${section(w.headings.summary, coverage(evidence, w))}
${section(
  w.headings.violations,
  table(
    [c.rule, c.resource, c.message],
    of("fail").map((r) => [r.rule, resource(r), r.messages.join(" ")]),
    w.none,
  ),
)}
${section(
  w.headings.waived,
  table(
    [c.rule, c.resource, c.message, c.reason, c.approver, c.expires],
    of("waived").map((r) => [r.rule, resource(r), r.messages.join(" "), r.waiver?.reason ?? "", r.waiver?.approver ?? "", r.waiver?.expires ?? ""]),
    w.none,
  ),
)}
${section(
  w.headings.unjudged,
  table(
    [c.rule, c.resource, c.message],
    of("unjudged").map((r) => [r.rule, resource(r), r.messages.join(" ")]),
    w.none,
  ),
)}
${section(
  w.headings.controls,
  table(
    [c.section, c.description, c.obligation, c.status, c.rule],
    evidence.controls.map(({ section: id, title, obligation, status, rules, reason }) => [
      id,
      translate(title),
      w.obligations[obligation],
      mark(status, w.statuses[status]),
      reason === undefined ? rules.join(", ") : translate(reason),
    ]),
    w.none,
  ),
)}
${section(w.headings.rules, rulesTable(evidence, w, translate))}
${section(w.headings.results, table([c.resource, c.kept, c.status], resourceRows(evidence.results, w), w.none))}
${section(w.headings.data, table([c.source, c.asOf], Object.entries(evidence.data), w.none))}
${section(w.headings.limits, `<ul>${w.limits.map((limit) => `<li>${text(limit)}</li>`).join("")}</ul>`)}
</body></html>
`;
}

function facts({ stack, account, date, commit, resources, rules, results }: Evidence, { facts: f }: Words): string {
  const count = (verdict: Result["verdict"]): number => results.filter((result) => result.verdict === verdict).length;
  const entries: [string, string | number][] = [
    [f.stack, stack],
    [f.account, account.join(", ")],
    [f.date, date],
    [f.commit, commit],
    [f.resources, resources],
    [f.rules, rules.length],
    [f.judgements, results.length],
    [f.violations, count("fail")],
    [f.waivers, count("waived")],
  ];
  return `<dl>${entries.map(([term, value]) => `<dt>${text(term)}</dt><dd>${text(value)}</dd>`).join("")}</dl>`;
}

/** Resources of one type that passed the same rules share a row: a row for each judgement would be a book. */
function resourceRows(results: readonly Result[], w: Words): Cell[][] {
  const rows = [...Map.groupBy(results, ({ urn }) => urn).values()].map((own) => {
    const { type, name } = own[0] as Result;
    const passed = own.filter(({ verdict }) => verdict === "pass").map(({ rule }) => rule);
    const others = own.filter(({ verdict }) => verdict !== "pass").map(({ rule, verdict }) => `${text(rule)}: ${cell(mark(verdict, w.verdicts[verdict]))}`);
    return { type, name, passed, others };
  });
  return [...Map.groupBy(rows, ({ type, passed, others }) => [type, ...passed, ...others].join()).values()].map((alike) => {
    const { type, passed, others } = alike[0] as (typeof rows)[number];
    const counted = cell(mark("pass", `${passed.length} ${w.verdicts.pass}`));
    return [
      { raw: `<code>${text(type)}</code><br>${text(alike.map(({ name }) => name).join(", "))}` },
      passed.join(", "),
      { raw: [counted, ...others].join("<br>") },
    ];
  });
}

/** The figures that a reader wants first: how many paragraphs the pack speaks to, and how. */
function coverage({ controls }: Evidence, w: Words): string {
  const lines = (Object.keys(w.coverage) as (keyof Words["coverage"])[]).flatMap((status) => {
    const count = controls.filter((control) => control.status === status).length;
    return count === 0 ? [] : [`<li>${cell(mark(status, `${count} / ${controls.length}`))} ${text(w.coverage[status])}</li>`];
  });
  return `<ul>${lines.join("")}</ul>`;
}

function rulesTable({ rules }: Evidence, w: Words, translate: (english: string) => string): string {
  const c = w.columns;
  const counted = ["pass", "fail", "waived", "unjudged", "notApplicable"] as const;
  return table(
    [c.rule, c.description, c.severity, c.controls, c.status],
    rules.map(({ name, description, settings, severity, level, controls, counts }) => [
      name,
      { raw: [text(translate(description)), ...Object.entries(settings).map((setting) => `<code>${text(settingText(...setting))}</code>`)].join("<br>") },
      { raw: `${cell(mark(severity, severity))}<br>${text(level)}` },
      controls.join(", "),
      {
        raw: counted
          .filter((verdict) => counts[verdict] > 0)
          .map((verdict) => `${counts[verdict]} ${cell(mark(verdict === "notApplicable" ? "not-evaluated" : verdict, w.verdicts[verdict]))}`)
          .join("<br>"),
      },
    ]),
    w.none,
  );
}

const settingText = (name: string, value: unknown): string =>
  `${name}: ${Array.isArray(value) && value.length > 0 ? value.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(", ") : typeof value === "string" ? value : JSON.stringify(value)}`;
