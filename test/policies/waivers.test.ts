import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { evaluatePolicies } from "../../local/deploy/policy/in-process.ts";
import { logGroupKeepsAuditTrail } from "../../policies/rules/cloudwatch/log-group-keeps-audit-trail.ts";
import { rules } from "../../policies/rules/index.ts";
import { bucketKeepsVersions } from "../../policies/rules/s3/bucket-keeps-versions.ts";
import { coversUrn, objections, problemsOf, today, type Waiver, waive, waiverFor, waivers } from "../../policies/waivers.ts";
import { deploymentOf } from "../support/programs.ts";

const waiver: Waiver = {
  rule: "cloudwatch-log-group-keeps-audit-trail",
  stack: "unit",
  resource: { type: "aws:cloudwatch/logGroup:LogGroup", name: "scratch" },
  reason: "Holds nothing but the progress of a load test without patients.",
  approver: "Security officer",
  approved: "2026-11-01",
  expires: "2027-10-31",
};
const urn = "urn:pulumi:unit::svp::svp:a:B$aws:cloudwatch/logGroup:LogGroup::scratch";

describe("a waiver", () => {
  it("covers one resource of one stack, under whatever parent", () => {
    expect(coversUrn(waiver, urn)).to.equal(true);
    expect(coversUrn(waiver, urn.replace("unit", "prod"))).to.equal(false);
    expect(coversUrn(waiver, `${urn}-2`)).to.equal(false);
    expect(coversUrn(waiver, urn.replace("LogGroup:", "LogStream:"))).to.equal(false);
  });

  it("covers one rule, from its approval to its expiry", () => {
    const on = (day: string, rule = waiver.rule) => waiverFor([waiver], rule, urn, day);
    expect(on("2026-11-01")).to.equal(waiver);
    expect(on("2027-10-31")).to.equal(waiver);
    expect(on("2026-10-31")).to.equal(undefined);
    expect(on("2027-11-01")).to.equal(undefined);
    expect(on("2026-12-01", "another")).to.equal(undefined);
  });

  it("is told everything that is wrong with it", () => {
    expect(problemsOf(waiver, "2026-12-01")).to.deep.equal([]);
    expect(problemsOf({ ...waiver, reason: "because", approver: " ", expires: "2027-11-02" }, "2026-12-01")).to.deep.equal([
      "must give its reason in a sentence",
      "must name its approver",
      "must expire within 365 days of its approval",
    ]);
    expect(problemsOf({ ...waiver, expires: "next year" }, "2026-12-01")).to.include("must give days such as 2026-11-25");
    expect(problemsOf(waiver, "2027-11-01")).to.deep.equal(["expired on 2027-10-31"]);
    expect(problemsOf(waiver, "2026-10-01")).to.deep.equal(["is approved only from 2026-11-01 on"]);
  });

  it("of the pack names a rule that exists, and is in order today", () => {
    for (const own of waivers) {
      expect(rules.map(({ name }) => name)).to.include(own.rule);
      expect(problemsOf(own, today())).to.deep.equal([]);
    }
  });
});

describe("waive", () => {
  const program = (opts: { provider: aws.Provider }) => {
    for (const name of ["scratch", "audit"]) new aws.cloudwatch.LogGroup(name, { retentionInDays: 30 }, opts);
    for (const name of ["lake", "old"]) new aws.s3.Bucket(name, { bucket: name }, opts);
  };
  const ofBucket: Waiver = { ...waiver, rule: "s3-bucket-keeps-versions", resource: { type: "aws:s3/bucket:Bucket", name: "old" } };
  const found = async (all: Waiver[], day: string) =>
    (await evaluatePolicies(waive([logGroupKeepsAuditTrail, bucketKeepsVersions], all, day), await deploymentOf(program))).findings.map(
      ({ message }) => message,
    );
  const shown = {
    scratch: 'Log group "scratch" keeps events 30 days; it must keep them 2192.',
    audit: 'Log group "audit" keeps events 30 days; it must keep them 2192.',
    lake: 'Bucket "lake" has versioning unset; it must be Enabled.',
    old: 'Bucket "old" has versioning unset; it must be Enabled.',
  };

  it("silences a rule for the resource that a waiver covers, and for no other", async () => {
    expect(await found([], "2026-12-01")).to.have.members(Object.values(shown));
    expect(await found([waiver, ofBucket], "2026-12-01")).to.have.members([shown.audit, shown.lake]);
  });

  it("lets an expired waiver count for nothing", async () => {
    expect(await found([waiver, ofBucket], "2028-01-01")).to.have.members(Object.values(shown));
  });
});

describe("the waivers of a stack", () => {
  it("may stand while they are in time and about a resource of the stack", () => {
    expect(objections([waiver], [urn], "2026-12-01")).to.deep.equal([]);
  });

  it("are objected to when they have expired, and when they are about nothing", () => {
    const scratch = 'The waiver of cloudwatch-log-group-keeps-audit-trail for aws:cloudwatch/logGroup:LogGroup "scratch"';
    expect(objections([waiver, { ...waiver, resource: { ...waiver.resource, name: "gone" } }], [urn], "2028-01-01")).to.deep.equal([
      `${scratch} expired on 2027-10-31.`,
      `${scratch.replace("scratch", "gone")} expired on 2027-10-31.`,
      `${scratch.replace("scratch", "gone")} is about a resource that the stack does not have.`,
    ]);
  });
});
