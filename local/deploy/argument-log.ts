import type { ArgumentListener } from "./guard.ts";
import { enumerate, type Problem, subjectOf } from "./problem.ts";
import type { Schemas } from "./schema/schemas.ts";

/** Remembers what the constructors of resources were given and never passed on. */
export class ArgumentLog implements ArgumentListener {
  readonly #problems: Problem[];
  readonly #schemas: Schemas;
  readonly #constructed = new Set<string>();
  readonly #missing = new Set<string>();

  /** `problems` is where mistakes are noted. */
  constructor(problems: Problem[], schemas: Schemas) {
    this.#problems = problems;
    this.#schemas = schemas;
  }

  constructed(type: string, name: string): void {
    this.#constructed.add(subjectOf(type, name));
  }

  unknownArgument(type: string, name: string, property: string): void {
    const known = Object.keys(this.#schemas.resource(type)?.inputs ?? {});
    this.#note(type, name, property, `is no property here; there are ${enumerate(known)}.`);
  }

  missingArgument(type: string, name: string, property: string): void {
    this.#missing.add(`${type} ${name} ${property}`);
    this.#note(type, name, property, "is required and missing.");
  }

  /** Whether a required argument was left out; it is unknown since, and that has been said. */
  isMissing({ type, name }: { type: string; name: string }, property: string): boolean {
    return this.#missing.has(`${type} ${name} ${property}`);
  }

  /** Resources that were constructed and never registered: an input of theirs never came. */
  waiting(registered: readonly { type: string; name: string }[]): string[] {
    const arrived = new Set(registered.map(({ type, name }) => subjectOf(type, name)));
    return [...this.#constructed].filter((subject) => !arrived.has(subject));
  }

  #note(type: string, name: string, path: string, reason: string): void {
    this.#problems.push({ subject: subjectOf(type, name), urn: undefined, path, reason });
  }
}
