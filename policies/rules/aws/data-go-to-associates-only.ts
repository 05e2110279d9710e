import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bedrockModels } from "../../data/bedrock-models.ts";
import { egress } from "../../data/egress-hosts.ts";
import { today } from "../../waivers.ts";
import { textsIn } from "./texts.ts";

interface Config {
  readonly own: readonly string[];
}

const ownByDefault: readonly string[] = [];

/** Properties that name who comes in, not where anything goes. */
const inbound = new Set(["aliases", "allowedOrigins", "allowOrigins", "callbackUrls", "defaultRedirectUri", "logoutUrls"]);

/** `https://host`, whatever comes before the host to sign in; a host with a wildcard or a variable is one, too. */
const address = /\b(?:https?|wss?|ftps?|sftp|amqps?|mqtts?):\/\/(?:[^/\s@"'<>]*@)?([a-z0-9*${}.-]+)/gi;
const named = new RegExp(`(?<![a-z])(${egress.thirdParties.map((party) => party.replaceAll(".", "\\.")).join("|")})(?![a-z])`, "i");

const isWithin = (host: string, domain: string): boolean => (domain.startsWith(".") ? host.endsWith(domain) : host === domain);

/** Whether anything may be sent to a host on a day. */
const isKnown = (host: string, own: readonly string[], day: string): boolean =>
  host in egress.harmless ||
  [...egress.aws, ...own].some((domain) => isWithin(host, domain)) ||
  egress.associates.some((associate) => isWithin(host, associate.host) && day <= associate.until);

/** Whether a party is part of a host that there is a contract with. */
const isNamedByContract = (party: string, own: readonly string[], day: string): boolean =>
  [...own, ...egress.associates.filter(({ until }) => day <= until).map(({ host }) => host)].some((host) => host.includes(party));

/** A text without the models of Bedrock in it: AWS runs them, whoever made them, and those who did are handed nothing. */
const withoutModels = (text: string): string => bedrockModels.models.reduce<string>((rest, model) => rest.replaceAll(model, ""), text);

/**
 * Whoever is sent anything is AWS, or a business associate with a contract that has not ended. Everything that a resource is told is
 * looked through: environments of functions and containers, destinations, subscriptions, origins, tasks that call an address.
 */
export const dataGoToAssociatesOnly: ResourceValidationPolicy = {
  name: "aws-data-go-to-associates-only",
  description: "Resources must name no host but AWS's, the organisation's own, and those of business associates under contract.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.312(e)(1)", "164.314(a)(1)", "164.502(b)"),
  tags: ["aws", "business-associates", "transit"],
  remediationSteps:
    "Take the host out, or list it in policies/data/egress-hosts.ts with its business associate contract; the organisation's own go into the setting own.",
  configSchema: { properties: { own: { type: "array", items: { type: "string" }, default: [...ownByDefault] } } },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    if (!type.startsWith("aws:")) notApplicable("Only resources of the AWS provider send anything.");
    const { own = ownByDefault } = getConfig<Partial<Config>>();
    const day = today();
    const told = new Set<string>();
    const say = (whom: string, path: readonly string[]): void => {
      const message = `"${name}" names ${whom} in ${path.join(".")}, with whom there is no business associate contract.`;
      if (!told.has(message)) report(message);
      told.add(message);
    };
    for (const { path, value } of textsIn(props)) {
      if (path.some((part) => inbound.has(part))) continue;
      const hosts = [...value.matchAll(address)].map(([, host]) => host!.toLowerCase());
      for (const host of hosts) if (!isKnown(host, own, day)) say(host, path);
      const [, party] = named.exec(path.at(-1) ?? "") ?? named.exec(withoutModels(value)) ?? [];
      if (party === undefined || isNamedByContract(party.toLowerCase(), own, day)) continue;
      // A host that was named whole, or that there is a contract with, was judged as such.
      if (!hosts.some((host) => host.includes(party.toLowerCase()) || isKnown(host, own, day))) say(party.toLowerCase(), path);
    }
  },
};
