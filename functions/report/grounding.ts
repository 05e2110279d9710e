import type { EvidenceItem, Report, ReportDraft, ReportEvidence, SectionId } from "../../contracts/report.ts";
import { type TopicId, topics } from "../../contracts/report-words.ts";
import { bears, type Claim, type Role } from "./numbers.ts";
import { type Name, partsOf, type Reading, readSentence, roleIn, type Token } from "./reading.ts";

/*
 * The check that every sentence of a report passes, whoever wrote it. It proves that a sentence cites what exists, uses words of
 * a closed vocabulary only, and that the names and numbers of each statement belong to one thing that is cited. It does not
 * understand sentences: where one could be read in two ways, it is refused.
 */

export type DraftSentence = ReportDraft["sections"][number]["sentences"][number];

/** What a measure must be called by before its number is said, unless its whole name is. A measure that is not here has its name alone. */
export const calledBy: Readonly<Record<string, readonly TopicId[]>> = {
  "procedure-time": ["procedure"],
  "in-body-time": ["inside"],
  "out-of-body-time": ["outside"],
  "excursion-count": ["excursion"],
  "excursion-time": ["excursion"],
  // These have the label of a phase or an instrument, and no other measure of that label is in the same unit.
  "phase-duration": [],
  "instrument-time": [],
  "instrument-share": [],
  "instrument-phase-share": [],
  "phase-entry-count": ["entry"],
  "phase-longest-run": ["longest"],
  "transition-count": ["transition"],
  "two-instruments-time": ["several"],
  "two-instruments-share": ["several"],
  "idle-time": ["idle"],
  "idle-count": ["idle"],
  "idle-longest": ["idle", "longest"],
  "exchange-count": ["exchange"],
  "exchanges-per-hour": ["exchange"],
  "path-length": ["path"],
  "mean-speed": ["speed"],
  "smoke-share": ["smoke"],
  "fog-share": ["fog"],
  "blur-share": ["blur"],
  "reflection-share": ["reflection"],
  "unusable-view-share": ["unusable"],
  "bleeding-time": ["bleeding"],
  "bleeding-count": ["bleeding"],
  "bleeding-control-time": ["bleeding", "control"],
  "critical-view-probability": ["critical-view", "probability"],
  "critical-view-held": ["critical-view", "held"],
};
/** What else may be called by a topic instead of by its label: kinds of findings, and what has no label. */
const spanTopics: Readonly<Record<string, TopicId>> = { "out-of-body": "outside", video: "video" };

/** Numbers as words can't be compared; "second" is one, "seconds" a unit. */
const numberWord =
  /^(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|once|twice|thrice|half|quarter|double|triple|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|several|many|most|few)$/i;
const chineseNumber = /[零〇一二兩三四五六七八九十百千萬半數幾多]/;

/** Every reason to refuse the sentence; none if it stands. Of a report, the section that it is in matters too. */
export function reasonsAgainst({ text, cites }: DraftSentence, evidence: ReportEvidence, section?: SectionId): string[] {
  const byId = new Map(evidence.items.map((item) => [item.id, item]));
  const cited = cites.map((id) => byId.get(id)).filter((item) => item !== undefined);
  const reading = readSentence(text, cited, evidence);
  return [
    ...(cites.length === 0 ? ["It cites nothing."] : []),
    ...(new Set(cites).size === cites.length ? [] : ["It cites the same twice."]),
    ...cites.filter((id) => !byId.has(id)).map((id) => `It cites "${id}", which is not in the evidence.`),
    ...vocabularyReasons(reading),
    ...namesNotCited(reading, cited),
    ...statementReasons(reading, cited),
    ...absenceReasons(reading, cited),
    ...reviewReasons(reading, cited, section),
  ];
}

function vocabularyReasons({ unknown, reasons }: Reading): string[] {
  const isNumber = (word: string) => numberWord.test(word) || chineseNumber.test(word) || /\p{N}/u.test(word);
  const other = unknown.filter((word) => !isNumber(word));
  return [
    ...unknown.filter(isNumber).map((word) => `"${word}" is no number in figures from 0 to 9; numbers must be figures.`),
    ...(other.length === 0 ? [] : [`It has words or signs that reports do not use: ${other.map((word) => `"${word}"`).join(", ")}.`]),
    ...reasons,
  ];
}

const namesOf = (tokens: readonly Token[]): Name[] => tokens.flatMap((token) => ("name" in token ? token.name : []));
const describesAll = (names: readonly Name[], item: EvidenceItem): boolean => names.every((name) => name.describes(item));
const says = (names: readonly Name[], topic: TopicId): boolean =>
  names.some((name) => name.says.some((meaning) => "topic" in meaning && meaning.topic === topic));

/** Whether names call an item by what is its own: its label or kind, and of a measure also what it measures. */
function isCalled(item: EvidenceItem, names: readonly Name[]): boolean {
  const hasLabel = (label: string) => names.some((name) => name.says.some((meaning) => "label" in meaning && meaning.label === label));
  const isLabelled = item.label === null || hasLabel(item.label) || partsOf(item).every(hasLabel);
  const hasType = names.some((name) =>
    name.says.some((meaning) => ("type" in meaning && meaning.type === item.type) || ("measure" in meaning && meaning.measure === item.type)),
  );
  if (item.kind === "measure") return isLabelled && (hasType || calledBy[item.type]?.every((topic) => says(names, topic)) === true);
  const own = spanTopics[item.type] ?? (item.type in topics ? (item.type as TopicId) : undefined);
  // The kind of a phase or an instrument says nothing of which it is.
  const isKind = item.kind === "finding" || item.label === null || item.label.toLowerCase() === item.type;
  return (item.label !== null && isLabelled) || (isKind && (hasType || (own !== undefined && says(names, own))));
}

function namesNotCited({ clauses }: Reading, cited: readonly EvidenceItem[]): string[] {
  const names = clauses.flatMap(namesOf).filter((name) => !cited.some(name.describes));
  return [...new Set(names.map(({ text }) => `It speaks of "${text}" and cites nothing of it.`))];
}

/** A name or several with what is said of them. */
interface Statement {
  readonly names: Name[];
  readonly tokens: Token[];
}

const hasClaim = (tokens: readonly Token[]): boolean => tokens.some((token) => "claim" in token);

/**
 * Clauses as statements. Names without numbers belong to the numbers that follow ("During ClippingCutting, Hook was in sight for 25%"),
 * numbers without names to the names before. In a sentence without numbers each clause is a statement.
 */
function statementsOf(clauses: Reading["clauses"]): Statement[] {
  const statement = (tokens: readonly Token[]): Statement => ({ names: namesOf(tokens), tokens: [...tokens] });
  if (!clauses.some(hasClaim)) return clauses.map(statement);
  const found: Statement[] = [];
  let waiting: Token[] = [];
  for (const clause of clauses) {
    const last = found.at(-1);
    if (!hasClaim(clause)) waiting.push(...clause);
    else if (namesOf([...waiting, ...clause]).length === 0 && last) {
      last.tokens.push(...waiting, { word: "," }, ...clause);
      waiting = [];
    } else if (last && last.names.length === 0) {
      // Numbers came first and wait for their names.
      found[found.length - 1] = statement([...last.tokens, { word: "," }, ...waiting, { word: "," }, ...clause]);
      waiting = [];
    } else {
      found.push(statement([...waiting, { word: "," }, ...clause]));
      waiting = [];
    }
  }
  const last = found.at(-1);
  if (last) found[found.length - 1] = statement([...last.tokens, { word: "," }, ...waiting]);
  return found;
}

/** A number, or the two times of a span, that one item must bear. */
interface Said {
  readonly claims: readonly { readonly claim: Claim; readonly role: Role }[];
}

function saidIn({ tokens }: Statement): Said[] {
  const at = tokens.flatMap((token, i) => ("claim" in token ? [i] : []));
  const claims = at.map((i, k) => {
    const { claim } = tokens[i] as { claim: Claim };
    const comma = tokens.findLastIndex((token, j) => j < i && "word" in token && token.word === ",");
    const before = tokens.slice(Math.max(comma + 1, (at[k - 1] ?? -1) + 1), i);
    return { claim, role: claim.quantity === "clock" ? roleIn(before, tokens.slice(i + 1, at[k + 1])) : null };
  });
  const found: Said[] = [];
  for (const [i, one] of claims.entries()) {
    const previous = claims[i - 1];
    if (previous?.role === "start" && one.role === "end") found[found.length - 1] = { claims: [previous, one] };
    else found.push({ claims: [one] });
  }
  return found;
}

/** What is wrong with the numbers of a sentence, and with names that are joined. */
function statementReasons({ clauses }: Reading, cited: readonly EvidenceItem[]): string[] {
  return statementsOf(clauses).flatMap((statement, i, all) => {
    const { names } = statement;
    // "Smoke from 0:04 to 0:06, a share of 12%": what a statement leaves unsaid is what the last one was about.
    const called = [names, [...(all[i - 1]?.names ?? []), ...names]];
    const said = saidIn(statement);
    if (said.length === 0) return namesJoined(names, cited);
    return said.flatMap(({ claims }) => {
      const bearers = cited.filter((item) => claims.every(({ claim, role }) => bears(item, claim, role)));
      if (bearers.some((item) => called.some((those) => describesAll(those, item) && isCalled(item, those)))) return [];
      const reasons = claims.flatMap(({ claim, role }) => {
        if (!cited.some((item) => bears(item, claim))) return [`"${claim.text}" (${claim.quantity}) is no value of what it cites.`];
        return cited.some((item) => bears(item, claim, role)) ? [] : [`"${claim.text}" is not the ${role} of what it cites.`];
      });
      if (reasons.length > 0) return reasons;
      const quoted = claims.map(({ claim }) => `"${claim.text}"`).join(" and ");
      if (bearers.length === 0) return [`${quoted} are not the start and the end of one thing that it cites.`];
      return [`${quoted} must stand in a clause with the label and the name of the one item that it is of, and with no other name.`];
    });
  });
}

const namesJoined = (names: readonly Name[], cited: readonly EvidenceItem[]): string[] => {
  const known = names.filter((name) => cited.some(name.describes));
  if (cited.some((item) => describesAll(known, item))) return [];
  return known.length < 2 ? [] : [`${known.map(({ text }) => `"${text}"`).join(" and ")} are not of one item: each needs a clause of its own.`];
};

const isZero = ({ kind, value }: EvidenceItem): boolean => kind === "measure" && value === 0;

/** What was not found may have happened: only a measure of it that is zero says otherwise. And what is zero is not there. */
function absenceReasons({ clauses, absences }: Reading, cited: readonly EvidenceItem[]): string[] {
  const names = clauses.flatMap(namesOf);
  if (absences === 0) {
    if (clauses.some(hasClaim)) return [];
    const zero = names.filter((name) => cited.some(name.describes) && cited.filter(name.describes).every(isZero));
    return [...new Set(zero.map(({ text }) => `It says that there was "${text}", and what it cites of it is zero.`))];
  }
  if (absences === 1 && cited.every(isZero) && cited.some((item) => describesAll(names, item) && isCalled(item, names))) return [];
  return ["It says that something is not there: that needs a measure of just this, called by its name, that is zero, and nothing else cited or named."];
}

/** What a surgeon has yet to look at is said to be so, in its own section. */
function reviewReasons({ asksForReview }: Reading, cited: readonly EvidenceItem[], section: SectionId | undefined): string[] {
  const needsReview = cited.some((item) => item.needsReview);
  if (!needsReview) return asksForReview && cited.length > 0 ? ["It asks for a look at what does not need review."] : [];
  return [
    ...(asksForReview ? [] : ["It cites what needs review and does not say so."]),
    ...(section === undefined || section === "for-review" ? [] : ['It cites what needs review outside the section "for-review".']),
  ];
}

/** A draft less what does not stand. */
export function checkDraft(draft: ReportDraft, evidence: ReportEvidence): { draft: ReportDraft; refused: Report["refused"] } {
  const refused: Report["refused"] = [];
  const sections = draft.sections.map(({ id, sentences }) => ({
    id,
    sentences: sentences.filter((sentence) => {
      const reasons = reasonsAgainst(sentence, evidence, id);
      if (reasons.length > 0) refused.push({ ...sentence, reasons });
      return reasons.length === 0;
    }),
  }));
  return { draft: { sections }, refused };
}
