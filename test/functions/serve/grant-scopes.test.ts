import { expect } from "chai";
import { handler } from "../../../functions/serve/grant-scopes/handler.ts";
import { failure } from "../../support/failure.ts";

const event = (scopes: unknown, groups: unknown) => ({
  version: "2",
  triggerSource: "TokenGeneration_HostedAuth",
  userName: "5f0c",
  request: { userAttributes: { email: "someone@example.org" }, scopes, groupConfiguration: { groupsToOverride: groups } },
  response: {},
});
const suppressed = async (scopes: unknown, groups: unknown) =>
  (await handler(event(scopes, groups))).response.claimsAndScopeOverrideDetails.accessTokenGeneration.scopesToSuppress;
const all = ["openid", "svp/cases.read", "svp/cases.write", "svp/images.infer"];

describe("grant-scopes", () => {
  it("leaves a role its scopes, and takes away the others", async () => {
    expect(await suppressed(all, ["admin"])).to.deep.equal([]);
    expect(await suppressed(all, ["researcher"])).to.deep.equal(["svp/cases.write", "svp/images.infer"]);
    expect(await suppressed(all, ["researcher", "ml-engineer"])).to.deep.equal(["svp/cases.write"]);
  });

  it("takes everything from who is in no group of a role, but who somebody is", async () => {
    for (const groups of [[], null, undefined, ["us-east-1_pool_StElsewhere"]])
      expect(await suppressed(all, groups)).to.deep.equal(["svp/cases.read", "svp/cases.write", "svp/images.infer"]);
    expect(await suppressed([...all, "svp/unheard.of"], ["admin"])).to.deep.equal(["svp/unheard.of"]);
    expect(await suppressed(undefined, ["admin"])).to.deep.equal([]);
  });

  it("answers with the event, as Cognito wants it", async () => {
    const { response, ...rest } = event(all, ["admin"]);
    expect(await handler(event(all, ["admin"]))).to.deep.equal({
      ...rest,
      response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToSuppress: [] } } },
    });
    expect(response).to.deep.equal({});
  });

  it("lets nobody in on what it does not understand", async () => {
    expect((await failure(handler({ request: { scopes: "all" } }))).name).to.equal("InvalidInput");
  });
});
