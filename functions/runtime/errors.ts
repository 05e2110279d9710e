/*
 * One class per cause. Lambda reports `name` as the error type, so these names are what the state machine's
 * `ErrorEquals` lists.
 */

/** The input is wrong; trying again can't help. The reasons are sentences a user can act on: all of them at once. */
export class InvalidInput extends Error {
  override readonly name = "InvalidInput";
  readonly reasons: readonly string[];
  constructor(...reasons: string[]) {
    super(reasons.join(" "));
    this.reasons = reasons;
  }
}

/** A video that can't be read as it is: its packet tables are of a kind that is not read here. The message says which; a conversion may help. */
export class NeedsConversion extends Error {
  override readonly name = "NeedsConversion";
}

/** A service was busy or unreachable; the same call may succeed later. */
export class TryAgain extends Error {
  override readonly name = "TryAgain";
}

/** Every lease of the class is taken; one will come back. */
export class NoLease extends Error {
  override readonly name = "NoLease";
}

/** The scan for malware has yet to tell of an object; it may soon. */
export class NotScanned extends Error {
  override readonly name = "NotScanned";
}

/** An object that an earlier step should have written isn't there. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}

/** What a request was made for has changed since: it must be read again first. */
export class Outdated extends Error {
  override readonly name = "Outdated";
}

/** An object or an answer that an earlier step or a service gave breaks its contract. */
export class BrokenContract extends Error {
  override readonly name = "BrokenContract";
}

/** No analyser produced anything: there is nothing to merge. */
export class NothingAnalysed extends Error {
  override readonly name = "NothingAnalysed";
}

/** The function was deployed without settings it needs. */
export class Misconfigured extends Error {
  override readonly name = "Misconfigured";
}
