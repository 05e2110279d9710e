/**
 * Whether a metric filter's pattern for JSON matches an event (CloudWatch Logs User Guide, "Filter pattern syntax": terms in JSON
 * log events). Compares texts and `NOT EXISTS`, with `&&`, `||` and brackets. Undefined for any other pattern.
 */
export function matcherOf(pattern: string): ((event: object) => boolean) | undefined {
  const tokens = [...pattern.matchAll(/\s*(&&|\|\||!=|=|[{}()]|"(?:[^"\\]|\\.)*"|[^\s(){}=!&|]+)/gy)].map(([, token]) => token!);
  const parser = new Parser(tokens);
  try {
    const matcher = parser.whole();
    return tokens.join("").replaceAll(/\s/g, "").length === pattern.replaceAll(/\s/g, "").length ? matcher : undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

type Matcher = (event: object) => boolean;
class NotUnderstood extends Error {}

class Parser {
  readonly #tokens: string[];

  constructor(tokens: readonly string[]) {
    this.#tokens = [...tokens];
  }

  whole(): Matcher {
    this.#expect("{");
    const matcher = this.#any();
    this.#expect("}");
    if (this.#tokens.length > 0) throw new NotUnderstood();
    return matcher;
  }

  #any(): Matcher {
    const parts = [this.#all()];
    while (this.#skip("||")) parts.push(this.#all());
    return (event) => parts.some((part) => part(event));
  }

  #all(): Matcher {
    const parts = [this.#one()];
    while (this.#skip("&&")) parts.push(this.#one());
    return (event) => parts.every((part) => part(event));
  }

  #one(): Matcher {
    if (this.#skip("(")) {
      const inner = this.#any();
      this.#expect(")");
      return inner;
    }
    const path = this.#next();
    if (!path.startsWith("$.")) throw new NotUnderstood();
    const operator = this.#next();
    if (operator === "NOT") {
      this.#expect("EXISTS");
      return (event) => valueAt(event, path) === undefined;
    }
    if (operator !== "=" && operator !== "!=") throw new NotUnderstood();
    const wanted = new RegExp(
      `^${this.#next()
        .replace(/^"(.*)"$/, "$1")
        .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")}$`,
      "s",
    );
    return (event) => {
      const value = valueAt(event, path);
      return value !== undefined && wanted.test(String(value)) === (operator === "=");
    };
  }

  #next(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw new NotUnderstood();
    return token;
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw new NotUnderstood();
  }

  #skip(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }
}

/** The value at a path such as `$.userIdentity.type`. */
function valueAt(event: object, path: string): unknown {
  let value: unknown = event;
  for (const key of path.slice(2).split(".")) value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return value;
}
