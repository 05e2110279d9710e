import { createHash } from "node:crypto";
import { type Analysis, analysis as analysisContract } from "../../contracts/analysis.ts";
import { FrameIndex, frameTable } from "../../contracts/frame-table.ts";
import { measures as measuresContract } from "../../contracts/measures.ts";
import { type Report, report as reportContract, type Sentence } from "../../contracts/report.ts";
import { absenceWords, plainWords, reviewWords, type TopicId, topics } from "../../contracts/report-words.ts";
import { type Fact, factsOf } from "./facts.ts";

/*
 * Holds a published report against the timeline that it is of, sentence by sentence. It is a second check beside the one that the
 * platform writes reports by (functions/report/grounding.ts): it reads the analysis itself, and has no code of that one.
 */

/** The documents of one analysis, as they are stored. */
export interface Documents {
  readonly analysis: Buffer;
  /** Null where the operation could not be measured. */
  readonly measures: Buffer | null;
  readonly frameTable: Buffer;
}

export interface CheckedSentence extends Sentence {
  readonly section: string;
  readonly facts: readonly Fact[];
  /** None if the timeline bears it. */
  readonly faults: readonly string[];
}

export interface CheckedReport {
  readonly report: Report;
  /** What is wrong with the report as a whole. */
  readonly faults: readonly string[];
  readonly sentences: readonly CheckedSentence[];
}

export function checkReport(content: Buffer, documents: Documents): CheckedReport {
  const report = reportContract.parse(JSON.parse(content.toString()));
  const analysis = analysisContract.parse(JSON.parse(documents.analysis.toString()));
  const measures = documents.measures && measuresContract.parse(JSON.parse(documents.measures.toString()));
  const facts = factsOf(analysis, measures, new FrameIndex(frameTable.parse(JSON.parse(documents.frameTable.toString()))));
  return {
    report,
    faults: wholeFaults(report, analysis, documents),
    sentences: report.sections.flatMap(({ id: section, sentences }) =>
      sentences.map((sentence) => ({
        ...sentence,
        section,
        facts: sentence.cites.flatMap((id) => facts.get(id) ?? []),
        faults: faultsOf(sentence, section, facts),
      })),
    ),
  };
}

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

function wholeFaults({ caseId, runId, evidence }: Report, analysis: Analysis, documents: Documents): string[] {
  const measuresDigest = documents.measures && sha256(documents.measures);
  return [
    ...(caseId === analysis.caseId && runId === analysis.runId ? [] : ["The report is of another case or run than the analysis."]),
    ...(evidence.analysisSha256 === sha256(documents.analysis) ? [] : ["The report was checked against another analysis.json than this."]),
    ...(evidence.measuresSha256 === measuresDigest ? [] : ["The report was checked against other measures than these."]),
  ];
}

/** What is wrong with a sentence, in words; none if the timeline bears it. */
export function faultsOf({ text, cites }: Pick<Sentence, "text" | "cites">, section: string, facts: ReadonlyMap<string, Fact>): string[] {
  const cited = cites.flatMap((id) => facts.get(id) ?? []);
  const missing = cites.filter((id) => !facts.has(id)).map((id) => `"${id}" is not on the timeline.`);
  if (missing.length > 0) return missing;
  const plain = text.normalize("NFKC");
  const labelled = markLabels(plain, cited, facts);
  const numbered = numbersOf(labelled.text);
  return [
    ...cited.filter(({ review }) => review === "rejected").map(({ id }) => `${id} was rejected by a person.`),
    ...labelled.faults,
    ...numberFaults(plain, labelled.text, numbered.numbers, cited),
    ...wordFaults(plain, numbered.rest, numbered.numbers.length > 0, section, cited),
  ];
}

/** Blank of the same length, so that places in the text stay. */
const blank = (text: string): string => "\u25e6".repeat(text.length);

/** A phrase as a whole word, or with a plural's s: what begins or ends in Latin letters does not go on in them. */
function wholeWord(phrase: string): RegExp {
  const latin = "[A-Za-z0-9_\\u00c0-\\u024f]";
  const isLatin = (character: string) => new RegExp(latin).test(character);
  const escaped = phrase.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const [before, after] = [isLatin(phrase.charAt(0)) ? `(?<!${latin})` : "", isLatin(phrase.charAt(phrase.length - 1)) ? `s?(?!${latin})` : ""];
  return new RegExp(`${before}${escaped}${after}`, "gi");
}

/** What of a fact's label may stand alone: the instrument and the phase of "Hook/ClippingCutting". */
const labelsOf = ({ label, measured }: Fact): string[] =>
  label === null ? [] : [label, ...(measured ? label.split("/") : [])].map((part) => part.normalize("NFKC"));

/** Every label of the timeline that the text holds must be one of what it cites. Blanks them. */
function markLabels(text: string, cited: readonly Fact[], facts: ReadonlyMap<string, Fact>): { text: string; faults: string[] } {
  const own = new Set(cited.flatMap((fact) => [...labelsOf(fact), ...(fact.measured ? [fact.id, fact.type] : [])]));
  const topicWords = new Set(Object.values(topics).flatMap(({ words }) => [...words.en, ...words["zh-TW"]]));
  const plain = new Set([...plainWords.en, ...plainWords["zh-TW"]]);
  const others = new Set(
    [...facts.values()].flatMap(labelsOf).filter((label) => !own.has(label) && !topicWords.has(label.toLowerCase()) && !plain.has(label.toLowerCase())),
  );
  const faults: string[] = [];
  let left = text;
  for (const label of [...own, ...others].sort((a, b) => b.length - a.length))
    left = left.replace(wholeWord(label), (found) => {
      if (others.has(label)) faults.push(`It names "${label}", which it does not cite.`);
      return blank(found);
    });
  return { text: left, faults };
}

interface Written {
  readonly text: string;
  readonly index: number;
  /** `clock`, or the unit of a measure. */
  readonly unit: string;
  /** Shares in percent. */
  readonly value: number;
  /** Half of its last digit. */
  readonly slack: number;
}

const units: readonly (readonly [RegExp, string])[] = [
  [/^\s*(times per hour|per hour|次\/小時)/i, "count-per-hour"],
  [/^\s*(diagonals? per second cubed|對角線\/立方秒)/i, "diagonals-per-second-cubed"],
  [/^\s*(diagonals? per second|對角線\/秒)/i, "diagonals-per-second"],
  [/^\s*(diagonals?|倍?對角線)/i, "diagonals"],
  [/^\s*(%|percent)/i, "share"],
  [/^\s*(seconds?\b|s\b|秒)/i, "seconds"],
  [/^\s*(times\b|次)/i, "count"],
];

function numbersOf(text: string): { numbers: Written[]; rest: string } {
  const numbers: Written[] = [];
  let rest = text;
  const cut = (index: number, length: number) => {
    rest = rest.slice(0, index) + blank(rest.slice(index, index + length)) + rest.slice(index + length);
  };
  for (const match of text.matchAll(/(?:(\d+):)?(\d+):(\d\d)(\.\d)?|\d+(?:\.\d+)?/g)) {
    const [found, hours, minutes, seconds, tenths] = match;
    if (minutes !== undefined) {
      const value = 3600 * Number(hours ?? 0) + 60 * Number(minutes) + Number(`${seconds}${tenths ?? ""}`);
      numbers.push({ text: found, index: match.index, unit: "clock", value, slack: tenths ? 0.05 : 0.5 });
      cut(match.index, found.length);
    } else {
      const after = text.slice(match.index + found.length);
      const [pattern, unit] = units.find(([pattern]) => pattern.test(after)) ?? [/^/, "count"];
      numbers.push({ text: found, index: match.index, unit, value: Number(found), slack: 0.5 * 10 ** -(found.split(".")[1]?.length ?? 0) });
      cut(match.index, found.length + (pattern.exec(after)?.[0].length ?? 0));
    }
  }
  return { numbers, rest };
}

const near = (a: number, b: number, slack: number): boolean => Math.abs(a - b) <= slack + 1e-6;

/** Whether a number is one that a fact has. */
function has({ span, measured }: Fact, { unit, value, slack }: Written): boolean {
  if (unit === "clock") return span !== null && (near(span.start, value, slack) || near(span.end, value, slack));
  if (unit === "seconds" && span !== null) return near(span.end - span.start, value, slack);
  if (measured === null) return false;
  if (unit === "share") return ["share", "probability"].includes(measured.unit) && near(100 * measured.value, value, slack);
  if (unit === "count") return measured.unit === "count" && measured.value === value;
  return measured.unit === unit && near(measured.value, value, slack);
}

/** Each number must be of what its part of the sentence names: parts end at commas and at "and". Two times in a row are a start and an end. */
function numberFaults(text: string, labelled: string, numbers: readonly Written[], cited: readonly Fact[]): string[] {
  const faults: string[] = [];
  for (const [i, number] of numbers.entries()) {
    if (!cited.some((fact) => has(fact, number))) {
      faults.push(`"${number.text}" (${number.unit}) is nothing that it cites.`);
      continue;
    }
    // Names that may own the number: those of its own part, or of the last part before it that has any.
    const bounds = [...labelled.matchAll(/[,;。、]|\band\b|[和與及並且]/g)].map(({ index }) => index);
    const from = Math.max(0, ...bounds.filter((bound) => bound < number.index));
    const to = Math.min(text.length, ...bounds.filter((bound) => bound > number.index));
    const within = (fact: Fact, part: string) => labelsOf(fact).some((label) => wholeWord(label).test(part));
    const named = [text.slice(from, to), text.slice(0, to), text].map((part) => cited.filter((fact) => within(fact, part))).find((found) => found.length > 0);
    if (named && !named.some((fact) => has(fact, number))) faults.push(`"${number.text}" is not of what is named beside it.`);
    const next = numbers[i + 1];
    const isRange = next?.unit === "clock" && /^\s*(to|until|[-–—到至])\s*$/.test(text.slice(number.index + number.text.length, next.index));
    if (
      number.unit === "clock" &&
      isRange &&
      !(named ?? cited).some(({ span }) => span && near(span.start, number.value, number.slack) && near(span.end, next.value, next.slack))
    )
      faults.push(`"${number.text}" to "${next.text}" is from no start to its end.`);
  }
  return faults;
}

/** Every phrase that a report may use, the longest first: what it is of, null for what says nothing by itself. */
const phrases = (["en", "zh-TW"] as const)
  .flatMap((language) => [
    ...plainWords[language].map((word) => ({ word, of: null })),
    ...absenceWords[language].map((word) => ({ word, of: "absence" })),
    ...reviewWords[language].map((word) => ({ word, of: "review" })),
    ...Object.entries(topics).flatMap(([topic, { words }]) => words[language].map((word) => ({ word, of: topic }))),
  ])
  .sort((a, b) => b.word.length - a.word.length)
  .map(({ word, of }) => ({ word, of, pattern: wholeWord(word) }));

/** Words of what is left must be in the list; those of a topic need a fact that it may be said of. */
function wordFaults(sentence: string, text: string, hasNumbers: boolean, section: string, cited: readonly Fact[]): string[] {
  const faults: string[] = [];
  const said = new Set<string>();
  let left = cited.reduce((rest, { type }) => rest.replace(wholeWord(type), blank), text);
  for (const { word, of, pattern } of phrases)
    left = left.replace(pattern, (found) => {
      if (of === null) return blank(found);
      said.add(of);
      const topic = of in topics ? topics[of as TopicId] : undefined;
      if (topic && !cited.some(({ type }) => topic.of.test(type))) faults.push(`It speaks of "${word}", and nothing that it cites is of that.`);
      return blank(found);
    });
  const unknown = left.match(/[^\s\u25e6.,;:()"'‘’“”。、「」『』–—-]+/g);
  if (unknown) faults.push(`It has words of which the timeline knows nothing: ${unknown.join(", ")}.`);
  const zero = cited.find(({ measured }) => measured?.value === 0);
  if (zero && !said.has("absence") && !hasNumbers) faults.push(`It says that something is there, and ${zero.id} is zero.`);
  if (said.has("absence") && !cited.every(({ measured }) => measured?.value === 0))
    faults.push("It says that something is not there, and cites what is not zero.");
  const forReview = cited.some(({ review }) => review === "needs-review");
  if (forReview && (section !== "for-review" || !said.has("review"))) faults.push("What it cites awaits a surgeon's review, and it does not say so.");
  for (const { id, type, measured } of cited) {
    const own = measured === null ? [] : ownTopics(type);
    if (own.length > 0 && !own.some((topic) => said.has(topic)) && !sentence.includes(type)) faults.push(`It does not say what ${id} measures.`);
  }
  return faults;
}

/** Topics that tell a measure from others; none of those that its whole family shares. */
const shared: ReadonlySet<string> = new Set(["instrument", "phase", "share", "coverage"]);
const ownTopics = (type: string): string[] => Object.entries(topics).flatMap(([id, { of }]) => (!shared.has(id) && of.test(type) ? id : []));
