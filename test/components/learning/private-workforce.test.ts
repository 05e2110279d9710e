import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { PrivateWorkforce } from "../../../components/learning/private-workforce.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place } from "../place.ts";

const pool = { userPool: "us-east-1_abcdefghi", clientId: "client" };
const make = (sourceCidrs: string[]) =>
  inAccount((opts) => {
    const args = { place, userPoolId: pool.userPool, clientId: pool.clientId, userGroup: "experts", sourceCidrs };
    return { team: new PrivateWorkforce("experts", args, opts).workteamArn };
  });

describe("PrivateWorkforce", () => {
  it("lets the pool's people in, from known networks", async () => {
    const stack = await make(["203.0.113.0/24"]);
    expect(stack.one(aws.sagemaker.Workforce, "experts").inputs).to.deep.equal({
      workforceName: "svp-unit-experts",
      cognitoConfig: pool,
      sourceIpConfig: { cidrs: ["203.0.113.0/24"] },
    });
  });

  it("has one team of experts, tells no topic, and ties links to where the portal was opened", async () => {
    const stack = await make(["203.0.113.0/24"]);
    expect(stack.one(aws.sagemaker.Workteam, "experts-team").inputs).to.deep.equal({
      workteamName: "svp-unit-experts-team",
      description: "Clinical experts who correct analyses",
      workforceName: "svp-unit-experts",
      memberDefinitions: [{ cognitoMemberDefinition: { ...pool, userGroup: "experts" } }],
      workerAccessConfiguration: { s3Presign: { iamPolicyConstraints: { sourceIp: "Enabled" } } },
    });
    expect(stack.outputs["team"]).to.equal("arn:aws:sagemaker:us-east-1:111111111111:workteam/private-crowd/svp-unit-experts-team");
  });

  it("refuses to be open to all, or to nobody", async () => {
    const error = async (cidrs: string[]) => (await failure(make(cidrs))).message;
    expect(await error([])).to.contain('svp:learning:PrivateWorkforce "experts": sourceCidrs must be 1 to 10 networks, not 0.');
    expect(await error(Array.from({ length: 11 }, (_, i) => `203.0.113.${i}/32`))).to.contain("not 11.");
    for (const wrong of ["0.0.0.0/0", "203.0.113.0", "203.0.113.0/33"]) expect(await error([wrong])).to.contain(`not "${wrong}".`);
  });
});
