import { enumerate, show } from "../problem.ts";
import { isAsset, propertyPath, unknownValue } from "../values.ts";
import type { Schemas } from "./schemas.ts";
import type { InputProperty, InputType, Shape } from "./shape.ts";

export interface InputFinding {
  readonly path: string;
  readonly reason: string;
  readonly severity: "error" | "warning";
}

interface Check {
  readonly shapeOf: (name: string) => Shape | undefined;
  report(path: string, reason: string, severity?: "error" | "warning" | undefined): void;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value) && !isAsset(value);
/** The engine treats null as absent. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** Everything that is wrong with the inputs of a resource of `type`. Unknown values pass: they are judged where they come from. */
export function checkInputs(type: string, inputs: Readonly<Record<string, unknown>>, schemas: Schemas): InputFinding[] {
  const findings: InputFinding[] = [];
  const check: Check = {
    shapeOf: (name) => schemas.shape(type, name),
    report: (path, reason, severity = "error") => findings.push({ path, reason, severity }),
  };
  checkObject(schemas.resource(type)?.inputs ?? {}, inputs, "", check);
  return findings;
}

function checkObject(shape: Shape, value: Readonly<Record<string, unknown>>, path: string, check: Check): void {
  for (const [key, { required }] of Object.entries(shape)) {
    if (required && isAbsent(value[key])) check.report(propertyPath(path, key), "is required and missing.");
  }
  for (const [key, inner] of Object.entries(value)) {
    const at = propertyPath(path, key);
    const property = shape[key];
    if (property === undefined) check.report(at, `is no property here; there are ${enumerate(Object.keys(shape))}.`);
    else if (!isAbsent(inner)) {
      for (const other of property.conflictsWith ?? []) {
        // Where both name each other, the first one reports; the comments of some name themselves.
        const reported = shape[other]?.conflictsWith?.includes(key) === true && other < key;
        if (other !== key && !isAbsent(value[other]) && !reported) check.report(at, `conflicts with ${other}; set only one of them.`);
      }
      checkProperty(property, inner, at, check);
    }
  }
}

function checkProperty(property: InputProperty, value: unknown, path: string, check: Check): void {
  if (property.deprecated) check.report(path, "is deprecated.", "warning");
  checkType(property.type, value, path, check);
  const { documented } = property;
  if (documented !== undefined && typeof value === "string" && value !== unknownValue && !documented.includes(value)) {
    check.report(path, `is ${show(value)}; the documentation lists ${enumerate(documented)}.`, "warning");
  }
}

function checkType(type: InputType, value: unknown, path: string, check: Check): void {
  if (value === unknownValue || isAbsent(value) || type === "any") return;
  const wrong = (): void => check.report(path, `is ${show(value)}; must be ${nameOf(type)}.`);
  if (typeof type === "string") {
    if (!isOf(type, value)) wrong();
  } else if ("values" in type) {
    if (typeof value !== "string" || !type.values.includes(value)) wrong();
  } else if ("list" in type) {
    if (!Array.isArray(value)) wrong();
    else for (const [index, item] of value.entries()) checkType(type.list, item, `${path}[${index}]`, check);
  } else if ("map" in type) {
    if (!isObject(value)) wrong();
    else for (const [key, item] of Object.entries(value)) checkType(type.map, item, propertyPath(path, key), check);
  } else if ("object" in type) {
    const shape = check.shapeOf(type.object);
    if (!isObject(value)) wrong();
    else if (shape !== undefined) checkObject(shape, value, path, check);
  } else checkOneOf(type.oneOf, value, path, check, wrong);
}

/** A value of a union must fit one of its types; if none, the type of its own kind tells best what is wrong. */
function checkOneOf(types: readonly InputType[], value: unknown, path: string, check: Check, wrong: () => void): void {
  const attempts = types.map((type) => {
    const findings: Parameters<Check["report"]>[] = [];
    checkType(type, value, path, { ...check, report: (...finding) => void findings.push(finding) });
    return { type, findings, failed: findings.some(([, , severity = "error"]) => severity === "error") };
  });
  const fitting = attempts.find(({ failed }) => !failed) ?? attempts.find(({ type }) => isObject(value) && typeof type === "object" && "object" in type);
  if (fitting === undefined) wrong();
  else for (const finding of fitting.findings) check.report(...finding);
}

function isOf(type: Extract<InputType, string>, value: unknown): boolean {
  return type === "asset" ? isAsset(value) : type === "any" || typeof value === type;
}

function nameOf(type: InputType): string {
  if (typeof type === "string") return { any: "any value", string: "a text", number: "a number", boolean: "true or false", asset: "an asset or archive" }[type];
  if ("values" in type) return `one of ${enumerate(type.values)}`;
  if ("list" in type) return "a list";
  if ("map" in type || "object" in type) return "an object";
  return type.oneOf.map(nameOf).join(" or ");
}
