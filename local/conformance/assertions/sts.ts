import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { type Assertion, errorOf, type Subject } from "../assertion.ts";

const page = "STS API Reference, [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html)";
const take = ({ sts, roleArn }: Subject, more: object) =>
  errorOf(sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "conformance", ...more })));

const made: Omit<Assertion, "service">[] = [
  {
    id: "sts-session-name",
    says: "A session's name has 2 to 64 characters, and no blanks.",
    source: `${page}, RoleSessionName`,
    observe: async (subject) => [await take(subject, { RoleSessionName: "two words" }), await take(subject, { RoleSessionName: "x".repeat(65) })],
    expected: ["ValidationError", "ValidationError"],
  },
  {
    id: "sts-duration",
    says: "A session lasts 15 minutes at least and 12 hours at most.",
    source: `${page}, DurationSeconds`,
    observe: async (subject) => [await take(subject, { DurationSeconds: 899 }), await take(subject, { DurationSeconds: 43_201 })],
    expected: ["ValidationError", "ValidationError"],
  },
  {
    id: "sts-unknown-role",
    says: "A role that is not there is refused like one that may not be taken.",
    source: "IAM User Guide, [Troubleshoot IAM roles](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html), I can't assume a role",
    observe: (subject) => take(subject, { RoleArn: `${subject.roleArn}-that-is-not-there` }),
    expected: "AccessDenied",
  },
];

export const stsAssertions: readonly Assertion[] = made.map((one) => ({ service: "STS", ...one }));
