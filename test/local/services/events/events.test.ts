import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { expect } from "chai";
import { createEvents } from "../../../../local/services/events/index.ts";
import { createIam } from "../../../../local/services/iam/iam.ts";
import type { BusEvent, Functions, Queues, StateMachines } from "../../../../local/services/seams.ts";
import { startWire, type Wire } from "../../../../local/wire/server.ts";
import { failure } from "../../../support/failure.ts";

const arn = (name: string) => `arn:aws:events:us-east-1:000000000000:rule/${name}`;
const queue = "arn:aws:sqs:us-east-1:000000000000:uploads";
const dead = "arn:aws:sqs:us-east-1:000000000000:dead";
const handler = "arn:aws:lambda:us-east-1:000000000000:function:report";
const uploaded: BusEvent = {
  id: "1",
  source: "aws.s3",
  "detail-type": "Object Created",
  account: "000000000000",
  region: "us-east-1",
  time: "2026-11-21T09:00:00Z",
  resources: [],
  detail: { bucket: { name: "raw" } },
};

describe("EventBridge", () => {
  const iam = createIam();
  const deliveries: { caller: string; to: string; body: unknown; source: unknown }[] = [];
  const refusing = new Set<string>();
  const take = async (caller: { arn: string }, to: string, body: unknown, context: object | undefined) => {
    if (refusing.has(to)) throw new Error(`${to} refuses.`);
    deliveries.push({ caller: caller.arn, to, body, source: (context as Record<string, unknown>)?.["aws:SourceArn"] });
  };
  const queues: Queues = { send: (caller, to, body, context) => take(caller, to, JSON.parse(body), context) };
  const functions: Functions = { enqueue: take, invoke: () => Promise.reject(new Error("Targets are not waited for.")) };
  const machines: StateMachines = { start: (roleArn, to, input, source) => take({ arn: roleArn }, to, JSON.parse(input), { "aws:SourceArn": source }) };
  const logged: string[] = [];
  let clock: number;
  let events: ReturnType<typeof createEvents>;
  let wire: Wire;
  let client: EventBridgeClient;
  beforeEach(async () => {
    deliveries.length = 0;
    logged.length = 0;
    refusing.clear();
    clock = Date.parse("2026-11-26T10:00:00.000Z");
    const log = (line: string) => void logged.push(line);
    events = createEvents({ region: "us-east-1", accountId: "000000000000", queues, functions, machines, log, clock: () => clock });
    events.putRule({ arn: arn("uploads"), name: "uploads", eventPattern: JSON.stringify({ source: ["aws.s3"] }) });
    events.putTarget({ rule: "uploads", targetId: "queue", arn: queue });
    wire = await startWire({ iam, services: [events.service], log: () => undefined });
    client = new EventBridgeClient({ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.administrator.credentials, maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    await wire.close();
    await events.close();
  });
  const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));

  it("delivers a service's event to the targets of the rules that match, in their name", async () => {
    events.putRule({ arn: arn("other"), name: "other", eventPattern: JSON.stringify({ source: ["aws.sns"] }) });
    events.putTarget({ rule: "other", targetId: "queue", arn: queue });
    await events.publish(uploaded);
    expect(deliveries).to.deep.equal([{ caller: "events.amazonaws.com", to: queue, body: uploaded, source: arn("uploads") }]);
  });

  it("starts state machines in the target's role, which nothing else may have", async () => {
    const machine = "arn:aws:states:us-east-1:000000000000:stateMachine:report";
    const roleArn = "arn:aws:iam::000000000000:role/start";
    events.putTarget({ rule: "uploads", targetId: "queue", arn: machine, roleArn });
    await events.publish(uploaded);
    expect(deliveries).to.deep.equal([{ caller: roleArn, to: machine, body: uploaded, source: arn("uploads") }]);
    const message = "Target x of rule uploads: a state machine must have a roleArn that starts it, and nothing else may have one.";
    expect(() => events.putTarget({ rule: "uploads", targetId: "x", arn: machine })).to.throw(message);
    expect(() => events.putTarget({ rule: "uploads", targetId: "x", arn: queue, roleArn })).to.throw(message);
  });

  it("delivers once after a rule and a target were put twice, and not at all while the rule is disabled", async () => {
    const rule = { arn: arn("uploads"), name: "uploads", eventPattern: JSON.stringify({ source: ["aws.s3"] }) };
    events.putRule(rule);
    events.putTarget({ rule: "uploads", targetId: "queue", arn: queue });
    await events.publish(uploaded);
    expect(deliveries).to.have.length(1);
    events.putRule({ ...rule, state: "DISABLED" });
    await events.publish(uploaded);
    expect(deliveries).to.have.length(1);
  });

  it("takes events of the program by PutEvents, entry by entry", async () => {
    events.putBus("cases");
    events.putRule({ arn: arn("cases/analysed"), name: "analysed", eventBusName: "cases", eventPattern: JSON.stringify({ "detail-type": ["CaseAnalysed"] }) });
    events.putTarget({ rule: "analysed", eventBusName: "cases", targetId: "report", arn: handler });
    const Time = new Date("2026-11-21T10:00:00Z");
    const good = { EventBusName: "cases", Source: "surgical.analysis", DetailType: "CaseAnalysed", Detail: '{"caseId":"c"}', Time };
    const { FailedEntryCount, Entries } = await put(good, { ...good, Detail: "[]" }, { ...good, Source: "aws.s3" }, { ...good, EventBusName: "none" });
    expect(FailedEntryCount).to.equal(3);
    expect(Entries!.map(({ ErrorCode }) => ErrorCode)).to.deep.equal([
      undefined,
      "MalformedDetail",
      "NotAuthorizedForSourceException",
      "ResourceNotFoundException",
    ]);
    expect(deliveries).to.have.length(1);
    expect(deliveries[0]).to.deep.include({ to: handler, source: arn("cases/analysed") });
    expect(deliveries[0]!.body).to.deep.include({
      source: "surgical.analysis",
      "detail-type": "CaseAnalysed",
      detail: { caseId: "c" },
      time: "2026-11-21T10:00:00Z",
      id: Entries![0]!.EventId,
    });
  });

  it("tells the publisher of a target that refuses, unless it has a dead-letter queue", async () => {
    refusing.add(queue);
    expect((await failure(events.publish(uploaded))).message).to.equal(`Event 1 reached not every target: ${queue} refuses.`);
    events.putTarget({ rule: "uploads", targetId: "queue", arn: queue, deadLetterConfig: { arn: dead } });
    await events.publish(uploaded);
    expect(deliveries.map(({ to }) => to)).to.deep.equal([dead]);
  });

  describe("a rule by the clock", () => {
    const hour = 3_600_000;
    const nightly = { arn: arn("nightly"), name: "nightly", scheduleExpression: "rate(2 hours)" };
    beforeEach(() => {
      events.putRule(nightly);
      events.putTarget({ rule: "nightly", targetId: "function", arn: handler, deadLetterConfig: { arn: dead } });
    });
    const passed = async (milliseconds: number) => {
      clock += milliseconds;
      await events.look();
      return deliveries.splice(0);
    };

    it("sends an event of EventBridge's own at its rate, counted from when it was put, and as none that others send", async () => {
      await events.publish(uploaded);
      expect(deliveries.splice(0).map(({ to }) => to)).to.deep.equal([queue]);
      expect(await passed(2 * hour - 1)).to.deep.equal([]);
      const [first, ...more] = await passed(1);
      expect(more).to.deep.equal([]);
      expect(first).to.deep.include({ caller: "events.amazonaws.com", to: handler, source: arn("nightly") });
      const { id, ...event } = first!.body as BusEvent;
      expect(id).to.match(/^[0-9a-f-]{36}$/);
      expect(event).to.deep.equal({
        source: "aws.events",
        "detail-type": "Scheduled Event",
        account: "000000000000",
        region: "us-east-1",
        time: "2026-11-26T12:00:00Z",
        resources: [arn("nightly")],
        detail: {},
      });
      expect(await passed(2 * hour - 1)).to.deep.equal([]);
      expect(await passed(1)).to.have.length(1);
    });

    it("sends one after a long pause, and keeps its rhythm", async () => {
      expect(await passed(7 * hour)).to.have.length(1);
      expect(await passed(hour - 1)).to.deep.equal([]);
      expect(await passed(1)).to.have.length(1);
    });

    it("keeps its rhythm when it is put again, begins anew at another rate, and is silent while it is disabled", async () => {
      await passed(hour);
      events.putRule(nightly);
      expect(await passed(hour)).to.have.length(1);
      events.putRule({ ...nightly, scheduleExpression: "rate(3 hours)" });
      expect(await passed(2 * hour)).to.deep.equal([]);
      expect(await passed(hour)).to.have.length(1);
      events.putRule({ ...nightly, scheduleExpression: "rate(3 hours)", state: "DISABLED" });
      expect(await passed(3 * hour)).to.deep.equal([]);
    });

    it("hands what its target refuses to the dead letters, or to the log", async () => {
      refusing.add(handler);
      expect((await passed(2 * hour)).map(({ to }) => to)).to.deep.equal([dead]);
      refusing.add(dead);
      expect(await passed(2 * hour)).to.deep.equal([]);
      expect(logged.at(-1)).to.equal(`Rule ${arn("nightly")}, by the clock: ${dead} refuses.`);
    });

    it("looks at the clock by itself", async () => {
      clock += 2 * hour;
      for (const end = Date.now() + 5000; deliveries.length === 0 && Date.now() < end; ) await new Promise((wake) => setTimeout(wake, 20));
      expect(deliveries).to.have.length(1);
    });
  });

  it("refuses what it does not implement", () => {
    const schedule = (scheduleExpression: string) => () => events.putRule({ arn: arn("r"), name: "r", scheduleExpression });
    for (const given of ["cron(0 3 * * ? *)", "rate(1 week)", "at(2026-11-26T10:00:00)"])
      expect(schedule(given)).to.throw(`Rule r: the local cloud implements schedules such as rate(1 day) only, not ${given}.`);
    for (const given of ["rate(1 days)", "rate(2 day)", "rate(0 days)"]) expect(schedule(given)).to.throw(`Rule r: ${given} is no rate`);
    events.putBus("cases");
    const elsewhere = { arn: arn("cases/r"), name: "r", eventBusName: "cases", scheduleExpression: "rate(1 day)" };
    expect(() => events.putRule(elsewhere)).to.throw("Rule r: only rules of the default bus may have a schedule.");
    const either = "Rule r must have either an eventPattern or a scheduleExpression.";
    expect(() => events.putRule({ arn: arn("r"), name: "r" })).to.throw(either);
    expect(() => events.putRule({ arn: arn("r"), name: "r", eventPattern: "{}", scheduleExpression: "rate(1 day)" })).to.throw(either);
    expect(() => events.putTarget({ rule: "none", targetId: "t", arn: queue })).to.throw("Target t: the rule none does not exist.");
    expect(() => events.putTarget({ rule: "uploads", targetId: "t", arn: queue, inputTransformer: {} })).to.throw("does not implement inputTransformer");
    expect(() => events.putTarget({ rule: "uploads", targetId: "t", arn: "arn:aws:sns:us-east-1:000000000000:t" })).to.throw(
      "delivers to SQS queues, Lambda functions and state machines only",
    );
  });
});
