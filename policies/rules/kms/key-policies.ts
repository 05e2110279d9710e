import type { ResourceValidationArgs } from "@pulumi/policy";
import { type Statement, statementsOf } from "../../documents.ts";
import { judgeEach } from "../../given.ts";
import { coversAction } from "../../requests.ts";

/** What has a key policy: keys of all kinds, and the resource that gives a key its policy. */
const types = ["Key", "ExternalKey", "KeyPolicy", "ReplicaExternalKey", "ReplicaKey"].map(
  (name) => `aws:kms/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`,
);

/** Actions that read or make data with a key, or hand out the right to: what administrators do not need. */
export const uses = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:GenerateMac",
  "kms:ReEncryptFrom",
  "kms:Sign",
];

/** Actions that change who may use a key, and whether it exists. */
export const administrations = ["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"];

/** The actions of a list that a statement is about. */
export const among = (statement: Statement, actions: readonly string[]): string[] => actions.filter((action) => coversAction(statement, action));

/** The statements by which a key's policy allows something. A policy that is not given is AWS's own, which `withoutPolicy` is told. */
export function keyGrants({ type, props, notApplicable }: ResourceValidationArgs, withoutPolicy: () => void = () => {}): Statement[] {
  if (!types.includes(type)) notApplicable("The resource has no key policy.");
  if (props["policy"] === undefined) {
    withoutPolicy();
    return [];
  }
  return statementsOf(props["policy"]).filter(({ effect }) => effect === "Allow");
}

/** Judges each statement by which a key's policy allows something. */
export function judgeKeyGrants(
  args: ResourceValidationArgs,
  report: (message: string) => void,
  judge: (statement: Statement, say: (wrong: string) => void) => void,
): void {
  judgeEach(keyGrants(args), (statement) => judge(statement, (wrong) => report(`Key "${args.name}" ${wrong} (${statement.sid}).`)));
}
