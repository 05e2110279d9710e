import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { sitePaths } from "./site-paths.ts";

export interface WebFirewallArgs {
  /** Where the firewall and its log lie. CloudFront's firewall lies in us-east-1, wherever the stack is. */
  place: Place;
  /** `CLOUDFRONT` guards distributions; `REGIONAL` guards user pools of the Region. */
  scope: "CLOUDFRONT" | "REGIONAL";
  /** Encrypts the log. Must lie in the firewall's Region. */
  key: EncryptionKey;
  logRetentionDays: number;
  /** Requests that one address may send in five minutes: 10 or more. A hospital's people share one. @default 3000 */
  requestsPerFiveMinutes?: number;
}

/** What AWS keeps up to date against known attacks, in the order of asking; of some groups, rules that only count. */
const managedRules: readonly { name: string; counted: readonly string[] }[] = [
  { name: "AWSManagedRulesAmazonIpReputationList", counted: [] },
  // Hospitals reach the internet through proxies in data centres; anonymizing networks stay out.
  { name: "AWSManagedRulesAnonymousIpList", counted: ["HostingProviderIPList"] },
  { name: "AWSManagedRulesKnownBadInputsRuleSet", counted: [] },
  // Images for a prediction and SAML answers are larger than the 8 KB that this rule allows a body.
  { name: "AWSManagedRulesCommonRuleSet", counted: ["SizeRestrictions_BODY"] },
];

/**
 * A firewall for HTTP requests: known attacks, bad addresses and floods are blocked, everything is logged without tokens,
 * cookies or queries. HIPAA 164.312(a)(1), (b), 164.308(a)(5)(ii)(B), 164.502(b).
 */
export class WebFirewall extends PlatformComponent {
  /** Resolves once requests are logged. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: WebFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:experience:WebFirewall", name, opts);
    const { place, scope, requestsPerFiveMinutes: limit = 3000 } = args;
    if (scope === "CLOUDFRONT" && place.region !== "us-east-1") this.reject("place", `must lie in us-east-1 for CloudFront, not in ${place.region}.`);
    if (!Number.isInteger(limit) || limit < 10) this.reject("requestsPerFiveMinutes", `must be a whole number, 10 or more, not ${limit}.`);

    const firewall = new aws.wafv2.WebAcl(
      name,
      {
        region: place.region,
        name: physicalName(place, name),
        scope,
        defaultAction: { allow: {} },
        rules: rulesOf(scope, limit),
        visibilityConfig: visibility(physicalName(place, name)),
      },
      this.child(),
    );
    const logging = this.#log(firewall, args, name);

    this.arn = logging.resourceArn;
    this.registerOutputs({ arn: this.arn });
  }

  /** WAF writes only to log groups with this prefix (AWS WAF Developer Guide, "Sending web ACL traffic logs to a CloudWatch Logs log group"). */
  #log(firewall: aws.wafv2.WebAcl, { place, key, logRetentionDays }: WebFirewallArgs, name: string): aws.wafv2.WebAclLoggingConfiguration {
    const log = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { region: place.region, name: `aws-waf-logs-${physicalName(place, name)}`, kmsKeyId: key.arn, retentionInDays: logRetentionDays },
      this.child(),
    );
    return new aws.wafv2.WebAclLoggingConfiguration(
      this.childName("logging"),
      {
        region: place.region,
        resourceArn: firewall.arn,
        logDestinationConfigs: [log.arn],
        redactedFields: [{ queryString: {} }, { singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
      },
      this.child(),
    );
  }
}

/**
 * Rules of the common group that look for text in a body, and the labels they leave (AWS WAF Developer Guide, "Core rule set").
 * In the bytes of a picture they find it by chance: of pictures sent for a prediction, about one in a thousand holds a `../`.
 */
const textRules = { CrossSiteScripting_BODY: "CrossSiteScripting_Body", GenericLFI_BODY: "GenericLFI_Body", GenericRFI_BODY: "GenericRFI_Body" };

/** The one path of the site that takes pictures. */
const picturePath = `${sitePaths.api}/infer`;

/** Flood first, since it is the cheapest to tell. In front of the site, what the text rules find is blocked everywhere but in pictures. */
function rulesOf(scope: WebFirewallArgs["scope"], limit: number): aws.types.input.wafv2.WebAclRule[] {
  const takesPictures = scope === "CLOUDFRONT";
  const counted = (name: string, always: readonly string[]) =>
    takesPictures && name === "AWSManagedRulesCommonRuleSet" ? [...always, ...Object.keys(textRules)] : always;
  const groups = managedRules.map(({ name, counted: always }, i) => managed(name, counted(name, always), i + 1));
  return [flood(limit), ...groups, ...(takesPictures ? [attackInText(groups.length + 1)] : [])];
}

/** Sampled requests show headers, tokens among them, to whoever may open the console: none are kept. */
const visibility = (metricName: string) => ({ metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false });

const flood = (limit: number): aws.types.input.wafv2.WebAclRule => ({
  name: "Flood",
  priority: 0,
  action: { block: {} },
  statement: { rateBasedStatement: { limit, aggregateKeyType: "IP", evaluationWindowSec: 300 } },
  visibilityConfig: visibility("Flood"),
});

const managed = (name: string, counted: readonly string[], priority: number): aws.types.input.wafv2.WebAclRule => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: "AWS",
      name,
      ...(counted.length > 0 && { ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })) }),
    },
  },
  visibilityConfig: visibility(name),
});

const attackInText = (priority: number): aws.types.input.wafv2.WebAclRule => ({
  name: "AttackInText",
  priority,
  action: { block: {} },
  statement: {
    andStatement: {
      statements: [
        {
          orStatement: {
            statements: Object.values(textRules).map((label) => ({
              labelMatchStatement: { scope: "LABEL", key: `awswaf:managed:aws:core-rule-set:${label}` },
            })),
          },
        },
        {
          notStatement: {
            statement: {
              byteMatchStatement: {
                fieldToMatch: { uriPath: {} },
                positionalConstraint: "EXACTLY",
                searchString: picturePath,
                textTransformations: [{ priority: 0, type: "NONE" }],
              },
            },
          },
        },
      ],
    },
  },
  visibilityConfig: visibility("AttackInText"),
});
