import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isObject, literalsIn, namesIn } from "../../expressions.ts";
import { judgeTasks } from "./tasks.ts";

interface Config {
  readonly identifiers?: readonly string[];
}

/** What the platform made up itself: numbers of cases and runs, counts, words of a fixed list, and keys built from them; and tags that an object has already. */
const identifiers = ["analysisUri", "caseId", "id", "Id", "Index", "Name", "RedriveCount", "RetryCount", "runId", "sourceTags", "status"];

/**
 * Names, tags, tokens and metadata of a job are not encrypted as what it works on is: they stand in CloudTrail, in names of log streams
 * and metrics, and in events. So they are made of identifiers that tell nothing of a patient; the name of an uploaded file would.
 */
export const namesAndTagsHoldIdentifiersOnly: ResourceValidationPolicy = {
  name: "sfn-names-and-tags-hold-identifiers-only",
  description: "Names, tags, tokens and metadata that a state machine gives to jobs and objects must be made of identifiers of the platform only.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.502(b)", "164.514(b)(2)(i)"),
  tags: ["sfn", "phi"],
  remediationSteps: "Build the value from caseId and runId of the execution's input.",
  configSchema: { properties: { identifiers: { type: "array", items: { type: "string" }, default: [...identifiers] } } },
  validateResource: judgeTasks({ wanted: (task) => labelsOf(task.arguments).length > 0, without: "no task that names or tags anything" }, (task, say, args) => {
    const { identifiers: known = identifiers } = args.getConfig<Config>();
    for (const [path, value] of labelsOf(task.arguments)) {
      const problem = problemOf(value, known);
      if (problem !== undefined) say(`sets ${path} to ${problem}; it must be made of ${known.join(", ")} only`);
    }
  }),
};

/** Arguments that end up where anybody who may look at jobs can read them. */
const label = /^(\w*JobName|JobTag|ClientRequestToken|ClientToken|IdempotencyToken|UserMetadata|Tags|TagSet|Tagging)(\.\$)?$/;

/** Every value of a label among arguments, with its path. */
function labelsOf(value: unknown, path = "", inside = false): [path: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => labelsOf(item, `${path}[${index}]`, inside));
  if (isObject(value)) return Object.entries(value).flatMap(([key, inner]) => labelsOf(inner, path === "" ? key : `${path}.${key}`, inside || label.test(key)));
  return inside ? [[path, value]] : [];
}

/** A plain word may be the name that whoever writes the definition chose for a tag; what is filled in later must be an identifier. */
function problemOf(value: unknown, known: readonly string[]): string | undefined {
  if (typeof value !== "string") return undefined;
  const isPath = /^(\$|States\.)/.test(value);
  const names = isPath ? [...value.matchAll(/\$\$?(?:\.\w+)+/g)].map(([path]) => path.split(".").at(-1)!) : namesIn(value);
  const unknown = [...new Set(names)].filter((name) => !known.includes(name));
  if (unknown.length > 0) return `a value of ${unknown.join(", ")}`;
  const texts = isPath ? [...value.matchAll(/'([^']*)'/g)].map(([, text = ""]) => text) : literalsIn(value);
  return texts.every((text) => /^[\w+=.:/@{}-]*$/.test(text)) ? undefined : "free text";
}
