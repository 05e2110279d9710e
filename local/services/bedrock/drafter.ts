import { ServiceError } from "../../wire/service.ts";

/** The one language model of the local cloud, of Bedrock and behind endpoints: sentences by rule. What it wrote says so by this name. */
export const localDrafter = "svp.local-drafter-v1:0";

/** Errors of a language model that tests can ask for. */
export const mistakes = ["wrong-number", "unknown-id", "malformed"] as const;
export type Mistake = (typeof mistakes)[number];

interface Item {
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly label: string | null;
  readonly needsReview: boolean;
  readonly span: { readonly startSeconds: number; readonly endSeconds: number } | null;
}

/** Most sentences of an answer. */
const mostSentences = 40;

/** Most sentences that answer a question. */
const mostAnswers = 10;

/**
 * Writes a sentence for each thing of the evidence that is somewhere in time, in the language that the instructions name. Of a question,
 * for those whose label, or kind where it has none, is in it. Stands for a language model; it is none, and looks at no picture.
 */
export function writeDraft(system: string, asked: string, mistake: Mistake | undefined): string {
  const [, evidence] = /<evidence>([\s\S]*)<\/evidence>/.exec(asked) ?? [];
  if (evidence === undefined) throw new ServiceError("ValidationException", "The local drafter finds no <evidence> in the message.");
  if (mistake === "malformed") return '{"sections": [';
  const chinese = system.includes("(zh-TW)");
  const [, question] = /<question>([\s\S]*)<\/question>/.exec(asked)?.map((part) => part.toLowerCase()) ?? [];
  const answers = ({ label, type }: Item): boolean => question === undefined || question.includes((label ?? type).toLowerCase());
  const placed = (JSON.parse(evidence) as Item[])
    .filter((item) => item.span !== null && answers(item))
    .slice(0, question === undefined ? mostSentences : mostAnswers);
  const sentences = placed.map(({ id, kind, type, label, needsReview, span }, i) => {
    const wrong = i === 0 && mistake === "wrong-number" ? 61 : 0;
    const [from, to] = [clock((span?.startSeconds ?? 0) + wrong), clock(span?.endSeconds ?? 0)];
    const what =
      kind === "operation" ? (chinese ? "整段影片" : "The whole video") : (label ?? (kind === "out-of-body" ? (chinese ? "體外畫面" : "Outside view") : type));
    const look = needsReview ? (chinese ? "請檢視 " : "Please look at ") : "";
    return {
      needsReview,
      text: chinese ? `${look}${what}：${from} 至 ${to}。` : `${look}${what}: ${from} to ${to}.`,
      cites: [i === 0 && mistake === "unknown-id" ? "segment-999999" : id],
    };
  });
  const written = (some: typeof sentences) => some.map(({ text, cites }) => ({ text, cites }));
  if (question !== undefined) return JSON.stringify({ sentences: written(sentences) });
  const sections = [
    { id: "course", sentences: written(sentences.filter(({ needsReview }) => !needsReview)) },
    { id: "for-review", sentences: written(sentences.filter(({ needsReview }) => needsReview)) },
  ];
  return JSON.stringify({ sections: sections.filter((section) => section.sentences.length > 0) });
}

const clock = (seconds: number): string => `${Math.floor(Math.round(seconds) / 60)}:${String(Math.round(seconds) % 60).padStart(2, "0")}`;

/** About: a token is some four bytes. */
export const tokensOf = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);
