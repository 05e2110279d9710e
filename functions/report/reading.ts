import type { EvidenceItem, ReportEvidence } from "../../contracts/report.ts";
import { absenceWords, endWords, joiningWords, plainWords, reviewWords, startWords, type TopicId, topics } from "../../contracts/report-words.ts";
import { type Claim, numbersIn } from "./numbers.ts";
import { measureNames } from "./vocabulary.ts";

/** Words that are said of some items only: a label, a kind of finding, the name of a measure. */
export interface Name {
  /** As it stands in the sentence. */
  readonly text: string;
  readonly says: readonly Meaning[];
  describes(item: EvidenceItem): boolean;
}

/** What a name may mean: one text may be a label and a kind at once. */
export type Meaning = { readonly label: string } | { readonly topic: TopicId } | { readonly measure: string } | { readonly type: string };

/** What stands in a clause, in its order. */
export type Token = { readonly name: Name } | { readonly claim: Claim } | { readonly word: string };

/** A sentence as the check reads it. */
export interface Reading {
  /** Between two of them another statement may begin. */
  readonly clauses: readonly (readonly Token[])[];
  /** How often it says that something is not there. */
  readonly absences: number;
  readonly asksForReview: boolean;
  /** What is in no list: words, numbers in words, signs. */
  readonly unknown: readonly string[];
  /** Why numbers can't be read. */
  readonly reasons: readonly string[];
}

/** One kind of phrase and what it is read as. */
type Entry = { readonly meaning: Meaning } | { readonly role: "plain" | "absence" | "review" };

const both = <T>({ en, "zh-TW": zhTW }: { en: readonly T[]; "zh-TW": readonly T[] }): T[] => [...en, ...zhTW];

/** Phrases that are the same for every evidence. */
const standing: readonly (readonly [string, Entry])[] = [
  ...both(plainWords).map((word) => [word, { role: "plain" }] as const),
  ...both(absenceWords).map((word) => [word, { role: "absence" }] as const),
  ...both(reviewWords).map((word) => [word, { role: "review" }] as const),
  ...Object.entries(topics).flatMap(([topic, { words }]) => both(words).map((word) => [word, { meaning: { topic: topic as TopicId } }] as const)),
  ...Object.entries(measureNames).flatMap(([measure, names]) =>
    [measure, ...Object.values(names)].map((name) => [name.toLowerCase(), { meaning: { measure } }] as const),
  ),
];

/** Parts of the label of a measure of two things: the instrument and the phase of `Hook/ClippingCutting`. */
export const partsOf = ({ kind, label }: EvidenceItem): string[] => (label === null ? [] : kind === "measure" ? label.split("/") : [label]);

/** One writing of characters and one space between words, so that places in the folded text are places in the text. */
const written = (text: string): string => text.normalize("NFKC").replace(/\s+/g, " ").trim();
const folded = (text: string): string =>
  [...text].map((character) => (character.toLowerCase().length === character.length ? character.toLowerCase() : character)).join("");
const keyOf = (phrase: string): string => folded(written(phrase));

/** Phrases by their first character. */
class Phrasebook {
  readonly #entries = new Map<string, Entry[]>();
  readonly #byFirst = new Map<string, string[]>();

  add(phrase: string, entry: Entry): void {
    const key = keyOf(phrase);
    if (key === "") return;
    const known = this.#entries.get(key);
    if (known) known.push(entry);
    else {
      this.#entries.set(key, [entry]);
      const first = key.charAt(0);
      this.#byFirst.set(first, [...(this.#byFirst.get(first) ?? []), key]);
    }
  }

  /** The longest phrase that stands at a place of a folded text. */
  longestAt(text: string, index: number): string | undefined {
    const standing = (this.#byFirst.get(text.charAt(index)) ?? []).filter((phrase) => text.startsWith(phrase, index) && isWhole(text, index, phrase));
    return standing.reduce<string | undefined>((longest, phrase) => (phrase.length > (longest?.length ?? 0) ? phrase : longest), undefined);
  }

  entries(phrase: string): readonly Entry[] {
    return this.#entries.get(phrase) ?? [];
  }
}

const inWord = /[[\p{L}\p{M}\p{N}_]--\p{Script=Han}]/v;

/** Where a phrase begins or ends with a letter or figure that is not Han, a word must begin or end as well. Chinese has no gaps between words. */
function isWhole(text: string, index: number, phrase: string): boolean {
  const goesOn = (inside: string, outside: string) => inWord.test(inside) && inWord.test(outside);
  return !goesOn(phrase.charAt(0), text.charAt(index - 1)) && !goesOn(phrase.charAt(phrase.length - 1), text.charAt(index + phrase.length));
}

const standingBook = new Phrasebook();
for (const [phrase, entry] of standing) standingBook.add(phrase, entry);

function phrasebookOf(cited: readonly EvidenceItem[], { items }: ReportEvidence): Phrasebook {
  const book = new Phrasebook();
  for (const label of new Set(items.flatMap((item) => [...(item.label === null ? [] : [item.label]), ...partsOf(item)])))
    for (const form of [label, `${label}s`]) book.add(form, { meaning: { label } });
  // What a template calls by its type, for want of a name.
  for (const { id, type, kind } of cited) {
    book.add(type, { meaning: { type } });
    if (kind === "measure") book.add(id, { meaning: { measure: type } });
  }
  return book;
}

/** What a sign between words may be: of writing, not of reckoning. */
const punctuation = /^[\s.,;:()"'‘’“”。、「」『』…–—-]$/u;
const boundary = /^[.,;。、]$/u;

/** Reads a sentence: names first, the longest, then numbers with their units, then words. */
export function readSentence(sentence: string, cited: readonly EvidenceItem[], evidence: ReportEvidence): Reading {
  const text = written(sentence);
  const book = phrasebookOf(cited, evidence);
  const found: { index: number; token: Token | undefined }[] = [];
  const reasons: string[] = [];
  let absences = 0;
  let asksForReview = false;
  // What has been read is blanked, so that digits of a label are no number.
  let left = text;
  const take = (index: number, length: number, token: Token | undefined) => {
    found.push({ index, token });
    left = `${left.slice(0, index)}${"◦".repeat(length)}${left.slice(index + length)}`;
  };
  const lower = folded(text);
  for (let index = 0; index < text.length; ) {
    const phrase = [book, standingBook].map((one) => one.longestAt(lower, index) ?? "").reduce((a, b) => (b.length > a.length ? b : a));
    if (phrase === "") {
      index++;
      continue;
    }
    const entries = [...book.entries(phrase), ...standingBook.entries(phrase)];
    const meanings = entries.flatMap((entry) => ("meaning" in entry ? entry.meaning : []));
    const roles = entries.flatMap((entry) => ("role" in entry ? entry.role : []));
    // A word with a plain reading binds nothing, unless it is a label of what is cited.
    const isName = meanings.length > 0 && (roles.length === 0 || cited.some((item) => meanings.some((meaning) => "label" in meaning && isOf(meaning, item))));
    if (!isName && roles.includes("absence")) absences++;
    asksForReview ||= !isName && roles.includes("review");
    take(index, phrase.length, isName ? { name: nameOf(text.slice(index, index + phrase.length), meanings) } : { word: phrase });
    index += phrase.length;
  }
  for (const { index, length, read } of numbersIn(left)) {
    if (typeof read === "string") reasons.push(read);
    take(index, length, typeof read === "string" ? undefined : { claim: read });
  }
  const unknown: string[] = [];
  for (const { 0: said, index } of left.matchAll(/◦+|\p{Script=Han}+|[[\p{L}\p{M}\p{N}_]--\p{Script=Han}]+|[\s\S]/gv)) {
    if (said.startsWith("◦")) continue;
    if (punctuation.test(said)) {
      if (boundary.test(said) || said === "-" || said === "–" || said === "—") found.push({ index, token: { word: said } });
    } else unknown.push(said);
  }
  const clauses: Token[][] = [[]];
  for (const { token } of found.sort((a, b) => a.index - b.index)) {
    if (token === undefined) continue;
    if ("word" in token && (boundary.test(token.word) || joiningWords.has(token.word))) clauses.push([]);
    else clauses.at(-1)?.push(token);
  }
  return { clauses, absences, asksForReview, unknown: [...new Set(unknown)], reasons };
}

const nameOf = (text: string, says: readonly Meaning[]): Name => ({ text, says, describes: (item) => says.some((meaning) => isOf(meaning, item)) });

function isOf(meaning: Meaning, item: EvidenceItem): boolean {
  if ("label" in meaning) return item.label === meaning.label || partsOf(item).includes(meaning.label);
  if ("topic" in meaning) return topics[meaning.topic].of.test(item.type);
  if ("measure" in meaning) return item.kind === "measure" && item.type === meaning.measure;
  return item.type === meaning.type;
}

/** What makes a time a start or an end: the last such word before it in its clause, else the first after it. */
export function roleIn(before: readonly Token[], after: readonly Token[]): "start" | "end" | null {
  const wordOf = (token: Token) => ("word" in token ? token.word : "");
  const roleOf = (word: string) => (startWords.either.has(word) ? "start" : endWords.either.has(word) ? "end" : null);
  const roleBefore = (word: string) => (startWords.before.has(word) ? "start" : endWords.before.has(word) ? "end" : roleOf(word));
  const found =
    before.map((token) => roleBefore(wordOf(token))).findLast((role) => role !== null) ??
    after.map((token) => roleOf(wordOf(token))).find((role) => role !== null);
  // "1:05 to 2:05": what ends at the next time starts at this one.
  return found ?? (after.length > 0 && endWords.before.has(wordOf(after[0] as Token)) ? "start" : null);
}
