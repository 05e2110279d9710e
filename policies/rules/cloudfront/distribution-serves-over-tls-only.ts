import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { behaviorsOf, originsOf } from "./distributions.ts";

const forViewers = ["https-only", "redirect-to-https"];
const forServers = ["TLSv1.2"];

/** Nothing goes over plain HTTP, neither to browsers nor to servers behind the distribution. Buckets are always asked over TLS where they are signed for. */
export const distributionServesOverTlsOnly: ResourceValidationPolicy = {
  name: "cloudfront-distribution-serves-over-tls-only",
  description: "CloudFront distributions must speak TLS with browsers, and TLS 1.2 with the servers behind them.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["cloudfront", "transit"],
  remediationSteps:
    "Use ReviewSite, or set viewerProtocolPolicy of every behavior to https-only, and originProtocolPolicy https-only with originSslProtocols TLSv1.2.",
  validateResource: validateResourceOfType(aws.cloudfront.Distribution, (_, args, report) => {
    const subject = `Distribution "${args.name}"`;
    for (const { pathPattern, viewerProtocolPolicy } of behaviorsOf(args.props)) {
      if (!forViewers.includes(viewerProtocolPolicy)) {
        report(`${subject} serves ${pathPattern} by ${viewerProtocolPolicy}; viewerProtocolPolicy must be ${forViewers.join(" or ")}.`);
      }
    }
    judgeEach(originsOf(args.props), ({ originId, customOriginConfig }) => {
      if (customOriginConfig === undefined) return;
      const { originProtocolPolicy, originSslProtocols = [] } = customOriginConfig;
      if (originProtocolPolicy !== "https-only") report(`${subject} asks "${originId}" by ${originProtocolPolicy}; originProtocolPolicy must be https-only.`);
      const old = originSslProtocols.filter((protocol) => !forServers.includes(protocol));
      if (old.length > 0) report(`${subject} speaks ${old.join(", ")} with "${originId}"; originSslProtocols must be ${forServers.join(", ")}.`);
    });
  }),
};
