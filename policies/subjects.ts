import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { judgeEach } from "./given.ts";

/** What a rule about relations is about: resources of some types, and how messages name one. */
export interface Subjects {
  readonly types: readonly string[];
  /** "Queue": messages start with `Queue "cases"`. */
  readonly noun: string;
  /** Which of them, if not all. */
  readonly where?: (resource: PolicyResource) => boolean;
}

/** Judges every resource of a stack that a rule is about; without one, the rule is not applicable. `say` reports what is wrong with it. */
export function judgeAll(
  { resources, notApplicable }: Pick<StackValidationArgs, "resources" | "notApplicable">,
  report: (message: string, urn?: string) => void,
  { types, noun, where = () => true }: Subjects,
  judge: (subject: PolicyResource, say: (wrong: string) => void) => void,
): void {
  const subjects = resources.filter((resource) => types.includes(resource.type) && where(resource));
  if (subjects.length === 0) notApplicable(`The stack has no ${noun[0]?.toLowerCase()}${noun.slice(1)}.`);
  judgeEach(subjects, (subject) => judge(subject, (wrong) => report(`${noun} "${subject.name}" ${wrong}`, subject.urn)));
}
