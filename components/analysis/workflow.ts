import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { alertAbove } from "../compute/alert-above.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import { physicalName, regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import type { StateMachineDefinition } from "./asl.ts";

export interface WorkflowArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  definition: StateMachineDefinition;
  /** What its states do. Its log, its traces, its encryption and following its jobs are added here. */
  statements: readonly Statement[];
  /** Kinds of jobs that it waits for. */
  jobs: readonly ("MediaConvertJob" | "SageMakerProcessingJobs" | "SageMakerTrainingJobs" | "SageMakerTransformJobs" | "StepFunctionsExecution")[];
  /** What an execution is, for alarms: `The analysis of a case`. */
  what: string;
  /** Whether the deletion of a case stops executions, so that a stopped one alone tells nothing. */
  isStoppedByDeletion?: boolean;
  tags?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A state machine with its role, log and alarms. Its executions, and what is logged of them, are encrypted. HIPAA 164.312(a)(2)(iv), (b). */
export class Workflow extends PlatformComponent {
  readonly stateMachineArn: pulumi.Output<string>;
  readonly #key: DataKeys["derived"];

  /** The machine is called as the component is. */
  constructor(name: string, args: WorkflowArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:Workflow", name, opts);
    const { settings, keys, tags } = args;
    this.#key = keys.derived;
    const machineName = physicalName(settings.place, name);
    const machineArn = regionalArn(settings.place, "states", `stateMachine:${machineName}`);
    const role = new ServiceRole(
      this.childName("role"),
      {
        place: settings.place,
        service: "states.amazonaws.com",
        statements: [...args.statements, ...followJobs(settings, args.jobs), ...ownLogAndTrace(), ...encryptExecutions(keys, machineArn, settings)],
      },
      { parent: this },
    );
    const logGroup = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: `/aws/vendedlogs/states/${machineName}`, kmsKeyId: settings.key.arn, retentionInDays: settings.logRetentionDays },
      this.child(),
    );
    const machine = new aws.sfn.StateMachine(
      name,
      {
        name: machineName,
        type: "STANDARD",
        roleArn: role.arn,
        definition: pulumi.jsonStringify(args.definition),
        encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: keys.derived.arn, kmsDataKeyReusePeriodSeconds: 300 },
        // Execution data would copy identifiers into a second store; the history, encrypted, has them.
        loggingConfiguration: { level: "ALL", includeExecutionData: false, logDestination: pulumi.interpolate`${logGroup.arn}:*` },
        tracingConfiguration: { enabled: true },
        ...(tags && { tags }),
      },
      this.child(),
    );
    this.#alarms(machineName, machineArn, args);
    this.stateMachineArn = machine.arn;
    this.registerOutputs({ stateMachineArn: this.stateMachineArn });
  }

  #alarms(machineName: string, machineArn: string, { settings, what, isStoppedByDeletion = false }: WorkflowArgs): void {
    const alarmed = {
      failed: { alarmDescription: `${what} failed.`, metricName: "ExecutionsFailed" },
      timedout: { alarmDescription: `${what} took too long.`, metricName: "ExecutionsTimedOut" },
      throttled: { alarmDescription: `${what} is held back by Step Functions.`, metricName: "ExecutionThrottled" },
      ...(!isStoppedByDeletion && { stopped: { alarmDescription: `${what} was stopped.`, metricName: "ExecutionsAborted" } }),
    };
    for (const [suffix, alarm] of Object.entries(alarmed)) {
      new aws.cloudwatch.MetricAlarm(
        this.childName(suffix),
        {
          name: `${machineName}-${suffix}`,
          ...alarm,
          namespace: "AWS/States",
          dimensions: { StateMachineArn: machineArn },
          statistic: "Sum",
          ...alertAbove(0, settings.alertTopicArn),
        },
        this.child(),
      );
    }
  }

  /** Statement that allows starting an execution. */
  allowStart(sid: string): Statement {
    return allow(sid, ["states:StartExecution"], [this.stateMachineArn]);
  }

  /** Statement that allows asking how an execution comes on. */
  allowDescribe(sid: string): Statement {
    return allow(sid, ["states:DescribeExecution"], [executionsOf(this.stateMachineArn)]);
  }

  /** Statements that allow reading what an execution was given and what came of it, which is encrypted. */
  allowReadOutcome(sid: string): Statement[] {
    return [this.allowDescribe(sid), this.#allowKey(sid)];
  }

  /** Statements that allow reading what an execution went through, which is encrypted. */
  allowReadHistory(sid: string): Statement[] {
    return [allow(sid, ["states:DescribeExecution", "states:GetExecutionHistory"], [executionsOf(this.stateMachineArn)]), this.#allowKey(sid)];
  }

  #allowKey(sid: string): Statement {
    return this.#key.allowWith(`${sid}Key`, ["kms:Decrypt"], { StringEquals: { "kms:EncryptionContext:aws:states:stateMachineArn": this.stateMachineArn } });
  }
}

/** ARN pattern of a machine's executions. */
const executionsOf = (machineArn: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.output(machineArn).apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`);

/** Statements that allow finding executions of these machines that run, and stopping them. */
export const allowStopping = (sid: string, machineArns: readonly pulumi.Input<string>[]): Statement[] => [
  allow(`${sid}List`, ["states:ListExecutions"], machineArns),
  allow(sid, ["states:DescribeExecution", "states:StopExecution"], machineArns.map(executionsOf)),
];

/** Statement that allows going on with a failed execution of these machines, and asking whether it can go on. */
export const allowRedrive = (sid: string, machineArns: readonly pulumi.Input<string>[]): Statement =>
  allow(sid, ["states:DescribeExecution", "states:RedriveExecution"], machineArns.map(executionsOf));

/** Step Functions learns that a job ended through a rule of its own, one for each kind of job (`.sync` integrations). */
function followJobs({ place }: FunctionSettings, jobs: WorkflowArgs["jobs"]): Statement[] {
  if (jobs.length === 0) return [];
  return [
    allow(
      "FollowJobs",
      ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
      jobs.map((job) => regionalArn(place, "events", `rule/StepFunctionsGetEventsFor${job}Rule`)),
    ),
  ];
}

/** Log delivery and X-Ray know no resources to name. */
function ownLogAndTrace(): Statement[] {
  const delivery = ["Create", "Delete", "Get", "Update"].map((verb) => `logs:${verb}LogDelivery`);
  return [
    allow("DeliverLog", [...delivery, "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:ListLogDeliveries", "logs:PutResourcePolicy"], ["*"]),
    allow("WriteTrace", ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
  ];
}

/** Step Functions encrypts executions, and what it logs of them, as the machine's role. */
function encryptExecutions({ derived }: DataKeys, machineArn: string, { place }: FunctionSettings): Statement[] {
  return [
    derived.allowWith("EncryptExecutions", ["kms:Decrypt", "kms:GenerateDataKey"], {
      StringEquals: { "kms:EncryptionContext:aws:states:stateMachineArn": machineArn },
    }),
    derived.allowWith("EncryptLog", ["kms:GenerateDataKey"], { StringLike: { "kms:EncryptionContext:SourceArn": regionalArn(place, "logs", "*") } }),
  ];
}
