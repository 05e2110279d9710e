import { all, byUse, free, type IdleRules, priced } from "../charge.ts";
import { prices } from "../prices.ts";

const iam = (...kinds: string[]): string[] => kinds.map((kind) => `aws:iam/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`);

/** Keys, secrets, identities and the web application firewall. */
export const securityRules: IdleRules = {
  ...all(
    free,
    ...iam("Role", "RolePolicy", "RolePolicyAttachment", "RolePoliciesExclusive", "RolePolicyAttachmentsExclusive", "Policy", "PolicyAttachment"),
    ...iam("InstanceProfile", "OpenIdConnectProvider", "SamlProvider", "AccountAlias", "AccountPasswordPolicy", "ServiceLinkedRole", "OrganizationsFeatures"),
    ...iam("Group", "GroupPolicy", "GroupPolicyAttachment"),
    "aws:kms/alias:Alias",
    "aws:kms/grant:Grant",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:secretsmanager/secretRotation:SecretRotation",
    // Public certificates only; a private authority is not in this table.
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:wafv2/ipSet:IpSet",
    "aws:wafv2/regexPatternSet:RegexPatternSet",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:signer/signingProfile:SigningProfile",
    "aws:signer/signingProfilePermission:SigningProfilePermission",
    "aws:signer/signingJob:SigningJob",
    "aws:ssoadmin/permissionSet:PermissionSet",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
    "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
    "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment",
    "aws:ssoadmin/accountAssignment:AccountAssignment",
    "aws:identitystore/group:Group",
    "aws:ssm/serviceSetting:ServiceSetting",
    "aws:ssm/document:Document",
  ),
  ...all(
    priced(() => [{ what: "customer key", price: prices.key, quantity: 1 }], "requests, and one more key-month for each of the first two rotations"),
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
  ),
  "aws:secretsmanager/secret:Secret": priced(
    ({ inputs }) => [{ what: "secret", price: prices.secret, quantity: 1 + ((inputs["replicas"] as unknown[] | undefined)?.length ?? 0) }],
    "requests",
  ),
  "aws:ssm/parameter:Parameter": priced(({ inputs }) =>
    inputs["tier"] === "Advanced" ? [{ what: "advanced parameter", price: prices.advancedParameter, quantity: 1 }] : [],
  ),
  "aws:wafv2/webAcl:WebAcl": priced(({ inputs }) => {
    const rules = (inputs["rules"] as WebAclRule[] | undefined) ?? [];
    const paid = rules.filter(({ statement }) => paidRuleGroups.has(statement?.managedRuleGroupStatement?.name ?? "")).length;
    return [
      { what: "web ACL", price: prices.webAcl, quantity: 1 },
      { what: "web ACL rule", price: prices.webAclRule, quantity: rules.length },
      ...(paid > 0 ? [{ what: "managed rule group with a price of its own", price: prices.paidRuleGroup, quantity: paid }] : []),
    ];
  }, "requests"),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": byUse("GB of log"),
};

interface WebAclRule {
  readonly statement?: { readonly managedRuleGroupStatement?: { readonly name: string } };
}

const paidRuleGroups = new Set(["AWSManagedRulesBotControlRuleSet", "AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet"]);
