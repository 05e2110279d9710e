import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { languageModelPrefix } from "../../contracts/keys.ts";
import { mostPictures as mostOfQuestion } from "../../contracts/question.ts";
import { PlatformComponent } from "../component.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { allow, type Statement } from "../security/policy.ts";
import { endpointAlarms } from "./endpoint-alarms.ts";
import { deploymentConfigOf, updateOf } from "./endpoint-update.ts";
import type { InferenceImage } from "./inference-image.ts";
import { hasLocalDisks } from "./instance-types.ts";
import { endpointNameOn, ServingModel, variantName } from "./serving-model.ts";

/** A language model of the organisation's own, and what runs it. */
export interface OwnModel {
  /** Where it lies in the models bucket: `language-models/NAME/VERSION/`. */
  readonly name: string;
  readonly version: string;
  readonly instanceType: LanguageModelInstance;
  /** Instances, all of which always run. */
  readonly instances: number;
  /** Tokens that question and answer have together, at most. */
  readonly contextTokens: number;
}

/** Instances with one GPU that vLLM runs bfloat16 on, whose price is known: 24 GB on each. More would have to be told how many to share a model among. */
export const languageModelInstances = ["ml.g5.xlarge", "ml.g5.2xlarge", "ml.g6.xlarge"] as const;
export type LanguageModelInstance = (typeof languageModelInstances)[number];

/** Pictures that a report's draft may be shown, at most. */
export const mostReportPictures = 8;

export interface LanguageModelEndpointArgs {
  settings: FunctionSettings;
  lake: DataLake;
  /** vLLM as AWS builds it for SageMaker: `models/language-model/Dockerfile`. */
  image: InferenceImage;
  /** Where its containers run. */
  network: ComputeNetwork;
  model: OwnModel;
}

/**
 * Machine image with the driver that AWS deploys the container on (AWS Deep Learning Containers, "vLLM: Amazon SageMaker AI Deployment"; API
 * reference: ProductionVariant.InferenceAmiVersion).
 */
const inferenceAmi = "al2-ami-sagemaker-inference-gpu-3-1";
/** Seconds that tens of gigabytes have to come from S3, and then to the GPU (API reference: ProductionVariant; an hour at most). */
const loadSeconds = 1800;
/** Milliseconds: SageMaker gives up on a container after 60 seconds (API reference: InvokeEndpoint). */
const slowestMilliseconds = 55_000;

/**
 * A language model of the organisation's own that answers at once: reports and questions wait for it. What it is shown is copied nowhere, and its
 * container has no way out of the network. HIPAA 164.312(a)(2)(iv), (e)(1), 164.502(e): no other company sees anything.
 */
export class LanguageModelEndpoint extends PlatformComponent {
  readonly endpointName: pulumi.Output<string>;
  readonly #arn: pulumi.Output<string>;

  constructor(name: string, { settings, lake, image, network, model }: LanguageModelEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:LanguageModelEndpoint", name, opts);
    const { instanceType, instances } = model;
    if (!(Number.isInteger(instances) && instances >= 1)) this.reject("model.instances", `must be a whole number, 1 or more, not ${instances}.`);
    const { place, alertTopicArn } = settings;
    const endpointName = endpointNameOn(place, name, instanceType);

    const served = new ServingModel(
      this.childName("model"),
      {
        ...{ settings, lake, image, network, logGroupName: `/aws/sagemaker/Endpoints/${endpointName}` },
        files: { prefix: languageModelPrefix(model.name, model.version), environment: environmentOf(model) },
      },
      { parent: this },
    );
    const variant = { variantName, instanceType, initialInstanceCount: instances, initialVariantWeight: 1 };
    const patience = { modelDataDownloadTimeoutInSeconds: loadSeconds, containerStartupHealthCheckTimeoutInSeconds: loadSeconds };
    const configuration = new aws.sagemaker.EndpointConfiguration(
      this.childName("configuration"),
      {
        productionVariants: [{ ...variant, ...patience, inferenceAmiVersion: inferenceAmi, modelName: served.modelName }],
        ...(!hasLocalDisks(instanceType) && { kmsKeyArn: lake.models.key.arn }),
      },
      this.child(),
    );
    const alarms = endpointAlarms((suffix) => this.childName(suffix), { endpointName, alertTopicArn, slowestMilliseconds }, this.child());
    const endpoint = new aws.sagemaker.Endpoint(
      name,
      { name: endpointName, endpointConfigName: configuration.name, deploymentConfig: deploymentConfigOf(updateOf(instances), alarms.names) },
      this.child(),
    );

    this.endpointName = endpoint.name;
    this.#arn = endpoint.arn;
    this.registerOutputs({ endpointName: this.endpointName });
  }

  /** Statement that allows asking it. */
  allowInvoke(sid: string): Statement {
    return allow(sid, ["sagemaker:InvokeEndpoint"], [this.#arn]);
  }
}

/**
 * What the server is told: variables `SM_VLLM_*` are options of vLLM (AWS Deep Learning Containers, "vLLM: Configuration"; vLLM, "Engine arguments").
 * Nothing is fetched or reported, no code of the model's is run, and requests are not logged: they are patients' data. `OPT_OUT_TRACKING` is
 * of AWS's own entry point, which else tells AWS of every start.
 */
const environmentOf = ({ name, contextTokens }: OwnModel): Record<string, string> => ({
  SM_VLLM_MODEL: "/opt/ml/model",
  SM_VLLM_SERVED_MODEL_NAME: name,
  SM_VLLM_MAX_MODEL_LEN: String(contextTokens),
  SM_VLLM_LIMIT_MM_PER_PROMPT: JSON.stringify({ image: Math.max(mostReportPictures, mostOfQuestion) }),
  HF_HUB_OFFLINE: "1",
  TRANSFORMERS_OFFLINE: "1",
  VLLM_NO_USAGE_STATS: "1",
  OPT_OUT_TRACKING: "true",
  VLLM_LOGGING_LEVEL: "WARNING",
});
