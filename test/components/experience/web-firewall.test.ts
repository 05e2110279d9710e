import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { WebFirewall, type WebFirewallArgs } from "../../../components/experience/web-firewall.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import { routes } from "../../../contracts/routes.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place } from "../place.ts";

const make = (more: Partial<WebFirewallArgs> = {}) =>
  inAccount((opts) => {
    const at = more.place ?? place;
    const key = new EncryptionKey("key", { place: at, removal: "retain", description: "Logs" }, opts);
    return { arn: new WebFirewall("edge", { place, scope: "CLOUDFRONT", key, logRetentionDays: 2192, ...more }, opts).arn };
  });

const labelled = (label: string) => ({ labelMatchStatement: { scope: "LABEL", key: `awswaf:managed:aws:core-rule-set:${label}` } });

describe("WebFirewall", () => {
  it("blocks floods and known attacks, and keeps no samples", async () => {
    const stack = await make();
    const { rules, ...rest } = stack.one(aws.wafv2.WebAcl, "edge").inputs as { rules: aws.types.input.wafv2.WebAclRule[] };
    const visibility = (metricName: string) => ({ metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false });
    expect(rest).to.deep.equal({
      region: "us-east-1",
      name: "svp-unit-edge",
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      visibilityConfig: visibility("svp-unit-edge"),
    });
    const managed = (name: string, priority: number, counted: string[] = []) => ({
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
    expect(rules).to.deep.equal([
      {
        name: "Flood",
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: 3000, aggregateKeyType: "IP", evaluationWindowSec: 300 } },
        visibilityConfig: visibility("Flood"),
      },
      managed("AWSManagedRulesAmazonIpReputationList", 1),
      managed("AWSManagedRulesAnonymousIpList", 2, ["HostingProviderIPList"]),
      managed("AWSManagedRulesKnownBadInputsRuleSet", 3),
      managed("AWSManagedRulesCommonRuleSet", 4, ["SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY"]),
      {
        name: "AttackInText",
        priority: 5,
        action: { block: {} },
        statement: {
          andStatement: {
            statements: [
              { orStatement: { statements: ["CrossSiteScripting_Body", "GenericLFI_Body", "GenericRFI_Body"].map(labelled) } },
              {
                notStatement: {
                  statement: {
                    byteMatchStatement: {
                      fieldToMatch: { uriPath: {} },
                      positionalConstraint: "EXACTLY",
                      searchString: "/api/infer",
                      textTransformations: [{ priority: 0, type: "NONE" }],
                    },
                  },
                },
              },
            ],
          },
        },
        visibilityConfig: visibility("AttackInText"),
      },
    ]);
  });

  it("does not look for text in the one route that takes pictures", () => {
    expect(routes).to.have.property("POST /infer");
  });

  it("logs every request, encrypted, without tokens, cookies or queries", async () => {
    const stack = await make();
    const acl = stack.one(aws.wafv2.WebAcl, "edge");
    expect(stack.one(aws.cloudwatch.LogGroup, "edge-log").inputs).to.deep.equal({
      region: "us-east-1",
      name: "aws-waf-logs-svp-unit-edge",
      kmsKeyId: stack.one(aws.kms.Key, "key").outputs["arn"],
      retentionInDays: 2192,
    });
    expect(stack.one(aws.wafv2.WebAclLoggingConfiguration, "edge-logging").inputs).to.deep.equal({
      region: "us-east-1",
      resourceArn: acl.outputs["arn"],
      logDestinationConfigs: ["arn:aws:logs:us-east-1:111111111111:log-group:aws-waf-logs-svp-unit-edge"],
      redactedFields: [{ queryString: {} }, { singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
    });
    expect(stack.outputs["arn"]).to.equal(acl.outputs["arn"]);
    expect(acl.outputs["arn"]).to.match(/^arn:aws:wafv2:us-east-1:111111111111:global\/webacl\/svp-unit-edge\/[0-9a-f-]{36}$/);
  });

  it("guards a Region's user pools where they are", async () => {
    const stack = await make({ scope: "REGIONAL", place: { ...place, region: "eu-central-1" }, requestsPerFiveMinutes: 500 });
    const { inputs, outputs } = stack.one(aws.wafv2.WebAcl, "edge");
    expect(inputs).to.include({ region: "eu-central-1", scope: "REGIONAL" });
    expect(outputs["arn"]).to.match(/^arn:aws:wafv2:eu-central-1:111111111111:regional\/webacl\//);
    const rules = inputs["rules"] as aws.types.input.wafv2.WebAclRule[];
    expect(rules[0]?.statement).to.deep.equal({ rateBasedStatement: { limit: 500, aggregateKeyType: "IP", evaluationWindowSec: 300 } });
    // Sign-in takes no pictures: the group itself blocks attacks in bodies.
    expect(rules).to.have.length(5);
    expect(rules[4]?.statement).to.deep.equal({
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: "AWSManagedRulesCommonRuleSet",
        ruleActionOverrides: [{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }],
      },
    });
  });

  it("refuses CloudFront's elsewhere than in us-east-1, and limits that WAF does not know", async () => {
    const error = async (more: Partial<WebFirewallArgs>) => (await failure(make(more))).message;
    expect(await error({ place: { ...place, region: "eu-west-1" } })).to.contain(
      'svp:experience:WebFirewall "edge": place must lie in us-east-1 for CloudFront, not in eu-west-1.',
    );
    for (const limit of [9, 10.5]) expect(await error({ requestsPerFiveMinutes: limit })).to.contain(`10 or more, not ${limit}.`);
  });
});
