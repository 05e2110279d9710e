import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly protocols: readonly string[];
  readonly ownCertificate: boolean;
}

/** Security policies of CloudFront without TLS 1.0 and 1.1 and without CBC (Developer Guide, "Supported protocols and ciphers between viewers and CloudFront"). */
const defaults: Config = { protocols: ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"], ownCertificate: true };

/**
 * Browsers speak TLS 1.2 or newer to a distribution. Where it has no name of its own it has AWS's certificate, with which it takes TLS 1.0,
 * too, whatever is set: a stack without patients may say that it does.
 */
export const distributionSpeaksModernTls: ResourceValidationPolicy = {
  name: "cloudfront-distribution-speaks-modern-tls",
  description: "CloudFront distributions must take TLS 1.2 or newer only, by a certificate of their own.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["cloudfront", "transit"],
  remediationSteps: "Give ReviewSite a domain, or set viewerCertificate.acmCertificateArn and viewerCertificate.minimumProtocolVersion.",
  configSchema: {
    properties: {
      protocols: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaults.protocols] },
      ownCertificate: { type: "boolean", default: defaults.ownCertificate },
    },
  },
  validateResource: validateResourceOfType(aws.cloudfront.Distribution, ({ viewerCertificate }, args, report) => {
    const { protocols, ownCertificate } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    const subject = `Distribution "${args.name}"`;
    if (viewerCertificate.cloudfrontDefaultCertificate === true) {
      if (ownCertificate) report(`${subject} has CloudFront's certificate, which takes TLS 1.0; viewerCertificate must name one of its own.`);
    } else if (!protocols.includes(viewerCertificate.minimumProtocolVersion ?? "")) {
      report(
        `${subject} has viewerCertificate.minimumProtocolVersion ${viewerCertificate.minimumProtocolVersion ?? "unset"}; it must be one of ${protocols.join(", ")}.`,
      );
    }
  }),
};
