import { UnknownValueError } from "@pulumi/policy";
import { tellJudged } from "./judgements.ts";

/** What stands for an unknown text in the Pulumi protocol; reading it off a resource's properties throws. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Properties = object | undefined | null;

const raw = (properties: Properties, key: string): unknown => (properties ? Object.getOwnPropertyDescriptor(properties, key)?.value : undefined);

/**
 * Whether a property is set. A value that is unknown in a preview, such as the ARN of a key that is yet to be made, is
 * set; reading it would turn the whole rule into a mere advice.
 */
export function isGiven(properties: Properties, key: string): boolean {
  const value = raw(properties, key);
  return value !== undefined && value !== null && value !== "";
}

/** Whether a property names a key of ours. AWS's own keys go by aliases `alias/aws/...`; a key still to be made is ours. */
export function isCustomerKey(properties: Properties, key: string): boolean {
  const value = raw(properties, key);
  return typeof value === "string" && value !== "" && (value === unknownText || !value.includes("alias/aws/"));
}

/** A text that is known: neither absent nor yet to be computed. Two unknown values are not the same value. */
export function knownText(properties: Properties, key: string): string | undefined {
  const value = raw(properties, key);
  return typeof value === "string" && value !== "" && value !== unknownText ? value : undefined;
}

/** How many items a list has, known or not. */
export function lengthOf(properties: Properties, key: string): number {
  const value = raw(properties, key);
  return Array.isArray(value) ? value.length : 0;
}

/** Judges every item; where one holds an unknown value, the others are judged first and the engine hears of it at the end. */
export function judgeEach<T>(items: Iterable<T>, judge: (item: T) => void): void {
  let unknown: UnknownValueError | undefined;
  for (const item of items) {
    try {
      judge(item);
      tellJudged(item);
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      unknown ??= error;
    }
  }
  if (unknown !== undefined) throw unknown;
}
