import { randomUUID } from "node:crypto";
import * as sdk from "@aws-sdk/client-eventbridge";
import { type Operation, type OperationService, ServiceError } from "../../wire/service.ts";
import type { BusEvent, EventBus, Functions, Log, Queues, StateMachines } from "../seams.ts";
import { compilePattern } from "./pattern.ts";

export interface EventsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly queues: Queues;
  readonly functions: Functions;
  readonly machines: StateMachines;
  readonly log: Log;
  /** Milliseconds since 1970. Default: this machine's. */
  readonly clock?: () => number;
}

/** A rule as the AWS provider's resource describes it. */
export interface RuleSettings {
  readonly arn: string;
  readonly name: string;
  readonly eventBusName?: string;
  /** JSON */
  readonly eventPattern?: string;
  readonly scheduleExpression?: string;
  readonly state?: string;
}

/** A target as the AWS provider's resource describes it. */
export interface TargetSettings {
  readonly rule: string;
  readonly targetId: string;
  readonly arn: string;
  readonly eventBusName?: string;
  /** What EventBridge starts a state machine as. */
  readonly roleArn?: string;
  readonly deadLetterConfig?: { readonly arn?: string };
  readonly [other: string]: unknown;
}

/** Fields of a target that change what is delivered or how. `retryPolicy` is not among them: delivery here succeeds or fails at once. */
const refusedTargetFields = ["input", "inputPath", "inputTransformer", "sqsTarget", "ecsTarget", "batchTarget", "httpTarget"];

interface Target {
  readonly arn: string;
  readonly roleArn: string | undefined;
  readonly deadLetterArn: string | undefined;
}

interface Rule {
  readonly arn: string;
  /** Never, of a rule by the clock. */
  readonly matches: (event: unknown) => boolean;
  /** Milliseconds from one event to the next, and when that is; undefined of a rule that waits for others' events. */
  readonly schedule: { readonly every: number; next: number } | undefined;
  readonly enabled: boolean;
  readonly targets: Map<string, Target>;
}

/** Milliseconds of the units that a rate is in. */
const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** How often rules by the clock are looked at, milliseconds. */
const lookMs = 1000;

/** Milliseconds of `rate(1 day)`. Throws for another expression, and for a rate that EventBridge refuses, such as `rate(1 days)`. */
function rateOf(expression: string, rule: string): number {
  const [, count = "", unit = "", plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (unit === "") throw new Error(`Rule ${rule}: the local cloud implements schedules such as rate(1 day) only, not ${expression}.`);
  const value = Number(count);
  if (value < 1 || (value === 1) !== (plural === ""))
    throw new Error(`Rule ${rule}: ${expression} is no rate: one is of 1 ${unit}, others of several ${unit}s.`);
  return value * (units[unit] as number);
}

/** Most bytes of one PutEvents request (EventBridge quota). */
const requestLimit = 262_144;

/**
 * EventBridge: buses, rules with event patterns or a rate, targets in SQS, Lambda and Step Functions. An event is accepted once every
 * matching target has taken it durably, so nothing needs to be kept here; rules are declared anew at each start, and a rate is counted
 * from there.
 */
export function createEvents({ region, accountId, queues, functions, machines, log, clock = Date.now }: EventsOptions) {
  const buses = new Map<string, Map<string, Rule>>([["default", new Map()]]);

  /** A bus by name or ARN. */
  const busOf = (nameOrArn = "default"): Map<string, Rule> => {
    const bus = buses.get(nameOrArn.split("/").at(-1) ?? "");
    if (bus === undefined) throw new ServiceError("ResourceNotFoundException", `Event bus ${nameOrArn} does not exist.`);
    return bus;
  };

  const send = (arn: string, event: BusEvent, ruleArn: string, roleArn?: string): Promise<void> => {
    if (roleArn !== undefined) return machines.start(roleArn, arn, JSON.stringify(event), ruleArn);
    const caller = { arn: "events.amazonaws.com" };
    const context = { "aws:SourceArn": ruleArn, "aws:SourceAccount": accountId };
    return arn.startsWith("arn:aws:sqs:") ? queues.send(caller, arn, JSON.stringify(event), context) : functions.enqueue(caller, arn, event, context);
  };

  /** Gives what neither a target nor its dead-letter queue took. */
  async function sendToTargets(rule: Rule, event: BusEvent): Promise<Error[]> {
    const failures: Error[] = [];
    for (const { arn, roleArn, deadLetterArn } of rule.targets.values()) {
      try {
        await send(arn, event, rule.arn, roleArn).catch((error: Error) => {
          log(`Rule ${rule.arn} could not deliver event ${event.id} to ${arn}: ${error.message}`);
          if (deadLetterArn === undefined) throw error;
          return send(deadLetterArn, event, rule.arn);
        });
      } catch (error) {
        failures.push(error as Error);
      }
    }
    return failures;
  }

  /** Sends the event of every rule whose time has come: once, however long ago it was. */
  async function tick(): Promise<void> {
    for (const rule of [...buses.values()].flatMap((bus) => [...bus.values()])) {
      const { schedule } = rule;
      const now = clock();
      if (schedule === undefined || now < schedule.next) continue;
      schedule.next += schedule.every * (1 + Math.floor((now - schedule.next) / schedule.every));
      if (!rule.enabled) continue;
      const time = new Date(now).toISOString().replace(/\.\d{3}Z$/, "Z");
      const event = {
        id: randomUUID(),
        source: "aws.events",
        "detail-type": "Scheduled Event",
        account: accountId,
        region,
        time,
        resources: [rule.arn],
        detail: {},
      };
      for (const { message } of await sendToTargets(rule, event)) log(`Rule ${rule.arn}, by the clock: ${message}`);
    }
  }
  let timer: NodeJS.Timeout | undefined;
  /** One look at a time: a target that takes long delays the next. */
  let looking = Promise.resolve();
  const look = (): Promise<void> => {
    looking = looking.then(tick).catch((error: Error) => log(`Rules by the clock: ${error.message}`));
    return looking;
  };

  /**
   * Delivers to every target of every matching rule, as events.amazonaws.com for that rule. What a target refuses goes
   * to its dead-letter queue; without one the publisher is told, where AWS would only drop the event.
   */
  async function deliver(busName: string, event: BusEvent): Promise<void> {
    const failures: Error[] = [];
    for (const rule of busOf(busName).values()) if (rule.enabled && rule.matches(event)) failures.push(...(await sendToTargets(rule, event)));
    if (failures.length > 0)
      throw new AggregateError(failures, `Event ${event.id} reached not every target: ${failures.map(({ message }) => message).join("; ")}`);
  }

  function eventOf(entry: sdk.PutEventsRequestEntry): BusEvent {
    const { Source, DetailType, Detail, Resources = [], Time } = entry;
    const fault = (code: string, message: string) => new ServiceError(code, message);
    if (!Source) throw fault("InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument.");
    if (Source.startsWith("aws.")) throw fault("NotAuthorizedForSourceException", "Not authorized for the source.");
    if (!DetailType) throw fault("InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType is a required argument.");
    if (Detail === undefined) throw fault("InvalidArgument", "Parameter Detail is not valid. Reason: Detail is a required argument.");
    let detail: unknown;
    try {
      detail = JSON.parse(Detail);
    } catch {
      throw fault("MalformedDetail", "Detail is malformed.");
    }
    if (typeof detail !== "object" || detail === null || Array.isArray(detail))
      throw fault("MalformedDetail", "Detail is malformed: it must be a JSON object.");
    const time = (Time ?? new Date()).toISOString().replace(/\.\d{3}Z$/, "Z");
    return {
      id: randomUUID(),
      source: Source,
      "detail-type": DetailType,
      account: accountId,
      region,
      time,
      resources: Resources,
      detail: detail as Record<string, unknown>,
    };
  }

  const operations: Record<string, Operation> = {
    async PutEvents({ Entries = [], EndpointId }: sdk.PutEventsCommandInput, call): Promise<object> {
      if (EndpointId !== undefined) throw new ServiceError("NotImplemented", "The local cloud does not implement EndpointId of PutEvents.", 501);
      if (Entries.length < 1 || Entries.length > 10)
        throw new ServiceError("ValidationException", `PutEvents has ${Entries.length} entries; it must have 1 to 10.`);
      if (Buffer.byteLength(JSON.stringify(Entries)) > requestLimit)
        throw new ServiceError("ValidationException", `Total size of the entries in the request is over the limit of ${requestLimit} bytes.`);
      for (const { EventBusName = "default" } of Entries) {
        const name = EventBusName.split("/").at(-1);
        call.authorize("events:PutEvents", `arn:aws:events:${region}:${accountId}:event-bus/${name}`);
      }
      const results: sdk.PutEventsResultEntry[] = [];
      for (const entry of Entries) {
        try {
          const event = eventOf(entry);
          await deliver(entry.EventBusName ?? "default", event);
          results.push({ EventId: event.id });
        } catch (error) {
          const code = error instanceof ServiceError ? error.code : "InternalFailure";
          results.push({ ErrorCode: code, ErrorMessage: (error as Error).message });
        }
      }
      return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
    },
  };

  const service: OperationService = { kind: "operations", signingName: "events", sdk, operations };
  const bus: EventBus = { publish: (event) => deliver("default", event) };

  return {
    service,
    ...bus,
    /** Looks at the rules by the clock, as happens each second. */
    look,

    /** Ends the looks at the clock, once the last has. */
    async close(): Promise<void> {
      clearInterval(timer);
      await looking;
    },

    putBus(name: string): void {
      if (!buses.has(name)) buses.set(name, new Map());
    },

    /** Creates the rule or changes it; its targets stay. */
    putRule({ arn, name, eventBusName, eventPattern, scheduleExpression, state }: RuleSettings): void {
      if ((eventPattern === undefined) === (scheduleExpression === undefined))
        throw new Error(`Rule ${name} must have either an eventPattern or a scheduleExpression.`);
      const rules = busOf(eventBusName);
      if (scheduleExpression !== undefined && rules !== busOf()) throw new Error(`Rule ${name}: only rules of the default bus may have a schedule.`);
      const before = rules.get(name);
      const every = scheduleExpression === undefined ? undefined : rateOf(scheduleExpression, name);
      const schedule = every === undefined ? undefined : before?.schedule?.every === every ? before.schedule : { every, next: clock() + every };
      const matches = eventPattern === undefined ? () => false : compilePattern(JSON.parse(eventPattern), `eventPattern of rule ${name}`);
      rules.set(name, { arn, matches, schedule, enabled: state !== "DISABLED", targets: before?.targets ?? new Map() });
      if (schedule !== undefined) timer ??= setInterval(() => void look(), lookMs).unref();
    },

    putTarget(target: TargetSettings): void {
      const { rule: ruleName, targetId, arn, roleArn, eventBusName } = target;
      const rule = busOf(eventBusName).get(ruleName);
      if (rule === undefined) throw new Error(`Target ${targetId}: the rule ${ruleName} does not exist.`);
      const refused = refusedTargetFields.filter((field) => target[field] !== undefined);
      if (refused.length > 0) throw new Error(`Target ${targetId} of rule ${ruleName}: the local cloud does not implement ${refused.join(", ")}.`);
      if (!/^arn:aws:(sqs|lambda|states):/.test(arn))
        throw new Error(`Target ${targetId} of rule ${ruleName} is ${arn}; the local cloud delivers to SQS queues, Lambda functions and state machines only.`);
      if (arn.startsWith("arn:aws:states:") !== (roleArn !== undefined))
        throw new Error(`Target ${targetId} of rule ${ruleName}: a state machine must have a roleArn that starts it, and nothing else may have one.`);
      rule.targets.set(targetId, { arn, roleArn, deadLetterArn: target.deadLetterConfig?.arn });
    },
  };
}
