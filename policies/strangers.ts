import type { Statement } from "./documents.ts";
import { mayMeet, type Request } from "./requests.ts";

const strangerAccount = "999999999999";

/** What a request carries that is made by somebody of another organisation, or by an AWS service on behalf of such. */
export const stranger: Request["context"] = {
  "aws:principalaccount": strangerAccount,
  "aws:principalarn": `arn:aws:iam::${strangerAccount}:role/stranger`,
  "aws:principalisawsservice": "false",
  "aws:principalorgid": "o-0stranger0",
  "aws:principalorgpaths": "o-0stranger0/r-0000/",
  "aws:sourceaccount": strangerAccount,
  "aws:sourcearn": `arn:aws:any:us-east-1:${strangerAccount}:stranger`,
  "aws:sourceorgid": "o-0stranger0",
  "aws:sourceorgpaths": "o-0stranger0/r-0000/",
  "aws:sourcevpc": undefined,
  "aws:sourcevpce": undefined,
  "aws:viaawsservice": "false",
  "kms:calleraccount": strangerAccount,
  "kms:viaservice": undefined,
};

/**
 * Whether the conditions of a statement let in strangers: whoever is in another organisation, or an AWS service that acts for
 * such (IAM User Guide, "The confused deputy problem").
 */
export const letsInStrangers = (statement: Statement): boolean => strangersTo(statement).some((context) => mayMeet(statement, context));

/** Strangers as a statement may meet them: also with an ARN that fits one of its patterns, where the pattern leaves open whose it is. */
function strangersTo({ conditions }: Statement): Request["context"][] {
  const asked = Object.values(conditions).flatMap((keys) => Object.entries(keys));
  const contexts = asked.filter(([key]) => key.startsWith("kms:encryptioncontext:")).map(([key]) => [key, stranger["aws:sourcearn"]] as const);
  const base = { ...stranger, ...Object.fromEntries(contexts) };
  const fitting = asked.flatMap(([key, wanted]) => (key in base ? wanted.filter(leavesOwnerOpen).map((pattern) => ({ ...base, [key]: filled(pattern) })) : []));
  return [base, ...fitting];
}

/** `arn:aws:sns:*:*:topic`, or `arn:aws:s3:::svp-*`: the ARN of a bucket names no account, and anybody can make one of such a name. */
function leavesOwnerOpen(pattern: string): boolean {
  const [arn, , service, , account = "", ...resource] = pattern.split(":");
  if (arn !== "arn") return false;
  return account === "" ? service === "s3" && /[*?]/.test(resource.join(":")) : /[*?]/.test(account);
}

const filled = (pattern: string): string => {
  const segments = pattern.split(":");
  if (/[*?]/.test(segments[4] ?? "")) segments[4] = strangerAccount;
  return segments.join(":").replaceAll(/[*?]/g, "0");
};

/** The 12 digits of the account that a principal belongs to; undefined for services, federated identities and everybody. */
export const accountOf = (principal: string): string | undefined => /^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1];

/** Whether a principal is an AWS service: `logs.us-east-1.amazonaws.com`. */
export const isService = (principal: string): boolean => /^[\w.-]+\.amazonaws\.com$/.test(principal);

/** Whom a statement of a resource's policy is about, in words. A statement without principals is about all but some. */
export const whom = ({ principals }: Pick<Statement, "principals">): string =>
  principals.length === 0 ? "all but some" : principals.includes("*") ? "everybody" : principals.join(", ");
