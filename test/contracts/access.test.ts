import { expect } from "chai";
import { roles, routeScopes, scopes, scopesOf } from "../../contracts/access.ts";

describe("access", () => {
  it("gives a member of groups the scopes of each, once", () => {
    expect(scopesOf(["researcher"])).to.deep.equal(["svp/cases.export", "svp/cases.read"]);
    expect(scopesOf(["ml-engineer", "surgeon", "researcher"])).to.deep.equal(["svp/cases.export", "svp/cases.read", "svp/cases.write", "svp/images.infer"]);
  });

  it("gives nothing to groups that are no roles", () => {
    expect(scopesOf([])).to.deep.equal([]);
    expect(scopesOf(["toString", "Admin", "us-east-1_abc_StElsewhere"])).to.deep.equal([]);
  });

  it("has no scope that no route asks for, and none that only nobody holds", () => {
    expect(new Set(Object.values(routeScopes))).to.deep.equal(new Set(Object.keys(scopes)));
    expect(new Set(Object.values(roles).flatMap((role) => [...role.scopes]))).to.deep.equal(new Set(Object.keys(scopes)));
  });
});
