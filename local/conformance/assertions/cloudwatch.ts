import { DescribeAlarmsCommand, type DescribeAlarmsInput, SetAlarmStateCommand, type SetAlarmStateInput } from "@aws-sdk/client-cloudwatch";
import { type Assertion, errorOf, type Subject } from "../assertion.ts";

/** Pages of https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/ */
const page = (operation: string, member: string): string =>
  `CloudWatch API Reference, [${operation}](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_${operation}.html), ${member}`;

async function described({ cloudwatch }: Subject, input: DescribeAlarmsInput) {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand(input));
  return { metric: MetricAlarms, composite: CompositeAlarms };
}
const set = ({ cloudwatch }: Subject, AlarmName: string, StateValue: string, StateReason = "A test.") =>
  cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason } as SetAlarmStateInput));

/** Whether a request is refused as invalid. The protocol of queries calls that ValidationError, that of JSON ValidationException. */
const isInvalid = async (call: Promise<unknown>): Promise<boolean> => ["ValidationError", "ValidationException"].includes(await errorOf(call));

const alarms: Omit<Assertion, "service">[] = [
  {
    id: "cloudwatch-alarm-new",
    says: "A new alarm has insufficient data.",
    source: page("PutMetricAlarm", "first paragraphs"),
    async observe(subject) {
      const name = await subject.alarm();
      const { metric } = await described(subject, { AlarmNames: [name] });
      return metric.map(({ AlarmName, AlarmArn, StateValue }) => [AlarmName === name, AlarmArn?.endsWith(`:alarm:${name}`), StateValue]);
    },
    expected: [[true, true, "INSUFFICIENT_DATA"]],
  },
  {
    id: "cloudwatch-alarm-set",
    says: "An alarm whose state is set tells that state and the reason.",
    source: page("SetAlarmState", "StateValue, StateReason"),
    async observe(subject) {
      const name = await subject.alarm();
      const told = [];
      for (const state of ["ALARM", "OK"]) {
        await set(subject, name, state, `Set to ${state}.`);
        const { metric } = await described(subject, { AlarmNames: [name] });
        told.push(...metric.map(({ StateValue, StateReason }) => [StateValue, StateReason]));
      }
      return told;
    },
    expected: [
      ["ALARM", "Set to ALARM."],
      ["OK", "Set to OK."],
    ],
  },
  {
    id: "cloudwatch-alarm-unknown",
    says: "The state of an alarm that is not there can't be set, and a description of it is empty.",
    source: page("SetAlarmState", "Errors"),
    async observe(subject) {
      const unknown = `${await subject.alarm()}-not`;
      return [await errorOf(set(subject, unknown, "OK")), (await described(subject, { AlarmNames: [unknown] })).metric];
    },
    expected: ["ResourceNotFound", []],
  },
  {
    id: "cloudwatch-alarm-values",
    says: "An alarm is OK, ALARM or INSUFFICIENT_DATA and nothing else; at most 1023 characters say why.",
    source: page("SetAlarmState", "StateValue, StateReason"),
    async observe(subject) {
      const name = await subject.alarm();
      return [
        await isInvalid(set(subject, name, "RED")),
        await isInvalid(set(subject, name, "OK", "x".repeat(1024))),
        await errorOf(set(subject, name, "OK", "x".repeat(1023))),
      ];
    },
    expected: [true, true, "no error"],
  },
  {
    id: "cloudwatch-alarm-filters",
    says: "Alarms are described by their names, by what names begin with, and by their states.",
    source: page("DescribeAlarms", "AlarmNames, AlarmNamePrefix, StateValue"),
    async observe(subject) {
      const prefix = `${await subject.alarm()}-`;
      const names = [await subject.alarm(prefix), await subject.alarm(prefix)].sort();
      await set(subject, names[1] as string, "ALARM");
      const found = async (input: DescribeAlarmsInput) => (await described(subject, input)).metric.map(({ AlarmName = "" }) => names.indexOf(AlarmName)).sort();
      return [
        await found({ AlarmNames: names }),
        await found({ AlarmNames: names.slice(1) }),
        await found({ AlarmNamePrefix: prefix }),
        await found({ AlarmNamePrefix: prefix, StateValue: "ALARM" }),
        await found({ AlarmNames: names, StateValue: "OK" }),
      ];
    },
    expected: [[0, 1], [1], [0, 1], [1], []],
  },
  {
    id: "cloudwatch-alarm-names-or-prefix",
    says: "Where a prefix is given, no names may be.",
    source: page("DescribeAlarms", "AlarmNamePrefix"),
    async observe(subject) {
      const name = await subject.alarm();
      // The page names no error.
      return (await errorOf(described(subject, { AlarmNames: [name], AlarmNamePrefix: "conformance" }))) !== "no error";
    },
    expected: true,
  },
  {
    id: "cloudwatch-alarm-most-names",
    says: "At most 100 alarms are described by their names at once.",
    source: page("DescribeAlarms", "AlarmNames"),
    observe(subject) {
      const describe = (length: number) => described(subject, { AlarmNames: Array.from({ length }, (_, i) => `conformance-none-${i}`) });
      return Promise.all([errorOf(describe(100)), isInvalid(describe(101))]);
    },
    expected: ["no error", true],
  },
  {
    id: "cloudwatch-alarm-kinds",
    says: "Who does not ask for composite alarms gets metric alarms only.",
    source: page("DescribeAlarms", "AlarmTypes"),
    async observe(subject) {
      const { metric, composite } = await described(subject, { AlarmNames: [await subject.alarm()] });
      return [metric.length, composite.length];
    },
    expected: [1, 0],
  },
];

export const cloudwatchAssertions: readonly Assertion[] = alarms.map((one) => ({ service: "CloudWatch", ...one }));
