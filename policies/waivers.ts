import type { Policies, ReportViolation, ResourceValidation } from "@pulumi/policy";

/**
 * A rule that one resource may break, and why. The Security Rule lets an addressable specification be left out only for a
 * documented reason: 45 CFR 164.306(d)(3), 164.316(b)(1).
 */
export interface Waiver {
  /** Name of the rule. */
  readonly rule: string;
  readonly stack: string;
  /** Type and logical name of the resource. A violation of the stack as a whole can't be waived. */
  readonly resource: { readonly type: string; readonly name: string };
  /** Why the risk is acceptable, and what stands in for the rule. */
  readonly reason: string;
  /** Who answers for it. */
  readonly approver: string;
  /** Days of the year, `2026-11-25`; the second at most 365 days after the first. */
  readonly approved: string;
  readonly expires: string;
}

/** Every waiver in force. */
export const waivers: readonly Waiver[] = ["dev", "staging", "prod", "local"].map((stack) => ({
  rule: "secretsmanager-secret-rotates-every-quarter",
  stack,
  resource: { type: "aws:secretsmanager/secret:Secret", name: "playback-private-key" },
  reason:
    "CloudFront holds the public half of this key, so no function can replace the key alone: it is replaced by hand every 90 days, the new public half beside the old one first (README, step 5).",
  approver: "Security officer",
  approved: "2026-11-26",
  expires: "2027-11-26",
}));

/** The day, in UTC, as waivers write it. */
export const today = (): string => new Date().toISOString().slice(0, 10);

const day = 24 * 3600 * 1000;
/** A waiver lasts a year at most: then somebody has to decide again. */
const longestDays = 365;

/** The waiver that covers a violation on a day, if there is one. */
export function waiverFor(all: readonly Waiver[], rule: string, urn: string, onDay: string): Waiver | undefined {
  return all.find((waiver) => waiver.rule === rule && coversUrn(waiver, urn) && onDay >= waiver.approved && onDay <= waiver.expires);
}

/** Whether a waiver is about a resource. A URN is `urn:pulumi:stack::project::type-of-parent$type::name`. */
export function coversUrn({ stack, resource }: Waiver, urn: string): boolean {
  const [head = "", , types = "", ...name] = urn.split("::");
  return head === `urn:pulumi:${stack}` && types.split("$").at(-1) === resource.type && name.join("::") === resource.name;
}

/** Everything that is wrong with a waiver, in words; nothing if it may stand. */
export function problemsOf(waiver: Waiver, onDay: string): string[] {
  const problems: string[] = [];
  const [approved, expires] = [Date.parse(waiver.approved), Date.parse(waiver.expires)];
  if (waiver.reason.trim().length < 20) problems.push("must give its reason in a sentence");
  if (waiver.approver.trim() === "") problems.push("must name its approver");
  if (Number.isNaN(approved) || Number.isNaN(expires)) problems.push("must give days such as 2026-11-25");
  else if (expires - approved > longestDays * day || expires < approved) problems.push(`must expire within ${longestDays} days of its approval`);
  if (onDay > waiver.expires) problems.push(`expired on ${waiver.expires}`);
  if (onDay < waiver.approved) problems.push(`is approved only from ${waiver.approved} on`);
  return problems;
}

/** Everything that is wrong with the waivers of a stack that has these resources, as sentences. */
export function objections(own: readonly Waiver[], urns: readonly string[], onDay: string): string[] {
  return own.flatMap((waiver) => {
    const about = urns.some((urn) => coversUrn(waiver, urn)) ? [] : ["is about a resource that the stack does not have"];
    const { rule, resource } = waiver;
    return [...problemsOf(waiver, onDay), ...about].map((problem) => `The waiver of ${rule} for ${resource.type} "${resource.name}" ${problem}.`);
  });
}

/** The rules, silent about what a waiver covers. */
export function waive(rules: Policies, all: readonly Waiver[], onDay: string): Policies {
  const heard =
    (rule: string, urn: string | undefined, report: ReportViolation): ReportViolation =>
    (message, about) => {
      const subject = about ?? urn;
      if (subject === undefined || waiverFor(all, rule, subject, onDay) === undefined) report(message, about);
    };
  return rules.map((rule) => {
    if (!all.some((waiver) => waiver.rule === rule.name)) return rule;
    if ("validateStack" in rule) return { ...rule, validateStack: (args, report) => rule.validateStack(args, heard(rule.name, undefined, report)) };
    const { validateResource } = rule;
    if (validateResource === undefined) return rule;
    // The copy keeps the type that `validateResourceOfType` marks a function with.
    const bind = (validate: ResourceValidation): ResourceValidation =>
      Object.assign((...[args, report]: Parameters<ResourceValidation>) => validate(args, heard(rule.name, args.urn, report)), validate);
    return { ...rule, validateResource: Array.isArray(validateResource) ? validateResource.map(bind) : bind(validateResource) };
  });
}
