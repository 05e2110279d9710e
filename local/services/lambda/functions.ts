import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ServiceError } from "../../wire/service.ts";
import type { Authorizer } from "../seams.ts";
import { payloadLimit } from "./messages.ts";
import { createPool, type Pool } from "./pool.ts";
import { type Result, startWorker } from "./worker.ts";

/** A function as it is deployed. */
export interface FunctionSettings {
  readonly arn: string;
  readonly name: string;
  /** Folder of the bundle. */
  readonly codeDir: string;
  /** `file.export` */
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** Queue for events of asynchronous invocations that are given up. */
  readonly deadLetterArn?: string | undefined;
}

/** Processes of a function at a time. */
const concurrency = 2;

/** Environment names that Lambda keeps for itself. */
const reserved =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_ENDPOINT_URL.*|LAMBDA_.*)$/;

interface Deployed {
  readonly settings: FunctionSettings;
  readonly revision: string;
  readonly pool: Pool;
}

/** The handler's file without its extension, and with it; undefined if there is none. */
const fileOf = (handler: string): string => handler.slice(0, handler.lastIndexOf("."));
const moduleOf = ({ codeDir, handler }: FunctionSettings): string | undefined =>
  ["mjs", "js", "cjs"].map((extension) => join(codeDir, `${fileOf(handler)}.${extension}`)).find((path) => existsSync(path));

export type FunctionTable = ReturnType<typeof createFunctionTable>;

/** The deployed functions and their processes. */
export function createFunctionTable(options: { region: string; endpoint: () => string; logDir: string; authorizer: Authorizer }) {
  const { region, endpoint, logDir, authorizer } = options;
  const table = new Map<string, Deployed>();

  /**
   * The environment of a function's process: what it declares and what Lambda gives. Nothing of the parent's comes in;
   * PATH and TZ are those of Lambda's runtime.
   */
  function environmentOf(settings: FunctionSettings): Record<string, string> {
    authorizer.assume("lambda.amazonaws.com", settings.roleArn, { "aws:SourceArn": settings.arn });
    const { accessKeyId, secretAccessKey, sessionToken } = authorizer.credentialsOf(settings.roleArn);
    return {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      ...settings.environment,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: endpoint(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: settings.name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${settings.name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${randomUUID().replaceAll("-", "")}`,
      LAMBDA_TASK_ROOT: settings.codeDir,
      _HANDLER: settings.handler,
    };
  }

  function faultsOf(settings: FunctionSettings): string[] {
    const { handler, runtime, timeoutSeconds, memoryMb, environment } = settings;
    return [
      ...(/^nodejs2[24]\.x$/.test(runtime) ? [] : [`runtime is ${runtime}; the local cloud runs nodejs24.x and nodejs22.x`]),
      ...(moduleOf(settings) === undefined ? [`handler is ${handler}, but its code has no ${fileOf(handler)}.mjs`] : []),
      ...(Number.isInteger(timeoutSeconds) && timeoutSeconds >= 1 && timeoutSeconds <= 900
        ? []
        : [`timeout is ${timeoutSeconds}; it must be 1 to 900 seconds`]),
      ...(Number.isInteger(memoryMb) && memoryMb >= 128 && memoryMb <= 10_240 ? [] : [`memorySize is ${memoryMb}; it must be 128 to 10240 MB`]),
      ...Object.keys(environment)
        .filter((name) => reserved.test(name))
        .map((name) => `the environment has ${name}, which Lambda keeps for itself`),
    ];
  }

  const deployed = (arn: string): Deployed => {
    const found = table.get(arn);
    if (found === undefined) throw new ServiceError("ResourceNotFoundException", `Function not found: ${arn}`, 404);
    return found;
  };

  return {
    settings: (arn: string): FunctionSettings => deployed(arn).settings,

    /** Deploys the function; with the same settings and bundle it changes nothing. Throws with every fault of the settings. */
    put(given: FunctionSettings): void {
      const settings = { ...given, codeDir: resolve(given.codeDir) };
      const faults = faultsOf(settings);
      if (faults.length > 0) throw new Error(`Function ${settings.name}: ${faults.join("; ")}.`);
      const module = moduleOf(settings) as string;
      const revision = createHash("sha256").update(JSON.stringify(settings)).update(readFileSync(module)).digest("hex");
      const current = table.get(settings.arn);
      if (current?.revision === revision) return;
      current?.pool.retire(false);
      const { name: functionName, arn: functionArn, codeDir, handler, memoryMb } = settings;
      const start = () =>
        startWorker({
          functionName,
          functionArn,
          codeDir,
          module,
          handler,
          memoryMb,
          environment: environmentOf(settings),
          logFile: join(logDir, `${functionName}.log`),
        });
      table.set(settings.arn, { settings, revision, pool: createPool(concurrency, start) });
    },

    /** Runs a function once. The event is JSON. */
    run(arn: string, event: string, requestId: string = randomUUID()): Promise<Result> {
      const { settings, pool } = deployed(arn);
      const bytes = Buffer.byteLength(event);
      if (bytes > payloadLimit)
        throw new ServiceError(
          "RequestTooLargeException",
          `Request must be smaller than ${payloadLimit} bytes for the InvokeFunction operation; it has ${bytes}.`,
          413,
        );
      return pool.invoke(requestId, event, settings.timeoutSeconds * 1000);
    },

    close(): void {
      for (const { pool } of table.values()) pool.retire(true);
    },
  };
}
