import { ServiceError } from "../../wire/service.ts";
import { type Condition, parseOperator } from "./conditions.ts";
import { arnParts } from "./patterns.ts";

export interface Statement {
  /** `Sid`, or the statement's number from 0. */
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  /** `NotAction`: the statement is about every action but these. Empty where `actions` says which. */
  readonly notActions: readonly string[];
  /** Patterns of ARNs. Empty in a trust policy, whose resource is its role. */
  readonly resources: readonly string[];
  /** Absent in an identity policy, whose principal is its role. */
  readonly principals: Principals | undefined;
  readonly conditions: readonly Condition[];
}

export interface Principals {
  /** ARNs, account ids or `*`. */
  readonly aws: readonly string[];
  readonly services: readonly string[];
}

/** Where a policy is attached decides which elements its statements have. */
export type PolicyKind = "identity" | "resource" | "trust";

const elements: Record<PolicyKind, readonly string[]> = {
  identity: ["Effect", "Action", "Resource"],
  resource: ["Effect", "Action", "Resource", "Principal"],
  trust: ["Effect", "Action", "Principal"],
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

/**
 * Reads a policy document.
 * @param owner names the policy in the error, such as `policy "read" of role arn:...`.
 * @throws ServiceError `MalformedPolicyDocument` with every mistake; whatever is not implemented (NotAction, dates, variables, ...) is one.
 */
export function parsePolicy(owner: string, kind: PolicyKind, document: unknown): readonly Statement[] {
  const problems: string[] = [];
  const statements = readDocument(kind, document, problems);
  if (problems.length > 0) throw new ServiceError("MalformedPolicyDocument", `The ${owner} is not valid: ${problems.join(" ")}`);
  return statements;
}

function readDocument(kind: PolicyKind, document: unknown, problems: string[]): Statement[] {
  if (!isObject(document)) {
    problems.push(`The document is ${show(document)}; it must be an object with Version and Statement.`);
    return [];
  }
  for (const name of Object.keys(document)) {
    if (!["Version", "Id", "Statement"].includes(name)) problems.push(`${name} is not an element of a policy; use Version, Id and Statement.`);
  }
  if (document["Version"] !== "2012-10-17") problems.push(`Version is ${show(document["Version"])}; it must be "2012-10-17".`);
  const list = isObject(document["Statement"]) ? [document["Statement"]] : document["Statement"];
  if (!Array.isArray(list) || list.length === 0) {
    problems.push("Statement must be a statement or a list of at least one.");
    return [];
  }
  const statements = list.map((statement, i) => readStatement(kind, statement, i, problems));
  const names = statements.map(({ name }) => name);
  for (const name of new Set(names.filter((candidate, i) => names.indexOf(candidate) !== i))) problems.push(`Two statements have the Sid ${show(name)}.`);
  return statements;
}

function readStatement(kind: PolicyKind, statement: unknown, index: number, problems: string[]): Statement {
  const source = isObject(statement) ? statement : {};
  const name = typeof source["Sid"] === "string" && source["Sid"] !== "" ? source["Sid"] : String(index);
  const complain = (text: string) => problems.push(`Statement ${name}: ${text}`);
  if (!isObject(statement)) complain(`it is ${show(statement)}; it must be an object.`);

  const wanted = elements[kind];
  for (const key of Object.keys(source)) {
    if (["NotResource", "NotPrincipal"].includes(key)) complain(`${key} is not implemented by the local cloud; name what is meant instead.`);
    else if (!["Sid", "Condition", "NotAction", ...wanted].includes(key)) complain(`${key} is not an element of a statement in this kind of policy (${kind}).`);
  }
  for (const key of wanted) if (!(key in source) && !(key === "Action" && "NotAction" in source)) complain(`${key} is missing.`);
  if ("Action" in source && "NotAction" in source) complain("it may have Action or NotAction, not both.");

  const effect = source["Effect"];
  if (effect !== undefined && effect !== "Allow" && effect !== "Deny") complain(`Effect is ${show(effect)}; it must be "Allow" or "Deny".`);

  const strings = (key: string): string[] => {
    if (!(key in source)) return [];
    const list = [source[key]].flat();
    if (list.length > 0 && list.every((value) => typeof value === "string")) return list;
    complain(`${key} is ${show(source[key])}; it must be a string or a list of strings.`);
    return [];
  };
  const [actions, notActions] = [strings("Action"), strings("NotAction")];
  for (const action of [...actions, ...notActions]) {
    if (action !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(action)) complain(`Action ${show(action)} must be "service:Action" or "*".`);
  }
  const resources = strings("Resource");
  for (const resource of resources) {
    if (resource.includes("${")) complain(`Resource ${show(resource)} has a policy variable; the local cloud does not implement policy variables.`);
    else if (resource !== "*" && !arnParts(resource)) complain(`Resource ${show(resource)} must be an ARN of six parts or "*".`);
  }
  return {
    name,
    effect: effect === "Allow" ? "Allow" : "Deny",
    actions,
    notActions,
    resources,
    principals: "Principal" in source ? readPrincipals(source["Principal"], complain) : undefined,
    conditions: "Condition" in source ? readConditions(source["Condition"], complain) : [],
  };
}

function readPrincipals(principal: unknown, complain: (text: string) => void): Principals {
  if (principal === "*") return { aws: ["*"], services: [] };
  if (!isObject(principal)) {
    complain(`Principal is ${show(principal)}; it must be "*" or an object with AWS and Service.`);
    return { aws: [], services: [] };
  }
  const read = (key: string): string[] => {
    const list = [principal[key] ?? []].flat();
    if (list.every((value) => typeof value === "string")) return list;
    complain(`Principal.${key} is ${show(principal[key])}; it must be a string or a list of strings.`);
    return [];
  };
  for (const key of Object.keys(principal)) {
    // Nobody signs in to the local cloud through an identity provider: such a principal is read, and is never the caller.
    if (key === "Federated") read(key);
    else if (key !== "AWS" && key !== "Service") complain(`Principal.${key} is not implemented by the local cloud; use AWS, Service or Federated.`);
  }
  const aws = read("AWS");
  for (const name of aws) {
    if (name !== "*" && !/^\d{12}$/.test(name) && !/^arn:aws:iam::\d{12}:(root|(role|user)\/[^*?]+)$/.test(name)) {
      complain(`Principal.AWS ${show(name)} must be "*", an account id or the ARN of a root, role or user, without wildcards.`);
    }
  }
  return { aws, services: read("Service") };
}

function readConditions(block: unknown, complain: (text: string) => void): Condition[] {
  if (!isObject(block)) {
    complain(`Condition is ${show(block)}; it must be an object of operators.`);
    return [];
  }
  const conditions: Condition[] = [];
  for (const [operatorName, keys] of Object.entries(block)) {
    const operator = parseOperator(operatorName);
    if (!operator) complain(`Condition operator ${show(operatorName)} is not implemented by the local cloud.`);
    if (!isObject(keys)) {
      complain(`Condition.${operatorName} is ${show(keys)}; it must be an object of condition keys.`);
      continue;
    }
    for (const [key, value] of Object.entries(keys)) {
      const values = [value].flat().map((entry) => (typeof entry === "boolean" || typeof entry === "number" ? String(entry) : entry));
      const place = `Condition.${operatorName}.${key}`;
      if (values.length === 0 || !values.every((entry) => typeof entry === "string")) {
        complain(`${place} is ${show(value)}; it must be a string, number, boolean or a list of those.`);
      } else if (values.some((entry) => entry.includes("${"))) {
        complain(`${place} has a policy variable; the local cloud does not implement policy variables.`);
      } else if (operatorName.includes("Numeric") && values.some((entry) => entry.trim() === "" || Number.isNaN(Number(entry)))) {
        complain(`${place} is ${show(value)}; it must be a number.`);
      } else if (operator) conditions.push({ operator, key, values });
    }
  }
  return conditions;
}
