import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import {
  calledByFunctions,
  dynamoDbPolicy,
  type InterfaceService,
  interfacePolicy,
  interfaceServices,
  s3Policy,
} from "../../../components/network/endpoint-policies.ts";
import type { Place } from "../../../components/place.ts";
import { policyDocument, type ResourceStatement } from "../../../components/security/policy.ts";
import { holds } from "../../../local/services/iam/conditions.ts";
import { globMatches } from "../../../local/services/iam/patterns.ts";
import { parsePolicy } from "../../../local/services/iam/policy.ts";
import { place } from "../place.ts";

const services = Object.keys(interfaceServices) as InterfaceService[];

interface Request {
  action: string;
  resource: string;
  /** Organisation of who asks, and of what is asked for; undefined for those that have none. */
  from: string | undefined;
  to: string | undefined;
}

/** Whether an endpoint with this policy lets a request pass, as IAM reads it. */
function passes(policy: readonly ResourceStatement[], { action, resource, from, to }: Request): boolean {
  const context = { ...(from && { "aws:PrincipalOrgID": from }), ...(to && { "aws:ResourceOrgID": to }) };
  return parsePolicy("endpoint", "resource", { Version: "2012-10-17", Statement: policy }).some(
    ({ actions, resources, conditions }) =>
      actions.some((pattern) => globMatches(pattern, action)) &&
      resources.some((pattern) => globMatches(pattern, resource)) &&
      conditions.every((condition) => holds(condition, context)),
  );
}

const organization = fc.stringMatching(/^o-[a-z0-9]{10,32}$/);
const region = fc.constantFrom("us-east-1", "us-west-2", "eu-central-1");
const somewhere: fc.Arbitrary<Place> = fc.record({
  stack: fc.constant("unit"),
  accountId: fc.stringMatching(/^\d{12}$/),
  region,
  organizationId: organization,
});
/** Actions of services that let no other pass. */
const actionOf: Readonly<Record<string, string>> = { lambda: "lambda:InvokeFunction", "sagemaker.runtime": "sagemaker:InvokeEndpoint" };
/** Every endpoint: its policy, an action that it is for and a resource of an account. */
const endpoints: readonly { name: string; policy: (place: Place) => ResourceStatement[]; action: string; resource: (place: Place) => string }[] = [
  { name: "s3", policy: s3Policy, action: "s3:PutObject", resource: () => "arn:aws:s3:::bucket/key" },
  { name: "dynamodb", policy: dynamoDbPolicy, action: "dynamodb:PutItem", resource: (at) => `arn:aws:dynamodb:${at.region}:${at.accountId}:table/cases` },
  ...services.map((service) => {
    const prefix = interfaceServices[service][0].split(":")[0]!;
    return {
      name: service,
      policy: (at: Place) => interfacePolicy(at, service),
      action: actionOf[service] ?? `${prefix}:Anything`,
      resource: (at: Place) => `arn:aws:${prefix}:${at.region}:${at.accountId}:something`,
    };
  }),
];
/** The organisation itself, another one, or none. */
const party = (own: string) => fc.oneof(fc.constant(own), organization, fc.constant(undefined));

describe("endpoint policies", () => {
  it("let a request pass exactly if the organisation asks for what is its own", () => {
    const request = somewhere.chain((at) =>
      fc.record({ at: fc.constant(at), from: party(at.organizationId), to: party(at.organizationId), endpoint: fc.constantFrom(...endpoints) }),
    );
    fc.assert(
      fc.property(request, ({ at, from, to, endpoint: { name, policy, action, resource } }) => {
        const own = from === at.organizationId && to === at.organizationId;
        expect(passes(policy(at), { action, resource: resource(at), from, to }), name).to.equal(own);
      }),
      { numRuns: 500 },
    );
  });

  it("let nothing of another service pass", () => {
    const { organizationId: own } = place;
    for (const { name, policy } of endpoints) {
      expect(passes(policy(place), { action: "iam:CreateUser", resource: "arn:aws:iam::111111111111:user/x", from: own, to: own }), name).to.equal(false);
    }
  });

  it("let the organisation ask the Region's foundation models, which have no owner, and do nothing else to them", () => {
    fc.assert(
      fc.property(somewhere, organization, region, (at, other, elsewhere) => {
        const asks = (from: string, where: string, action = "bedrock:InvokeModel") =>
          passes(interfacePolicy(at, "bedrock-runtime"), { action, resource: `arn:aws:bedrock:${where}::foundation-model/any`, from, to: undefined });
        expect(asks(at.organizationId, at.region)).to.equal(true);
        expect(asks(at.organizationId, at.region, "bedrock:InvokeModelWithResponseStream")).to.equal(true);
        expect(asks(at.organizationId, at.region, "bedrock:CreateModelInvocationJob")).to.equal(false);
        expect(asks(other, at.region)).to.equal(other === at.organizationId);
        expect(asks(at.organizationId, elsewhere)).to.equal(elsewhere === at.region);
      }),
    );
  });

  it("let image layers be fetched from AWS's bucket of the Region, by signed links, and nothing be put there", () => {
    const layers = (action: string, at: string) =>
      passes(s3Policy(place), { action, resource: `arn:aws:s3:::prod-${at}-starport-layer-bucket/layer`, from: undefined, to: undefined });
    expect(layers("s3:GetObject", "us-east-1")).to.equal(true);
    expect(layers("s3:PutObject", "us-east-1")).to.equal(false);
    expect(layers("s3:GetObject", "us-west-2")).to.equal(false);
  });

  it("stay within the length that EC2 takes, and name each statement", async () => {
    for (const { name, policy } of endpoints) {
      const document = await new Promise<string>((resolve) => policyDocument(policy(place)).apply(resolve));
      expect(document.length, name).to.be.below(20_480);
      const { Statement } = JSON.parse(document) as { Statement: ResourceStatement[] };
      expect(new Set(Statement.map(({ Sid }) => Sid)).size, name).to.equal(Statement.length);
    }
  });

  it("are there for every service that functions call, and no function needs another", () => {
    const endpointOf: Record<string, string> = {
      sfn: "states",
      sagemaker: "sagemaker.api",
      "sagemaker-runtime": "sagemaker.runtime",
      "secrets-manager": "secretsmanager",
    };
    const called = globSync("functions/**/*.ts").flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/^import (?!type )[^;]* from "@aws-sdk\/client-([\w-]+)";/gm)].map(
        ([, client]) => endpointOf[client!] ?? client!,
      ),
    );
    // Bedrock is asked only where reports are drafted by a model, Lambda only where that is another company's, and STS only where networks are promoted: the configuration then asks
    // for their endpoints (stacks/config/report.ts, stacks/config/environment.ts).
    expect([...new Set(called)].sort()).to.deep.equal(["bedrock-runtime", "dynamodb", "lambda", "s3", "sts", ...calledByFunctions].sort());
  });
});
