import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { deployedModelsPrefix, endpointModelsPrefix, modelsPrefix } from "../../contracts/keys.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import { allowPull, type InferenceImage } from "../analysis/inference-image.ts";
import { cluster } from "../analysis/instance-types.ts";
import { observe } from "../analysis/sagemaker-branch.ts";
import { Workflow } from "../analysis/workflow.ts";
import { PlatformComponent } from "../component.ts";
import { eventRetries } from "../compute/event-retries.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { joinNetwork } from "../network/join-network.ts";
import { eventRuleArn, physicalName, regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import type { RenewedEndpoint } from "./endpoint-renewal.asl.ts";
import { modelDeploymentDefinition } from "./model-deployment.asl.ts";
import { learningPrefixes } from "./prefixes.ts";

export interface ModelDeploymentArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  /** Its networks are those that can be deployed. */
  catalogue: Catalogue;
  image: InferenceImage;
  /** Where the trial runs. */
  network: ComputeNetwork;
  instanceType: string;
  /** Endpoints, and the networks that each is asked for. */
  endpoints: readonly [RenewedEndpoint, ...RenewedEndpoint[]];
}

/**
 * The state machine that puts an approved version of a network into use, what starts it, and all that its states use. It can reject a
 * version and approve none: that is a person's. HIPAA 164.308(a)(4)(ii)(B), 164.312(c)(1).
 */
export class ModelDeployment extends PlatformComponent {
  readonly workflow: Workflow;

  constructor(name: string, args: ModelDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:ModelDeployment", name, opts);
    const { settings, keys, lake, image, network } = args;
    const { place } = settings;
    const { models } = lake;
    const versions = regionalArn(place, "sagemaker", `model-package/${physicalName(place, "*")}`);
    const common = { settings, timeoutSeconds: 300, memoryMb: 3008 };

    const ruleOnModel = new PlatformFunction(
      {
        ...common,
        handler: "learn/rule-on-model",
        description: "Decides what follows from the approval or rejection of a version of a network",
        environment: { MODELS_BUCKET: models.bucket, GROUP_PREFIX: physicalName(place, "") },
        statements: [
          allow("ReadVersions", ["sagemaker:DescribeModelPackage"], [versions]),
          ...models.allow("ReadInUse", ["s3:GetObject"], modelsPrefix),
          ...models.allow("ReadCandidates", ["s3:GetObject"], learningPrefixes.training),
          ...models.allow("ReadRecord", ["s3:GetObject"], `${deployedModelsPrefix}*/record.json`),
          models.allowNoticingAbsence("NoticeMissingFiles"),
        ],
      },
      { parent: this },
    );
    const switchModel = new PlatformFunction(
      {
        ...common,
        handler: "learn/switch-model",
        description: "Puts a version of a network into use, and keeps the one before it",
        environment: { MODELS_BUCKET: models.bucket },
        statements: [
          ...models.allow("ReadCandidates", ["s3:GetObject"], learningPrefixes.training),
          ...models.allow("SwitchNetworks", ["s3:GetObject", "s3:PutObject"], modelsPrefix),
          ...models.allow("KeepVersions", ["s3:GetObject", "s3:PutObject"], deployedModelsPrefix),
          models.allowNoticingAbsence("NoticeMissingRecord"),
        ],
      },
      { parent: this },
    );
    const stageEndpointModels = new PlatformFunction(
      {
        ...common,
        handler: "learn/stage-endpoint-models",
        description: "Lays the networks that endpoints are to load",
        environment: { MODELS_BUCKET: models.bucket, NETWORKS: args.catalogue.models.map(({ model }) => model.id).join(",") },
        statements: [
          ...models.allow("ReadCandidates", ["s3:GetObject"], learningPrefixes.training),
          ...models.allow("ReadInUse", ["s3:GetObject"], modelsPrefix),
          ...models.allow("ReadVersions", ["s3:GetObject"], deployedModelsPrefix),
          ...models.allow("StageModels", ["s3:PutObject"], endpointModelsPrefix),
          models.allowNoticingAbsence("NoticeMissingFiles"),
        ],
      },
      { parent: this },
    );
    const role = new ServiceRole(
      this.childName("trial-role"),
      {
        place,
        service: "sagemaker.amazonaws.com",
        statements: [
          ...models.allow("ReadCandidates", ["s3:GetObject"], learningPrefixes.training),
          models.allowList("ListCandidates", learningPrefixes.training),
          ...models.allow("WriteTrial", ["s3:AbortMultipartUpload", "s3:PutObject"], `${learningPrefixes.training}trials/`),
          models.key.allowWith("EncryptVolume", ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
          ...allowPull(image),
          ...joinNetwork(place, network),
          ...observe(settings),
        ],
      },
      { parent: this },
    );
    const trial = {
      ...{ imageUri: image.uri, roleArn: role.arn, modelsBucket: models.bucketName, network, keyArn: models.key.arn },
      cluster: cluster([args.instanceType], models.key.arn),
    };
    this.workflow = new Workflow(
      name,
      {
        ...{ settings, keys, jobs: ["SageMakerProcessingJobs"], what: "The deployment of a network" },
        definition: modelDeploymentDefinition({
          ...{ ruleOnModel, switchModel, stageEndpointModels, trial },
          renewed: args.endpoints,
          namePrefix: physicalName(place, ""),
        }),
        statements: [
          ruleOnModel.allowInvoke("RuleOnModel"),
          switchModel.allowInvoke("SwitchModel"),
          stageEndpointModels.allowInvoke("StageEndpointModels"),
          ...renewEndpoints(args),
          // Step Functions adds a tag of its own to each job.
          allow(
            "RunTrials",
            ["sagemaker:AddTags", "sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"],
            [regionalArn(place, "sagemaker", "processing-job/svp-trial-*")],
          ),
          allow("PassTrialRole", ["iam:PassRole"], [role.arn], { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } }),
          allow("ReadApproval", ["sagemaker:DescribeModelPackage"], [versions]),
          allow("RejectVersions", ["sagemaker:UpdateModelPackage"], [versions], { StringEquals: { "sagemaker:ModelApprovalStatus": "Rejected" } }),
        ],
      },
      { parent: this },
    );
    this.#followApprovals(name, args);
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }

  #followApprovals(name: string, { settings: { place, deadLetters }, catalogue }: ModelDeploymentArgs): void {
    const rule = new aws.cloudwatch.EventRule(
      this.childName("rule"),
      {
        name: physicalName(place, name),
        description: "A version of a network was approved or rejected",
        eventPattern: JSON.stringify({
          source: ["aws.sagemaker"],
          "detail-type": ["SageMaker Model Package State Change"],
          detail: {
            ModelPackageGroupName: catalogue.models.map(({ model }) => physicalName(place, model.id)),
            ModelApprovalStatus: ["Approved", "Rejected"],
          },
        }),
      },
      this.child(),
    );
    const statements: Statement[] = [this.workflow.allowStart("StartDeployment")];
    const sourceArn = eventRuleArn(place, name);
    const role = new ServiceRole(this.childName("start-role"), { place, service: "events.amazonaws.com", sourceArn, statements }, { parent: this });
    new aws.cloudwatch.EventTarget(
      this.childName("target"),
      {
        rule: rule.name,
        targetId: name,
        arn: this.workflow.stateMachineArn,
        roleArn: role.arn,
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: eventRetries,
      },
      this.child(),
    );
  }
}

/** Statements that let the machine give endpoints new fleets, with models and configurations of its own. */
function renewEndpoints({ settings: { place }, lake, endpoints }: ModelDeploymentArgs): Statement[] {
  const own = (kind: string): string => regionalArn(place, "sagemaker", `${kind}/${physicalName(place, "*")}`);
  const those = endpoints.map(({ endpoint }) => regionalArn(place, "sagemaker", `endpoint/${endpoint.endpointName}`));
  const alarms = endpoints.flatMap(({ endpoint }) => endpoint.alarmNames.map((name) => regionalArn(place, "cloudwatch", `alarm:${name}`)));
  return [
    allow("FollowEndpoints", ["sagemaker:DescribeEndpoint"], those),
    allow("MakeModels", ["sagemaker:CreateModel"], [own("model")], { Bool: { "sagemaker:NetworkIsolation": "true" } }),
    allow("MakeConfigurations", ["sagemaker:CreateEndpointConfig"], [own("endpoint-config")]),
    // Also back to the configuration that the program made, which has a name that the provider gave.
    allow("RenewEndpoints", ["sagemaker:UpdateEndpoint"], [...those, regionalArn(place, "sagemaker", "endpoint-config/*")]),
    // SageMaker watches them for whoever asks for the update (developer guide, "Auto-Rollback Configuration and Monitoring").
    allow("WatchAlarms", ["cloudwatch:DescribeAlarms"], alarms),
    allow(
      "PassServingRoles",
      ["iam:PassRole"],
      endpoints.map(({ endpoint }) => endpoint.roleArn),
      { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
    ),
    lake.models.key.allowWith("EncryptFleet", ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
  ];
}
