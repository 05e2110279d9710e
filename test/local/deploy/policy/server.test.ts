import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { deploy } from "../../../../local/deploy/deploy.ts";
import type { Deployment } from "../../../../local/deploy/deployment.ts";
import type { PolicyConfig } from "../../../../local/deploy/policy/config.ts";
import { evaluatePolicies } from "../../../../local/deploy/policy/in-process.ts";
import { type PolicyServer, startPolicyServer } from "../../../../local/deploy/policy/server.ts";
import { offlineProvider } from "../../../../local/provider/offline.ts";
import { rules } from "../../../../policies/rules/index.ts";
import { today, waive, waivers } from "../../../../policies/waivers.ts";
import { naivePlatform } from "../../../fixtures/naive-platform.ts";
import { projectFolder } from "../../../stacks/project.ts";
import { failure } from "../../../support/failure.ts";
import { deploymentOf } from "../../../support/programs.ts";

const folder = fileURLToPath(new URL("../../../../policies", import.meta.url));

describe("the policy server", () => {
  // Production is a few hundred resources, and a server gives each rule a copy of all.
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

  const programs: [what: string, deployment: () => Promise<Deployment>, config: PolicyConfig][] = [
    ["a program with nothing in it", () => deploymentOf(() => {}), {}],
    ["production", production, {}],
    ["a program that breaks many", naivePlatform, {}],
    [
      "other settings",
      naivePlatform,
      {
        all: "advisory",
        "cloudwatch-log-group-keeps-audit-trail": { enforcementLevel: "mandatory", minimumDays: 14 },
        "kms-key-rotates-every-year": "disabled",
      },
    ],
  ];
  for (const [what, deployment, config] of programs) {
    it(`finds what the rules find in this process: ${what}`, async () => {
      const program = await deployment();
      const { findings, applied } = await evaluatePolicies(waive(rules, waivers, today()), program, config);
      expect(await server.evaluate(rules, program, config)).to.deep.equal({ findings, applied });
    });
  }

  it("says why a pack does not start", async () => {
    const error = await failure(startPolicyServer(fileURLToPath(new URL("../fixtures", import.meta.url))));
    expect(error.message).to.match(/^The policy pack in .*fixtures did not start: /);
  });
});

async function production(): Promise<Deployment> {
  const project = projectFolder();
  try {
    return await deploy({ root: project.root, stack: "prod", provider: offlineProvider() });
  } finally {
    project.remove();
  }
}
