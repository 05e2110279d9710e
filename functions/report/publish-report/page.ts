import type { EvidenceItem, Report, ReportEvidence } from "../../../contracts/report.ts";
import { writerName } from "../../../contracts/writer-name.ts";
import { clockOf } from "../numbers.ts";
import { nameOfMeasure, titles } from "../vocabulary.ts";

/** Prints on A4 or letter; a browser's "Save as PDF" makes the file. Fetches nothing and runs nothing. */
const style = [
  "@page{margin:20mm}",
  "body{font:11pt/1.5 Georgia,'Noto Serif TC','PMingLiU',serif;max-width:44em;margin:2em auto;padding:0 1em;color:#111;background:#fff}",
  "h1,h2{font-family:system-ui,'Noto Sans TC','Microsoft JhengHei',sans-serif;break-after:avoid}h1{font-size:18pt}h2{font-size:13pt;margin-top:1.5em}",
  "p{margin:.4em 0;break-inside:avoid}a{color:#0a4d8c;text-decoration:none;font-size:85%}table{border-collapse:collapse;width:100%;font-size:9pt}",
  "td{border-top:1px solid #bbb;padding:.2em .5em;vertical-align:top}tr{break-inside:avoid}.limits{border:1px solid #999;padding:.5em 1em}small{color:#444}",
].join("");

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] as string);

/** A report as one page for people: each sentence with links to the evidence, which is listed below with its times and frames. */
export function pageOf(report: Report, { items }: ReportEvidence): string {
  const { language } = report;
  const cited = new Set(report.sections.flatMap(({ sentences }) => sentences.flatMap(({ cites }) => cites)));
  const rows = items.filter(({ id }) => cited.has(id));
  const anchors = new Map(rows.map(({ id }, i) => [id, `e${i + 1}`]));
  const link = (id: string) => `<a href="#${anchors.get(id)}">[${escaped(id)}]</a>`;
  const title = titles.report[language];
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head><body>`,
    `<h1>${title}</h1><p><small>${escaped(report.caseId)} · ${escaped(report.createdAt)} · ${escaped(writerName(report.writer))} ${escaped(report.writer.version)}</small></p>`,
    `<div class="limits"><h2>${titles.limits[language]}</h2>${report.limits.map((limit) => `<p>${escaped(limit)}</p>`).join("")}</div>`,
    ...report.sections.map(
      ({ title, sentences }) =>
        `<h2>${escaped(title)}</h2>${sentences.map(({ id, text, cites }) => `<p id="${escaped(id)}">${escaped(text)} ${cites.map(link).join(" ")}</p>`).join("")}`,
    ),
    `<h2>${titles.evidence[language]}</h2><table>`,
    ...rows.map(
      (item) =>
        `<tr id="${anchors.get(item.id)}"><td>${escaped(item.id)}</td><td>${escaped(nameOf(item, report))}</td><td>${escaped(factOf(item, report))}</td></tr>`,
    ),
    "</table></body></html>\n",
  ].join("\n");
}

const nameOf = ({ kind, type, label }: EvidenceItem, { language }: Report): string =>
  [kind === "measure" ? nameOfMeasure(type, language) : type, ...(label === null ? [] : [label])].join(": ");

function factOf({ span, value, unit, confidence }: EvidenceItem, { language }: Report): string {
  const sure = confidence == null ? "" : `, ${titles.confidence[language]} ${confidence.toFixed(2)}`;
  if (span) return `${clockOf(span.startSeconds)}–${clockOf(span.endSeconds)} (${span.startFrame}–${span.endFrame})${sure}`;
  return value === null ? "" : `${Number(value.toFixed(4))} ${unit}`;
}
