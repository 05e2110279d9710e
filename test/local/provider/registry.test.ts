import { expect } from "chai";
import type { Registration } from "../../../local/deploy/provider.ts";
import { offlineProvider } from "../../../local/provider/offline.ts";
import { resourceTypes } from "../../../local/provider/registry.ts";

const workload = { urn: "urn:pulumi:unit::svp::pulumi:providers:aws::workload", inputs: { region: "eu-west-1", allowedAccountIds: ["111111111111"] } };
const registration = (type: string, inputs: Record<string, unknown>, more: Partial<Registration> = {}): Registration => ({
  type,
  name: "thing",
  urn: `urn:pulumi:unit::svp::${type}::thing`,
  inputs,
  provider: workload,
  ...more,
});
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail("should have failed"),
    (error: Error) => error,
  );

describe("the local provider", () => {
  const provider = offlineProvider();

  it("answers ids and ARNs in the region and account of the explicit provider", async () => {
    expect(await provider.create(registration("aws:sqs/queue:Queue", { name: "uploads" }))).to.deep.equal({
      id: "https://sqs.eu-west-1.amazonaws.com/111111111111/uploads",
      outputs: {
        name: "uploads",
        url: "https://sqs.eu-west-1.amazonaws.com/111111111111/uploads",
        arn: "arn:aws:sqs:eu-west-1:111111111111:uploads",
      },
    });
  });

  it("takes a resource's own region before its provider's", async () => {
    const { outputs } = await provider.create(registration("aws:cloudwatch/eventRule:EventRule", { name: "r", region: "us-east-1" }));
    expect(outputs["arn"]).to.equal("arn:aws:events:us-east-1:111111111111:rule/r");
  });

  it("gives the same ids at every run, and other ids to other resources", async () => {
    const key = registration("aws:kms/key:Key", {});
    const first = await provider.create(key);
    expect(await provider.create(key)).to.deep.equal(first);
    expect((await provider.create({ ...key, urn: `${key.urn}-2` })).id).to.not.equal(first.id);
    expect(first.id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("names a resource without a physical name after its logical name", async () => {
    expect((await provider.create(registration("aws:s3/bucket:Bucket", {}))).id).to.match(/^thing-[0-9a-f]{7}$/);
  });

  it("refuses a type that it does not know", async () => {
    expect((await failure(provider.create(registration("aws:rds/instance:Instance", {})))).message).to.equal(
      "The local provider does not know the resource type aws:rds/instance:Instance.",
    );
  });

  it("refuses a provider that is bound to no account", async () => {
    const unbound = { urn: workload.urn, inputs: { region: "eu-west-1" } };
    expect((await failure(provider.create(registration("aws:kms/key:Key", {}, { provider: unbound })))).message).to.equal(
      `Provider ${workload.urn} must name its region and its account (allowedAccountIds).`,
    );
  });

  it("refuses every function", async () => {
    expect((await failure(provider.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, workload))).message).to.equal(
      "The local provider does not implement the function aws:index/getCallerIdentity:getCallerIdentity.",
    );
  });

  it("knows every type by its full token", () => {
    for (const token of Object.keys(resourceTypes)) expect(token).to.match(/^(aws:[a-z0-9]+\/[a-zA-Z0-9]+:[A-Z][A-Za-z0-9]+|awsx:ecr:Image)$/);
  });
});
