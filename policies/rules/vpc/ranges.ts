import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Addresses that nobody on the internet has: RFC 1918, RFC 6598 and RFC 4193. */
const ranges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

const family = (address: string): "ipv4" | "ipv6" => (isIPv6(address) ? "ipv6" : "ipv4");

/** Whether a range of addresses lies within a private network. What is no range lies nowhere. */
export function isPrivate(cidr: string): boolean {
  const [address = "", bits = ""] = cidr.split("/");
  if (!(isIPv4(address) || isIPv6(address)) || !/^\d+$/.test(bits)) return false;
  return ranges.some((range) => {
    const [start = "", prefix = ""] = range.split("/");
    if (family(start) !== family(address) || Number(bits) < Number(prefix)) return false;
    const list = new BlockList();
    list.addSubnet(start, Number(prefix), family(start));
    return list.check(address, family(address));
  });
}
