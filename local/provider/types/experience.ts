import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, physicalName, type ResourceType, uuidOf } from "../resource-type.ts";

/** Seconds in the units that a client's token lives are told in. */
const unitSeconds: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

const poolId = (urn: string, region: string): string => `${region}_${hexOf(urn, 9)}`;

/** Global, as CloudFront is: no Region in its ARN. */
const ofCloudFront = (accountId: string, resource: string): string => `arn:aws:cloudfront::${accountId}:${resource}`;

/** Ids of CloudFront: a capital letter, then capitals and digits. */
const cloudFrontId = (urn: string, first: string): string => `${first}${hexOf(urn, 13).toUpperCase()}`;

/** API Gateway, Cognito, WAF and CloudFront. */
export const experienceTypes: Record<string, ResourceType<Cloud>> = {
  "aws:apigatewayv2/api:Api": {
    computed: (inputs, place) => {
      const id = hexOf(place.urn, 10);
      return {
        id,
        name: physicalName(inputs["name"], place),
        arn: `arn:aws:apigateway:${place.region}::/apis/${id}`,
        apiEndpoint: `https://${id}.execute-api.${place.region}.amazonaws.com`,
        executionArn: arn("execute-api", place, id),
      };
    },
    live: (cloud, state, place) => cloud.apiGateway.putApi({ id: hexOf(place.urn, 10), executionArn: state["executionArn"] }),
  },
  "aws:apigatewayv2/authorizer:Authorizer": {
    computed: (inputs, place) => ({ id: hexOf(place.urn, 6), name: physicalName(inputs["name"], place) }),
    live: (cloud, state, place) =>
      cloud.apiGateway.putAuthorizer({
        apiId: state["apiId"],
        id: hexOf(place.urn, 6),
        type: state["authorizerType"],
        identitySources: state["identitySources"],
        issuer: state["jwtConfiguration"]?.issuer,
        audiences: state["jwtConfiguration"]?.audiences ?? [],
      }),
  },
  "aws:apigatewayv2/integration:Integration": {
    computed: (_inputs, place) => ({ id: hexOf(place.urn, 7) }),
    live: (cloud, state, place) =>
      cloud.apiGateway.putIntegration({
        apiId: state["apiId"],
        id: hexOf(place.urn, 7),
        uri: state["integrationUri"],
        type: state["integrationType"],
        payloadFormatVersion: state["payloadFormatVersion"],
      }),
  },
  "aws:apigatewayv2/route:Route": {
    computed: (_inputs, place) => ({ id: hexOf(place.urn, 7) }),
    live: (cloud, state) =>
      cloud.apiGateway.putRoute({
        apiId: state["apiId"],
        routeKey: state["routeKey"],
        target: state["target"],
        authorizationType: state["authorizationType"] ?? "NONE",
        authorizerId: state["authorizerId"],
        authorizationScopes: state["authorizationScopes"],
      }),
  },
  "aws:apigatewayv2/stage:Stage": {
    computed: (inputs, place) => ({
      id: String(inputs["name"]),
      arn: `arn:aws:apigateway:${place.region}::/apis/${inputs["apiId"]}/stages/${inputs["name"]}`,
      invokeUrl: `https://${inputs["apiId"]}.execute-api.${place.region}.amazonaws.com/${inputs["name"] === "$default" ? "" : inputs["name"]}`,
      executionArn: arn("execute-api", place, `${inputs["apiId"]}/${inputs["name"]}`),
    }),
  },
  "aws:cognito/userPool:UserPool": {
    computed: (inputs, place) => {
      const id = poolId(place.urn, place.region);
      return {
        id,
        name: physicalName(inputs["name"], place),
        arn: arn("cognito-idp", place, `userpool/${id}`),
        endpoint: `cognito-idp.${place.region}.amazonaws.com/${id}`,
      };
    },
    live: (cloud, state, place) => {
      const trigger = state["lambdaConfig"]?.preTokenGenerationConfig;
      if (trigger !== undefined && trigger.lambdaVersion !== "V2_0")
        throw new Error(`The user pool ${state["name"]}: the local cloud implements token triggers of version V2_0, not ${trigger.lambdaVersion}.`);
      cloud.cognito.putUserPool({ id: poolId(place.urn, place.region), arn: state["arn"], tokenTrigger: trigger?.lambdaArn });
    },
  },
  "aws:cognito/userPoolClient:UserPoolClient": {
    computed: (inputs, place) => ({ id: hexOf(place.urn, 26), name: physicalName(inputs["name"], place) }),
    live: (cloud, state, place) =>
      cloud.cognito.putClient({
        id: hexOf(place.urn, 26),
        poolId: state["userPoolId"],
        accessSeconds: state["accessTokenValidity"] * (unitSeconds[state["tokenValidityUnits"]?.accessToken ?? "hours"] as number),
        scopes: state["allowedOauthScopes"] ?? [],
      }),
  },
  "aws:cognito/userPoolDomain:UserPoolDomain": { computed: (inputs) => ({ id: String(inputs["domain"]) }) },
  "aws:cognito/userGroup:UserGroup": { computed: (inputs, place) => ({ id: `${inputs["userPoolId"]}/${physicalName(inputs["name"], place)}` }) },
  "aws:cognito/identityProvider:IdentityProvider": { computed: (inputs) => ({ id: `${inputs["userPoolId"]}:${inputs["providerName"]}` }) },
  "aws:cognito/resourceServer:ResourceServer": {
    computed: (inputs) => ({
      id: `${inputs["userPoolId"]}|${inputs["identifier"]}`,
      scopeIdentifiers: ((inputs["scopes"] ?? []) as { scopeName: string }[]).map(({ scopeName }) => `${inputs["identifier"]}/${scopeName}`),
    }),
  },
  "aws:cognito/riskConfiguration:RiskConfiguration": { computed: (inputs) => ({ id: String(inputs["userPoolId"]) }) },
  "aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration": { computed: (inputs) => ({ id: String(inputs["userPoolId"]) }) },
  "aws:cognito/managedLoginBranding:ManagedLoginBranding": {
    computed: (inputs, place) => {
      const managedLoginBrandingId = uuidOf(place.urn);
      return { id: `${inputs["userPoolId"]},${managedLoginBrandingId}`, managedLoginBrandingId };
    },
  },
  "aws:wafv2/webAcl:WebAcl": {
    computed: (inputs, place) => {
      const [id, name] = [uuidOf(place.urn), physicalName(inputs["name"], place)];
      return { id, name, arn: arn("wafv2", place, `${inputs["scope"] === "CLOUDFRONT" ? "global" : "regional"}/webacl/${name}/${id}`) };
    },
  },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": { computed: (inputs) => ({ id: String(inputs["resourceArn"]) }) },
  "aws:wafv2/webAclAssociation:WebAclAssociation": { computed: (inputs) => ({ id: `${inputs["webAclArn"]},${inputs["resourceArn"]}` }) },
  "aws:cloudfront/distribution:Distribution": {
    computed: (_inputs, place) => {
      const id = cloudFrontId(place.urn, "E");
      // CloudFront's own hosted zone, the same for every distribution (Route 53 API reference, AliasTarget).
      return {
        id,
        arn: ofCloudFront(place.accountId, `distribution/${id}`),
        domainName: `d${hexOf(place.urn, 13)}.cloudfront.net`,
        hostedZoneId: "Z2FDTNDATAQYW2",
      };
    },
    live: (cloud, { arn, domainName, aliases, orderedCacheBehaviors, origins }) =>
      cloud.cloudfront.putDistribution({ arn, domainName, aliases, orderedCacheBehaviors, origins }),
  },
  "aws:cloudfront/originAccessControl:OriginAccessControl": {
    computed: (inputs, place) => {
      const id = cloudFrontId(place.urn, "E");
      return { id, name: physicalName(inputs["name"], place), arn: ofCloudFront(place.accountId, `origin-access-control/${id}`) };
    },
  },
  "aws:cloudfront/publicKey:PublicKey": {
    computed: (inputs, place) => ({ id: cloudFrontId(place.urn, "K"), name: physicalName(inputs["name"], place) }),
    live: (cloud, { encodedKey }, place) => void cloud.cloudfront.putPublicKey(cloudFrontId(place.urn, "K"), encodedKey),
  },
  "aws:cloudfront/keyGroup:KeyGroup": {
    computed: (inputs, place) => ({ id: uuidOf(place.urn), name: physicalName(inputs["name"], place) }),
    live: (cloud, { items }, place) => void cloud.cloudfront.putKeyGroup(uuidOf(place.urn), items),
  },
  "aws:cloudfront/function:Function": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: ofCloudFront(place.accountId, `function/${name}`), status: "UNASSOCIATED" };
    },
    live: (cloud, { arn, code }) => void cloud.cloudfront.putFunction(arn, code),
  },
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": {
    computed: (inputs, place) => {
      const id = uuidOf(place.urn);
      return { id, name: physicalName(inputs["name"], place), arn: ofCloudFront(place.accountId, `response-headers-policy/${id}`) };
    },
  },
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("logs", place, `delivery-source:${name}`), service: "cloudfront" };
    },
  },
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("logs", place, `delivery-destination:${name}`), deliveryDestinationType: "CWL" };
    },
  },
  "aws:cloudwatch/logDelivery:LogDelivery": {
    computed: (_inputs, place) => {
      const id = hexOf(place.urn, 16);
      return { id, arn: arn("logs", place, `delivery:${id}`) };
    },
  },
  "aws:secretsmanager/secret:Secret": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const secretArn = arn("secretsmanager", place, `secret:${name}-${hexOf(place.urn, 6)}`);
      return { id: secretArn, name, arn: secretArn };
    },
    live: (cloud, { arn, name, kmsKeyId }) => cloud.secretsmanager.putSecret({ arn, name, kmsKeyId }),
  },
};
