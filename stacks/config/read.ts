import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

/** Reads all of the project's configuration of this stack. Throws a RunError that lists every mistake with its file and key. */
export function read<T>(schema: z.ZodType<T>): T {
  const { data, error } = schema.safeParse(projectConfig());
  if (data !== undefined) return data;
  const mistakes = error?.issues.map((issue) => `svp:${[...issue.path, ...keysOf(issue)].join(".")}: ${issue.message}.`) ?? [];
  throw new pulumi.RunError(`Pulumi.${pulumi.getStack()}.yaml:\n- ${mistakes.join("\n- ")}`);
}

/** The keys of this project, without their namespace; lists and mappings arrive as JSON. */
function projectConfig(): Record<string, unknown> {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith("svp:"));
  return Object.fromEntries(own.map(([key, value]) => [key.slice("svp:".length), /^[[{]|^(true|false)$/.test(value) ? JSON.parse(value) : value]));
}

const keysOf = (issue: z.core.$ZodIssue): string[] => (issue.code === "unrecognized_keys" ? [`{${issue.keys.join(", ")}}`] : []);
