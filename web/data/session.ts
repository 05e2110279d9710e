import type { Scope } from "../../contracts/access.ts";

/** Whoever uses the page. */
export interface Session {
  /** Whether people sign in here, and are signed out when they leave the page alone. */
  readonly signsIn: boolean;
  /** The user pool's opaque identifier of who it is; null where nobody signs in. */
  readonly subject: string | null;
  /** Whether the API lets this person do what a scope is for. It decides, not the page: what it would refuse is not offered. */
  may(scope: Scope): boolean;
  /** Headers of every request of the API. */
  headers(): Promise<Record<string, string>>;
  /** Forgets the tokens and goes to the sign-in pages' own end of session. */
  signOut(): Promise<void>;
}
