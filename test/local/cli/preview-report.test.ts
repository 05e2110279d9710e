import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { isRefused, type Paint, previewReport } from "../../../local/cli/preview-report.ts";
import type { Deployment } from "../../../local/deploy/deployment.ts";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { tableRecoversToAnyPoint } from "../../../policies/rules/dynamodb/table-recovers-to-any-point.ts";
import { queueIsEncryptedWithCustomerKey } from "../../../policies/rules/sqs/queue-is-encrypted-with-customer-key.ts";
import { deploymentOf } from "../../support/programs.ts";

const plain: Paint = (_style, text) => text;

class Pair extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("svp:test:Pair", name, {}, opts);
    new aws.sqs.Queue(`${name}-a`, {}, { parent: this, protect: true });
    new aws.sqs.Queue(`${name}-b`, { kmsMasterKeyId: "alias/mine" }, { parent: this });
    this.registerOutputs({});
  }
}

const program = (): Promise<Deployment> =>
  deploymentOf(({ provider }) => {
    new Pair("pair", { provider });
    new aws.s3.BucketVersioning("versions", { bucket: "lake", versioningConfiguration: { status: "On" } }, { provider });
  });

describe("previewReport", () => {
  it("shows the tree, the counts, the warnings and the findings", async () => {
    const deployment = await program();
    const report = await evaluatePolicies([queueIsEncryptedWithCustomerKey, tableRecoversToAnyPoint], deployment);
    expect(previewReport(deployment, report, plain).split("\n")).to.deep.equal([
      "Stack unit of svp, run offline.",
      'This is not "pulumi preview": it shows what the program declares, not what would change in an account.',
      "",
      "svp-unit  pulumi:pulumi:Stack",
      "├─ account  pulumi:providers:aws",
      "├─ pair  svp:test:Pair",
      "│  ├─ pair-a  aws:sqs/queue:Queue  protected",
      "│  └─ pair-b  aws:sqs/queue:Queue",
      "└─ versions  aws:s3/bucketVersioning:BucketVersioning",
      "",
      "4 resources of 3 types",
      "  2  aws:sqs/queue:Queue",
      "  1  aws:s3/bucketVersioning:BucketVersioning",
      "  1  pulumi:providers:aws",
      "",
      "1 warning",
      '  aws:s3/bucketVersioning:BucketVersioning "versions", versioningConfiguration.status: is "On"; the documentation lists Enabled, Suspended, Disabled.',
      "",
      "2 policies, 1 finding",
      '  mandatory, high  sqs-queue-is-encrypted-with-customer-key: Queue "pair-a" has no customer-managed key. (aws:sqs/queue:Queue "pair-a")',
      "  Nothing here to judge for dynamodb-table-recovers-to-any-point.",
      "",
    ]);
  });

  it("paints what stands out", async () => {
    const deployment = await program();
    const marked: Paint = (style, text) => `<${style}>${text}`;
    const report = await evaluatePolicies([queueIsEncryptedWithCustomerKey], deployment, { all: "advisory" });
    const text = previewReport(deployment, report, marked);
    expect(text).to.include("pair-a  <dim>aws:sqs/queue:Queue<cyan>  protected");
    expect(text).to.include("<yellow>advisory, high  sqs-queue");
  });
});

describe("isRefused", () => {
  it("holds for a mandatory violation only", async () => {
    const deployment = await program();
    const judged = async (level: "mandatory" | "advisory" | "disabled") =>
      isRefused(await evaluatePolicies([queueIsEncryptedWithCustomerKey], deployment, { all: level }));
    expect([await judged("mandatory"), await judged("advisory"), await judged("disabled")]).to.deep.equal([true, false, false]);
  });
});
