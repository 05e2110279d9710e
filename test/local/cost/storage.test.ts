import { expect } from "chai";
import fc from "fast-check";
import { storageClasses } from "../../../local/cost/prices.ts";
import { firstYear, usdPerGb } from "../../../local/cost/storage.ts";
import type { DeployedResource } from "../../../local/deploy/deployment.ts";

const lifecycle = (...rules: object[]): DeployedResource[] => [
  {
    urn: "urn",
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    name: "lifecycle",
    parent: undefined,
    custom: true,
    inputs: { bucket: "lake", rules },
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    ignoreChanges: [],
    provider: undefined,
    id: "lake",
  },
];
const rule = (prefix: string, ...transitions: object[]) => ({ status: "Enabled", filter: { prefix }, transitions });

describe("firstYear", () => {
  it("keeps objects in STANDARD where no rule moves them", () => {
    expect(firstYear("other", "raw/a", lifecycle(rule("", { days: 1, storageClass: "GLACIER" })))).to.deep.equal([{ storageClass: "STANDARD", days: 365 }]);
  });

  it("moves them from class to class", () => {
    const rules = lifecycle(rule("raw/", { days: 180, storageClass: "DEEP_ARCHIVE" }, { days: 30, storageClass: "STANDARD_IA" }));
    expect(firstYear("lake", "raw/a", rules)).to.deep.equal([
      { storageClass: "STANDARD", days: 30 },
      { storageClass: "STANDARD_IA", days: 150 },
      { storageClass: "DEEP_ARCHIVE", days: 185 },
    ]);
  });

  it("lets what nobody reads sink through the tiers", () => {
    expect(firstYear("lake", "a", lifecycle(rule("", { days: 0, storageClass: "INTELLIGENT_TIERING" })))).to.deep.equal([
      { storageClass: "INTELLIGENT_TIERING", days: 30 },
      { storageClass: "STANDARD_IA", days: 60 },
      { storageClass: "GLACIER_IR", days: 275 },
    ]);
  });

  it("ends when they expire", () => {
    expect(firstYear("lake", "a", lifecycle({ ...rule("", { days: 30, storageClass: "GLACIER_IR" }), expiration: { days: 90 } }))).to.deep.equal([
      { storageClass: "STANDARD", days: 30 },
      { storageClass: "GLACIER_IR", days: 60 },
    ]);
  });

  it("passes over rules for other prefixes, for tagged objects, and that are off", () => {
    const move = [{ days: 1, storageClass: "GLACIER" }];
    const rules = lifecycle(
      rule("other/", ...move),
      { status: "Enabled", filter: { tag: { key: "k", value: "v" } }, transitions: move },
      { status: "Enabled", filter: { and: { prefix: "raw/", tags: { k: "v" } } }, transitions: move },
      { ...rule("", ...move), status: "Disabled" },
    );
    expect(firstYear("lake", "raw/a", rules)).to.deep.equal([{ storageClass: "STANDARD", days: 365 }]);
  });

  it("never loses or adds a day", () => {
    const transition = fc.record({ days: fc.integer({ min: 0, max: 800 }), storageClass: fc.constantFrom(...Object.keys(storageClasses)) });
    fc.assert(
      fc.property(fc.array(transition, { maxLength: 4 }), fc.option(fc.integer({ min: 1, max: 800 })), (transitions, expires) => {
        const stays = firstYear("lake", "a", lifecycle({ ...rule("", ...transitions), ...(expires !== null && { expiration: { days: expires } }) }));
        const days = stays.reduce((sum, stay) => sum + stay.days, 0);
        expect(days).to.equal(Math.min(365, expires ?? 365));
        expect(usdPerGb(stays)).to.be.within(0.00099 * 12 * (days / 365) - 1e-9, 0.023 * 12 * (days / 365) + 1e-9);
      }),
    );
  });
});

describe("usdPerGb", () => {
  it("is the price by the day", () => expect(usdPerGb([{ storageClass: "STANDARD", days: 365 }])).to.be.closeTo(0.276, 1e-12));
  it("refuses a class without a price", () => expect(() => usdPerGb([{ storageClass: "TAPE", days: 1 }])).to.throw("Storage class TAPE has no price"));
});
