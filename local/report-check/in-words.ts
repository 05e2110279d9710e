import type { CheckedReport } from "./check.ts";

/** Sentences that the timeline does not bear, and what is wrong with the whole. */
export const faultCount = ({ faults, sentences }: CheckedReport): number => faults.length + sentences.filter((sentence) => sentence.faults.length > 0).length;

/** What each sentence cites, what that is, and the verdict. */
export function checkedInWords(checked: CheckedReport): string {
  const { report, faults, sentences } = checked;
  const lines = [`Report of case ${report.caseId} in ${report.language}, written by ${report.writer.id} ${report.writer.version}`];
  lines.push(...faults.map((fault) => `  FAULT  ${fault}`));
  for (const { id, title, sentences: own } of report.sections) {
    lines.push("", title);
    for (const sentence of sentences.filter((one) => one.section === id && own.some((other) => other.id === one.id))) {
      lines.push(`  ${sentence.faults.length === 0 ? "ok   " : "FAULT"}  ${sentence.text}`);
      lines.push(...sentence.facts.map((fact) => `           ${fact.id}: ${fact.words}`));
      lines.push(...sentence.faults.map((fault) => `           ! ${fault}`));
    }
  }
  const count = faultCount(checked);
  lines.push(
    "",
    count === 0
      ? `The timeline bears all ${sentences.length} sentences.`
      : `The timeline does not bear the report: ${count} ${count === 1 ? "fault" : "faults"} in ${sentences.length} sentences.`,
  );
  return `${lines.join("\n")}\n`;
}
