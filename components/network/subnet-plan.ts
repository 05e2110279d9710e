/** What a subnet's way out is: `public` to the internet both ways, `private` out through a NAT gateway, `isolated` none. */
export type Tier = "public" | "private" | "isolated";

export interface SubnetPlan {
  readonly tier: Tier;
  /** Name of the Availability Zone: `us-east-1a`. */
  readonly zone: string;
  /** `10.20.64.0/19` */
  readonly cidr: string;
}

/** Zones that an address range is divided for, whether they are used or not: a third zone, added later, moves no subnet. */
export const plannedZones = 4;

/** Largest and smallest address range of a VPC that the plan fits (a VPC has /16 at most; AWS's smallest subnet is /28). */
const widest = 16;
const narrowest = 22;

const tiers: readonly Tier[] = ["isolated", "private", "public"];

/** Address ranges for private networks: RFC 1918, section 3. */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * Divides a VPC into one subnet of each tier for each zone. Each zone gets a quarter of the range; half of it is
 * isolated, where patients' data are worked on, a quarter private, an eighth public, and an eighth stays free.
 *
 * Throws a RangeError that says everything that is wrong with the range and the zones.
 */
export function planSubnets(cidr: string, zones: readonly string[]): SubnetPlan[] {
  const problems = [...problemsOfRange(cidr), ...problemsOfZones(zones)];
  if (problems.length > 0) throw new RangeError(problems.join(" "));
  const { address, prefix } = parse(cidr)!;
  const zoneSize = 2 ** (32 - prefix) / plannedZones;
  return zones.flatMap((zone, index) => {
    const start = address + index * zoneSize;
    const ranges: Record<Tier, string> = {
      isolated: format(start, prefix + 3),
      private: format(start + zoneSize / 2, prefix + 4),
      public: format(start + (zoneSize / 4) * 3, prefix + 5),
    };
    return tiers.map((tier) => ({ tier, zone, cidr: ranges[tier] }));
  });
}

function problemsOfRange(cidr: string): string[] {
  const range = parse(cidr);
  if (range === undefined) return [`cidr must be an address range such as 10.20.0.0/16, not "${cidr}".`];
  const { address, prefix } = range;
  const problems: string[] = [];
  if (prefix < widest || prefix > narrowest) problems.push(`cidr must have a prefix from /${widest} to /${narrowest}, not /${prefix}.`);
  if (address % 2 ** (32 - prefix) !== 0) problems.push(`cidr must start at a multiple of its size, and ${cidr} does not.`);
  if (!privateRanges.some((range) => contains(range, cidr)))
    problems.push(`cidr must lie within ${privateRanges.join(", ")} (RFC 1918), and ${cidr} does not.`);
  return problems;
}

function problemsOfZones(zones: readonly string[]): string[] {
  const problems: string[] = [];
  if (zones.length < 2 || zones.length > 3) problems.push(`zones must be 2 or 3, not ${zones.length}.`);
  const wrong = zones.filter((zone) => !/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/.test(zone));
  if (wrong.length > 0) problems.push(`zones must be named such as us-east-1a, not ${wrong.join(", ")}.`);
  if (new Set(zones).size < zones.length) problems.push("zones must differ from each other.");
  return problems;
}

interface Range {
  /** As a number of 32 bits. */
  readonly address: number;
  readonly prefix: number;
}

/** An address range in CIDR notation; undefined if it is none. */
export function parse(cidr: string): Range | undefined {
  const [, ...parts] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr) ?? [];
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = parts.map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  return { address: ((a * 256 + b) * 256 + c) * 256 + d, prefix };
}

const format = (address: number, prefix: number): string => `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")}/${prefix}`;

/** Whether one range lies within another. */
export function contains(outer: string, inner: string): boolean {
  const [wide, narrow] = [parse(outer), parse(inner)];
  if (wide === undefined || narrow === undefined) return false;
  const size = 2 ** (32 - wide.prefix);
  return narrow.prefix >= wide.prefix && Math.floor(narrow.address / size) === Math.floor(wide.address / size);
}
