import type { PolicyProviderResource, PolicyResource } from "@pulumi/policy";
import { expect } from "chai";
import { accountIdOf, accountsOf, regionOf } from "../../policies/accounts.ts";
import { classificationOf } from "../../policies/classification.ts";
import { unknownText } from "../../policies/given.ts";

const provider = (props: object, name = "p"): PolicyProviderResource => ({ type: "pulumi:providers:aws", name, urn: `urn:${name}`, props });
const resource = (of: PolicyProviderResource | undefined, props: object = {}): PolicyResource =>
  ({ type: "aws:s3/bucket:Bucket", name: "b", urn: "urn:b", props, ...(of && { provider: of }) }) as PolicyResource;

/** What a provider was given, as a policy sees it beside the CLI, and in this process. */
const forms = {
  "as JSON": provider({ region: "us-east-1", allowedAccountIds: '["111111111111"]', defaultTags: '{"tags":{"data-classification":"audit"}}' }),
  "as it is": provider({ region: "us-east-1", allowedAccountIds: ["111111111111"], defaultTags: { tags: { "data-classification": "audit" } } }),
};

describe("an account", () => {
  for (const [form, of] of Object.entries(forms))
    it(`is told by its provider, ${form}`, () => {
      expect(accountIdOf(of)).to.equal("111111111111");
      expect(regionOf(resource(of))).to.equal("us-east-1");
      expect(regionOf(resource(of, { region: "us-west-2" }))).to.equal("us-west-2");
      expect(classificationOf(resource(of))).to.equal("audit");
    });

  it("is not known where the provider names none, several, or one that is not known yet", () => {
    for (const props of [{}, { allowedAccountIds: [] }, { allowedAccountIds: ["111111111111", "222222222222"] }, { allowedAccountIds: unknownText }])
      expect(accountIdOf(provider(props))).to.equal(undefined);
    expect(accountIdOf(undefined)).to.equal(undefined);
    expect(regionOf(resource(provider({ region: unknownText })))).to.equal(undefined);
    expect(classificationOf(resource(provider({ defaultTags: unknownText })))).to.equal("phi");
  });

  it("holds what all its providers make, and nothing of other packages", () => {
    const [here, there, other] = [
      provider({ allowedAccountIds: ["1"] }),
      provider({ allowedAccountIds: ["1"] }, "there"),
      provider({ allowedAccountIds: ["2"] }, "o"),
    ];
    const all = [resource(here), resource(there), resource(other), resource(undefined), { ...resource(here), type: "random:index/id:Id" }];
    expect(accountsOf(all).map(({ name, id, resources }) => [name, id, resources.length])).to.deep.equal([
      ["p", "1", 2],
      ["o", "2", 1],
      ["default", undefined, 1],
    ]);
  });
});
