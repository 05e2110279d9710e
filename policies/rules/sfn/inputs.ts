import type { State } from "../../documents.ts";
import { isComputed, isObject, type Values } from "../../expressions.ts";

/** What must be known of a state to follow back what it is given. */
type Place = Pick<State, "name" | "raw" | "graph" | "around">;

/**
 * What a value that a state takes from its input may be, as far as the definition itself tells: `{% $states.input.cluster %}` is
 * followed back over every way that leads to the state, until it is written out. Where any way ends in something that only a run
 * tells (the result of a task, the input of the execution, a variable, any other expression), `undefined` is among the values, so that
 * a rule can refuse what it can't judge.
 *
 * Data flow of JSONata states (Amazon States Language, "Transforming data with JSONata"): `Output` becomes the next state's input; without
 * it a Choice, a Wait and a Pass hand on their input, while other states hand on their result.
 */
export function meaningsOf(state: Place, value: unknown): unknown[] {
  const path = pathOf(value);
  return path === undefined ? [undefined] : valuesIn(state, path, []);
}

/** `["cluster"]` of `{% $states.input.cluster %}`; undefined of what is not taken from the input, or not only. */
function pathOf(value: unknown): string[] | undefined {
  const names = typeof value === "string" ? /^\{%\s*\$states\.input((?:\.\w+)*)\s*%\}$/.exec(value)?.[1] : undefined;
  return names?.split(".").slice(1);
}

/** A question on its way back: asked of the same state for the same path again, it adds nothing. */
interface Asked {
  readonly raw: State["raw"];
  readonly path: string;
}

/** What may lie at a path of a state's input. */
function valuesIn(state: Place, path: readonly string[], asked: readonly Asked[]): unknown[] {
  const question: Asked = { raw: state.raw, path: path.join(".") };
  if (asked.some(({ raw, path }) => raw === question.raw && path === question.path)) return [];
  const before = [...asked, question];
  const siblings = Object.entries((state.graph["States"] ?? {}) as Readonly<Record<string, Values>>).map(([name, raw]): Place => ({ ...state, name, raw }));
  const handed = siblings.flatMap((from) =>
    outputsOf(from.raw, state.name).flatMap((output) => (output === unknown ? [undefined] : written(output, from, path, before))),
  );
  const begun = state.graph["StartAt"] === state.name ? entering(state, path, before) : [];
  // A state that nothing leads to, or only itself, is none that could be judged.
  const values = [...handed, ...begun];
  return values.length === 0 && asked.length === 0 ? [undefined] : values;
}

const unknown = Symbol("only a run tells");
const input = "{% $states.input %}";

/** What a state hands to another: the `Output` of each of its transitions there. */
function outputsOf(raw: Values, to: string): unknown[] {
  if (jsonPath.some((field) => raw[field] !== undefined)) return leadsTo(raw, to) ? [unknown] : [];
  const handsOn = raw["Type"] === "Choice" || raw["Type"] === "Wait" || raw["Type"] === "Pass";
  const own = raw["Output"] ?? (handsOn ? input : unknown);
  const listed = (field: string) => (Array.isArray(raw[field]) ? raw[field].filter(isObject) : []).filter(({ Next }) => Next === to);
  return [
    ...(raw["Next"] === to ? [own] : []),
    // A choice has an output of its own, or the state's. (Choice state, "Output")
    ...(raw["Default"] === to ? [own] : []),
    ...listed("Choices").map(({ Output }) => Output ?? own),
    ...listed("Catch").map(({ Output }) => Output ?? unknown),
  ];
}

/** Fields of the other dialect, which change what a state is given or hands on. */
const jsonPath = ["InputPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector", "Result"];
const leadsTo = (raw: Values, to: string): boolean =>
  [raw, ...["Choices", "Catch"].flatMap((field) => (Array.isArray(raw[field]) ? raw[field].filter(isObject) : []))].some(
    ({ Next, Default }) => Next === to || Default === to,
  );

/** What the first state of a graph is given: of a map its items, or what a selector makes of them; of a branch what the Parallel state is given. */
function entering(state: Place, path: readonly string[], asked: readonly Asked[]): unknown[] {
  const owner = state.around.at(-1);
  if (owner === undefined || [...jsonPath, "ItemsPath", "ItemBatcher"].some((field) => owner.raw[field] !== undefined)) return [undefined];
  if (owner.type === "Parallel") return written(owner.raw["Arguments"] ?? input, owner, path, asked);
  if (owner.type !== "Map") return [undefined];
  const { Items: items, ItemSelector: selector } = owner.raw;
  if (selector !== undefined) return written(selector, owner, path, asked);
  if (!Array.isArray(items) || owner.raw["ItemReader"] !== undefined) return [undefined];
  return items.flatMap((item) => written(item, owner, path, asked));
}

/** What may lie at a path of a value in a definition, whose expressions are about the input of `state`. */
function written(value: unknown, state: Place, [first, ...rest]: readonly string[], asked: readonly Asked[]): unknown[] {
  if (isComputed(value)) {
    const path = pathOf(value);
    return path === undefined ? [undefined] : valuesIn(state, first === undefined ? path : [...path, first, ...rest], asked);
  }
  if (first === undefined) return [value];
  return isObject(value) && Object.hasOwn(value, first) ? written(value[first], state, rest, asked) : [undefined];
}
