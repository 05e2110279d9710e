/** Links of a case live 15 minutes; one that is kept is replaced before. */
const freshMs = 10 * 60 * 1000;

/**
 * Keeps what was linked to first. Every answer signs its links anew, and a browser would fetch the same picture again for each: what
 * `name` stands for does not change, so its first link is used while it lives.
 */
export class FreshLinks {
  readonly #known = new Map<string, { readonly link: string; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  keep(name: string, link: string): string {
    const known = this.#known.get(name);
    if (known && this.#now() - known.at < freshMs) return known.link;
    this.#known.set(name, { link, at: this.#now() });
    return link;
  }
}
