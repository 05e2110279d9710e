import { type Text, texts } from "../text/text.ts";

/** A sentence of the platform or of the storage, which speak English; or one of the page itself, in its reader's words. */
export type Reason = string | ((text: Text) => string);

/** Something failed, and why: all reasons at once. `message` says them in English, to whoever looks at the browser's console. */
export class Failure extends Error {
  override readonly name: string = "Failure";
  readonly reasons: readonly Reason[];

  constructor(...reasons: readonly Reason[]) {
    super(reasons.map((reason) => (typeof reason === "string" ? reason : reason(texts.en))).join(" "));
    this.reasons = reasons;
  }
}

/** Why something failed: what a failure says itself, that the platform can't be reached, or the browser's own words. */
export const reasonsFor = (error: Error): readonly Reason[] =>
  error instanceof Failure ? error.reasons : [({ offline }) => (error instanceof TypeError ? offline : error.message)];

/** A reason in its reader's words. */
export const reasonIn = (text: Text, reason: Reason): string => (typeof reason === "string" ? reason : reason(text));
