/** What the cost of a run needs of a state machine's definition. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  // biome-ignore lint/suspicious/noExplicitAny: arguments differ from one service to the next.
  readonly Arguments?: any;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Condition?: string; readonly Next: string }[];
  readonly Branches?: readonly Definition[];
  readonly Items?: unknown;
  readonly ItemProcessor?: Definition;
  readonly Seconds?: unknown;
}

export interface Visit {
  readonly name: string;
  readonly state: State;
  /** The item of the innermost Map that the state runs for, if its items are written in the definition. */
  readonly item?: unknown;
  /** Runs once in every turn of a loop. */
  readonly looped: boolean;
}

/**
 * Every state that a run without failures can come to, once each and once for each item of a Map. A choice whose condition
 * is written as true or false leads one way; at any other all ways are taken, so a state that ends a refused case counts too.
 * `runs` says how many items a Map has, by its state, where they come from the video.
 */
export function visits(definition: Definition, runs: Readonly<Record<string, number>> = {}, item?: unknown): Visit[] {
  const seen = new Set<string>();
  const found: Visit[] = [];
  const next = ({ Type, Next, Default, Choices = [] }: State): string[] => {
    if (Type !== "Choice") return Next === undefined ? [] : [Next];
    const open = Choices.filter(({ Condition }) => !isWritten(Condition, "false"));
    const certain = open.find(({ Condition }) => isWritten(Condition, "true"));
    if (certain !== undefined) return [certain.Next];
    return [...open.map(({ Next }) => Next), ...(Default === undefined ? [] : [Default])];
  };
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const state = definition.States[name];
    if (state === undefined) throw new Error(`The state machine names a state "${name}" that it does not have.`);
    found.push({ name, state, ...(item !== undefined && { item }), looped: comesBack(definition, name, next) });
    for (const branch of state.Branches ?? []) found.push(...visits(branch, runs));
    if (state.ItemProcessor !== undefined) {
      const items = Array.isArray(state.Items) ? state.Items : runs[name] === undefined ? undefined : Array<undefined>(runs[name]).fill(undefined);
      if (items === undefined) throw new Error(`The items of state "${name}" are not written in the definition, so its runs can't be counted.`);
      for (const each of items) found.push(...visits(state.ItemProcessor, runs, each));
    }
    for (const following of next(state)) visit(following);
  };
  visit(definition.StartAt);
  return found;
}

const isWritten = (condition: string | undefined, value: "true" | "false"): boolean => condition?.replace(/[{%}\s]/g, "") === value;

function comesBack({ States }: Definition, name: string, next: (state: State) => string[]): boolean {
  const seen = new Set<string>();
  const ahead = [...next(States[name]!)];
  for (let following = ahead.pop(); following !== undefined; following = ahead.pop()) {
    if (following === name) return true;
    if (seen.has(following)) continue;
    seen.add(following);
    ahead.push(...next(States[following] ?? { Type: "Fail" }));
  }
  return false;
}
