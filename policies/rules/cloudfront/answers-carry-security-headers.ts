import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeAll } from "../../subjects.ts";
import { behaviorsOf, distributions, namedBy } from "./distributions.ts";

interface Config {
  readonly strictTransportSeconds: number;
}

/** A year: what browsers' lists of sites that are always reached over TLS ask for (hstspreload.org). */
const defaults: Config = { strictTransportSeconds: 31_536_000 };

/** Sources that let a page run anybody's script. */
const unsafe = /(^|;)\s*(default|script)-src[^;]*('unsafe-inline'|'unsafe-eval'|\s\*|\shttps?:(\s|;|$))/;

/** Every answer tells the browser to come back over TLS only, to run no scripts but the page's own, and to show it in no other page. */
export const answersCarrySecurityHeaders: StackValidationPolicy = {
  name: "cloudfront-answers-carry-security-headers",
  description: "CloudFront distributions must give every answer headers that keep browsers on TLS, and pages to themselves.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.308(a)(5)(ii)(B)", "164.502(b)"),
  tags: ["cloudfront", "transit", "browser"],
  remediationSteps:
    "Use ReviewSite, or give each behavior a ResponseHeadersPolicy of the program with all of securityHeadersConfig, each overriding the origin's.",
  configSchema: { properties: { strictTransportSeconds: { type: "integer", minimum: 1, default: defaults.strictTransportSeconds } } },
  validateStack: (args, report) => {
    const { strictTransportSeconds } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, distributions, (distribution, say) => {
      const used = new Set<PolicyResource>();
      for (const behavior of behaviorsOf(distribution.props)) {
        const policies = namedBy(distribution, behavior, "responseHeadersPolicyId", "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy");
        if (policies.length === 0)
          say(`answers ${behavior.pathPattern} without security headers; it must set responseHeadersPolicyId to a policy of the program.`);
        for (const policy of policies) used.add(policy);
      }
      for (const policy of used) for (const wrong of weaknessesOf(policy, strictTransportSeconds)) say(`has headers "${policy.name}" ${wrong}`);
    });
  },
};

function weaknessesOf({ props }: PolicyResource, seconds: number): string[] {
  const headers = (props["securityHeadersConfig"] ?? {}) as Headers;
  const {
    strictTransportSecurity: transport,
    contentSecurityPolicy: content,
    contentTypeOptions: type,
    frameOptions: frame,
    referrerPolicy: referrer,
  } = headers;
  const policy = content?.contentSecurityPolicy ?? "";
  const all: [header: Overriding | undefined, holds: boolean, wanted: string][] = [
    [
      transport,
      (transport?.accessControlMaxAgeSec ?? 0) >= seconds && transport?.includeSubdomains === true,
      `strictTransportSecurity for ${seconds} seconds or more, with subdomains`,
    ],
    [
      content,
      /(^|;)\s*default-src '(none|self)'/.test(policy) && /(^|;)\s*frame-ancestors '(none|self)'/.test(policy) && !unsafe.test(policy),
      "contentSecurityPolicy with default-src 'none' or 'self', frame-ancestors 'none' or 'self', and no scripts of others",
    ],
    [type, true, "contentTypeOptions"],
    [frame, frame?.frameOption === "DENY" || frame?.frameOption === "SAMEORIGIN", "frameOptions DENY or SAMEORIGIN"],
    [
      referrer,
      ["no-referrer", "same-origin", "strict-origin"].includes(referrer?.referrerPolicy ?? ""),
      "referrerPolicy no-referrer, same-origin or strict-origin",
    ],
  ];
  return all.flatMap(([header, holds, wanted]) => (header?.override === true && holds ? [] : [`that must set ${wanted}, overriding the origin's.`]));
}

interface Overriding {
  readonly override?: boolean;
}

interface Headers {
  readonly strictTransportSecurity?: Overriding & { readonly accessControlMaxAgeSec?: number; readonly includeSubdomains?: boolean };
  readonly contentSecurityPolicy?: Overriding & { readonly contentSecurityPolicy?: string };
  readonly contentTypeOptions?: Overriding;
  readonly frameOptions?: Overriding & { readonly frameOption?: string };
  readonly referrerPolicy?: Overriding & { readonly referrerPolicy?: string };
}
