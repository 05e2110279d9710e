import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { endpointCopiesLieEncryptedInLake } from "../../../policies/rules/sagemaker/endpoint-copies-lie-encrypted-in-lake.ts";
import { endpointOpensNoShell } from "../../../policies/rules/sagemaker/endpoint-opens-no-shell.ts";
import { endpointRollsBackOnAlarms } from "../../../policies/rules/sagemaker/endpoint-rolls-back-on-alarms.ts";
import { endpointRunsOnSeveralInstances } from "../../../policies/rules/sagemaker/endpoint-runs-on-several-instances.ts";
import { endpointVolumeIsEncryptedWithCustomerKey } from "../../../policies/rules/sagemaker/endpoint-volume-is-encrypted-with-customer-key.ts";
import { featureGroupIsEncryptedWithCustomerKey } from "../../../policies/rules/sagemaker/feature-group-is-encrypted-with-customer-key.ts";
import { modelDataLiesInLake } from "../../../policies/rules/sagemaker/model-data-lies-in-lake.ts";
import { modelImageIsPinned } from "../../../policies/rules/sagemaker/model-image-is-pinned.ts";
import { modelIsIsolated } from "../../../policies/rules/sagemaker/model-is-isolated.ts";
import { modelVersionsStayOnPlatform } from "../../../policies/rules/sagemaker/model-versions-stay-on-platform.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;
type Model = Partial<aws.sagemaker.ModelArgs>;
type Configuration = Partial<aws.sagemaker.EndpointConfigurationArgs>;

const key = "arn:aws:kms:us-east-1:111111111111:key/models";
const image = `777777777777.dkr.ecr.us-east-1.amazonaws.com/svp/inference@sha256:${"0".repeat(64)}`;
const from = (s3Uri: string) => ({ s3DataSources: [{ s3Uri, s3DataType: "S3Prefix", compressionType: "None" }] });

const model =
  (change: Model = {}): Program =>
  (opts) => {
    new aws.s3.Bucket("models", { bucket: "models" }, opts);
    new aws.sagemaker.Model(
      "m",
      {
        executionRoleArn: "arn:aws:iam::111111111111:role/m",
        enableNetworkIsolation: true,
        vpcConfig: { subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
        primaryContainer: { image, modelDataSource: from("s3://models/models/") },
        ...change,
      } as aws.sagemaker.ModelArgs,
      opts,
    );
  };

const variant = { variantName: "current", modelName: "m", instanceType: "ml.m5.large", initialInstanceCount: 2 };
const configured = (opts: Opts, change: Configuration = {}): aws.sagemaker.EndpointConfiguration => {
  new aws.s3.Bucket("lake", { bucket: "lake" }, opts);
  return new aws.sagemaker.EndpointConfiguration(
    "c",
    { name: "c", kmsKeyArn: key, productionVariants: [variant], ...change } as aws.sagemaker.EndpointConfigurationArgs,
    opts,
  );
};
const configuration =
  (change: Configuration = {}): Program =>
  (opts) =>
    configured(opts, change);
const capture = (change: object = {}): Configuration => ({
  dataCaptureConfig: {
    enableCapture: true,
    initialSamplingPercentage: 1,
    captureOptions: [{ captureMode: "Input" }],
    destinationS3Uri: "s3://lake/captures/",
    kmsKeyId: key,
    ...change,
  },
});
const queued = (change: object = {}): Configuration => ({
  asyncInferenceConfig: { outputConfig: { s3OutputPath: "s3://lake/answers/", s3FailurePath: "s3://lake/failures/", kmsKeyId: key, ...change } },
});

const deploymentConfig = {
  blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "ALL_AT_ONCE", waitIntervalInSeconds: 60 } },
  autoRollbackConfiguration: { alarms: [{ alarmName: "errors" }] },
};
const endpoint =
  (deployment: aws.types.input.sagemaker.EndpointDeploymentConfig | undefined, change: Configuration = {}): Program =>
  (opts) =>
    new aws.sagemaker.Endpoint("e", { endpointConfigName: configured(opts, change).name, ...(deployment && { deploymentConfig: deployment }) }, opts);
const scaled =
  (minCapacity: number, resourceId?: string, change: Configuration = {}): Program =>
  (opts) => {
    const found = new aws.sagemaker.Endpoint("e", { name: "e", endpointConfigName: configured(opts, change).name }, opts);
    new aws.appautoscaling.Target(
      "t",
      {
        serviceNamespace: "sagemaker",
        scalableDimension: "sagemaker:variant:DesiredInstanceCount",
        resourceId: resourceId ?? found.name.apply((name) => `endpoint/${name}/variant/current`),
        minCapacity,
        maxCapacity: 4,
      },
      opts,
    );
  };

const versions =
  (...statements: object[]): Program =>
  (opts) =>
    new aws.sagemaker.ModelPackageGroupPolicy(
      "v",
      {
        modelPackageGroupName: "g",
        resourcePolicy: JSON.stringify({ Statement: statements.map((more) => ({ Sid: "S", Effect: "Allow", Resource: "*", ...more })) }),
      },
      opts,
    );
const other = { AWS: "arn:aws:iam::222222222222:root" };
const ours = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } };
const group =
  (change: Partial<aws.sagemaker.FeatureGroupArgs>): Program =>
  (opts) =>
    new aws.sagemaker.FeatureGroup(
      "f",
      {
        featureGroupName: "f",
        recordIdentifierFeatureName: "id",
        eventTimeFeatureName: "at",
        roleArn: "arn:aws:iam::111111111111:role/f",
        featureDefinitions: [{ featureName: "id", featureType: "String" }],
        ...change,
      },
      opts,
    );

const byTag = "777777777777.dkr.ecr.us-east-1.amazonaws.com/svp/inference:v1";
const c = (problem: string): string => `Endpoint configuration "c" ${problem}.`;
const m = (problem: string): string => `Model "m" ${problem}.`;

describe("rules of SageMaker's models and endpoints", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [modelIsIsolated, "accepts an isolated model", model()],
    [
      modelIsIsolated,
      "refuses one with a network",
      model({ enableNetworkIsolation: false, vpcConfig: undefined }),
      m("must set enableNetworkIsolation to true"),
      m("must set vpcConfig.securityGroupIds"),
      m("must set vpcConfig.subnets"),
    ],
    [
      modelIsIsolated,
      "refuses a VPC without subnets, and nothing said of isolation",
      model({ enableNetworkIsolation: undefined, vpcConfig: { subnets: [], securityGroupIds: ["sg-1"] } }),
      m("must set enableNetworkIsolation to true"),
      m("must set vpcConfig.subnets"),
    ],
    [modelImageIsPinned, "accepts a digest", model()],
    [modelImageIsPinned, "accepts a version of the registry", model({ primaryContainer: { modelPackageName: "arn:version" } })],
    [
      modelImageIsPinned,
      "refuses a tag",
      model({ primaryContainer: { image: byTag } }),
      m(`runs the image "${byTag}", which must be named by its digest in a private registry of ECR`),
    ],
    [
      modelImageIsPinned,
      "looks at every container",
      model({ primaryContainer: undefined, containers: [{ image }, { image: "nginx" }] }),
      m('runs the image "nginx", which must be named by its digest in a private registry of ECR'),
    ],
    [modelDataLiesInLake, "accepts approved networks", model()],
    [
      modelDataLiesInLake,
      "accepts language models that people put there",
      model({ primaryContainer: { image, modelDataSource: from("s3://models/language-models/own/1/") } }),
    ],
    [
      modelDataLiesInLake,
      "refuses another bucket",
      model({ primaryContainer: { image, modelDataUrl: "s3://elsewhere/models/x.tar.gz" } }),
      m("loads s3://elsewhere/models/x.tar.gz; it must load from a bucket of the stack"),
    ],
    [
      modelDataLiesInLake,
      "refuses another prefix, wherever it is named",
      model({
        primaryContainer: undefined,
        containers: [
          { image, modelDataSource: from("s3://models/training/") },
          { image, additionalModelDataSources: [{ channelName: "more", s3DataSources: from("s3://models/elsewhere/").s3DataSources }] },
        ],
      }),
      m("loads s3://models/elsewhere/; it must load from models/ or language-models/"),
      m("loads s3://models/training/; it must load from models/ or language-models/"),
    ],

    [endpointVolumeIsEncryptedWithCustomerKey, "accepts a key", configuration()],
    [
      endpointVolumeIsEncryptedWithCustomerKey,
      "accepts none where the disks encrypt themselves",
      configuration({ kmsKeyArn: undefined, productionVariants: [{ ...variant, instanceType: "ml.g5.xlarge" }] }),
    ],
    [
      endpointVolumeIsEncryptedWithCustomerKey,
      "refuses none where they don't",
      configuration({ kmsKeyArn: undefined }),
      c("runs on ml.m5.large and must set kmsKeyArn to a customer-managed key, written out"),
    ],
    [
      endpointVolumeIsEncryptedWithCustomerKey,
      "refuses one that SageMaker refuses",
      configuration({ productionVariants: [{ ...variant, instanceType: "ml.g5.xlarge" }] }),
      c("runs on ml.g5.xlarge, whose disks encrypt themselves, and must not set kmsKeyArn, which SageMaker refuses"),
    ],
    [
      endpointVolumeIsEncryptedWithCustomerKey,
      "refuses variants that disagree, shadows included",
      configuration({ shadowProductionVariants: [{ ...variant, instanceType: "ml.g5.xlarge" }] }),
      c("may run on ml.m5.large, ml.g5.xlarge, some of which refuse a volume key while others need one"),
    ],
    [
      endpointVolumeIsEncryptedWithCustomerKey,
      "refuses a variant of no type",
      configuration({ productionVariants: [{ variantName: "current", modelName: "m" }] }),
      c("names no instance type that can be judged"),
    ],
    [endpointOpensNoShell, "accepts none", configuration()],
    [
      endpointOpensNoShell,
      "refuses one, in shadows too",
      configuration({ productionVariants: [{ ...variant, enableSsmAccess: true }], shadowProductionVariants: [{ modelName: "m", enableSsmAccess: true }] }),
      c("opens a shell in variant current; enableSsmAccess must be false"),
      c("opens a shell in variant unnamed; enableSsmAccess must be false"),
    ],

    [endpointCopiesLieEncryptedInLake, "accepts captures in the lake", configuration(capture())],
    [endpointCopiesLieEncryptedInLake, "accepts answers in the lake", configuration(queued())],
    [
      endpointCopiesLieEncryptedInLake,
      "refuses captures without a key",
      configuration(capture({ kmsKeyId: undefined })),
      c("has no customer-managed key for captured requests; dataCaptureConfig.kmsKeyId must name one"),
    ],
    [
      endpointCopiesLieEncryptedInLake,
      "refuses captures elsewhere",
      configuration(capture({ destinationS3Uri: "s3://elsewhere/x/" })),
      c("writes captured requests to s3://elsewhere/x/; dataCaptureConfig.destinationS3Uri must name a bucket of the stack"),
    ],
    [
      endpointCopiesLieEncryptedInLake,
      "refuses answers without a key, and failures elsewhere",
      configuration(queued({ kmsKeyId: undefined, s3FailurePath: "s3://elsewhere/x/", s3OutputPath: "s3://other/y/" })),
      c("has no customer-managed key for answers; asyncInferenceConfig.outputConfig.kmsKeyId must name one"),
      c("writes answers to s3://elsewhere/x/; asyncInferenceConfig.outputConfig.s3FailurePath must name a bucket of the stack"),
      c("writes answers to s3://other/y/; asyncInferenceConfig.outputConfig.s3OutputPath must name a bucket of the stack"),
    ],
    [
      endpointCopiesLieEncryptedInLake,
      "refuses dumps of memory that anybody reads",
      configuration({ productionVariants: [{ ...variant, coreDumpConfig: { destinationS3Uri: "s3://elsewhere/x/" } }] }),
      c("has no customer-managed key for dumps of memory; productionVariants[0].coreDumpConfig.kmsKeyId must name one"),
      c("writes dumps of memory to s3://elsewhere/x/; productionVariants[0].coreDumpConfig.destinationS3Uri must name a bucket of the stack"),
    ],

    [endpointRollsBackOnAlarms, "accepts alarms", endpoint(deploymentConfig)],
    [
      endpointRollsBackOnAlarms,
      "refuses nothing said",
      endpoint(undefined),
      'Endpoint "e" never goes back; deploymentConfig.autoRollbackConfiguration.alarms must name alarms.',
      'Endpoint "e" says nothing of updates; deploymentConfig must set blueGreenUpdatePolicy or rollingUpdatePolicy.',
    ],
    [
      endpointRollsBackOnAlarms,
      "refuses no alarms",
      endpoint({ ...deploymentConfig, autoRollbackConfiguration: { alarms: [] } }),
      'Endpoint "e" never goes back; deploymentConfig.autoRollbackConfiguration.alarms must name alarms.',
    ],
    [
      endpointRollsBackOnAlarms,
      "judges an endpoint whose configuration is made elsewhere",
      (opts) =>
        new aws.sagemaker.Endpoint(
          "e",
          { endpointConfigName: "elsewhere", deploymentConfig: { ...deploymentConfig, autoRollbackConfiguration: undefined } } as aws.sagemaker.EndpointArgs,
          opts,
        ),
      'Endpoint "e" never goes back; deploymentConfig.autoRollbackConfiguration.alarms must name alarms.',
    ],

    [endpointRunsOnSeveralInstances, "accepts two", configuration()],
    [
      endpointRunsOnSeveralInstances,
      "accepts a serverless variant",
      configuration({ productionVariants: [{ modelName: "m", serverlessConfig: { maxConcurrency: 1, memorySizeInMb: 1024 } }] }),
    ],
    [
      endpointRunsOnSeveralInstances,
      "refuses one",
      configuration({ productionVariants: [{ ...variant, initialInstanceCount: 1 }] }),
      c("runs variant current on 1 instance; it must run on 2 or more"),
    ],
    [
      endpointRunsOnSeveralInstances,
      "refuses none in managed scaling",
      configuration({ productionVariants: [{ ...variant, managedInstanceScaling: { minInstanceCount: 0 } }] }),
      c("runs variant current on 0 instances; it must run on 2 or more"),
    ],
    [endpointRunsOnSeveralInstances, "accepts scaling in to two", scaled(2)],
    [endpointRunsOnSeveralInstances, "refuses scaling in to one", scaled(1), c('scales in to 1 instance by "t"; minCapacity must be 2 or more')],
    [
      endpointRunsOnSeveralInstances,
      "knows an endpoint by its name, too",
      scaled(1, "endpoint/e/variant/current"),
      c('scales in to 1 instance by "t"; minCapacity must be 2 or more'),
    ],
    [endpointRunsOnSeveralInstances, "leaves other endpoints alone", scaled(1, "endpoint/other/variant/current")],

    [
      featureGroupIsEncryptedWithCustomerKey,
      "accepts keys",
      group({ onlineStoreConfig: { securityConfig: { kmsKeyId: key } }, offlineStoreConfig: { s3StorageConfig: { s3Uri: "s3://lake/f/", kmsKeyId: key } } }),
    ],
    [
      featureGroupIsEncryptedWithCustomerKey,
      "refuses none",
      group({ onlineStoreConfig: { enableOnlineStore: true }, offlineStoreConfig: { s3StorageConfig: { s3Uri: "s3://lake/f/" } } }),
      'Feature group "f" has no customer-managed key for its offline store; offlineStoreConfig.s3StorageConfig.kmsKeyId must name one.',
      'Feature group "f" has no customer-managed key for its online store; onlineStoreConfig.securityConfig.kmsKeyId must name one.',
    ],

    [
      modelVersionsStayOnPlatform,
      "accepts accounts of the organisation that use versions",
      versions({ Principal: other, Action: ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"], ...ours }),
    ],
    [
      modelVersionsStayOnPlatform,
      "accepts its own account",
      versions({ Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "sagemaker:DescribeModelPackage" }),
    ],
    [modelVersionsStayOnPlatform, "accepts denials", versions({ Effect: "Deny", Principal: "*", Action: "sagemaker:*" })],
    [
      modelVersionsStayOnPlatform,
      "refuses accounts of any organisation",
      versions({ Principal: other, Action: "sagemaker:DescribeModelPackage" }),
      'Policy "v" lets in arn:aws:iam::222222222222:root, of whatever organisation (S); the statement must have a condition by aws:PrincipalOrgID.',
    ],
    [
      modelVersionsStayOnPlatform,
      "refuses everybody, and everybody but some",
      versions({ Principal: "*", Action: "sagemaker:DescribeModelPackage" }, { Sid: "T", NotPrincipal: other, Action: "sagemaker:DescribeModelPackage" }),
      'Policy "v" lets in all but some, of whatever organisation (T); the statement must have a condition by aws:PrincipalOrgID.',
      'Policy "v" lets in everybody, of whatever organisation (S); the statement must have a condition by aws:PrincipalOrgID.',
    ],
    [
      modelVersionsStayOnPlatform,
      "refuses others who approve",
      versions({ Principal: other, Action: ["sagemaker:*ModelPackage"], ...ours }),
      'Policy "v" lets others change versions by sagemaker:CreateModelPackage, sagemaker:UpdateModelPackage, sagemaker:DeleteModelPackage (S).',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("have settings", async () => {
    const one = configuration({ productionVariants: [{ ...variant, initialInstanceCount: 1 }] });
    expect(await violations(endpointRunsOnSeveralInstances, one, { [endpointRunsOnSeveralInstances.name]: { minimumInstances: 1 } })).to.deep.equal([]);
    const elsewhere = model({ primaryContainer: { image, modelDataUrl: "s3://models/approved/x" } });
    expect(await violations(modelDataLiesInLake, elsewhere, { [modelDataLiesInLake.name]: { prefixes: ["approved/"] } })).to.deep.equal([]);
    expect(await violations(modelImageIsPinned, model(), { [modelImageIsPinned.name]: { registries: ["111111111111"] } })).to.deep.equal([
      m("runs an image of account 777777777777; it must come from 111111111111"),
    ]);
  });

  it("apply where there is something to judge", async () => {
    const none: [Policies[number], Program][] = [
      [endpointRollsBackOnAlarms, endpoint(undefined, queued())],
      [endpointRunsOnSeveralInstances, scaled(0, undefined, queued())],
      [endpointCopiesLieEncryptedInLake, configuration()],
      [
        endpointVolumeIsEncryptedWithCustomerKey,
        configuration({ productionVariants: [{ modelName: "m", serverlessConfig: { maxConcurrency: 1, memorySizeInMb: 1024 } }] }),
      ],
      [modelDataLiesInLake, model({ primaryContainer: { image } })],
      [modelIsIsolated, configuration()],
    ];
    for (const [rule, program] of none) expect(await applications(rule, program), rule.name).to.equal(0);
  });
});
