import { idleMonth } from "../assumptions.ts";
import { all, byUse, free, type IdleRules, priced } from "../charge.ts";
import { monthHours, prices } from "../prices.ts";

/** Pollers that Lambda keeps on a queue, each asking once in 20 s (Lambda guide, "Using Lambda with Amazon SQS"). */
const pollers = 5;
const pollSeconds = 20;

/** Functions, containers, queues and topics. */
export const computeRules: IdleRules = {
  ...all(
    free,
    "aws:lambda/permission:Permission",
    "aws:lambda/alias:Alias",
    "aws:lambda/layerVersion:LayerVersion",
    "aws:lambda/layerVersionPermission:LayerVersionPermission",
    "aws:lambda/codeSigningConfig:CodeSigningConfig",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/functionRecursionConfig:FunctionRecursionConfig",
    "aws:lambda/runtimeManagementConfig:RuntimeManagementConfig",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "aws:ecs/accountSettingDefault:AccountSettingDefault",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:ecr/registryPolicy:RegistryPolicy",
    "aws:ecr/accountSetting:AccountSetting",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redrivePolicy:RedrivePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sns/dataProtectionPolicy:DataProtectionPolicy",
  ),
  ...all(byUse("requests, GB-seconds"), "aws:lambda/function:Function", "aws:lambda/functionUrl:FunctionUrl"),
  "aws:lambda/eventSourceMapping:EventSourceMapping": priced(({ inputs }) => {
    if (!String(inputs["eventSourceArn"]).startsWith("arn:aws:sqs:")) return [];
    return [{ what: "queue: polls of an idle function", price: prices.queueRequests, quantity: (pollers * monthHours * 3600) / pollSeconds / 1e6 }];
  }),
  "aws:sqs/queue:Queue": byUse("requests"),
  "aws:sns/topic:Topic": byUse("messages"),
  "aws:ecr/repository:Repository": byUse("GB kept"),
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": byUse("images scanned, if scanning is enhanced"),
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": byUse("GB copied"),
  "awsx:ecr:Image": priced(() => [{ what: "container image", price: prices.imageStorage, quantity: idleMonth.imageGb }]),
  "aws:ecs/cluster:Cluster": byUse("metrics of what runs, if insights are on"),
  "aws:ecs/service:Service": priced(({ inputs }, stack) => {
    const task = stack.ofType("aws:ecs/taskDefinition:TaskDefinition").find(({ outputs }) => outputs["arn"] === inputs["taskDefinition"]);
    if (task === undefined) throw new Error("runs a task definition that is not in this stack, so its size is not known.");
    const tasks = Number(inputs["desiredCount"] ?? 1);
    if (tasks === 0) return [];
    const arm = (task.inputs["runtimePlatform"] as { cpuArchitecture?: string } | undefined)?.cpuArchitecture === "ARM64";
    return [
      { what: "Fargate: processors", price: arm ? prices.armVcpuHour : prices.x86VcpuHour, quantity: (tasks * monthHours * Number(task.inputs["cpu"])) / 1024 },
      { what: "Fargate: memory", price: arm ? prices.armGbHour : prices.x86GbHour, quantity: (tasks * monthHours * Number(task.inputs["memory"])) / 1024 },
    ];
  }),
};
