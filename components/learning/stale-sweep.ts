import type * as pulumi from "@pulumi/pulumi";
import { endpointModelsPrefix, experimentsPrefix, trainingPrefix } from "../../contracts/keys.ts";
import type { Workflow } from "../analysis/workflow.ts";
import { PlatformComponent } from "../component.ts";
import { eventRate } from "../compute/event-rate.ts";
import { callByRule } from "../compute/function-rule.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { objectArns } from "../data/private-bucket.ts";
import { eventRuleArn, type Place, physicalName, regionalArn } from "../place.ts";
import { allow } from "../security/policy.ts";
import { experimentModelPrefix } from "./experiments.asl.ts";

export interface StaleSweepArgs {
  settings: FunctionSettings;
  lake: DataLake;
  /** What puts versions into use, and makes models and configurations for it; nothing is swept while it does. */
  deployment: { readonly workflow: Pick<Workflow, "stateMachineArn"> };
  /** Networks that training is for. */
  models: readonly string[];
  /** Days from one sweep to the next: 1 to 31. */
  everyDays: number;
  /** Days for which nothing is stale. */
  staleDays: number;
  /** Days for which a version waits for somebody's word. */
  undecidedDays: number;
  /** What one sweep removes, at most. */
  most: number;
}

const ruleName = "stale-sweep";
/** ARN of the rule that starts sweeps; the dead letters' policy lets it write what it can't deliver. */
export const staleSweepRuleArn = (place: Place): string => eventRuleArn(place, ruleName);

/** A function has fifteen minutes. */
const longSeconds = 900;

/**
 * Removes what learning and deploying left behind and nothing uses, by the clock (decision 11). It can remove files of trainings, of experiments and of endpoints and
 * what SageMaker keeps of endpoints' earlier fleets and of experiments, and nothing of the networks in use, of datasets or of cases. It can reject a version and approve none.
 * HIPAA 164.310(d)(2)(i) disposal; 164.502(b) no longer than needed.
 */
export class StaleSweep extends PlatformComponent {
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: StaleSweepArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:StaleSweep", name, opts);
    this.#check(args);
    const { settings, lake, deployment, everyDays } = args;
    const { place } = settings;
    const { models: bucket } = lake;
    const own = physicalName(place, "");
    const versions = regionalArn(place, "sagemaker", `model-package/${own}*`);
    const modelPrefixes = [own, experimentModelPrefix];

    const sweep = new PlatformFunction(
      {
        settings,
        handler: "learn/sweep-stale",
        description: "Removes what learning and deploying left behind and nothing uses",
        timeoutSeconds: longSeconds,
        memoryMb: 512,
        environment: {
          MODELS_BUCKET: bucket.bucket,
          DEPLOYMENT_MACHINE_ARN: deployment.workflow.stateMachineArn,
          SWEEP: JSON.stringify({
            ...{ networks: args.models, groupPrefix: own, modelPrefixes, configurationPrefix: own },
            ...{ days: { stale: args.staleDays, undecided: args.undecidedDays }, most: args.most },
          }),
        },
        statements: [
          bucket.allowList("ListTrainings", trainingPrefix),
          // Trials and what was promoted lie beside these.
          allow(
            "RemoveTrainings",
            ["s3:DeleteObject"],
            [...args.models.map((model) => `${trainingPrefix}${model}/`), experimentsPrefix].map((prefix) => objectArns(bucket.arn, prefix)),
          ),
          bucket.allowList("ListEndpointFiles", endpointModelsPrefix),
          ...bucket.allow("RemoveEndpointFiles", ["s3:DeleteObject"], endpointModelsPrefix),
          // SageMaker knows no resources of these.
          allow("FindServing", ["sagemaker:ListEndpoints", "sagemaker:ListEndpointConfigs", "sagemaker:ListModels"], ["*"]),
          allow(
            "SeeWhatIsUsed",
            ["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel"],
            ["endpoint/*", "endpoint-config/*", ...modelPrefixes.map((prefix) => `model/${prefix}*`)].map((kind) => regionalArn(place, "sagemaker", kind)),
          ),
          allow("RemoveConfigurations", ["sagemaker:DeleteEndpointConfig"], [regionalArn(place, "sagemaker", `endpoint-config/${own}*`)]),
          allow(
            "RemoveModels",
            ["sagemaker:DeleteModel"],
            modelPrefixes.map((prefix) => regionalArn(place, "sagemaker", `model/${prefix}*`)),
          ),
          allow("ReadVersions", ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"], [versions]),
          allow("RejectVersions", ["sagemaker:UpdateModelPackage"], [versions], { StringEquals: { "sagemaker:ModelApprovalStatus": "Rejected" } }),
          allow("SeeDeployments", ["states:ListExecutions"], [deployment.workflow.stateMachineArn]),
        ],
      },
      { parent: this },
    );
    const when = { scheduleExpression: eventRate(everyDays, "day") };
    callByRule(name, { settings, rule: ruleName, description: "What learning left behind is looked for", when, calls: sweep }, this.child());
    this.functionName = sweep.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }

  #check(args: StaleSweepArgs): void {
    const whole = (property: "everyDays" | "staleDays" | "undecidedDays" | "most", lowest: number, highest: number) => {
      const value = args[property];
      if (!(Number.isInteger(value) && value >= lowest && value <= highest)) this.reject(property, `must be ${lowest} to ${highest}, not ${value}.`);
    };
    whole("everyDays", 1, 31);
    whole("staleDays", 0, 3650);
    whole("undecidedDays", args.staleDays, 3650);
    whole("most", 1, 1000);
  }
}
