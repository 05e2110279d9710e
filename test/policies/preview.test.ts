import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import type { Deployment } from "../../local/deploy/deployment.ts";
import { evaluatePolicies } from "../../local/deploy/policy/in-process.ts";
import { unknownValue } from "../../local/deploy/values.ts";
import { logGroupIsEncryptedWithCustomerKey } from "../../policies/rules/cloudwatch/log-group-is-encrypted-with-customer-key.ts";
import { tableIsEncryptedWithCustomerKey } from "../../policies/rules/dynamodb/table-is-encrypted-with-customer-key.ts";
import { bucketIsEncryptedWithCustomerKey } from "../../policies/rules/s3/bucket-is-encrypted-with-customer-key.ts";
import { bucketKeepsVersions } from "../../policies/rules/s3/bucket-keeps-versions.ts";
import { bucketRefusesRequestsWithoutTls } from "../../policies/rules/s3/bucket-refuses-requests-without-tls.ts";
import { computeHasNoWayToInternet } from "../../policies/rules/vpc/compute-has-no-way-to-internet.ts";
import { bucketParts, deploymentOf } from "../support/programs.ts";

/** The deployment as a first preview would show it: what AWS is yet to compute, everywhere it was put, is unknown. */
function previewed(deployment: Deployment): Deployment {
  const computed = deployment.resources
    .flatMap(({ type, id, outputs }) => (/:(Bucket|Key)$/.test(type) ? [id, outputs["arn"]] : []))
    .filter((value) => typeof value === "string");
  const hide = (value: unknown): unknown => {
    if (typeof value === "string") return computed.some((text) => value === text || value.includes(`"${text}"`)) ? unknownValue : value;
    if (Array.isArray(value)) return value.map(hide);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)])) : value;
  };
  const properties = (value: object): Record<string, unknown> => hide(value) as Record<string, unknown>;
  return {
    ...deployment,
    resources: deployment.resources.map((resource) => ({ ...resource, inputs: properties(resource.inputs), outputs: properties(resource.outputs) })),
  };
}

const judged = async (rule: Policies[number], program: (opts: { provider: aws.Provider }) => unknown): Promise<string[]> => {
  const { findings } = await evaluatePolicies([rule], previewed(await deploymentOf(program)));
  return findings.map(({ enforcementLevel, message }) => `${enforcementLevel}: ${message}`);
};

describe("rules in a first preview", () => {
  it("take a key that is yet to be made for a customer key", async () => {
    expect(
      await judged(logGroupIsEncryptedWithCustomerKey, (opts) => new aws.cloudwatch.LogGroup("g", { kmsKeyId: new aws.kms.Key("k", {}, opts).arn }, opts)),
    ).to.deep.equal([]);
    expect(
      await judged(
        tableIsEncryptedWithCustomerKey,
        (opts) =>
          new aws.dynamodb.Table(
            "t",
            {
              hashKey: "id",
              attributes: [{ name: "id", type: "S" }],
              billingMode: "PAY_PER_REQUEST",
              serverSideEncryption: { enabled: true, kmsKeyArn: new aws.kms.Key("k", {}, opts).arn },
            },
            opts,
          ),
      ),
    ).to.deep.equal([]);
  });

  for (const rule of [bucketIsEncryptedWithCustomerKey, bucketKeepsVersions, bucketRefusesRequestsWithoutTls]) {
    it(`find the parts of a bucket whose name is unknown: ${rule.name}`, async () => {
      const program = (opts: { provider: aws.Provider }) =>
        ["lake", "other"].map((name) => bucketParts(name, new aws.kms.Key(`${name}-key`, {}, opts).arn, opts));
      expect(await judged(rule, program)).to.deep.equal([]);
    });
  }

  it("judge what is known although something else is not, and say what they could not judge", async () => {
    const found = await judged(bucketRefusesRequestsWithoutTls, (opts) => {
      const key = new aws.kms.Key("key", {}, opts);
      const statement = key.arn.apply((arn) => ({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: "*",
        Condition: { StringNotEquals: { key: arn } },
      }));
      bucketParts("hidden", key.arn, opts, { statements: [statement] });
      bucketParts("open", key.arn, opts, { statements: undefined });
    });
    expect(found).to.deep.equal([
      "advisory: can't run policy 's3-bucket-refuses-requests-without-tls' during preview: string value at .policy can't be known during preview",
      'mandatory: Bucket "open" accepts requests without TLS.',
    ]);
  });

  it("ask no subnets of a gateway's endpoint, whose subnets AWS's provider calls unknown until it exists", async () => {
    const deployment = await deploymentOf((opts) => {
      const vpc = new aws.ec2.Vpc("net", { cidrBlock: "10.0.0.0/16" }, opts);
      new aws.ec2.VpcEndpoint("s3", { vpcId: vpc.id, serviceName: "com.amazonaws.us-east-1.s3" }, opts);
      new aws.ec2.VpcEndpoint("sqs", { vpcId: vpc.id, serviceName: "com.amazonaws.us-east-1.sqs", vpcEndpointType: "Interface" }, opts);
    });
    const resources = deployment.resources.map((resource) =>
      resource.type === "aws:ec2/vpcEndpoint:VpcEndpoint" ? { ...resource, outputs: { ...resource.outputs, subnetIds: unknownValue } } : resource,
    );
    const { findings } = await evaluatePolicies([computeHasNoWayToInternet], { ...deployment, resources });
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'Resource "sqs" names subnets in subnetIds that the program does not make; their routes can\'t be judged.',
    ]);
  });
});
