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
  let events: ReturnType<typeof createEvents>;
  let wire: Wire;
  let client: EventBridgeClient;
  beforeEach(async () => {
    deliveries.length = 0;
    refusing.clear();
    events = createEvents({ region: "us-east-1", accountId: "000000000000", queues, functions, machines, log: () => undefined });
    events.putRule({ arn: arn("uploads"), name: "uploads", eventPattern: JSON.stringify({ source: ["aws.s3"] }) });
    events.putTarget({ rule: "uploads", targetId: "queue", arn: queue });
    wire = await startWire({ iam, services: [events.service], log: () => undefined });
    client = new EventBridgeClient({ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.administrator.credentials, maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    await wire.close();
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

  it("refuses what it does not implement", () => {
    expect(() => events.putRule({ arn: arn("r"), name: "r", scheduleExpression: "rate(1 day)" })).to.throw(
      "Rule r: the local cloud does not implement scheduleExpression.",
    );
    expect(() => events.putRule({ arn: arn("r"), name: "r" })).to.throw("Rule r must have an eventPattern.");
    expect(() => events.putTarget({ rule: "none", targetId: "t", arn: queue })).to.throw("Target t: the rule none does not exist.");
    expect(() => events.putTarget({ rule: "uploads", targetId: "t", arn: queue, inputTransformer: {} })).to.throw("does not implement inputTransformer");
    expect(() => events.putTarget({ rule: "uploads", targetId: "t", arn: "arn:aws:sns:us-east-1:000000000000:t" })).to.throw(
      "delivers to SQS queues, Lambda functions and state machines only",
    );
  });
});
