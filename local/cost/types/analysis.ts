import { instanceHour } from "../../../contracts/prices.ts";
import type { DeployedResource } from "../../deploy/deployment.ts";
import { all, byUse, type Charge, free, type IdleRules, priced, type StackView } from "../charge.ts";
import { monthHours, type Price, prices } from "../prices.ts";

/** Media, models and state machines. */
export const analysisRules: IdleRules = {
  ...all(
    free,
    "aws:sagemaker/model:Model",
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
    "aws:sagemaker/modelCard:ModelCard",
    "aws:sagemaker/pipeline:Pipeline",
    "aws:sagemaker/userProfile:UserProfile",
    "aws:sagemaker/studioLifecycleConfig:StudioLifecycleConfig",
    "aws:sagemaker/appImageConfig:AppImageConfig",
    "aws:sagemaker/image:Image",
    "aws:sagemaker/imageVersion:ImageVersion",
    "aws:sagemaker/codeRepository:CodeRepository",
    "aws:sagemaker/workforce:Workforce",
    "aws:sagemaker/workteam:Workteam",
    "aws:sagemaker/humanTaskUI:HumanTaskUI",
    "aws:sagemaker/flowDefinition:FlowDefinition",
    "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
    "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration",
    "aws:sagemaker/servicecatalogPortfolioStatus:ServicecatalogPortfolioStatus",
    "aws:appautoscaling/target:Target",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    "aws:sfn/alias:Alias",
    "aws:sfn/activity:Activity",
    "aws:bedrock/guardrailVersion:GuardrailVersion",
    "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration",
  ),
  "aws:sagemaker/endpoint:Endpoint": priced(endpointCharges, "GB in and out"),
  // AWS keeps two alarms for each policy that follows a target (Application Auto Scaling guide, "Target tracking").
  "aws:appautoscaling/policy:Policy": priced(({ inputs }) =>
    inputs["policyType"] === "TargetTrackingScaling" ? [{ what: "alarms of scaling policies", price: prices.alarmMetric, quantity: 2 }] : [],
  ),
  "aws:sagemaker/domain:Domain": byUse("GB of home folders, instances of open apps"),
  "aws:sagemaker/space:Space": byUse("GB kept, instances of open apps"),
  "aws:sagemaker/app:App": priced(({ inputs }) => {
    const type = (inputs["resourceSpec"] as { instanceType?: string } | undefined)?.instanceType ?? "system";
    return type === "system" ? [] : [instances("SageMaker app", type, 1)];
  }),
  "aws:sagemaker/notebookInstance:NotebookInstance": priced(({ inputs }) => [instances("SageMaker notebook", String(inputs["instanceType"]), 1)]),
  "aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer": priced(({ inputs }) => {
    const size = inputs["trackingServerSize"] ?? "Small";
    if (size !== "Small") throw new Error(`is a tracking server of size ${size}; only the small one has a price here.`);
    return [{ what: "MLflow tracking server", price: prices.trackingServerSmall, quantity: monthHours }];
  }, "GB kept"),
  "aws:sagemaker/labelingJob:LabelingJob": byUse("pictures that people label"),
  "aws:sagemaker/featureGroup:FeatureGroup": byUse("requests, GB kept"),
  "aws:sagemaker/monitoringSchedule:MonitoringSchedule": byUse("instance hours of its jobs"),
  "aws:mediaconvert/queue:Queue": priced(({ inputs }) => {
    if ((inputs["pricingPlan"] ?? "ON_DEMAND") === "ON_DEMAND") return [];
    const slots = (inputs["reservationPlanSettings"] as { reservedSlots?: number } | undefined)?.reservedSlots;
    if (slots === undefined) throw new Error("is a reserved queue that names no slots.");
    return [{ what: "MediaConvert: reserved slots", price: prices.reservedTranscoding, quantity: slots }];
  }, "output minutes"),
  "aws:sfn/stateMachine:StateMachine": byUse("state transitions"),
  "aws:bedrock/guardrail:Guardrail": byUse("text units"),
  "aws:bedrock/inferenceProfile:InferenceProfile": byUse("tokens"),
};

/** Instances that run for a whole month. */
function instances(what: string, type: string, count: number): Charge {
  const usd = instanceHour[type];
  if (usd === undefined) throw new Error(`runs on ${type}, which has no price in contracts/prices.ts.`);
  const price: Price = { usd, unit: "instance-hour", source: "page" };
  return { what: `${what} on ${type}`, price, quantity: count * monthHours };
}

interface Variant {
  readonly variantName?: string;
  readonly instanceType?: string;
  readonly initialInstanceCount?: number;
  readonly serverlessConfig?: { readonly provisionedConcurrency?: number };
}

/** An endpoint runs as many instances as its configuration says, or as few as autoscaling may leave it. */
function endpointCharges({ inputs, outputs }: DeployedResource, stack: StackView): Charge[] {
  const configuration = stack
    .ofType("aws:sagemaker/endpointConfiguration:EndpointConfiguration")
    .find(({ outputs }) => outputs["name"] === inputs["endpointConfigName"]);
  if (configuration === undefined) throw new Error("has a configuration that is not in this stack, so its instances are not known.");
  const targets = stack.ofType("aws:appautoscaling/target:Target");
  return (configuration.inputs["productionVariants"] as Variant[]).flatMap(({ variantName, instanceType, initialInstanceCount, serverlessConfig }) => {
    if (serverlessConfig !== undefined && serverlessConfig.provisionedConcurrency === undefined) return [];
    if (instanceType === undefined) throw new Error(`has a variant ${variantName} without an instance type, which has no price here.`);
    const target = targets.find(({ inputs }) => inputs["resourceId"] === `endpoint/${outputs["name"]}/variant/${variantName}`);
    const count = Number(target?.inputs["minCapacity"] ?? initialInstanceCount ?? 1);
    return count === 0 ? [] : [instances("SageMaker endpoint", instanceType, count)];
  });
}
