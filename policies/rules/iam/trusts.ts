import type { PolicyProviderResource, ResourceValidationArgs } from "@pulumi/policy";
import { type Statement, statementsOf } from "../../documents.ts";
import { judgeEach } from "../../given.ts";
import { roleType } from "./grants.ts";

type Trusting = Pick<ResourceValidationArgs, "type" | "name" | "props" | "notApplicable"> & { readonly provider?: PolicyProviderResource };

/** Which statements a rule is about: those with a principal of some kind. `none` says why the rule is not applicable without one. */
interface Which {
  readonly of: (principal: string) => boolean;
  readonly none: string;
}

/** Whether a principal is people, or stands for them: an account, a role, a user or a SAML provider; not a service, nor workflows. */
export const isPerson = (principal: string): boolean => /^(\*|\d{12}|arn:[\w-]+:(iam|sts)::\d{12}:(?!oidc-provider\/).*)$/.test(principal);

/** Judges each statement by which a role lets somebody take it. `say` reports what is wrong with one. */
export function judgeTrusts(
  { type, name, props, notApplicable }: Trusting,
  report: (message: string) => void,
  judge: (trust: Statement, say: (wrong: string) => void) => void,
  { of, none }: Which = { of: () => true, none: "Nobody can take the role." },
): void {
  if (type !== roleType) notApplicable("The resource is no role.");
  const trusts = statementsOf(props["assumeRolePolicy"]).filter(
    ({ effect, principals }) => effect === "Allow" && (principals.length === 0 || principals.some(of)),
  );
  if (trusts.length === 0) notApplicable(none);
  judgeEach(trusts, (trust) => judge(trust, (wrong) => report(`Role "${name}" ${wrong} (${trust.sid}).`)));
}

/** Roles that only services take, by ARNs or patterns of them: a setting of rules about people, for whoever is one of these is none. */
export const machinesSetting = { type: "array", items: { type: "string", pattern: "^arn:aws:iam::\\d{12}:role/" }, default: [] } as const;

/** Whether only principals whose ARN, or its pattern, is such meet a trust's conditions. */
export const isOnly = ({ conditions }: Statement, isSuch: (arn: string) => boolean): boolean =>
  ["ArnEquals", "ArnLike", "StringEquals", "StringLike"].some((operator) => conditions[operator]?.["aws:principalarn"]?.every(isSuch));
