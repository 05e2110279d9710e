/** What a flow chart shows of a state machine. */
export interface Flow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, FlowState>>;
}

export interface FlowState {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Branches?: readonly Flow[];
  readonly ItemProcessor?: Flow;
}

/** Users from which a common way out of failures is told in words and not drawn. */
const commonFailures = 4;

/**
 * The definition of a state machine as a Mermaid flow chart: solid lines are its ways, dashed ones what happens to failures.
 * Where very many states lead when they fail is told below the chart, so that the ways stay readable.
 */
export function flowChart(definition: Flow): { readonly chart: string; readonly failures: readonly string[] } {
  const lines = ["flowchart TD", "  start([start])"];
  const failures: string[] = [];
  draw(definition, "", "  ", lines, failures);
  lines.splice(2, 0, `  start --> ${idOf("", definition.StartAt)}`);
  return { chart: lines.join("\n"), failures };
}

const idOf = (prefix: string, name: string): string => `${prefix}${name.replace(/\W/g, "_")}`;

function draw({ States }: Flow, prefix: string, indent: string, lines: string[], failures: string[]): void {
  const states = Object.entries(States);
  const common = commonTargets(states);
  for (const [target, names] of common) failures.push(`${names.length} states lead to ${target} when they fail.`);
  for (const [name, state] of states) lines.push(...nodeOf(name, state, prefix, indent, failures));
  for (const [name, state] of states) {
    const from = idOf(prefix, name);
    const ways = new Set([...(state.Choices ?? []).map(({ Next }) => Next), ...[state.Default, state.Next].filter((next) => next !== undefined)]);
    for (const next of ways) lines.push(`${indent}${from} --> ${idOf(prefix, next)}`);
    const caught = new Set((state.Catch ?? []).map(({ Next }) => Next).filter((next) => !ways.has(next) && !common.has(next)));
    for (const next of caught) lines.push(`${indent}${from} -.-> ${idOf(prefix, next)}`);
  }
}

function nodeOf(name: string, state: FlowState, prefix: string, indent: string, failures: string[]): string[] {
  const id = idOf(prefix, name);
  const inner = state.ItemProcessor === undefined ? (state.Branches ?? []) : [state.ItemProcessor];
  if (inner.length > 0) {
    const lines = [`${indent}subgraph ${id}["${name}${state.Type === "Map" ? ", for each item" : ", side by side"}"]`];
    for (const [i, branch] of inner.entries()) draw(branch, `${id}_${inner.length > 1 ? `${i}_` : ""}`, `${indent}  `, lines, failures);
    return [...lines, `${indent}end`];
  }
  switch (state.Type) {
    case "Choice":
      return [`${indent}${id}{"${name}"}`];
    case "Succeed":
      return [`${indent}${id}(["${name}"])`];
    case "Fail":
      return [`${indent}${id}[["${name}"]]`];
    case "Wait":
      return [`${indent}${id}("${name}")`];
    default:
      return [`${indent}${id}["${name}<br/><small>${serviceOf(state.Resource ?? state.Type)}</small>"]`];
  }
}

/** "arn:aws:states:::aws-sdk:s3:putObjectTagging" is "s3 putObjectTagging"; functions are named as their states are. */
const serviceOf = (resource: string): string =>
  resource === "arn:aws:states:::lambda:invoke" ? "function" : resource.replace(/^arn:aws:states:::(aws-sdk:)?/, "").replace(":", " ");

function commonTargets(states: readonly (readonly [string, FlowState])[]): Map<string, string[]> {
  const by = new Map<string, string[]>();
  for (const [name, { Catch = [] }] of states) for (const target of new Set(Catch.map(({ Next }) => Next))) by.set(target, [...(by.get(target) ?? []), name]);
  return new Map([...by].filter(([, names]) => names.length >= commonFailures));
}
