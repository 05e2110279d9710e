/** One thing that the program does wrong, tied to the resource that does it. */
export interface Problem {
  /** `aws:s3/bucket:Bucket "raw"`, `stack "local"`, `function aws:index/getCallerIdentity:getCallerIdentity`. */
  readonly subject: string;
  /** URN of the resource, if the problem belongs to one. */
  readonly urn: string | undefined;
  /** Path of the property as the program writes it: `rules[0].status`; empty for the subject as a whole. */
  readonly path: string;
  /** A sentence: found value, wanted value. */
  readonly reason: string;
}

/** The program was refused. Holds every problem that one run of it could find. */
export class DeployError extends Error {
  override readonly name = "DeployError";
  readonly problems: readonly Problem[];

  constructor(stack: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`Stack "${stack}" can't be deployed, ${count}:\n${problems.map((problem) => `- ${describe(problem)}`).join("\n")}`);
    this.problems = problems;
  }
}

/** `aws:s3/bucket:Bucket "raw", rules[0].status: is "Enabledd"; must be one of ...` */
export function describe({ subject, path, reason }: Problem): string {
  return `${subject}${path === "" ? "" : `, ${path}`}: ${reason}`;
}

/** How problems name a resource. */
export function subjectOf(type: string, name: string): string {
  return `${type} "${name}"`;
}

/** A value as a message shows it: short, and never more than its first characters. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

/** The first dozen names, and how many more there are. */
export function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}
