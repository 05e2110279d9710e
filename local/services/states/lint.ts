import validate from "asl-validator";
import type { Definition, Json, JsonObject } from "./definition.ts";
import { expressionFault, expressionOf } from "./expressions.ts";
import { integrationFaults } from "./integrations.ts";

const transition = ["Output", "Assign", "Next", "End"];
const failing = ["Retry", "Catch"];

/** Fields of each type of state that the interpreter knows, besides Type, Comment and QueryLanguage. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  Pass: transition,
  Task: ["Resource", "Arguments", "TimeoutSeconds", "HeartbeatSeconds", ...transition, ...failing],
  Choice: ["Choices", "Default", "Output", "Assign"],
  Wait: ["Seconds", "Timestamp", ...transition],
  Succeed: ["Output"],
  Fail: ["Error", "Cause"],
  Parallel: ["Branches", "Arguments", ...transition, ...failing],
  Map: ["Items", "ItemSelector", "ItemProcessor", "MaxConcurrency", ...transition, ...failing],
};
/** Fields of a distributed Map only. */
const distributedFields = ["ItemReader", "ResultWriter", "ToleratedFailureCount", "ToleratedFailurePercentage"];
const machineFields = ["Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"];
const branchFields = ["Comment", "StartAt", "States"];
const retrierFields = ["Comment", "ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "JitterStrategy"];
const catcherFields = ["Comment", "ErrorEquals", "Next", "Output", "Assign"];
const choiceFields = ["Comment", "Condition", "Next", "Output", "Assign"];

const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

const unknownFields = (object: JsonObject, known: readonly string[], what: string): string[] =>
  Object.keys(object)
    .filter((field) => !known.includes(field))
    .map((field) => `${what} has the field ${field}, which the local cloud does not implement.`);

/** Faults of the expressions anywhere in a value. */
function expressionFaults(value: Json, place: string): string[] {
  if (typeof value === "string") {
    const source = expressionOf(value);
    if (source === undefined)
      return /\{%|%\}/.test(value) ? [`${place} is ${JSON.stringify(value)}; an expression must begin with {% and end with %}, with nothing around them.`] : [];
    const fault = expressionFault(source);
    return fault === undefined ? [] : [`${place}: the expression ${value} ${fault}.`];
  }
  if (Array.isArray(value)) return value.flatMap((inner, i) => expressionFaults(inner, `${place}[${i}]`));
  return isObject(value) ? Object.entries(value).flatMap(([key, inner]) => expressionFaults(inner, `${place}.${key}`)) : [];
}

/** `States.ALL` must stand alone, in the last entry only. */
const wildcardFaults = (entries: JsonObject[], what: string): string[] =>
  entries.flatMap(({ ErrorEquals }, i) => {
    if (!Array.isArray(ErrorEquals) || !ErrorEquals.includes("States.ALL")) return [];
    return ErrorEquals.length === 1 && i === entries.length - 1
      ? []
      : [`${what}[${i}] has States.ALL beside other errors or before other entries; it must stand alone and last.`];
  });

/** Names that the states of one scope assign, those of the Catches among them. */
function assigned(states: JsonObject): Set<string> {
  const names = new Set<string>();
  for (const state of Object.values(states).filter(isObject)) {
    for (const holder of [state, ...objects(state["Catch"]), ...objects(state["Choices"])]) {
      for (const name of isObject(holder["Assign"]) ? Object.keys(holder["Assign"]) : []) names.add(name);
    }
  }
  return names;
}

const modeOf = (processor: Json | undefined): Json => {
  const config = isObject(processor) ? processor["ProcessorConfig"] : undefined;
  return isObject(config) ? (config["Mode"] ?? "INLINE") : "INLINE";
};

/** Faults of what a distributed Map reads and writes. */
function distributedFaults({ Items, ItemReader, ResultWriter }: JsonObject, what: string): string[] {
  const faults: string[] = [];
  if (isObject(ItemReader)) {
    faults.push(...unknownFields(ItemReader, ["Resource", "ReaderConfig", "Arguments"], `ItemReader of ${what}`));
    if (Items !== undefined) faults.push(`${what} has both Items and an ItemReader; it must have one of them.`);
    if (ItemReader["Resource"] !== "arn:aws:states:::s3:getObject")
      faults.push(
        `ItemReader of ${what} has the Resource ${JSON.stringify(ItemReader["Resource"])}; the local cloud implements arn:aws:states:::s3:getObject only.`,
      );
    const config = isObject(ItemReader["ReaderConfig"]) ? ItemReader["ReaderConfig"] : {};
    faults.push(...unknownFields(config, ["InputType"], `ReaderConfig of ${what}`));
    if (config["InputType"] !== "JSONL")
      faults.push(`ReaderConfig of ${what} has the InputType ${JSON.stringify(config["InputType"])}; the local cloud implements JSONL only.`);
  }
  if (isObject(ResultWriter)) {
    faults.push(...unknownFields(ResultWriter, ["Resource", "Arguments"], `ResultWriter of ${what}`));
    if (ResultWriter["Resource"] !== "arn:aws:states:::s3:putObject")
      faults.push(`ResultWriter of ${what} has the Resource ${JSON.stringify(ResultWriter["Resource"])}; it must be arn:aws:states:::s3:putObject.`);
  }
  return faults;
}

async function stateFaults(name: string, state: JsonObject, outer: ReadonlySet<string>): Promise<string[]> {
  const what = `State ${name}`;
  const known = fieldsOf[String(state["Type"])];
  if (known === undefined) return [`${what} has the Type ${JSON.stringify(state["Type"])}; it must be one of ${Object.keys(fieldsOf).join(", ")}.`];
  const isDistributed = state["Type"] === "Map" && modeOf(state["ItemProcessor"]) === "DISTRIBUTED";
  const faults = unknownFields(state, ["Type", "Comment", "QueryLanguage", ...known, ...(isDistributed ? distributedFields : [])], what);
  if (isDistributed) faults.push(...distributedFaults(state, what));
  if (state["QueryLanguage"] !== undefined && state["QueryLanguage"] !== "JSONata")
    faults.push(`${what} has QueryLanguage ${JSON.stringify(state["QueryLanguage"])}; only JSONata is implemented.`);
  const { Branches, ItemProcessor, ...own } = state;
  faults.push(...expressionFaults(own, what));
  const retriers = objects(state["Retry"]);
  const catchers = objects(state["Catch"]);
  for (const retrier of retriers) faults.push(...unknownFields(retrier, retrierFields, `A Retry of ${name}`));
  for (const catcher of catchers) faults.push(...unknownFields(catcher, catcherFields, `A Catch of ${name}`));
  for (const rule of objects(state["Choices"])) faults.push(...unknownFields(rule, choiceFields, `A Choice of ${name}`));
  faults.push(...wildcardFaults(retriers, `Retry of ${name}`), ...wildcardFaults(catchers, `Catch of ${name}`));
  if (state["Type"] === "Task") {
    const resource = String(state["Resource"]);
    faults.push(...(await integrationFaults(resource, state["Arguments"])).map((fault) => `${what}: ${fault}.`));
    if (state["TimeoutSeconds"] === undefined)
      faults.push(`${what} has no TimeoutSeconds; every Task must have one, else a lost job holds the execution for ever.`);
    if (state["HeartbeatSeconds"] !== undefined && !resource.endsWith(".waitForTaskToken"))
      faults.push(`${what} has HeartbeatSeconds, but its Resource waits for no callback.`);
  }
  if (state["Type"] === "Wait" && (state["Seconds"] === undefined) === (state["Timestamp"] === undefined))
    faults.push(`${what} must have exactly one of Seconds and Timestamp.`);
  if (isObject(ItemProcessor)) {
    const { ProcessorConfig, ...processor } = ItemProcessor;
    const config = isObject(ProcessorConfig) ? ProcessorConfig : {};
    const mode = modeOf(ItemProcessor);
    if (mode !== "INLINE" && mode !== "DISTRIBUTED") faults.push(`${what} has the Mode ${JSON.stringify(mode)}; it must be INLINE or DISTRIBUTED.`);
    faults.push(
      ...unknownFields(config, isDistributed ? ["Mode", "ExecutionType"] : ["Mode"], `ProcessorConfig of ${name}`),
      // The executions of a distributed Map see no variables but their own.
      ...(await machineFaults(processor, branchFields, `ItemProcessor of ${name}`, isDistributed ? new Set() : outer)),
    );
    if (isDistributed && config["ExecutionType"] !== "STANDARD")
      faults.push(`${what} has the ExecutionType ${JSON.stringify(config["ExecutionType"])}; the local cloud implements STANDARD only.`);
  }
  for (const [i, branch] of objects(Branches).entries()) faults.push(...(await machineFaults(branch, branchFields, `Branch ${i} of ${name}`, outer)));
  return faults;
}

/**
 * Faults of a machine, a branch or an item processor. A variable that an outer scope assigns may not be assigned
 * in an inner one (Step Functions Developer Guide, "Variable scope").
 */
async function machineFaults(machine: JsonObject, known: readonly string[], what: string, outer: ReadonlySet<string>): Promise<string[]> {
  const faults = unknownFields(machine, known, what);
  const states = isObject(machine["States"]) ? machine["States"] : {};
  const here = assigned(states);
  for (const name of here) if (outer.has(name)) faults.push(`${what} assigns the variable ${name}, which a scope around it assigns too.`);
  if (here.has("states")) faults.push(`${what} assigns the variable states, which is reserved.`);
  const scope = new Set([...outer, ...here]);
  for (const [name, state] of Object.entries(states)) if (isObject(state)) faults.push(...(await stateFaults(name, state, scope)));
  return faults;
}

/** Every reason why a definition can't be run, as sentences; none if it can. */
export async function definitionFaults(definition: unknown): Promise<string[]> {
  if (!isObject(definition)) return ["The definition must be a JSON object."];
  if (definition["QueryLanguage"] !== "JSONata")
    return [`The definition has QueryLanguage ${JSON.stringify(definition["QueryLanguage"])}; only JSONata is implemented.`];
  const { errors } = validate(structuredClone(definition), { checkPaths: true, checkArn: true });
  return [...errors.map((error) => error.Message), ...(await machineFaults(definition, machineFields, "The machine", new Set()))];
}

/** Parses a definition; throws an error that lists every fault. */
export async function parseDefinition(text: string): Promise<Definition> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`The definition is not JSON: ${(error as Error).message}`);
  }
  const faults = await definitionFaults(parsed);
  if (faults.length > 0) throw new Error(`The definition has ${faults.length} fault${faults.length === 1 ? "" : "s"}:\n- ${faults.join("\n- ")}`);
  return parsed as Definition;
}
