/** What a mutation does to its place. */
export type MutationKind =
  /** A value, an item or a statement is left out. */
  | "removed"
  /** True for false, false for true. */
  | "negated"
  /** A number, for one that is lower or higher. */
  | "changed"
  /** A text, for another. */
  | "replaced"
  /** What a policy allows, for everything. */
  | "widened"
  /** What a policy allows of a service, for all of that service. */
  | "widened to the service"
  /** Who is allowed, for an account that is not ours. */
  | "given away"
  /** Deny, for Allow. */
  | "allowed"
  /** The resource is no longer declared; what names it stays as it is. */
  | "gone"
  /** `protect` is no longer set. */
  | "unprotected"
  /** Drift of the property is no longer set right: `ignoreChanges`. */
  | "ignored";

/** A mutation of a value: where, what, and the values that come in its place. `undefined` is no value. */
export interface Mutation {
  readonly path: string;
  readonly place: string;
  readonly kind: MutationKind;
  readonly values: readonly unknown[];
}
