import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { alertAbove } from "./alert-above.ts";
import type { CodeSigning } from "./code-signing.ts";
import type { EncryptedQueue } from "./encrypted-queue.ts";
import { type FunctionBundles, type FunctionName, functionId } from "./function-bundles.ts";

/** What all functions of a stack share. */
export interface FunctionSettings {
  place: Place;
  /** The bundled handlers. */
  bundles: FunctionBundles;
  /** Encrypts logs and environment variables. */
  key: EncryptionKey;
  /** Days that logs are kept. */
  logRetentionDays: number;
  /** Where functions run. */
  network: ComputeNetwork;
  /** Takes events that a function was sent without anybody waiting for the answer, and that it failed on. */
  deadLetters: EncryptedQueue;
  /** Told when a function fails or is throttled. */
  alertTopicArn: pulumi.Input<string>;
  /** Executions that each function keeps free for itself, and may use at most; absent where the account's quota is too small to share out. */
  reservedConcurrency?: number;
  /** Signs the code, and lets no other code in. Absent where people deploy from their own machines. */
  codeSigning?: CodeSigning;
}

export interface PlatformFunctionArgs {
  settings: FunctionSettings;
  handler: FunctionName;
  /** What it does, in words. */
  description: string;
  timeoutSeconds: number;
  memoryMb: number;
  /** Names and places only; never a secret, never anything about a patient. */
  environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** What it may do beside writing its own log and trace. */
  statements: readonly Statement[];
}

/** Longest time and most memory that Lambda grants (Lambda quotas). */
const limits = { timeoutSeconds: 900, memoryMb: 10_240 };

/**
 * One Lambda function with its own role, log group and alarms, in subnets without a way to the internet.
 *
 * HIPAA 164.308(a)(4)(ii)(B) own role, 164.312(a)(2)(iv) encrypted environment and log, 164.312(b) log, 164.312(c)(1) signed
 * code, 164.312(e)(1) private network.
 */
export class PlatformFunction extends PlatformComponent {
  readonly functionName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly timeoutSeconds: number;

  constructor(args: PlatformFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    const name = functionId(args.handler);
    super("svp:compute:PlatformFunction", name, opts);
    for (const property of ["timeoutSeconds", "memoryMb"] as const) {
      if (!(args[property] >= 1 && args[property] <= limits[property])) this.reject(property, `must be 1 to ${limits[property]}, not ${args[property]}.`);
    }
    const { settings } = args;
    const { place, key, network, codeSigning } = settings;
    const functionName = physicalName(place, name);
    const code = settings.bundles.get(args.handler);
    if (!code) this.reject("handler", `must be one of the bundled handlers, not "${args.handler}".`);

    const logGroup = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: `/aws/lambda/${functionName}`, kmsKeyId: key.arn, retentionInDays: settings.logRetentionDays },
      this.child(),
    );
    const role = new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "lambda.amazonaws.com",
        statements: [
          ...ownLogAndTrace(place, functionName),
          ...networkInterfaces(place, functionName),
          ...settings.deadLetters.allowSend("KeepDeadLetters"),
          ...args.statements,
        ],
      },
      { parent: this },
    );
    const lambda = new aws.lambda.Function(
      name,
      {
        name: functionName,
        description: args.description,
        role: role.arn,
        ...(codeSigning === undefined ? { code } : codeSigning.sign(name, code)),
        handler: "index.handler",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMb,
        environment: { variables: { ...args.environment } },
        kmsKeyArn: key.arn,
        vpcConfig: { subnetIds: [...network.subnetIds], securityGroupIds: [network.securityGroupId] },
        deadLetterConfig: { targetArn: settings.deadLetters.arn },
        tracingConfig: { mode: "Active" },
        // INFO says of each invocation how long it took and how much memory it used, and no more: what `npm run right-size` reads.
        loggingConfig: { logFormat: "JSON", applicationLogLevel: "INFO", systemLogLevel: "INFO", logGroup: logGroup.name },
        ...(settings.reservedConcurrency !== undefined && { reservedConcurrentExecutions: settings.reservedConcurrency }),
      },
      this.child(),
    );
    for (const metricName of ["Errors", "Throttles"] as const) this.#alarm(functionName, metricName, settings.alertTopicArn);

    this.functionName = lambda.name;
    this.arn = lambda.arn;
    this.timeoutSeconds = args.timeoutSeconds;
    this.registerOutputs({ functionName: this.functionName, arn: this.arn });
  }

  #alarm(functionName: string, metricName: "Errors" | "Throttles", alertTopicArn: pulumi.Input<string>): void {
    new aws.cloudwatch.MetricAlarm(
      this.childName(metricName.toLowerCase()),
      {
        name: `${functionName}-${metricName.toLowerCase()}`,
        alarmDescription: metricName === "Errors" ? "The function failed." : "Lambda refused to run the function: too many at once.",
        namespace: "AWS/Lambda",
        metricName,
        dimensions: { FunctionName: functionName },
        statistic: "Sum",
        ...alertAbove(0, alertTopicArn),
      },
      this.child(),
    );
  }

  /** Statement that allows invoking this function. */
  allowInvoke(sid: string): Statement {
    return allow(sid, ["lambda:InvokeFunction"], [this.arn]);
  }
}

/** X-Ray knows no resources to name: its actions need `*`. */
function ownLogAndTrace(place: Place, functionName: string): Statement[] {
  const logGroup = regionalArn(place, "logs", `log-group:/aws/lambda/${functionName}`);
  return [
    allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [`${logGroup}:*`]),
    allow("WriteTrace", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
  ];
}

/**
 * Lambda attaches a function to its network with the function's own role. These actions know no resources that exist
 * beforehand; the Deny keeps them from the function's code (Lambda Developer Guide, "Giving Lambda functions access to
 * resources in an Amazon VPC", "Preventing your function code from making EC2 API calls").
 */
function networkInterfaces(place: Place, functionName: string): Statement[] {
  const actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ];
  return [
    allow("JoinNetwork", actions, ["*"]),
    {
      Sid: "CodeDoesNotTouchNetwork",
      Effect: "Deny",
      Action: actions,
      Resource: ["*"],
      Condition: { ArnEquals: { "lambda:SourceFunctionArn": [regionalArn(place, "lambda", `function:${functionName}`)] } },
    },
  ];
}
