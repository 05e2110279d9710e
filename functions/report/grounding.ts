import type { EvidenceItem, ReportDraft, ReportEvidence } from "../../contracts/report.ts";
import { bears, claimsOf } from "./numbers.ts";
import { kinds, measureNames } from "./vocabulary.ts";

/*
 * The check that every sentence of a report passes, whoever wrote it. It proves that a sentence cites what exists, names only
 * what it cites and has no number that the citations do not bear. It can't prove that the words around them are right: that
 * is what the reader's look at the evidence is for.
 */

export type DraftSentence = ReportDraft["sections"][number]["sentences"][number];

/** Sentences in which a machine would judge, advise or name a person. Parts of words, in lower case. */
const forbidden: readonly string[] = [
  ...["diagnos", "cancer", "carcinom", "tumor", "tumour", "malignan", "benign", "metasta", "cirrho", "patholog", "cholecystitis", "gangren", "necro"],
  ...[
    "prognos",
    "recommend",
    "should",
    "must ",
    "advise",
    "treat",
    "prescri",
    "therap",
    "complication",
    "malpractice",
    "negligen",
    "competen",
    "skilful",
    "skillful",
  ],
  ...["dr.", "mr.", "mrs.", "ms.", "prof.", "doctor", "patient's name", "date of birth", "years old", "year-old"],
  ...[
    "診斷",
    "癌",
    "惡性",
    "良性",
    "腫瘤",
    "轉移",
    "肝硬化",
    "病理",
    "膽囊炎",
    "壞死",
    "壞疽",
    "預後",
    "建議",
    "應該",
    "應當",
    "治療",
    "處方",
    "併發症",
    "過失",
    "熟練",
  ],
  ...["先生", "女士", "小姐", "教授", "主任", "姓名", "生日", "歲"],
];

/** Numbers as words can't be compared; "second" is one, "seconds" a unit. */
const numberWords =
  /\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|once|twice|thrice|half|quarter|double|triple|first|(?<!per )second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|several|many|most|few)\b/i;
const chineseNumbers =
  /第?[零〇一二兩三四五六七八九十百千萬半數幾][零〇一二三四五六七八九十百千萬半]*(?:次|秒|分|小時|個|處|段|把|種|支|項|成|倍|幀|格|回|點|件)|第[一二三四五六七八九十]|百分之/;

/** What was not found may have happened: such a sentence needs a measure that is zero. */
const absence = /\b(?:no|not|none|never|without|nothing|absent|absence|neither|nor)\b|n't\b|沒有|未|無|不/i;

/** Every reason to refuse the sentence; none if it stands. */
export function reasonsAgainst({ text: written, cites }: DraftSentence, evidence: ReportEvidence): string[] {
  const text = written.normalize("NFKC");
  const byId = new Map(evidence.items.map((item) => [item.id, item]));
  const reasons: string[] = [];
  if (cites.length === 0) reasons.push("It cites nothing.");
  if (new Set(cites).size !== cites.length) reasons.push("It cites the same twice.");
  for (const id of cites) if (!byId.has(id)) reasons.push(`It cites "${id}", which is not in the evidence.`);
  const cited = cites.map((id) => byId.get(id)).filter((item) => item !== undefined);

  // A label is the network's own word, even where it is one that a sentence may not use.
  const rest = withoutNames(text, cited);
  const lower = rest.toLowerCase();
  const found = forbidden.filter((part) => lower.includes(part));
  if (found.length > 0) reasons.push(`It judges, advises or names a person: ${found.map((part) => `"${part.trim()}"`).join(", ")}.`);
  if (/[<>]|https?:|www\./i.test(rest)) reasons.push("It holds markup or an address.");

  reasons.push(...namesNotCited(rest, cited, evidence), ...numberReasons(rest, cited));
  const kindNames = Object.values(kinds).flatMap((names) => Object.values(names));
  if (absence.test(withoutNames(rest, [], kindNames)) && !cited.some(({ kind, value }) => kind === "measure" && value === 0))
    reasons.push("It says that something is not there, and cites no measure that is zero.");
  return reasons;
}

/** The text less the labels of what it cites, whose digits and words are names. */
function withoutNames(text: string, cited: readonly EvidenceItem[], more: readonly string[] = []): string {
  const names = cited.flatMap(({ label, kind, id }) => [...(label === null ? [] : [label.normalize("NFKC")]), ...(kind === "measure" ? [id] : [])]);
  return [...new Set([...names, ...more])].sort((a, b) => b.length - a.length).reduce((left, name) => left.replace(pattern(name, "gi"), " ◦ "), text);
}

/** A name as a whole word: not inside another word or number. */
const pattern = (name: string, flags: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}(?![\\p{L}\\p{N}])`, `${flags}v`);

function namesNotCited(text: string, cited: readonly EvidenceItem[], { items }: ReportEvidence): string[] {
  const labels = new Set(items.map(({ label }) => label).filter((label) => label !== null));
  // A label that is also the name of a kind is judged as one, below.
  const kindNames = new Set(Object.values(kinds).flatMap((names) => Object.values(names)));
  const uncited = [...labels].filter((label) => !kindNames.has(label.toLowerCase()) && pattern(label.normalize("NFKC"), "i").test(text));
  const types = Object.entries(kinds).filter(([type, names]) => {
    if (!Object.values(names).some((name) => text.toLowerCase().includes(name))) return false;
    return !cited.some((item) => item.type === type || (item.kind === "measure" && measureSays(item.type, Object.values(names))));
  });
  return [
    ...uncited.map((label) => `It names "${label}" and cites nothing of it.`),
    ...types.map(([type]) => `It speaks of ${type} and cites nothing of the kind.`),
  ];
}

const measureSays = (measure: string, names: readonly string[]): boolean =>
  [measure, ...Object.values(measureNames[measure] ?? {})].some((said) => names.some((name) => said.toLowerCase().includes(name)));

function numberReasons(text: string, cited: readonly EvidenceItem[]): string[] {
  const reasons: string[] = [];
  const word = numberWords.exec(text)?.[0] ?? chineseNumbers.exec(text)?.[0];
  if (word !== undefined) reasons.push(`"${word}" is a number in words; numbers must be figures.`);
  if (/[^\P{N}0-9]/u.test(text.replace(/[零〇一二兩三四五六七八九十百千萬]/g, ""))) reasons.push("It has numbers in figures other than 0 to 9.");
  const { claims, reasons: unreadable } = claimsOf(text);
  const untrue = claims.filter((claim) => !cited.some((item) => bears(item, claim)));
  return [...reasons, ...unreadable, ...untrue.map(({ text: said, quantity }) => `"${said}" (${quantity}) is no value of what it cites.`)];
}

/** A draft less what does not stand. */
export function checkDraft(draft: ReportDraft, evidence: ReportEvidence): { draft: ReportDraft; refused: { text: string; reasons: string[] }[] } {
  const refused: { text: string; reasons: string[] }[] = [];
  const sections = draft.sections.map(({ id, sentences }) => ({
    id,
    sentences: sentences.filter((sentence) => {
      const reasons = reasonsAgainst(sentence, evidence);
      if (reasons.length > 0) refused.push({ text: sentence.text, reasons });
      return reasons.length === 0;
    }),
  }));
  return { draft: { sections }, refused };
}
