import { lackingModules, trainingPython } from "../../../local/python.ts";

/** The Python that trains. */
export const python = trainingPython();

/** Empty if Python has all of these; else which it lacks, to stand beside a name of tests. */
export function why(...modules: readonly string[]): string {
  const lacking = lackingModules(python, modules);
  return lacking.length === 0 ? "" : ` (left out: ${python} lacks ${lacking.join(", ")}; npm run verify:python prepares one that has them)`;
}
