import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { imagesAreInNoPublicRegistry } from "../../../policies/rules/ecr/images-are-in-no-public-registry.ts";
import { registryIsScannedAllTheTime } from "../../../policies/rules/ecr/registry-is-scanned-all-the-time.ts";
import { repositoryIsClosedToOutsiders } from "../../../policies/rules/ecr/repository-is-closed-to-outsiders.ts";
import { repositoryIsEncryptedWithCustomerKey } from "../../../policies/rules/ecr/repository-is-encrypted-with-customer-key.ts";
import { repositoryIsScannedOnPush } from "../../../policies/rules/ecr/repository-is-scanned-on-push.ts";
import { repositoryKeepsTags } from "../../../policies/rules/ecr/repository-keeps-tags.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const encryptionConfigurations = [{ encryptionType: "KMS", kmsKey: "arn:aws:kms:us-east-1:111111111111:key/images" }];
const repository =
  (change: Partial<aws.ecr.RepositoryArgs> = {}): Program =>
  (opts) =>
    new aws.ecr.Repository(
      "r",
      { imageTagMutability: "IMMUTABLE", imageScanningConfiguration: { scanOnPush: true }, encryptionConfigurations, ...change } as aws.ecr.RepositoryArgs,
      opts,
    );
const template =
  (change: Partial<aws.ecr.RepositoryCreationTemplateArgs> = {}): Program =>
  (opts) =>
    new aws.ecr.RepositoryCreationTemplate(
      "t",
      {
        prefix: "svp",
        appliedFors: ["CREATE_ON_PUSH"],
        imageTagMutability: "IMMUTABLE",
        encryptionConfigurations,
        ...change,
      } as unknown as aws.ecr.RepositoryCreationTemplateArgs,
      opts,
    );
const document = (...statements: object[]): string => JSON.stringify({ Statement: statements.map((more) => ({ Sid: "S", Effect: "Allow", ...more })) });
const policy =
  (...statements: object[]): Program =>
  (opts) =>
    new aws.ecr.RepositoryPolicy("p", { repository: "r", policy: document(...statements) }, opts);
const other = { AWS: "arn:aws:iam::222222222222:root" };
const own = { AWS: "arn:aws:iam::111111111111:role/deploy" };
const ours = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } };
const pull = { Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] };

const rules = (scanFrequency: string, filter: string) => [{ scanFrequency, repositoryFilters: [{ filter, filterType: "WILDCARD" }] }];
const scanned =
  (scanning?: aws.ecr.RegistryScanningConfigurationArgs): Program =>
  (opts) => {
    repository()(opts);
    if (scanning) new aws.ecr.RegistryScanningConfiguration("s", scanning, opts);
  };
const unscanned = 'Account "account" does not scan all its images all the time; scanType must be ENHANCED with CONTINUOUS_SCAN of *.';

describe("rules of ECR", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [repositoryKeepsTags, "accepts tags that stay", repository()],
    [repositoryKeepsTags, "accepts a template of such", template()],
    ...["MUTABLE", "IMMUTABLE_WITH_EXCLUSION", undefined].map((imageTagMutability): [Policies[number], string, Program, string] => [
      repositoryKeepsTags,
      `refuses ${imageTagMutability}`,
      repository({ imageTagMutability } as aws.ecr.RepositoryArgs),
      `Repository "r" has imageTagMutability ${imageTagMutability ?? "MUTABLE"}; it must be IMMUTABLE.`,
    ]),
    [
      repositoryKeepsTags,
      "refuses it of a template",
      template({ imageTagMutability: "MUTABLE" }),
      'Template "t" has imageTagMutability MUTABLE; it must be IMMUTABLE.',
    ],
    [repositoryIsScannedOnPush, "accepts scans", repository()],
    ...[undefined, { scanOnPush: false }].map((imageScanningConfiguration): [Policies[number], string, Program, string] => [
      repositoryIsScannedOnPush,
      `refuses ${JSON.stringify(imageScanningConfiguration)}`,
      repository({ imageScanningConfiguration } as aws.ecr.RepositoryArgs),
      'Repository "r" scans nothing; imageScanningConfiguration.scanOnPush must be true.',
    ]),
    [repositoryIsEncryptedWithCustomerKey, "accepts a key", repository()],
    [
      repositoryIsEncryptedWithCustomerKey,
      "refuses keys of ECR's",
      repository({ encryptionConfigurations: undefined } as unknown as aws.ecr.RepositoryArgs),
      'Repository "r" encrypts with AES256; encryptionConfigurations must have encryptionType KMS.',
    ],
    [
      repositoryIsEncryptedWithCustomerKey,
      "refuses a key of AWS's",
      repository({ encryptionConfigurations: [{ encryptionType: "KMS" }] }),
      'Repository "r" has no customer-managed key; encryptionConfigurations must have kmsKey.',
    ],
    [
      repositoryIsEncryptedWithCustomerKey,
      "refuses it of a template",
      template({ encryptionConfigurations: [{ encryptionType: "AES256" }] }),
      'Template "t" encrypts with AES256; encryptionConfigurations must have encryptionType KMS.',
    ],

    [repositoryIsClosedToOutsiders, "accepts accounts of the organisation that fetch", policy({ Principal: other, ...pull, ...ours })],
    [repositoryIsClosedToOutsiders, "accepts its own account, whatever it does", policy({ Principal: own, Action: ["ecr:PutImage"] })],
    [
      repositoryIsClosedToOutsiders,
      "refuses everybody",
      policy({ Principal: "*", ...pull }),
      'The policy of repository "p" lets in everybody, of whatever organisation (S); the statement must have a condition by aws:PrincipalOrgID.',
    ],
    [
      repositoryIsClosedToOutsiders,
      "refuses accounts of any organisation, in a registry's policy too",
      (opts) => new aws.ecr.RegistryPolicy("g", { policy: document({ Principal: other, Action: "ecr:ReplicateImage", Resource: "*" }) }, opts),
      'The policy of registry "g" lets in arn:aws:iam::222222222222:root, of whatever organisation (S); the statement must have a condition by aws:PrincipalOrgID.',
      'The policy of registry "g" lets others change images by ecr:ReplicateImage (S).',
    ],
    [
      repositoryIsClosedToOutsiders,
      "refuses others who push",
      policy({ Principal: other, Action: "ecr:*", ...ours }),
      'The policy of repository "p" lets others change images by ecr:PutImage, ecr:InitiateLayerUpload, ecr:BatchDeleteImage, ecr:DeleteRepository, ecr:SetRepositoryPolicy, ecr:ReplicateImage (S).',
    ],
    [
      repositoryIsClosedToOutsiders,
      "looks into templates",
      template({ repositoryPolicy: document({ Principal: "*", ...pull }) }),
      'The policy of template "t" lets in everybody, of whatever organisation (S); the statement must have a condition by aws:PrincipalOrgID.',
    ],
    [
      imagesAreInNoPublicRegistry,
      "refuses public repositories",
      (opts) => new aws.ecrpublic.Repository("x", { repositoryName: "x" }, opts),
      'Repository "x" lies in the public registry; it must be an aws.ecr.Repository.',
    ],

    [registryIsScannedAllTheTime, "accepts scans of all", scanned({ scanType: "ENHANCED", rules: rules("CONTINUOUS_SCAN", "*") })],
    [registryIsScannedAllTheTime, "refuses none", scanned(), unscanned],
    [registryIsScannedAllTheTime, "refuses the basic ones", scanned({ scanType: "BASIC", rules: rules("SCAN_ON_PUSH", "*") }), unscanned],
    [registryIsScannedAllTheTime, "refuses scans on push", scanned({ scanType: "ENHANCED", rules: rules("SCAN_ON_PUSH", "*") }), unscanned],
    [registryIsScannedAllTheTime, "refuses scans of some", scanned({ scanType: "ENHANCED", rules: rules("CONTINUOUS_SCAN", "svp/*") }), unscanned],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("apply where there are images", async () => {
    expect(await applications(registryIsScannedAllTheTime, policy())).to.equal(0);
    expect(await applications(repositoryIsClosedToOutsiders, template())).to.equal(0);
    expect(await applications(imagesAreInNoPublicRegistry, repository())).to.equal(0);
  });
});
