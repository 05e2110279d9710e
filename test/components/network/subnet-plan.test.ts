import { expect } from "chai";
import fc from "fast-check";
import { contains, parse, planSubnets } from "../../../components/network/subnet-plan.ts";

const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
/** Aligned private ranges of every size that the plan takes. */
const range = fc.tuple(fc.integer({ min: 16, max: 22 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 63 })).map(([prefix, second, block]) => {
  const third = prefix === 16 ? 0 : (block * 2 ** (24 - prefix)) % 256;
  return `10.${second}.${third}.0/${prefix}`;
});
const overlap = (one: string, other: string): boolean => contains(one, other) || contains(other, one);

describe("planSubnets", () => {
  it("gives each zone a quarter of the range, half of it isolated", () => {
    expect(planSubnets("10.20.0.0/16", zones.slice(0, 2))).to.deep.equal([
      { tier: "isolated", zone: "us-east-1a", cidr: "10.20.0.0/19" },
      { tier: "private", zone: "us-east-1a", cidr: "10.20.32.0/20" },
      { tier: "public", zone: "us-east-1a", cidr: "10.20.48.0/21" },
      { tier: "isolated", zone: "us-east-1b", cidr: "10.20.64.0/19" },
      { tier: "private", zone: "us-east-1b", cidr: "10.20.96.0/20" },
      { tier: "public", zone: "us-east-1b", cidr: "10.20.112.0/21" },
    ]);
  });

  it("keeps every subnet inside the range, aligned, large enough for AWS, and apart from the others", () => {
    fc.assert(
      fc.property(range, fc.constantFrom(2, 3), (cidr, count) => {
        const plan = planSubnets(cidr, zones.slice(0, count));
        expect(plan).to.have.length(3 * count);
        for (const [i, { cidr: own }] of plan.entries()) {
          const { address, prefix } = parse(own)!;
          expect(contains(cidr, own)).to.equal(true);
          expect(address % 2 ** (32 - prefix)).to.equal(0);
          expect(prefix).to.be.within(16, 28);
          for (const other of plan.slice(i + 1)) expect(overlap(own, other.cidr), `${own} ${other.cidr}`).to.equal(false);
        }
      }),
    );
  });

  it("moves no subnet when a zone is added", () => {
    fc.assert(
      fc.property(range, (cidr) => {
        expect(planSubnets(cidr, zones).slice(0, 6)).to.deep.equal(planSubnets(cidr, zones.slice(0, 2)));
      }),
    );
  });

  it("says everything that is wrong at once", () => {
    expect(() => planSubnets("11.0.0.1/24", ["us-east-1a", "virginia", "us-east-1a", "us-east-1c"])).to.throw(
      RangeError,
      [
        "cidr must have a prefix from /16 to /22, not /24.",
        "cidr must start at a multiple of its size, and 11.0.0.1/24 does not.",
        "cidr must lie within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918), and 11.0.0.1/24 does not.",
        "zones must be 2 or 3, not 4.",
        "zones must be named such as us-east-1a, not virginia.",
        "zones must differ from each other.",
      ].join(" "),
    );
    expect(() => planSubnets("10.0.0.0", zones)).to.throw('cidr must be an address range such as 10.20.0.0/16, not "10.0.0.0".');
    expect(() => planSubnets("10.300.0.0/16", zones)).to.throw("cidr must be an address range");
  });
});
