import { type Policies, type PolicyResource, type ReportViolation, type ResourceValidation, UnknownValueError, unknownCheckingProxy } from "@pulumi/policy";
import * as deserialization from "@pulumi/policy/deserialize.js";
import type { DeployedResource, Deployment } from "../deploy/deployment.ts";
import { type PolicyConfig, type RuleConfig, reconcile } from "../deploy/policy/config.ts";
import { toStruct } from "../deploy/policy/protobuf.ts";
import type { Properties } from "../deploy/provider.ts";

/** How one resource differs from what the program registered. */
export type Change =
  | { readonly kind: "property"; readonly property: string /** `undefined`: no longer set. */; readonly value: unknown }
  | { readonly kind: "options"; readonly options: Partial<Pick<DeployedResource, "protect" | "ignoreChanges">> }
  | { readonly kind: "gone" };

/** What a change of one resource brings about. */
export interface Effect {
  /** Mandatory rules that find something that they do not find in the deployment as it is. */
  readonly noticedBy: readonly string[];
  /** Rules that threw, with the message: a rule must take whatever the engine may send it. */
  readonly crashes: readonly string[];
}

/** The mandatory rules of a pack, ready to judge one change of a deployment after another. */
export interface Judge {
  readonly rules: readonly string[];
  /** What the rules find in the deployment as it is: `rule urn`. The policy server's own functions must find the same. */
  readonly findings: readonly string[];
  effectOf(urn: string, change: Change): Promise<Effect>;
}

/** The policy server's own reading of properties. Exported by the package, though not in its type declarations. */
const { deserializeProperties } = deserialization as unknown as {
  deserializeProperties(struct: ReturnType<typeof toStruct>, proxySecrets: boolean): Record<string, unknown>;
};

/**
 * Judges as the policy server does, but only what a change can reach. A rule is a function of what it reads: each rule is
 * run once on the deployment as it is, while every property that it reads is noted down. A change of a property is then
 * judged by the rules that have read it; all others would read the very same again.
 */
export async function judgeOf(rules: Policies, deployment: Deployment, config: PolicyConfig): Promise<Judge> {
  const configs = reconcile(rules, config);
  const bench = benchOf(deployment);
  const isMandatory = ({ name }: Policies[number]): boolean => configs.get(name)!.enforcementLevel === "mandatory";
  const tasks = rules.filter(isMandatory).flatMap((rule) => tasksOf(rule, configs.get(rule.name)!, bench));
  const readers = new Map<string, Task[]>();
  const before = new Map<Task, Verdict>();
  for (const task of tasks) {
    bench.reads.clear();
    const verdict = await judgeBy(task);
    if (verdict.crash !== undefined) throw new Error(verdict.crash);
    before.set(task, verdict);
    for (const read of bench.reads) readers.set(read, [...(readers.get(read) ?? []), task]);
  }
  bench.noting = false;
  const stackTasks = tasks.filter(({ urn }) => urn === undefined);

  return {
    rules: rules.filter(isMandatory).map(({ name }) => name),
    findings: [...before].flatMap(([{ rule }, { found }]) => found.map((urn) => `${rule} ${urn}`)).sort(),
    async effectOf(urn, change) {
      const seat = bench.seats.get(urn)!;
      const [reached, restore] = make(change, seat, bench);
      const concerned = change.kind === "gone" ? stackTasks : new Set(reached.flatMap((read) => readers.get(read) ?? []));
      const noticedBy: string[] = [];
      const crashes: string[] = [];
      for (const task of concerned) {
        const { found, crash } = await judgeBy(task);
        if (crash !== undefined) crashes.push(crash);
        else if (hasMore(found, before.get(task)!.found)) noticedBy.push(task.rule);
      }
      restore();
      return { noticedBy: [...new Set(noticedBy)], crashes: [...new Set(crashes)] };
    },
  };
}

/** One rule on one resource, or on the stack. */
interface Task {
  readonly rule: string;
  /** URN of the resource; undefined for a rule about the stack. */
  readonly urn: string | undefined;
  /** A rule may have several functions, and each is run whatever becomes of the others. */
  readonly runs: readonly ((report: ReportViolation) => unknown)[];
}

interface Verdict {
  /** URNs of what breaks the rule; empty for the stack as a whole. */
  readonly found: readonly string[];
  readonly crash?: string;
}

class NotApplicable extends Error {}
const notApplicable = (): never => {
  throw new NotApplicable();
};

async function judgeBy({ rule, urn, runs }: Task): Promise<Verdict> {
  const found: string[] = [];
  for (const run of runs) {
    try {
      await run((_message, about) => void found.push(about ?? urn ?? ""));
    } catch (error) {
      // A rule that can't tell gives an advice only.
      if (!(error instanceof UnknownValueError || error instanceof NotApplicable)) return { found, crash: `${rule}: ${(error as Error).message}` };
    }
  }
  return { found };
}

/** Whether anything is found that was not, or more of the same on one resource. */
function hasMore(found: readonly string[], before: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const urn of before) counts.set(urn, (counts.get(urn) ?? 0) + 1);
  return found.some((urn) => {
    const left = (counts.get(urn) ?? 0) - 1;
    counts.set(urn, left);
    return left < 0;
  });
}

/** A resource as rules see it, in both views: its inputs, for rules about one resource, and its state, for rules about the stack. */
interface Seat {
  readonly deployed: DeployedResource;
  readonly inputs: View;
  readonly state: View;
  readonly resource: PolicyResource;
}

interface View {
  readonly props: Record<string, unknown>;
  readonly all: Properties;
  set(all: Properties): void;
}

interface Bench {
  readonly seats: ReadonlyMap<string, Seat>;
  /** What has been read since the last `clear`, while it is noted. */
  readonly reads: Set<string>;
  /** Notes are made once, of the deployment as it is; they would take a sixth of the time of all that follows. */
  noting: boolean;
  /** What rules about the stack get; a resource that is gone is taken out. */
  resources: PolicyResource[];
}

/** Every property of a resource, for whoever lists them. */
const anyProperty = "*";
const placeOf = (urn: string, part: string): string => `${urn} ${part}`;

function benchOf({ resources }: Deployment): Bench {
  const seats = new Map<string, Seat>();
  const bench: Bench = { seats, reads: new Set(), noting: true, resources: [] };
  for (const deployed of resources) {
    const { urn, type, name } = deployed;
    const note = (part: string): void => {
      if (bench.noting) bench.reads.add(placeOf(urn, part));
    };
    const state = viewOf(deployed.outputs, note);
    const resource = noted(
      { type, urn, name, props: state.props, opts: optionsOf(deployed), dependencies: [], propertyDependencies: {}, ...typeChecks(type, state.props) },
      note,
    );
    seats.set(urn, { deployed, inputs: viewOf(deployed.inputs, note), state, resource });
  }
  for (const { deployed, resource } of seats.values()) {
    const known = (urns: readonly string[]): PolicyResource[] => urns.flatMap((urn) => seats.get(urn)?.resource ?? []);
    const parent = deployed.parent === undefined ? undefined : seats.get(deployed.parent)?.resource;
    if (parent !== undefined) resource.parent = parent;
    const provider = providerOf(deployed, seats);
    if (provider !== undefined) resource.provider = provider;
    resource.dependencies = known(deployed.dependencies);
    resource.propertyDependencies = Object.fromEntries(Object.entries(deployed.propertyDependencies).map(([property, urns]) => [property, known(urns)]));
  }
  bench.resources = [...seats.values()].map(({ resource }) => resource);
  return bench;
}

/** Properties whose reading is noted, and which can be exchanged for others. */
function viewOf(initial: Properties, note: (property: string) => void): View {
  let plain: Properties = {};
  let checked: Record<string, unknown> = {};
  const view: View = {
    get all() {
      return plain;
    },
    set(all) {
      plain = all;
      checked = unknownCheckingProxy(all as Record<string, unknown>);
    },
    props: new Proxy<Record<string, unknown>>(
      {},
      {
        get(_, key) {
          note(String(key));
          return checked[key as string];
        },
        has(_, key) {
          note(String(key));
          return key in plain;
        },
        getOwnPropertyDescriptor(_, key) {
          note(String(key));
          const found = Object.getOwnPropertyDescriptor(plain, key);
          return found && { ...found, configurable: true };
        },
        ownKeys() {
          note(anyProperty);
          return Reflect.ownKeys(plain);
        },
      },
    ),
  };
  view.set(deserializeProperties(toStruct(initial), false));
  return view;
}

const optionParts: ReadonlySet<PropertyKey> = new Set(["opts", "dependencies", "propertyDependencies"]);

/** The resource, with a note of who looks at its options and its dependencies. */
const noted = (resource: PolicyResource, note: (part: string) => void): PolicyResource =>
  new Proxy(resource, {
    get(target, key) {
      if (optionParts.has(key)) note(`.${String(key)}`);
      return Reflect.get(target, key) as unknown;
    },
  });

type TypeChecks = Pick<PolicyResource, "isType" | "asType">;

function typeChecks(type: string, props: Record<string, unknown>): TypeChecks {
  const isType = (of: { __pulumiType?: string }): boolean => of.__pulumiType === type;
  return { isType, asType: (of: { __pulumiType?: string }) => (isType(of) ? props : undefined) } as unknown as TypeChecks;
}

const optionsOf = ({ protect, ignoreChanges, parent }: Pick<DeployedResource, "protect" | "ignoreChanges" | "parent">): PolicyResource["opts"] => ({
  protect,
  ignoreChanges: [...ignoreChanges],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
  ...(parent !== undefined && { parent }),
});

function providerOf({ provider }: DeployedResource, seats: ReadonlyMap<string, Seat>): PolicyResource["provider"] {
  const seat = provider === undefined ? undefined : seats.get(provider);
  return seat && { type: seat.deployed.type, urn: seat.deployed.urn, name: seat.deployed.name, props: seat.inputs.props };
}

function tasksOf(rule: Policies[number], { properties }: RuleConfig, bench: Bench): Task[] {
  const common = { getConfig: <T extends object>(): T => properties as T, stackTags: new Map<string, string>(), notApplicable };
  if ("validateStack" in rule) {
    const run = (report: ReportViolation): unknown => rule.validateStack({ ...common, resources: [...bench.resources] }, report);
    return [{ rule: rule.name, urn: undefined, runs: [run] }];
  }
  const validations = [rule.validateResource ?? []].flat() as Validation[];
  return [...bench.seats.values()].flatMap(({ deployed, inputs, resource }) => {
    const { urn, type, name } = deployed;
    const fitting = validations.filter(({ __pulumiType: only }) => only === undefined || only === type);
    if (fitting.length === 0) return [];
    const provider = providerOf(deployed, bench.seats);
    const args = {
      ...common,
      type,
      urn,
      name,
      props: inputs.props,
      get opts() {
        return resource.opts;
      },
      ...typeChecks(type, inputs.props),
      ...(provider && { provider }),
    };
    const runs = fitting.map((validate) => (report: ReportViolation) => validate(args as Parameters<Validation>[0], report));
    return [{ rule: rule.name, urn, runs }];
  });
}

/** `validateResourceOfType` marks a function with the type. */
type Validation = ResourceValidation & { readonly __pulumiType?: string };

/** Makes a change. Gives the places that it has reached, and a function that takes it back. */
function make(change: Change, { deployed, inputs, state, resource }: Seat, bench: Bench): [reached: readonly string[], restore: () => void] {
  const { urn } = deployed;
  if (change.kind === "options") {
    const { opts } = resource;
    resource.opts = optionsOf({ ...deployed, ...change.options });
    return [[placeOf(urn, ".opts")], () => void Object.assign(resource, { opts })];
  }
  if (change.kind === "gone") {
    const { resources } = bench;
    bench.resources = resources.filter((one) => one !== resource);
    const bonds = resources.map((one) => [one, one.dependencies, one.propertyDependencies] as const);
    const without = (targets: readonly PolicyResource[]): PolicyResource[] => targets.filter((one) => one !== resource);
    for (const [one, dependencies, byProperty] of bonds) {
      if (!dependencies.includes(resource)) continue;
      one.dependencies = without(dependencies);
      one.propertyDependencies = Object.fromEntries(Object.entries(byProperty).map(([property, targets]) => [property, without(targets)]));
    }
    const restore = (): void => {
      bench.resources = resources;
      for (const [one, dependencies, byProperty] of bonds) Object.assign(one, { dependencies, propertyDependencies: byProperty });
    };
    return [[], restore];
  }
  const { property, value } = change;
  const [given, made] = [inputs.all, state.all];
  const { dependencies, propertyDependencies } = resource;
  const changed = (all: Properties): Properties =>
    value === undefined ? Object.fromEntries(Object.entries(all).filter(([key]) => key !== property)) : { ...all, [property]: value };
  inputs.set(changed(given));
  state.set(changed(made));
  const left = (propertyDependencies[property] ?? []).filter((target) => stillNames(value, given[property], target, bench));
  resource.propertyDependencies = { ...propertyDependencies, [property]: left };
  const targets = new Set(Object.values(resource.propertyDependencies).flat());
  resource.dependencies = dependencies.filter((target) => targets.has(target) || !propertyDependencies[property]?.includes(target));
  const restore = (): void => {
    inputs.set(given);
    state.set(made);
    Object.assign(resource, { dependencies, propertyDependencies });
  };
  const bound = left.length < (propertyDependencies[property]?.length ?? 0) ? [placeOf(urn, ".dependencies"), placeOf(urn, ".propertyDependencies")] : [];
  return [[placeOf(urn, property), placeOf(urn, anyProperty), ...bound], restore];
}

/**
 * Whether a changed value is still made from a resource: the engine would no longer know of a bond when the value that
 * came from it is gone. A value that never showed what it was made from keeps its bonds as long as it is set.
 */
function stillNames(value: unknown, before: unknown, target: PolicyResource, bench: Bench): boolean {
  if (value === undefined) return false;
  const { deployed } = bench.seats.get(target.urn)!;
  const names = [deployed.id, ...Object.values(deployed.outputs)].filter((name): name is string => typeof name === "string" && name.length > 3);
  const [was, is] = [JSON.stringify(before), JSON.stringify(value)];
  const shown = names.filter((name) => was.includes(name));
  return shown.length === 0 || shown.some((name) => is.includes(name));
}
