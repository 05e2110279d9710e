import * as sdk from "@aws-sdk/client-cloudwatch";
import { type OperationService, ServiceError } from "../../wire/service.ts";
import { openDatabase } from "../database.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Alarms } from "../seams.ts";

export interface CloudWatchOptions {
  readonly dir: string;
  readonly region: string;
  readonly accountId: string;
}

export interface CloudWatch extends Alarms {
  readonly service: OperationService;
  /** Makes an alarm known, as the program declares it. One that is known keeps its state. */
  putAlarm(name: string): void;
  close(): void;
}

interface Row {
  readonly name: string;
  readonly state: sdk.StateValue;
  readonly reason: string;
  readonly changed: number;
}

const states: readonly string[] = ["OK", "ALARM", "INSUFFICIENT_DATA"];

const faultsOfState = (state: string | undefined): string[] =>
  states.includes(state ?? "") ? [] : [`StateValue is ${state}; it must be one of ${states.join(", ")}.`];

/** Refuses a request with everything that is wrong with it. Each limit is that of the API reference. */
function refuseIf(problems: readonly string[]): void {
  if (problems.length > 0) throw new ServiceError("ValidationError", problems.join(" "));
}

/**
 * The alarms that the program declares, and in which state each is. Nothing here measures anything: an alarm is `INSUFFICIENT_DATA` until
 * somebody sets it (`SetAlarmState`), and its actions are not done.
 */
export function createCloudWatch({ dir, region, accountId }: CloudWatchOptions): CloudWatch {
  const database = openDatabase(
    dir,
    "CREATE TABLE IF NOT EXISTS alarms (name TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL, changed INTEGER NOT NULL) STRICT",
  );
  const put = database.prepare("INSERT INTO alarms VALUES (?, 'INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation', ?) ON CONFLICT DO NOTHING");
  const set = database.prepare("UPDATE alarms SET state = ?, reason = ?, changed = ? WHERE name = ?");
  const all = database.prepare("SELECT * FROM alarms ORDER BY name");
  const arnOf = (name: string): string => `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
  const rows = (): Row[] => all.all() as unknown as Row[];

  return {
    putAlarm: (name) => void put.run(name, Date.now()),
    close: () => database.close(),
    arnOf,
    stateOf: (name) => rows().find((row) => row.name === name)?.state,
    service: {
      kind: "operations",
      signingName: "monitoring",
      sdk,
      operations: {
        async DescribeAlarms(input: sdk.DescribeAlarmsInput, call): Promise<sdk.DescribeAlarmsOutput> {
          assertImplemented("DescribeAlarms", input, ["AlarmNames", "AlarmNamePrefix", "StateValue"]);
          const { AlarmNames: names, AlarmNamePrefix: prefix, StateValue: state } = input;
          refuseIf([
            ...(names !== undefined && prefix !== undefined ? ["There are AlarmNames and an AlarmNamePrefix; only one of them may be given."] : []),
            ...(names !== undefined && names.length > 100 ? [`There are ${names.length} AlarmNames; at most 100 may be given.`] : []),
            ...(state !== undefined ? faultsOfState(state) : []),
          ]);
          for (const name of names ?? ["*"]) call.authorize("cloudwatch:DescribeAlarms", arnOf(name));
          const wanted = rows().filter(
            (row) =>
              (names === undefined || names.includes(row.name)) &&
              (prefix === undefined || row.name.startsWith(prefix)) &&
              (state === undefined || row.state === state),
          );
          return {
            MetricAlarms: wanted.map((row) => ({
              ...{ AlarmName: row.name, AlarmArn: arnOf(row.name), StateValue: row.state, StateReason: row.reason },
              StateUpdatedTimestamp: new Date(row.changed),
            })),
            CompositeAlarms: [],
          };
        },
        async SetAlarmState(input: sdk.SetAlarmStateInput, call): Promise<object> {
          assertImplemented("SetAlarmState", input, ["AlarmName", "StateValue", "StateReason"]);
          const { AlarmName, StateValue, StateReason } = input;
          call.authorize("cloudwatch:SetAlarmState", arnOf(AlarmName ?? ""));
          const reason = StateReason ?? "";
          refuseIf([
            ...faultsOfState(StateValue),
            ...(StateReason === undefined ? ["StateReason is missing."] : []),
            ...(reason.length > 1023 ? [`StateReason has ${reason.length} characters; it may have at most 1023.`] : []),
          ]);
          const { changes } = set.run(StateValue as string, reason, Date.now(), AlarmName ?? "");
          if (changes === 0) throw new ServiceError("ResourceNotFound", `The alarm "${AlarmName}" does not exist.`, 404);
          return {};
        },
      },
    },
  };
}
