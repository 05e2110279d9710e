/** One statement of an IAM, bucket, queue or key policy, every list written out. */
export interface Statement {
  readonly sid: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly principals: readonly string[];
  /** Operator -> key -> values: `Bool` -> `aws:SecureTransport` -> `["false"]`. Keys in lower case. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * The statements of a policy document, given as its text or as an object. Throws if it is no JSON. What is no statement, which IAM
 * refuses, is none; a condition that is none can't be judged.
 */
export function statementsOf(document: unknown): Statement[] {
  const read: unknown = typeof document === "string" ? JSON.parse(document) : document;
  return many(fieldsOf(read)["Statement"]).map((value, index) => {
    const statement = fieldsOf(value);
    return {
      sid: typeof statement["Sid"] === "string" ? statement["Sid"] : `statement ${index + 1}`,
      effect: textOf(statement["Effect"]),
      actions: texts(statement["Action"]),
      notActions: texts(statement["NotAction"]),
      resources: texts(statement["Resource"]),
      notResources: texts(statement["NotResource"]),
      principals: principals(statement["Principal"]),
      conditions: conditions(statement["Condition"]),
    };
  });
}

/** One state of a state machine, at any depth. */
export interface State {
  readonly name: string;
  readonly type: string;
  /** `arn:aws:states:::sagemaker:createProcessingJob.sync`; empty for states that are no tasks. */
  readonly resource: string;
  /** `Arguments` (JSONata) or `Parameters` (JSONPath). */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** All that the definition says of it. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** The Parallel and Map states that it stands in, the innermost last. */
  readonly around: readonly State[];
  /** The machine, the branch or the item processor that it is a state of. */
  readonly graph: Readonly<Record<string, unknown>>;
}

/** Every state of an Amazon States Language definition, those of branches and maps included. */
export function* statesOf(definition: unknown, around: readonly State[] = []): Generator<State> {
  const graph = (definition ?? {}) as Record<string, unknown>;
  const { States: states = {} } = graph as { States?: Record<string, Record<string, unknown>> };
  for (const [name, raw] of Object.entries(states)) {
    const state: State = {
      name,
      type: String(raw["Type"]),
      resource: String(raw["Resource"] ?? ""),
      arguments: (raw["Arguments"] ?? raw["Parameters"] ?? {}) as Record<string, unknown>,
      raw,
      around,
      graph,
    };
    yield state;
    for (const inner of [...many(raw["Branches"]), raw["ItemProcessor"], raw["Iterator"]]) yield* statesOf(inner, [...around, state]);
  }
}

/** Every object within a value, the value itself included. */
export function* objectsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

const many = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
const texts = (value: unknown): string[] => many(value).map(textOf);
const fieldsOf = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});

function principals(value: unknown): string[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.values(value).flatMap(texts) : texts(value);
}

/** A condition that nobody can judge: it asks for a key that no request carries. */
const unknowable = { "": [] };

function conditions(value: unknown): Record<string, Record<string, string[]>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object") return { [textOf(value)]: unknowable };
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([operator, keys]) => [
      operator,
      typeof keys === "object" && keys !== null
        ? Object.fromEntries(Object.entries(keys).map(([key, wanted]) => [key.toLowerCase(), texts(wanted)]))
        : unknowable,
    ]),
  );
}
