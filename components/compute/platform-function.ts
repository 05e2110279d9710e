import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
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
  /** Executions kept free for it, and its upper limit. None, if absent: it shares the account's. */
  reservedConcurrency?: number;
}

/** Longest time and most memory that Lambda grants (Lambda quotas). */
const limits = { timeoutSeconds: 900, memoryMb: 10_240 };

/**
 * One Lambda function with its own role and log group.
 *
 * HIPAA 164.308(a)(4)(ii)(B) own role, 164.312(a)(2)(iv) encrypted environment and log, 164.312(b) log.
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
    const { place, key } = args.settings;
    const functionName = physicalName(place, name);
    const code = args.settings.bundles.get(args.handler);
    if (!code) this.reject("handler", `must be one of the bundled handlers, not "${args.handler}".`);

    const logGroup = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: `/aws/lambda/${functionName}`, kmsKeyId: key.arn, retentionInDays: args.settings.logRetentionDays },
      this.child(),
    );
    const role = new ServiceRole(
      this.childName("role"),
      { place, service: "lambda.amazonaws.com", statements: [...ownLogAndTrace(place, functionName), ...args.statements] },
      { parent: this },
    );
    const lambda = new aws.lambda.Function(
      name,
      {
        name: functionName,
        description: args.description,
        role: role.arn,
        code,
        handler: "index.handler",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMb,
        environment: { variables: { ...args.environment } },
        kmsKeyArn: key.arn,
        tracingConfig: { mode: "Active" },
        loggingConfig: { logFormat: "JSON", applicationLogLevel: "INFO", systemLogLevel: "WARN", logGroup: logGroup.name },
        ...(args.reservedConcurrency !== undefined && { reservedConcurrentExecutions: args.reservedConcurrency }),
      },
      this.child(),
    );

    this.functionName = lambda.name;
    this.arn = lambda.arn;
    this.timeoutSeconds = args.timeoutSeconds;
    this.registerOutputs({ functionName: this.functionName, arn: this.arn });
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
