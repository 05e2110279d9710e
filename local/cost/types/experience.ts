import { all, byUse, free, type IdleRules, priced } from "../charge.ts";
import { prices } from "../prices.ts";

/** What people and browsers meet. */
export const experienceRules: IdleRules = {
  ...all(
    free,
    "aws:apigatewayv2/apiMapping:ApiMapping",
    "aws:apigatewayv2/authorizer:Authorizer",
    "aws:apigatewayv2/deployment:Deployment",
    "aws:apigatewayv2/domainName:DomainName",
    "aws:apigatewayv2/integration:Integration",
    "aws:apigatewayv2/route:Route",
    "aws:apigatewayv2/stage:Stage",
    "aws:apigatewayv2/vpcLink:VpcLink",
    "aws:cognito/userPoolClient:UserPoolClient",
    "aws:cognito/userPoolDomain:UserPoolDomain",
    "aws:cognito/userGroup:UserGroup",
    "aws:cognito/identityProvider:IdentityProvider",
    "aws:cognito/resourceServer:ResourceServer",
    "aws:cognito/riskConfiguration:RiskConfiguration",
    "aws:cognito/managedLoginBranding:ManagedLoginBranding",
    "aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration",
    "aws:cognito/identityPool:IdentityPool",
    "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment",
    "aws:cloudfront/cachePolicy:CachePolicy",
    "aws:cloudfront/keyGroup:KeyGroup",
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
    "aws:cloudfront/publicKey:PublicKey",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
  ),
  "aws:apigatewayv2/api:Api": byUse("requests"),
  "aws:cognito/userPool:UserPool": byUse("users who sign in, each month (threat protection, tier PLUS, about $0.02 each)"),
  "aws:cloudfront/function:Function": byUse("requests"),
  "aws:cloudfront/monitoringSubscription:MonitoringSubscription": byUse("metrics that report"),
  "aws:cloudfront/distribution:Distribution": priced(({ inputs }) => {
    const { sslSupportMethod } = (inputs["viewerCertificate"] ?? {}) as { sslSupportMethod?: string };
    return sslSupportMethod === "vip" ? [{ what: "certificate on addresses of its own", price: prices.dedicatedCertificate, quantity: 1 }] : [];
  }, "GB delivered, requests"),
};
