import { fileURLToPath } from "node:url";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { Deployment } from "../../../../local/deploy/deployment.ts";
import type { PolicyConfig } from "../../../../local/deploy/policy/config.ts";
import { evaluatePolicies } from "../../../../local/deploy/policy/in-process.ts";
import { type PolicyServer, startPolicyServer } from "../../../../local/deploy/policy/server.ts";
import { rules } from "../../../../policies/rules/index.ts";
import { failure } from "../../../support/failure.ts";
import { bucketParts, deploymentOf } from "../../../support/programs.ts";

const folder = fileURLToPath(new URL("../../../../policies", import.meta.url));

describe("the policy server", () => {
  let server: PolicyServer;
  before(async () => {
    server = await startPolicyServer(folder);
  });
  after(() => server[Symbol.asyncDispose]());

  it("serves the whole pack", async () => {
    const { name, version, policiesList } = await server.info();
    expect({ name, version }).to.deep.equal({ name: "svp-hipaa", version: "0.1.0" });
    expect(policiesList.map((policy) => policy.name)).to.deep.equal(rules.map((rule) => rule.name));
  });

  const programs: [what: string, deployment: () => Promise<Deployment>, config: PolicyConfig, findings: number][] = [
    [
      "a program that keeps every rule",
      () =>
        deploymentOf((opts) => {
          const key = new aws.kms.Key("key", { enableKeyRotation: true }, opts);
          bucketParts("lake", key.arn, opts);
          new aws.cloudwatch.LogGroup("audit", { kmsKeyId: key.arn, retentionInDays: 2192 }, opts);
        }),
      {},
      0,
    ],
    ["a program that breaks many", bad, {}, 10],
    [
      "other settings",
      bad,
      {
        all: "advisory",
        "cloudwatch-log-group-keeps-audit-trail": { enforcementLevel: "mandatory", minimumDays: 30 },
        "kms-key-rotates-every-year": "disabled",
      },
      7,
    ],
  ];
  for (const [what, deployment, config, count] of programs) {
    it(`finds what the rules find in this process: ${what}`, async () => {
      const judged = await deployment();
      const inProcess = await evaluatePolicies(rules, judged, config);
      expect(await server.evaluate(rules, judged, config)).to.deep.equal(inProcess);
      expect(inProcess.findings, inProcess.findings.map(({ message }) => message).join("\n")).to.have.length(count);
    });
  }

  it("says why a pack does not start", async () => {
    const error = await failure(startPolicyServer(fileURLToPath(new URL("../fixtures", import.meta.url))));
    expect(error.message).to.match(/^The policy pack in .*fixtures did not start: /);
  });
});

function bad(): Promise<Deployment> {
  return deploymentOf((opts) => {
    new aws.kms.Key("key", { rotationPeriodInDays: 900 }, opts);
    new aws.s3.Bucket("bare", {}, opts);
    new aws.cloudwatch.LogGroup("audit", { retentionInDays: 30 }, opts);
    new aws.sqs.Queue("uploads", { kmsMasterKeyId: "alias/aws/sqs", region: "eu-central-1" }, opts);
  });
}
