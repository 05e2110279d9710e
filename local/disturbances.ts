import { mulberry32 } from "./random.ts";
import { ServiceError } from "./wire/service.ts";

/** Kinds of trouble, with the share of calls, events or writes that meet it, 0 to 1. */
const kinds = {
  throttle: "calls that are refused as too many, before anything is done",
  error: "calls that fail inside the service, before anything is done",
  slow: "calls that wait for up to two seconds first",
  drop: "calls whose connection breaks after they were carried out: the caller doesn't know",
  duplicate: "events that are delivered twice, as AWS promises at least once",
  full: "writes of objects that find the disk full",
} as const;
export type Kind = keyof typeof kinds;

/** What the kinds mean, a line each, for `--help`. */
export const kindsHelp = Object.entries(kinds)
  .map(([kind, what]) => `${kind.padEnd(10)}${what}`)
  .join("\n                ");

export interface DisturbanceSpec {
  readonly shares: Readonly<Partial<Record<Kind, number>>>;
  /** The same seed meets the same calls with the same trouble, as far as they come in the same order. */
  readonly seed: number;
}

/** Reads `throttle=0.05,drop=0.01,seed=7`. Throws an Error with everything that is wrong. */
export function parseDisturbances(text: string): DisturbanceSpec {
  const shares: Partial<Record<Kind, number>> = {};
  const faults: string[] = [];
  let seed = 1;
  for (const part of text.split(",")) {
    const [name = "", value = ""] = part.split("=", 2);
    const number = value.trim() === "" ? Number.NaN : Number(value);
    if (name === "seed" && Number.isSafeInteger(number)) seed = number;
    else if (!Object.hasOwn(kinds, name) && name !== "seed") faults.push(`there is no "${name}"; there are ${Object.keys(kinds).join(", ")} and seed`);
    else if (name === "seed" || !(number >= 0 && number <= 1))
      faults.push(`${name} is "${value}"; it must be ${name === "seed" ? "a whole number" : "a share from 0 to 1"}`);
    else shares[name as Kind] = number;
  }
  if (faults.length > 0) throw new Error(`Disturbances: ${faults.join("; ")}.`);
  return { shares, seed };
}

/** What a call meets. */
export type Trouble = { readonly refusal: ServiceError } | { readonly milliseconds: number } | "drop" | undefined;

/** Decides by chance what meets trouble, and counts it. */
export class Disturbances {
  readonly counts: Record<Kind, number> = { throttle: 0, error: 0, slow: 0, drop: 0, duplicate: 0, full: 0 };
  readonly #shares: DisturbanceSpec["shares"];
  readonly #random: () => number;

  constructor({ shares, seed }: DisturbanceSpec) {
    this.#shares = shares;
    this.#random = mulberry32(seed);
  }

  #meets(kind: Kind): boolean {
    const share = this.#shares[kind];
    if (share === undefined || this.#random() >= share) return false;
    this.counts[kind]++;
    return true;
  }

  /** What the next call of a service meets. */
  ofCall(signingName: string): Trouble {
    if (this.#meets("throttle"))
      return {
        refusal:
          signingName === "s3"
            ? new ServiceError("SlowDown", "Please reduce your request rate.", 503)
            : new ServiceError("ThrottlingException", "Rate exceeded", 400),
      };
    if (this.#meets("error"))
      return { refusal: new ServiceError(signingName === "s3" ? "InternalError" : "InternalServerError", "Asked for by --faults.", 500) };
    if (this.#meets("slow")) return { milliseconds: Math.round(this.#random() * 2000) };
    return this.#meets("drop") ? "drop" : undefined;
  }

  /** Whether the next event comes twice. */
  ofEvent(): boolean {
    return this.#meets("duplicate");
  }

  /** Throws as a full disk does, if the next write meets one. */
  ofWrite(): void {
    if (this.#meets("full")) throw Object.assign(new Error("ENOSPC: no space left on device, write (asked for by --faults)"), { code: "ENOSPC" });
  }
}
