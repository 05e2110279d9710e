/** An account that has nothing to do with us. */
export const foreignAccount = "999999999999";

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a text says that is a JSON object or list; undefined for any other text. */
export function documentIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether a text is a number: policies write numbers as texts. The number of an account counts nothing. */
export const isNumeral = (text: string): boolean => /^\d+(\.\d+)?$/.test(text) && !/^\d{12}$/.test(text);

/** Nothing, less and more. */
export const differentNumbers = (value: number): number[] =>
  [...new Set(value === 0 ? [1, 1000] : [0, Math.floor(value / 2), value * 10])].filter((other) => other !== value);

/** Texts that could stand in a text's place: the other values of its kind, a laxer one where there is one, and any. */
export function differentText(text: string, allowed: readonly string[] = []): string[] {
  const others = new Set([...allowed, ...laxerTexts(text), "another-value"]);
  others.delete(text);
  return [...others];
}

/** What a text would be if it named somebody else's, or a way without protection. */
export function laxerTexts(text: string): string[] {
  const arn = /^arn:aws:([a-z0-9-]+):([a-z0-9-]*):(\d*):(.*)$/.exec(text);
  if (arn !== null) {
    const [, service, region, , resource] = arn;
    const foreign = `arn:aws:${service}:${region}:${foreignAccount}:${resource}`;
    return service === "kms" ? ["alias/aws/any", foreign] : service === "s3" ? ["arn:aws:s3:::another-bucket"] : [foreign];
  }
  if (/^\d{12}$/.test(text)) return [foreignAccount];
  if (text.startsWith("https://")) return [text.replace("https://", "http://")];
  if (/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(text)) return ["0.0.0.0/0"];
  if (/^[0-9a-f:]+\/\d+$/i.test(text)) return ["::/0"];
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) return ["eu-west-1"];
  return [];
}
