import { expect } from "chai";
import { hashOf, type Route, routeOf } from "../../../web/ui/route.ts";

describe("routes of the page", () => {
  it("are read from the address and written into it alike", () => {
    const routes: [string, Exclude<Route, { screen: "unknown" }>][] = [
      ["#/cases", { screen: "cases", search: {} }],
      ["#/cases?status=FAILED&event=smoke+plume", { screen: "cases", search: { status: "FAILED", event: "smoke plume" } }],
      ["#/cases/a-1", { screen: "case", caseId: "a-1", frame: null }],
      ["#/cases/a-1?f=0", { screen: "case", caseId: "a-1", frame: 0 }],
      ["#/cases/a-1?f=1234", { screen: "case", caseId: "a-1", frame: 1234 }],
      ["#/cases/a-1/report", { screen: "report", caseId: "a-1" }],
      ["#/cases/a-1/run", { screen: "run", caseId: "a-1" }],
      ["#/cases/a-1/cohort", { screen: "cohort", caseId: "a-1" }],
      ["#/compare?a=a-1", { screen: "compare", first: "a-1", second: null }],
      ["#/compare?a=a-1&b=b+2", { screen: "compare", first: "a-1", second: "b 2" }],
      ["#/admin/views", { screen: "admin", tab: "views", caseId: null }],
      ["#/admin/views?case=a-1", { screen: "admin", tab: "views", caseId: "a-1" }],
      ["#/admin/datasets", { screen: "admin", tab: "datasets", caseId: null }],
      ["#/admin/retention", { screen: "admin", tab: "retention", caseId: null }],
      ["#/admin/models", { screen: "admin", tab: "models", caseId: null }],
      ["#/review", { screen: "queue" }],
      ["#/upload", { screen: "upload" }],
      ["#/help", { screen: "help" }],
    ];
    for (const [hash, route] of routes) {
      expect(routeOf(hash)).to.deep.equal(route);
      expect(hashOf(route)).to.equal(hash);
    }
  });

  it("start at the cases, and tell what is no place", () => {
    for (const hash of ["", "#", "#/"]) expect(routeOf(hash)).to.deep.equal({ screen: "cases", search: {} });
    for (const hash of [
      "#/nowhere",
      "#/cases/a/b",
      "#/cases/a/run/more",
      "#/cases/%E0%A4%A",
      "#/upload/1",
      "#/compare",
      "#/compare/a?a=1",
      "#/admin",
      "#/admin/keys",
    ])
      expect(routeOf(hash), hash).to.deep.equal({ screen: "unknown" });
    for (const frame of ["-1", "1.5", "1e3", "", "9999999999"])
      expect(routeOf(`#/cases/a?f=${frame}`)).to.deep.equal({ screen: "case", caseId: "a", frame: null });
  });
});
