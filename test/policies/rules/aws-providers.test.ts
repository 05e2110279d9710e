import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { changesAreNotIgnored } from "../../../policies/rules/aws/changes-are-not-ignored.ts";
import { dataAreProtectedFromDeletion } from "../../../policies/rules/aws/data-are-protected-from-deletion.ts";
import { packageIsReviewed } from "../../../policies/rules/aws/package-is-reviewed.ts";
import { providerHoldsNoCredentials } from "../../../policies/rules/aws/provider-holds-no-credentials.ts";
import { providerIsBoundToOneAccount } from "../../../policies/rules/aws/provider-is-bound-to-one-account.ts";
import { resourceIsOfEligibleService } from "../../../policies/rules/aws/resource-is-of-eligible-service.ts";
import { resourceTypeIsReviewed } from "../../../policies/rules/aws/resource-type-is-reviewed.ts";
import { servicePrefixOf } from "../../../policies/rules/aws/services.ts";
import { violations } from "../../support/policies.ts";
import { deploymentOf } from "../../support/programs.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const bucket =
  (options: object = {}): Program =>
  (opts) =>
    new aws.s3.Bucket("b", {}, { ...opts, ...options });
const provider =
  (args: aws.ProviderArgs): Program =>
  () =>
    new aws.Provider("p", { region: "us-east-1", ...args });
const bound = { allowedAccountIds: ["222222222222"] };

/** What a rule says of a resource of any type, made by a provider of a name, or by none. */
async function judged(rule: Policies[number], change: { type?: string; provider?: string | undefined }): Promise<string[]> {
  const deployment = await deploymentOf(bucket());
  const resources = deployment.resources.map((resource) => (resource.name === "b" ? { ...resource, ...change } : resource));
  return (await evaluatePolicies([rule], { ...deployment, resources })).findings.map(({ message }) => message);
}

describe("rules for all of AWS: providers, types and options", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [providerIsBoundToOneAccount, "accepts one account", bucket()],
    [
      providerIsBoundToOneAccount,
      "accepts a role of that account",
      provider({ ...bound, assumeRoles: [{ roleArn: "arn:aws:iam::222222222222:role/deploy" }] }),
    ],
    [providerIsBoundToOneAccount, "refuses every account", provider({}), 'Provider "p" allows every account; allowedAccountIds must name one.'],
    [
      providerIsBoundToOneAccount,
      "refuses two",
      provider({ allowedAccountIds: ["222222222222", "333333333333"] }),
      'Provider "p" allows 222222222222, 333333333333; allowedAccountIds must name one.',
    ],
    [
      providerIsBoundToOneAccount,
      "refuses a role of another",
      provider({ ...bound, assumeRoles: [{ roleArn: "arn:aws:iam::333333333333:role/deploy" }] }),
      'Provider "p" takes role arn:aws:iam::333333333333:role/deploy; it must take a role of 222222222222.',
    ],
    [providerHoldsNoCredentials, "accepts a role", provider(bound)],
    [
      providerHoldsNoCredentials,
      "refuses credentials",
      provider({ ...bound, accessKey: "a", secretKey: "s", token: "t" }),
      'Provider "p" holds accessKey, secretKey, token; it must take a role.',
    ],
    [
      providerHoldsNoCredentials,
      "refuses skipping checks",
      provider({ ...bound, skipCredentialsValidation: true, skipRequestingAccountId: true }),
      'Provider "p" sets skipCredentialsValidation, skipRequestingAccountId; they must be false.',
    ],
    [
      providerHoldsNoCredentials,
      "refuses certificates that nobody checks",
      provider({ ...bound, insecure: true }),
      'Provider "p" has insecure true; it must be false.',
    ],
    [providerHoldsNoCredentials, "accepts endpoints of AWS", provider({ ...bound, endpoints: [{ s3: "https://s3-fips.us-east-1.amazonaws.com" }] })],
    [
      providerHoldsNoCredentials,
      "refuses others, and AWS's in clear",
      provider({ ...bound, endpoints: [{ s3: "https://s3.example.org", sqs: "http://sqs.us-east-1.amazonaws.com" }] }),
      'Provider "p" speaks to https://s3.example.org, http://sqs.us-east-1.amazonaws.com; endpoints must be AWS\'s own, over https.',
    ],
    [dataAreProtectedFromDeletion, "accepts protection", bucket({ protect: true })],
    [dataAreProtectedFromDeletion, "refuses none", bucket(), '"b" can be deleted by a deployment; it must have the option protect.'],
    [changesAreNotIgnored, "accepts none", bucket()],
    [changesAreNotIgnored, "refuses a property", bucket({ ignoreChanges: ["tags"] }), '"b" ignores changes of tags; ignoreChanges must not name them.'],
    [
      changesAreNotIgnored,
      "accepts what AWS itself changes, on its type alone",
      (opts) => {
        const options = { ...opts, ignoreChanges: ["subnetIds"] };
        new aws.ec2.DefaultNetworkAcl("acl", { defaultNetworkAclId: "acl-1" }, options);
        new aws.ec2.NetworkAcl("other", { vpcId: "vpc-1" }, options);
      },
      '"other" ignores changes of subnetIds; ignoreChanges must not name them.',
    ],
    [resourceIsOfEligibleService, "accepts one", bucket()],
    [
      resourceIsOfEligibleService,
      "refuses another",
      (opts) => new aws.lightsail.Bucket("l", { bundleId: "small_1_0" }, opts),
      '"l" belongs to lightsail, which is not among the HIPAA-eligible services of 2025-05-17.',
    ],
    [resourceTypeIsReviewed, "accepts one", bucket()],
    [
      resourceTypeIsReviewed,
      "refuses another",
      (opts) => new aws.rds.Cluster("r", { engine: "aurora-postgresql" }, opts),
      '"r" is of type aws:rds/cluster:Cluster, which nobody has reviewed; policies/data/reviewed-types.ts must hold it.',
    ],
    [packageIsReviewed, "accepts ours", bucket()],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect((await violations(rule, program)).sort()).to.deep.equal(messages.sort()));

  it("aws-provider-is-bound-to-one-account refuses a resource without a provider, or with the default one", async () => {
    const message = '"b" has no provider of its own; it must have one that is bound to an account.';
    expect(await judged(providerIsBoundToOneAccount, { provider: undefined })).to.deep.equal([message]);
    const deployment = await deploymentOf(bucket());
    const resources = deployment.resources.map((resource) => (resource.type === "pulumi:providers:aws" ? { ...resource, name: "default_7_48_0" } : resource));
    expect((await evaluatePolicies([providerIsBoundToOneAccount], { ...deployment, resources })).findings.map((finding) => finding.message)).to.deep.equal([
      message,
    ]);
  });

  it("aws-package-is-reviewed refuses resources and providers of another", async () => {
    const must = "it must come from aws, awsx, docker-build, pulumi, random, svp, tls.";
    for (const type of ["gcp:storage/bucket:Bucket", "pulumi:providers:gcp"])
      expect(await judged(packageIsReviewed, { type }), type).to.deep.equal([`"b" comes from package gcp; ${must}`]);
    for (const type of ["svp:data:DataLake", "awsx:ecr:Image", "random:index/randomId:RandomId"])
      expect(await judged(packageIsReviewed, { type }), type).to.deep.equal([]);
  });

  it("know the service of every module that the provider calls otherwise", () => {
    for (const [type, service] of Object.entries({
      "aws:s3/bucket:Bucket": "s3",
      "aws:cfg/recorder:Recorder": "config",
      "aws:cloudwatch/logGroup:LogGroup": "logs",
      "aws:cloudwatch/eventRule:EventRule": "events",
      "aws:cloudwatch/metricAlarm:MetricAlarm": "cloudwatch",
      "aws:cognito/userPool:UserPool": "cognito-idp",
      "aws:cognito/identityPool:IdentityPool": "cognito-identity",
      "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "firehose",
      "aws:kinesis/stream:Stream": "kinesis",
      "aws:sfn/stateMachine:StateMachine": "states",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ec2",
      "aws:scheduler/schedule:Schedule": "scheduler",
      "aws:index:Something": "index",
    }))
      expect(servicePrefixOf(type), type).to.equal(service);
  });

  it("take their settings from the configuration", async () => {
    expect(await violations(dataAreProtectedFromDeletion, bucket(), { [dataAreProtectedFromDeletion.name]: { required: false } })).to.deep.equal([]);
    expect((await violations(packageIsReviewed, bucket(), { [packageIsReviewed.name]: { packages: ["pulumi"] } })).sort()).to.deep.equal([
      '"account" comes from package aws; it must come from pulumi.',
      '"b" comes from package aws; it must come from pulumi.',
    ]);
  });

  it("judge nothing that is not of their kind", async () => {
    const component = async (rule: Policies[number]) => {
      const deployment = await deploymentOf(bucket());
      const resources = deployment.resources.map((resource) => ({ ...resource, type: "svp:data:DataLake" }));
      return (await evaluatePolicies([rule], { ...deployment, resources })).applied[rule.name];
    };
    for (const rule of [
      changesAreNotIgnored,
      dataAreProtectedFromDeletion,
      providerHoldsNoCredentials,
      providerIsBoundToOneAccount,
      resourceIsOfEligibleService,
      resourceTypeIsReviewed,
    ])
      expect(await component(rule), rule.name).to.deep.equal([]);
  });
});
