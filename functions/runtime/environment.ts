import { Misconfigured } from "./errors.ts";

/** Reads the named environment variables. Throws {@link Misconfigured} with every name that is missing or empty. */
export function readEnvironment<Name extends string>(names: readonly Name[], environment: NodeJS.ProcessEnv = process.env): Record<Name, string> {
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Misconfigured(`Environment variables are missing: ${missing.join(", ")}.`);
  return Object.fromEntries(names.map((name) => [name, environment[name]])) as Record<Name, string>;
}
