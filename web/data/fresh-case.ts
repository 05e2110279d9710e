import type { CaseDetail } from "../../contracts/api.ts";
import { Failure } from "./failure.ts";

/** Signed links live 15 minutes; those older than this, in milliseconds, are asked for again. */
const freshMs = 12 * 60 * 1000;

/** The links of a case, asked for again before they run out: a review takes longer than they live. */
export class FreshLinks {
  readonly #read: () => Promise<CaseDetail>;
  readonly #now: () => number;
  #links: Promise<CaseDetail["links"]>;
  #readAt: number;

  constructor(first: CaseDetail["links"], read: () => Promise<CaseDetail>, now: () => number = Date.now) {
    this.#read = read;
    this.#now = now;
    this.#links = Promise.resolve(first);
    this.#readAt = now();
  }

  /** Links that live a while yet. A failed question is asked again by the next who wants one. */
  get(): Promise<CaseDetail["links"]> {
    if (this.#now() - this.#readAt > freshMs) {
      const before = { links: this.#links, readAt: this.#readAt };
      this.#readAt = this.#now();
      this.#links = this.#read().then(
        ({ links }) => links,
        (error: Error) => {
          this.#readAt = before.readAt;
          this.#links = before.links;
          throw error;
        },
      );
    }
    return this.#links;
  }

  /** The link that `of` names. Throws if the case has none any more. */
  async link(of: (links: CaseDetail["links"]) => string | null | undefined): Promise<string> {
    const found = of(await this.get());
    if (!found) throw new Failure(({ failures }) => failures.noSuchFile);
    return found;
  }
}
