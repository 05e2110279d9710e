import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { backupCopies } from "../../../local/cost/backup.ts";
import { deploymentOf } from "../../support/programs.ts";

const role = "arn:aws:iam::111111111111:role/r";
const copies = async (selection: Partial<aws.backup.SelectionArgs>, vaults: string[] = []): Promise<number> => {
  const { resources } = await deploymentOf((opts) => {
    new aws.s3.Bucket("raw", { bucket: "raw", tags: { backup: "yes", class: "phi" } }, opts);
    const copyActions = vaults.map((destinationVaultArn) => ({ destinationVaultArn }));
    const rules = ["daily", "monthly"].map((ruleName) => ({ ruleName, targetVaultName: "vault", copyActions }));
    const plan = new aws.backup.Plan("plan", { name: "plan", rules }, opts);
    new aws.backup.Selection("selection", { name: "selection", iamRoleArn: role, planId: plan.id, ...selection }, opts);
  });
  return backupCopies("raw", resources);
};

describe("backupCopies", () => {
  it("is one for a bucket that a plan selects, by name or by pattern", async () => {
    expect(await copies({ resources: ["arn:aws:s3:::raw"] })).to.equal(1);
    expect(await copies({ resources: ["arn:aws:s3:::*"] })).to.equal(1);
    expect(await copies({ resources: ["arn:aws:s3:::raw-other", "arn:aws:dynamodb:*:*:table/raw"] })).to.equal(0);
  });
  it("grows with each vault that the plan copies to", async () =>
    expect(await copies({ resources: ["*"] }, ["arn:aws:backup:us-west-2:111111111111:backup-vault:copies"])).to.equal(2));
  it("asks for tags", async () => {
    const tag = (value: string) => ({ type: "STRINGEQUALS", key: "backup", value });
    expect(await copies({ selectionTags: [tag("no"), tag("yes")] })).to.equal(1);
    expect(await copies({ selectionTags: [tag("no")] })).to.equal(0);
    const conditions = (value: string) => [{ stringEquals: [{ key: "aws:ResourceTag/class", value }] }];
    expect(await copies({ resources: ["*"], conditions: conditions("phi") })).to.equal(1);
    expect(await copies({ resources: ["*"], conditions: conditions("public") })).to.equal(0);
  });
});
