import { expect } from "chai";
import { roles, scopes, scopesOf } from "../../contracts/access.ts";
import { routes } from "../../contracts/routes.ts";

describe("access", () => {
  it("gives a member of groups the scopes of each, once", () => {
    expect(scopesOf(["researcher"])).to.deep.equal(["svp/cases.export", "svp/cases.read", "svp/datasets.read"]);
    expect(scopesOf(["ml-engineer", "surgeon", "researcher"])).to.deep.equal([
      "svp/cases.export",
      "svp/cases.read",
      "svp/cases.write",
      "svp/corrections.write",
      "svp/datasets.read",
      "svp/images.infer",
      "svp/models.read",
      "svp/reports.sign",
    ]);
  });

  it("gives nothing to groups that are no roles", () => {
    expect(scopesOf([])).to.deep.equal([]);
    expect(scopesOf(["toString", "Admin", "us-east-1_abc_StElsewhere"])).to.deep.equal([]);
  });

  it("has no scope that no route asks for, and none that only nobody holds", () => {
    expect(new Set(Object.values(routes).map(({ scope }) => scope))).to.deep.equal(new Set(Object.keys(scopes)));
    expect(new Set(Object.values(roles).flatMap((role) => [...role.scopes]))).to.deep.equal(new Set(Object.keys(scopes)));
  });
});
