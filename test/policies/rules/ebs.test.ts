import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { accountEncryptsDisks } from "../../../policies/rules/ebs/account-encrypts-disks.ts";
import { accountSharesNoSnapshots } from "../../../policies/rules/ebs/account-shares-no-snapshots.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };

const network = (opts: Opts) => new aws.ec2.Subnet("s", { vpcId: "vpc-1" }, opts);
const encrypted = (enabled?: boolean) => (opts: Opts) => new aws.ebs.EncryptionByDefault("e", enabled === undefined ? {} : { enabled }, opts);
const key = (opts: Opts) => new aws.ebs.DefaultKmsKey("k", { keyArn: "arn:aws:kms:us-east-1:111111111111:key/1" }, opts);
const snapshots = (state: string) => (opts: Opts) => new aws.ebs.SnapshotBlockPublicAccess("b", { state }, opts);
const all =
  (...programs: ((opts: Opts) => unknown)[]) =>
  (opts: Opts) => {
    for (const program of [network, ...programs]) program(opts);
  };

describe("rules for EBS", () => {
  const unencrypted = 'Account "account" does not encrypt new EBS volumes by default; it must have EncryptionByDefault, enabled.';
  const awsKey = 'Account "account" encrypts EBS volumes with AWS\'s key by default; it must have a DefaultKmsKey.';
  const shared = (state: string) => `Account "account" leaves snapshots of EBS ${state}; it must have SnapshotBlockPublicAccess with state block-all-sharing.`;
  const cases: [rule: Policies[number], what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    [accountEncryptsDisks, "accepts both", all(encrypted(true), key)],
    [accountEncryptsDisks, "accepts AWS's default of the resource", all(encrypted(), key)],
    [accountEncryptsDisks, "refuses one that says nothing", all(), unencrypted, awsKey],
    [accountEncryptsDisks, "refuses one switched off", all(encrypted(false), key), unencrypted],
    [accountEncryptsDisks, "refuses AWS's key", all(encrypted(true)), awsKey],

    [accountSharesNoSnapshots, "accepts all blocked", all(snapshots("block-all-sharing"))],
    [accountSharesNoSnapshots, "refuses new ones blocked only", all(snapshots("block-new-sharing")), shared("block-new-sharing")],
    [accountSharesNoSnapshots, "refuses one that says nothing", all(), shared("unblocked")],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("apply to accounts that may hold data of cases", async () => {
    for (const rule of [accountEncryptsDisks, accountSharesNoSnapshots]) {
      expect(await applications(rule, network)).to.equal(1);
      expect(await applications(rule, (opts) => new aws.s3.Bucket("b", { tags: { "data-classification": "none" } }, opts))).to.equal(0);
    }
  });
});
