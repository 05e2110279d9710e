import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { PrivateWorkforce } from "../../../components/learning/private-workforce.ts";
import { Studio } from "../../../components/learning/studio.ts";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { domainBuildsNoContainers } from "../../../policies/rules/sagemaker/domain-builds-no-containers.ts";
import { domainHasNoWayToTheInternet } from "../../../policies/rules/sagemaker/domain-has-no-way-to-the-internet.ts";
import { domainIsEncryptedWithCustomerKey } from "../../../policies/rules/sagemaker/domain-is-encrypted-with-customer-key.ts";
import { domainNamesWhoeverActs } from "../../../policies/rules/sagemaker/domain-names-whoever-acts.ts";
import { domainSharesNoUnencryptedOutput } from "../../../policies/rules/sagemaker/domain-shares-no-unencrypted-output.ts";
import { domainSignsPeopleInByIdentityCenter } from "../../../policies/rules/sagemaker/domain-signs-people-in-by-identity-center.ts";
import { domainStopsIdleNotebooks } from "../../../policies/rules/sagemaker/domain-stops-idle-notebooks.ts";
import { sagemakerRules } from "../../../policies/rules/sagemaker/index.ts";
import { notebookInstanceGivesNoRootAccess } from "../../../policies/rules/sagemaker/notebook-instance-gives-no-root-access.ts";
import { notebookInstanceHasNoInternetAccess } from "../../../policies/rules/sagemaker/notebook-instance-has-no-internet-access.ts";
import { notebookInstanceIsEncryptedWithCustomerKey } from "../../../policies/rules/sagemaker/notebook-instance-is-encrypted-with-customer-key.ts";
import { peopleWorkInPrivateTeams } from "../../../policies/rules/sagemaker/people-work-in-private-teams.ts";
import { peopleWriteEncryptedOutput } from "../../../policies/rules/sagemaker/people-write-encrypted-output.ts";
import { workforceWorksFromKnownNetworks } from "../../../policies/rules/sagemaker/workforce-works-from-known-networks.ts";
import { workteamOpensImagesOnItsNetworkOnly } from "../../../policies/rules/sagemaker/workteam-opens-images-on-its-network-only.ts";
import { jobNetwork, parts } from "../../components/parts.ts";
import { inAccount, place } from "../../components/place.ts";
import { violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const key = "arn:aws:kms:us-east-1:111111111111:key/datasets";
const roleArn = "arn:aws:iam::111111111111:role/r";

const idle = (settings: aws.types.input.sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementIdleSettings) => ({
  appLifecycleManagement: { idleSettings: settings },
});
const stops = { lifecycleManagement: "ENABLED", idleTimeoutInMinutes: 60, maxIdleTimeoutInMinutes: 480 };
const user = { executionRole: roleArn, jupyterLabAppSettings: idle(stops), codeEditorAppSettings: idle(stops) };
const domain =
  (change: Partial<aws.sagemaker.DomainArgs> = {}): Program =>
  (opts) =>
    new aws.sagemaker.Domain(
      "d",
      {
        domainName: "d",
        authMode: "SSO",
        vpcId: "vpc-1",
        subnetIds: ["subnet-1"],
        appNetworkAccessType: "VpcOnly",
        kmsKeyId: key,
        domainSettings: { executionRoleIdentityConfig: "USER_PROFILE_NAME" },
        defaultUserSettings: user,
        ...change,
      } as aws.sagemaker.DomainArgs,
      opts,
    );
const sharing = (sharingSettings: object): Program => domain({ defaultUserSettings: { ...user, sharingSettings } });
const profile =
  (sharingSettings?: object): Program =>
  (opts) =>
    new aws.sagemaker.UserProfile(
      "u",
      { domainId: "d", userProfileName: "u", ...(sharingSettings && { userSettings: { executionRole: roleArn, sharingSettings } }) },
      opts,
    );
const notebook =
  (change: Partial<aws.sagemaker.NotebookInstanceArgs> = {}): Program =>
  (opts) =>
    new aws.sagemaker.NotebookInstance(
      "n",
      {
        instanceType: "ml.t3.medium",
        roleArn,
        directInternetAccess: "Disabled",
        subnetId: "subnet-1",
        securityGroups: ["sg-1"],
        kmsKeyId: key,
        rootAccess: "Disabled",
        instanceMetadataServiceConfiguration: { minimumInstanceMetadataServiceVersion: "2" },
        ...change,
      } as aws.sagemaker.NotebookInstanceArgs,
      opts,
    );

const team = (crowd: string): string => `arn:aws:sagemaker:us-east-1:111111111111:workteam/${crowd}/experts`;
const price = { amountInUsd: { cents: 1 } };
const labelling =
  (change: { workteamArn?: string; price?: object; key?: string; learning?: object } = {}): Program =>
  (opts) =>
    new aws.sagemaker.LabelingJob(
      "l",
      {
        labelingJobName: "l",
        labelAttributeName: "label",
        roleArn,
        inputConfig: { dataSource: { s3DataSource: { manifestS3Uri: "s3://lake/manifest" } } },
        outputConfig: { s3OutputPath: "s3://lake/labels/", ...("key" in change ? (change.key ? { kmsKeyId: change.key } : {}) : { kmsKeyId: key }) },
        humanTaskConfig: {
          workteamArn: change.workteamArn ?? team("private-crowd"),
          numberOfHumanWorkersPerDataObject: 1,
          taskDescription: "d",
          taskTimeLimitInSeconds: 60,
          taskTitle: "t",
          uiConfig: { uiTemplateS3Uri: "s3://lake/ui" },
          ...(change.price && { publicWorkforceTaskPrice: change.price }),
        },
        ...(change.learning && {
          labelingJobAlgorithmsConfig: {
            labelingJobAlgorithmSpecificationArn: "arn:aws:sagemaker:us-east-1:1:algo",
            labelingJobResourceConfig: change.learning,
          },
        }),
      },
      opts,
    );
const review =
  (workteamArn = team("private-crowd"), kmsKeyId: string | undefined = key): Program =>
  (opts) =>
    new aws.sagemaker.FlowDefinition(
      "f",
      {
        flowDefinitionName: "f",
        roleArn,
        outputConfig: { s3OutputPath: "s3://lake/reviews/", ...(kmsKeyId && { kmsKeyId }) },
        humanLoopConfig: { humanTaskUiArn: "arn:ui", taskCount: 1, taskDescription: "d", taskTitle: "t", workteamArn },
      },
      opts,
    );
const workforce =
  (change: Partial<aws.sagemaker.WorkforceArgs>): Program =>
  (opts) =>
    new aws.sagemaker.Workforce("w", { workforceName: "w", ...change }, opts);
const workteam =
  (iamPolicyConstraints?: object): Program =>
  (opts) =>
    new aws.sagemaker.Workteam(
      "t",
      {
        workteamName: "t",
        description: "d",
        memberDefinitions: [],
        ...(iamPolicyConstraints && { workerAccessConfiguration: { s3Presign: { iamPolicyConstraints } } }),
      },
      opts,
    );

describe("rules of SageMaker's people", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [domainIsEncryptedWithCustomerKey, "accepts a key", domain()],
    [domainIsEncryptedWithCustomerKey, "refuses none", domain({ kmsKeyId: undefined }), 'Domain "d" has no customer-managed key; kmsKeyId must name one.'],
    [domainHasNoWayToTheInternet, "accepts the VPC", domain()],
    [
      domainHasNoWayToTheInternet,
      "refuses the internet",
      domain({ appNetworkAccessType: "PublicInternetOnly" }),
      'Domain "d" has appNetworkAccessType PublicInternetOnly; it must be VpcOnly.',
    ],
    [
      domainHasNoWayToTheInternet,
      "refuses what SageMaker does by itself",
      domain({ appNetworkAccessType: undefined }),
      'Domain "d" has appNetworkAccessType unset; it must be VpcOnly.',
    ],
    [domainSignsPeopleInByIdentityCenter, "accepts Identity Center", domain()],
    [domainSignsPeopleInByIdentityCenter, "refuses signed URLs of IAM", domain({ authMode: "IAM" }), 'Domain "d" has authMode IAM; it must be SSO.'],
    [domainNamesWhoeverActs, "accepts names in sessions", domain()],
    [
      domainNamesWhoeverActs,
      "refuses none",
      domain({ domainSettings: { executionRoleIdentityConfig: "DISABLED" } }),
      'Domain "d" has domainSettings.executionRoleIdentityConfig DISABLED; it must be USER_PROFILE_NAME.',
    ],
    [
      domainNamesWhoeverActs,
      "refuses no settings",
      domain({ domainSettings: undefined }),
      'Domain "d" has domainSettings.executionRoleIdentityConfig unset; it must be USER_PROFILE_NAME.',
    ],
    [domainBuildsNoContainers, "accepts no Docker", domain()],
    [
      domainBuildsNoContainers,
      "refuses Docker",
      domain({ domainSettings: { dockerSettings: { enableDockerAccess: "ENABLED" } } }),
      'Domain "d" has dockerSettings.enableDockerAccess ENABLED; it must be DISABLED.',
    ],
    [domainSharesNoUnencryptedOutput, "accepts no sharing", sharing({ notebookOutputOption: "Disabled" })],
    [domainSharesNoUnencryptedOutput, "accepts what SageMaker does by itself, which is none", domain()],
    [domainSharesNoUnencryptedOutput, "accepts sharing under a key", sharing({ notebookOutputOption: "Allowed", s3KmsKeyId: key })],
    [
      domainSharesNoUnencryptedOutput,
      "refuses sharing without",
      sharing({ notebookOutputOption: "Allowed" }),
      'Domain "d" shares the output of notebooks without a customer-managed key; notebookOutputOption must be Disabled.',
    ],
    [domainSharesNoUnencryptedOutput, "accepts a profile that says nothing", profile()],
    [
      domainSharesNoUnencryptedOutput,
      "refuses it of a profile, too",
      profile({ notebookOutputOption: "Allowed" }),
      'User profile "u" shares the output of notebooks without a customer-managed key; notebookOutputOption must be Disabled.',
    ],
    [domainStopsIdleNotebooks, "accepts an hour, and a day for who asks", domain()],
    [
      domainStopsIdleNotebooks,
      "refuses notebooks that nobody stops",
      domain({ defaultUserSettings: { ...user, codeEditorAppSettings: {}, jupyterLabAppSettings: idle({ ...stops, lifecycleManagement: "DISABLED" }) } }),
      'Domain "d" never stops idle notebooks; idleSettings.lifecycleManagement must be ENABLED (codeEditorAppSettings).',
      'Domain "d" never stops idle notebooks; idleSettings.lifecycleManagement must be ENABLED (jupyterLabAppSettings).',
    ],
    [
      domainStopsIdleNotebooks,
      "refuses to wait long, or as long as people like",
      domain({
        defaultUserSettings: {
          ...user,
          codeEditorAppSettings: idle({ lifecycleManagement: "ENABLED" }),
          jupyterLabAppSettings: idle({ ...stops, idleTimeoutInMinutes: 61, maxIdleTimeoutInMinutes: 481 }),
        },
      }),
      'Domain "d" lets people wait 481 idle minutes; maxIdleTimeoutInMinutes must be at most 480 (jupyterLabAppSettings).',
      'Domain "d" lets people wait any idle minutes; maxIdleTimeoutInMinutes must be at most 480 (codeEditorAppSettings).',
      'Domain "d" stops notebooks after 61 idle minutes; idleTimeoutInMinutes must be at most 60 (jupyterLabAppSettings).',
      'Domain "d" stops notebooks after no idle minutes; idleTimeoutInMinutes must be at most 60 (codeEditorAppSettings).',
    ],

    [notebookInstanceHasNoInternetAccess, "accepts a subnet", notebook()],
    [
      notebookInstanceHasNoInternetAccess,
      "refuses direct access",
      notebook({ directInternetAccess: "Enabled" }),
      'Notebook instance "n" has directInternetAccess Enabled; it must be Disabled.',
    ],
    [
      notebookInstanceHasNoInternetAccess,
      "refuses nothing said",
      notebook({ directInternetAccess: undefined, subnetId: undefined, securityGroups: undefined }),
      'Notebook instance "n" has directInternetAccess Enabled; it must be Disabled.',
      'Notebook instance "n" has no security group; securityGroups must be set.',
      'Notebook instance "n" lies in no subnet; subnetId must be set.',
    ],
    [notebookInstanceIsEncryptedWithCustomerKey, "accepts a key", notebook()],
    [
      notebookInstanceIsEncryptedWithCustomerKey,
      "refuses a key of AWS's",
      notebook({ kmsKeyId: "alias/aws/ebs" }),
      'Notebook instance "n" has no customer-managed key; kmsKeyId must name one.',
    ],
    [notebookInstanceGivesNoRootAccess, "accepts none", notebook()],
    [
      notebookInstanceGivesNoRootAccess,
      "refuses root and the old metadata service",
      notebook({ rootAccess: undefined, instanceMetadataServiceConfiguration: { minimumInstanceMetadataServiceVersion: "1" } }),
      'Notebook instance "n" answers IMDSv1; minimumInstanceMetadataServiceVersion must be 2.',
      'Notebook instance "n" has rootAccess Enabled; it must be Disabled.',
    ],
    [
      notebookInstanceGivesNoRootAccess,
      "refuses no metadata settings",
      notebook({ instanceMetadataServiceConfiguration: undefined }),
      'Notebook instance "n" answers IMDSv1; minimumInstanceMetadataServiceVersion must be 2.',
    ],

    [peopleWorkInPrivateTeams, "accepts a private team", labelling()],
    [peopleWorkInPrivateTeams, "accepts reviews by one", review()],
    [
      peopleWorkInPrivateTeams,
      "refuses the public",
      labelling({ workteamArn: team("public-crowd"), price }),
      `Labelling job "l" goes to ${team("public-crowd")}; workteamArn must name a team of private-crowd.`,
      'Labelling job "l" sets a price for the public; publicWorkforceTaskPrice must be left out.',
    ],
    [
      peopleWorkInPrivateTeams,
      "refuses vendors",
      review(team("vendor-crowd")),
      `Review "f" goes to ${team("vendor-crowd")}; workteamArn must name a team of private-crowd.`,
    ],
    [peopleWriteEncryptedOutput, "accepts keys", labelling({ learning: { volumeKmsKeyId: key } })],
    [peopleWriteEncryptedOutput, "accepts jobs that learn nothing", labelling()],
    [peopleWriteEncryptedOutput, "accepts reviews under a key", review()],
    [
      peopleWriteEncryptedOutput,
      "refuses none",
      labelling({ key: "", learning: {} }),
      'Labelling job "l" has no customer-managed key for disks; labelingJobResourceConfig.volumeKmsKeyId must name one.',
      'Labelling job "l" has no customer-managed key for its output; outputConfig.kmsKeyId must name one.',
    ],
    [
      peopleWriteEncryptedOutput,
      "refuses it of reviews",
      review(team("private-crowd"), ""),
      'Review "f" has no customer-managed key for its output; outputConfig.kmsKeyId must name one.',
    ],
    [workforceWorksFromKnownNetworks, "accepts networks", workforce({ sourceIpConfig: { cidrs: ["203.0.113.0/24", "198.51.100.7/32"] } })],
    [workforceWorksFromKnownNetworks, "accepts a VPC", workforce({ workforceVpcConfig: { vpcId: "vpc-1" } })],
    [
      workforceWorksFromKnownNetworks,
      "refuses anywhere",
      workforce({}),
      'Workforce "w" works from anywhere; sourceIpConfig.cidrs or workforceVpcConfig must be set.',
    ],
    [
      workforceWorksFromKnownNetworks,
      "refuses half the internet",
      workforce({ sourceIpConfig: { cidrs: ["203.0.113.0/24", "0.0.0.0/1"] } }),
      'Workforce "w" works from 0.0.0.0/1; sourceIpConfig.cidrs must be networks of /16 or smaller.',
    ],
    [workteamOpensImagesOnItsNetworkOnly, "accepts the address", workteam({ sourceIp: "Enabled" })],
    [workteamOpensImagesOnItsNetworkOnly, "accepts the address within a VPC", workteam({ vpcSourceIp: "Enabled" })],
    ...[undefined, { sourceIp: "Disabled" }].map((bound): [Policies[number], string, Program, string] => [
      workteamOpensImagesOnItsNetworkOnly,
      `refuses ${JSON.stringify(bound)}`,
      workteam(bound),
      'Work team "t" opens images anywhere; iamPolicyConstraints.sourceIp or vpcSourceIp must be Enabled.',
    ]),
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("have settings", async () => {
    expect(
      await violations(domainSignsPeopleInByIdentityCenter, domain({ authMode: "IAM" }), {
        [domainSignsPeopleInByIdentityCenter.name]: { authModes: ["IAM"] },
      }),
    ).to.deep.equal([]);
    const wide = workforce({ sourceIpConfig: { cidrs: ["10.0.0.0/8"] } });
    expect(await violations(workforceWorksFromKnownNetworks, wide, { [workforceWorksFromKnownNetworks.name]: { shortestPrefix: 8 } })).to.deep.equal([]);
    const slow = domain({
      defaultUserSettings: { ...user, jupyterLabAppSettings: idle({ ...stops, idleTimeoutInMinutes: 120, maxIdleTimeoutInMinutes: 600 }) },
    });
    const patience = { idleMinutes: 120, longestMinutes: 600 };
    expect(await violations(domainStopsIdleNotebooks, slow, { [domainStopsIdleNotebooks.name]: patience })).to.deep.equal([]);
  });

  it("are kept by our PrivateWorkforce", async () => {
    const stack = await inAccount((opts) => {
      const people = { userPoolId: "us-east-1_abcdefghi", clientId: "client", userGroup: "experts", sourceCidrs: ["203.0.113.0/24"] };
      new PrivateWorkforce("experts", { place, ...people }, opts);
    });
    const { findings, applied } = await evaluatePolicies(sagemakerRules, { project: "svp", stack: "unit", findings: [], ...stack });
    expect(findings).to.deep.equal([]);
    expect(applied[workforceWorksFromKnownNetworks.name]).to.have.length(1);
  });

  it("are kept by our Studio", async () => {
    const stack = await inAccount((opts) => {
      const { keys } = parts(opts);
      const network = { vpcId: "vpc-1", network: jobNetwork, key: keys.datasets, logKey: keys.logs, logRetentionDays: 2192 };
      new Studio("studio", { place, removal: "retain", ...network, signIn: "SSO", users: ["a@example.org"], statements: [] }, opts);
    });
    const { findings, applied } = await evaluatePolicies(sagemakerRules, { project: "svp", stack: "unit", findings: [], ...stack });
    expect(findings).to.deep.equal([]);
    expect(applied[domainStopsIdleNotebooks.name]).to.have.length(1);
  });
});
