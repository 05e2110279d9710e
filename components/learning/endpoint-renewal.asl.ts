import type * as pulumi from "@pulumi/pulumi";
import { type Catcher, errorMessage, expression, type Retrier, retryBusy, type State, type StateGraph, type Values } from "../analysis/asl.ts";
import type { RenewableEndpoint } from "../analysis/endpoint-update.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";

/** An endpoint, and the networks that it is asked for: others are in its memory, and not worth a new fleet. */
export interface RenewedEndpoint {
  readonly endpoint: RenewableEndpoint;
  readonly models: readonly string[];
}

/** What every new fleet runs, and where. */
export interface FleetArgs {
  readonly imageUri: pulumi.Input<string>;
  readonly network: ComputeNetwork;
  /** What names of models and configurations begin with. */
  readonly namePrefix: string;
}

/** Letters of the name of a model or a configuration (API reference: CreateModel, CreateEndpointConfig). */
const longestName = 63;
const pollSeconds = 30;
const busy: Retrier = retryBusy("SageMaker.ThrottlingException", "SageMaker.SageMakerException");

/** Whether one of the endpoints is asked for the network that is deployed. */
export const isServed = (renewed: readonly RenewedEndpoint[]): string => isAsked(renewed.flatMap(({ models }) => models));
const isAsked = (models: readonly string[]): string => `$ruling.switch.model in [${[...new Set(models)].map((id) => `'${id}'`).join(", ")}]`;

/**
 * One endpoint on the networks at `$staged`: a model and a configuration like the program's, with other files; SageMaker moves over to a new
 * fleet, and back if an alarm is raised meanwhile (blue/green, "Deployment guardrails"). Gives what came of it, as `outcome`: `RENEWED`,
 * `ROLLED_BACK` with what SageMaker says, or `NOT_ASKED`. Alarms don't hold up what is put back: the version in use may be the one that raised them.
 */
export function renewEndpoint({ endpoint, models }: RenewedEndpoint, { imageUri, network, namePrefix }: FleetArgs): StateGraph {
  const of = (state: string): string => `${state} (${endpoint.key})`;
  const { endpointName, configuration, variant, update } = endpoint;
  // Executions that EventBridge starts have names that begin with an id of 36 characters, of which a dozen tell one from all others.
  const room = Math.min(36, longestName - namePrefix.length - endpoint.key.length - 1);
  if (room < 9) throw new Error(`"${endpoint.key}" is too long for the names of an endpoint's models and configurations.`);
  const name = expression(`'${namePrefix}${endpoint.key}-' & $substring($states.context.Execution.Name, 0, ${room})`);
  const fleet = fleetStates(of, { name: endpointName, wanted: name.slice(3, -3), kept: keptOf(endpoint) });
  const move = (deployment: Values): State =>
    fleet.ask(
      "updateEndpoint",
      { EndpointName: endpointName, EndpointConfigName: name, RetainAllVariantProperties: endpoint.keepsCount, DeploymentConfig: deployment },
      { Next: of("WaitForFleet") },
    );
  return {
    StartAt: of("IsAsked"),
    States: {
      [of("IsAsked")]: { Type: "Choice", Choices: [{ Condition: expression(isAsked(models)), Next: of("DescribeEndpoint") }], Default: of("NotAsked") },
      [of("NotAsked")]: { Type: "Succeed", Output: { outcome: "NOT_ASKED" } },
      [of("DescribeEndpoint")]: fleet.ask(
        "describeEndpoint",
        { EndpointName: endpointName },
        { Assign: { before: "{% $states.result.EndpointConfigName %}" }, Next: of("CreateModel") },
      ),
      [of("CreateModel")]: fleet.ask(
        "createModel",
        {
          ModelName: name,
          ExecutionRoleArn: endpoint.roleArn,
          EnableNetworkIsolation: true,
          VpcConfig: { Subnets: network.subnetIds, SecurityGroupIds: [network.securityGroupId] },
          PrimaryContainer: {
            Image: imageUri,
            ModelDataSource: { S3DataSource: { S3Uri: "{% $staged %}", S3DataType: "S3Prefix", CompressionType: "None" } },
          },
        },
        { Next: of("CreateConfiguration") },
      ),
      [of("CreateConfiguration")]: fleet.ask(
        "createEndpointConfig",
        { EndpointConfigName: name, ...configuration, ProductionVariants: [{ ...variant, ModelName: name }] },
        { Next: of("IsGuarded") },
      ),
      [of("IsGuarded")]: {
        Type: "Choice",
        Choices: [{ Condition: "{% $ruling.verdict = 'DEPLOY' %}", Next: of("UpdateEndpoint") }],
        Default: of("ReplaceFleet"),
      },
      [of("UpdateEndpoint")]: move({
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            ...{ Type: update.routing, WaitIntervalInSeconds: update.bakeSeconds },
            ...(update.routing === "CANARY" && { CanarySize: { Type: "INSTANCE_COUNT", Value: 1 } }),
          },
          TerminationWaitInSeconds: update.bakeSeconds,
          MaximumExecutionTimeoutInSeconds: update.longestSeconds,
        },
        AutoRollbackConfiguration: { Alarms: endpoint.alarmNames.map((AlarmName) => ({ AlarmName })) },
      }),
      [of("ReplaceFleet")]: move(atOnce(update.longestSeconds)),
      ...fleet.states,
    },
  };
}

/** One endpoint back on the configuration that it had, `before` of what {@link renewEndpoint} gave: another endpoint did not take the version. */
export function restoreEndpoint(): StateGraph {
  const item = "$states.context.Map.Item.Value";
  const fleet = fleetStates((state) => `${state} (before)`, { name: `{% ${item}.name %}`, wanted: `${item}.before`, kept: {} });
  return {
    StartAt: "GiveFleetBack",
    States: {
      GiveFleetBack: fleet.ask(
        "updateEndpoint",
        {
          EndpointName: expression(`${item}.name`),
          EndpointConfigName: expression(`${item}.before`),
          RetainAllVariantProperties: expression(`${item}.keepsCount`),
          DeploymentConfig: atOnce(expression(`${item}.longest`)),
        },
        { Assign: { before: expression(`${item}.before`) }, Next: "WaitForFleet (before)" },
      ),
      ...fleet.states,
    },
  };
}

/** What is known of an endpoint when it is given back. */
const keptOf = ({ endpointName, keepsCount, update }: RenewableEndpoint): Values => ({ name: endpointName, keepsCount, longest: update.longestSeconds });

/** Moves over at once, whatever alarms say. */
const atOnce = (longestSeconds: number | string): Values => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 0 },
    MaximumExecutionTimeoutInSeconds: longestSeconds,
  },
});

/**
 * States that wait until an endpoint is in service, and tell whether it is on the configuration `wanted`, an expression. (API reference:
 * DescribeEndpoint.EndpointStatus) `ask` makes a state that asks SageMaker and fails as they do.
 */
function fleetStates(of: (state: string) => string, { name, wanted, kept }: { name: string; wanted: string; kept: Values }) {
  const fails: Catcher = { ErrorEquals: ["States.ALL"], Assign: { trouble: expression(errorMessage) }, Next: of("CannotRenew") };
  const ask = (operation: string, input: Values, rest: { Assign?: Values; Output?: Values; Next: string }): State => ({
    Type: "Task",
    Resource: `arn:aws:states:::aws-sdk:sagemaker:${operation}`,
    Arguments: input,
    TimeoutSeconds: 60,
    Retry: [busy],
    Catch: [fails],
    ...rest,
  });
  const states: Record<string, State> = {
    [of("WaitForFleet")]: { Type: "Wait", Seconds: pollSeconds, Next: of("AskForFleet") },
    [of("AskForFleet")]: ask(
      "describeEndpoint",
      { EndpointName: name },
      {
        Output: {
          name: "{% $states.result.EndpointName %}",
          status: "{% $states.result.EndpointStatus %}",
          on: "{% $states.result.EndpointConfigName %}",
          reason: "{% $exists($states.result.FailureReason) ? $states.result.FailureReason : 'SageMaker gives no reason.' %}",
        },
        Next: of("IsFleetThere"),
      },
    ),
    [of("IsFleetThere")]: {
      Type: "Choice",
      Choices: [
        {
          Condition: expression(`$states.input.status = 'InService' and $states.input.on = ${wanted}`),
          Output: { outcome: "RENEWED", before: "{% $before %}", ...kept },
          Next: of("FleetTold"),
        },
        {
          Condition: "{% $states.input.status = 'InService' %}",
          Output: { outcome: "ROLLED_BACK", name: "{% $states.input.name %}", reason: "{% $states.input.reason %}" },
          Next: of("FleetTold"),
        },
        { Condition: "{% $states.input.status in ['Updating', 'SystemUpdating', 'RollingBack'] %}", Next: of("WaitForFleet") },
      ],
      Default: of("FleetIsBroken"),
    },
    [of("FleetTold")]: { Type: "Succeed" },
    [of("FleetIsBroken")]: {
      Type: "Pass",
      Assign: { trouble: "{% $states.input.name & ' is ' & $states.input.status & ': ' & $states.input.reason %}" },
      Next: of("CannotRenew"),
    },
    [of("CannotRenew")]: { Type: "Fail", Error: "EndpointNotRenewed", Cause: "{% $trouble %}" },
  };
  return { ask, states };
}
