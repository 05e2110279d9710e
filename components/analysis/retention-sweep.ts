import type * as pulumi from "@pulumi/pulumi";
import { type RetentionClass, retentionClass } from "../../contracts/case.ts";
import { PlatformComponent } from "../component.ts";
import { eventRate } from "../compute/event-rate.ts";
import { callByRule } from "../compute/function-rule.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import { eventRuleArn, type Place } from "../place.ts";
import type { CaseDeletion } from "./case-deletion.ts";

export interface RetentionSweepArgs {
  settings: FunctionSettings;
  table: CaseTable;
  deletion: CaseDeletion;
  /** Days that cases of each class are kept, at least. */
  retentionDays: Readonly<Record<RetentionClass, number>>;
  /** Days from one sweep to the next: 1 to 31. */
  everyDays: number;
  /** Classes whose cases go by themselves; none of them may be kept for no day at all. */
  classes: readonly RetentionClass[];
  /** Deletions that one sweep starts, at most. */
  most: number;
}

const ruleName = "retention-sweep";
/** ARN of the rule that starts sweeps; the dead letters' policy lets it write what it can't deliver. */
export const sweepRuleArn = (place: Place): string => eventRuleArn(place, ruleName);

/** A function has fifteen minutes. */
const longSeconds = 900;

/**
 * Deletes cases by itself once their least retention has passed, of the classes that are named: a rule by the clock (decision 11), and a
 * function that may start `case-deletion` and delete nothing. HIPAA 164.310(d)(2)(i) disposal; 164.502(b) no longer than needed.
 */
export class RetentionSweep extends PlatformComponent {
  constructor(name: string, args: RetentionSweepArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:RetentionSweep", name, opts);
    const { settings, table, deletion, everyDays, classes, most } = args;
    const whole = (property: "everyDays" | "most", highest: number) => {
      const value = args[property];
      if (!(Number.isInteger(value) && value >= 1 && value <= highest)) this.reject(property, `must be 1 to ${highest}, not ${value}.`);
    };
    whole("everyDays", 31);
    whole("most", 1000);
    if (classes.length === 0) this.reject("classes", `must name one of ${retentionClass.options.join(", ")} at least.`);
    for (const of of classes)
      if (args.retentionDays[of] < 1) this.reject("classes", `must not name ${of}, whose cases need be kept for no day: a sweep would delete each at once.`);

    const sweep = new PlatformFunction(
      {
        settings,
        handler: "delete/sweep-due-cases",
        description: "Starts the deletion of cases whose time has passed",
        timeoutSeconds: longSeconds,
        memoryMb: 256,
        environment: {
          ...deletion.holds.environment,
          STATE_MACHINE_ARN: deletion.workflow.stateMachineArn,
          SWEEP: JSON.stringify({ classes, most }),
        },
        statements: [...deletion.holds.statements, ...table.allowListByTime("FindDueCases"), deletion.workflow.allowStart("StartDeletion")],
      },
      { parent: this },
    );
    const when = { scheduleExpression: eventRate(everyDays, "day") };
    callByRule(name, { settings, rule: ruleName, description: "Cases whose time has passed are looked for", when, calls: sweep }, this.child());
    this.registerOutputs();
  }
}
