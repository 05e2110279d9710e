import { type Caller, ServiceError } from "../wire/service.ts";

/**
 * What the local services use of one another inside the process: the paths that AWS's services take behind their
 * public APIs. Every use names its caller and is authorised as such.
 */

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Decides who may do what, from the roles and resource policies that the program declared. */
export interface Authorizer {
  /** Throws a ServiceError `AccessDeniedException` that names caller, action and resource. */
  authorize(caller: Caller, action: string, resource: string, context?: Record<string, string | string[]>): void;
  /** Long-lived local credentials of a role; whoever signs with them is that role. Throws if no such role was declared. */
  credentialsOf(roleArn: string): Credentials;
  /** Throws unless the role's trust policy lets this service principal (`lambda.amazonaws.com`) take it; `context` may give `aws:SourceArn`. */
  assume(servicePrincipal: string, roleArn: string, context?: Record<string, string | string[]>): Caller;
}

export interface ObjectFile {
  /** File that holds exactly the object's bytes; never write to it. */
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
  readonly versionId: string | undefined;
  readonly contentType: string;
}

/** S3 inside the process. Checks s3 and kms actions of the caller as the wire does. */
export interface ObjectStore {
  file(caller: Caller, bucket: string, key: string, versionId?: string): Promise<ObjectFile>;
  put(
    caller: Caller,
    bucket: string,
    key: string,
    content: { path: string } | { data: Buffer | string },
    options?: { contentType?: string; kmsKeyArn?: string },
  ): Promise<{ etag: string; versionId: string | undefined }>;
  list(caller: Caller, bucket: string, prefix: string): Promise<{ key: string; bytes: number }[]>;
}

/** An event on a bus, as EventBridge rules see it. */
export interface BusEvent {
  readonly id: string;
  readonly source: string;
  readonly "detail-type": string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Takes events from AWS services (S3, GuardDuty, ...). Resolves when every matching target has accepted the event durably. */
export interface EventBus {
  publish(event: BusEvent): Promise<void>;
}

/** Takes a message into a queue as the given caller (`events.amazonaws.com` for a rule). `context` holds condition keys such as `aws:SourceArn`. Resolves once it is durable. */
export interface Queues {
  send(caller: Caller, queueArn: string, body: string, context?: Record<string, string | string[]>): Promise<void>;
}

/** Runs functions. `invoke` runs one once and waits for it; `context` holds condition keys such as `aws:SourceArn`. */
export interface Functions {
  invoke(
    caller: Caller,
    functionArn: string,
    payload: unknown,
    context?: Record<string, string | string[]>,
  ): Promise<{ payload: unknown; functionError: "Unhandled" | undefined }>;
  /** Takes an asynchronous invocation. Resolves once it is durable; it runs later and, if it fails, twice more. */
  enqueue(caller: Caller, functionArn: string, payload: unknown, context?: Record<string, string | string[]>): Promise<void>;
}

/** Starts executions as EventBridge does for a target: in the target's role, whose trust must name this rule. Resolves once the start is durable. */
export interface StateMachines {
  start(roleArn: string, machineArn: string, input: string, ruleArn: string): Promise<void>;
}

/** Alarms of CloudWatch: undefined of one that does not exist. */
export interface Alarms {
  arnOf(name: string): string;
  stateOf(name: string): "OK" | "ALARM" | "INSUFFICIENT_DATA" | undefined;
}

/** Makes the next jobs of a service fail, or has it refuse the next calls, for tests. */
export class Faults {
  readonly #refusals: { matches: (service: string, operation: string) => boolean; error: ServiceError; left: number }[] = [];
  readonly #faults: { matches: (service: string, job: string) => boolean; message: string; times: number }[] = [];

  /**
   * The next `times` jobs for which `matches(service, job name)` holds fail with `message`, before they do anything; those of service
   * "sagemaker-midway", which are processing jobs, once they have done a part of it. A job of service "sagemaker-real-time" is one
   * request to the endpoint of that name.
   */
  add(matches: (service: string, job: string) => boolean, message: string, times = 1): void {
    this.#faults.push({ matches, message, times });
  }

  /** The failure this job must have, used up by the asking; undefined for none. */
  take(service: string, job: string): string | undefined {
    const fault = this.#faults.find((f) => f.times > 0 && f.matches(service, job));
    if (!fault) return undefined;
    fault.times--;
    return fault.message;
  }

  /**
   * The next `times` calls for which `matches(service, operation)` holds are refused with AWS's `code`, as where a quota is used up:
   * `LimitExceededException`. Gives a look at how many are left. An SDK tries some codes again by itself.
   */
  refuse(matches: (service: string, operation: string) => boolean, code: string, message: string, times = 1): { readonly left: number } {
    const refusal = { matches, error: new ServiceError(code, message), left: times };
    this.#refusals.push(refusal);
    return refusal;
  }

  /** The error this call must be refused with, used up by the asking; undefined for none. */
  refusal(service: string, operation: string): ServiceError | undefined {
    const refusal = this.#refusals.find(({ left, matches }) => left > 0 && matches(service, operation));
    if (!refusal) return undefined;
    refusal.left--;
    return refusal.error;
  }
}

/** Writes a line about what the local cloud does. Never holds object content. */
export type Log = (line: string) => void;
