import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type RetentionClass, retentionClass } from "../../contracts/case.ts";
import { PlatformComponent } from "../component.ts";
import { eventRetries } from "../compute/event-retries.ts";
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

/** ARN of the rule that starts sweeps; the dead letters' policy lets it write what it can't deliver. */
export const sweepRuleArn = (place: Place): string => eventRuleArn(place, "retention-sweep");

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
    const ruleArn = sweepRuleArn(settings.place);
    const rule = new aws.cloudwatch.EventRule(
      this.childName("rule"),
      {
        name: ruleArn.slice(ruleArn.lastIndexOf("/") + 1),
        description: "Cases whose time has passed are looked for",
        scheduleExpression: everyDays === 1 ? "rate(1 day)" : `rate(${everyDays} days)`,
      },
      this.child(),
    );
    new aws.cloudwatch.EventTarget(
      this.childName("target"),
      { rule: rule.name, targetId: name, arn: sweep.arn, deadLetterConfig: { arn: settings.deadLetters.arn }, retryPolicy: eventRetries },
      this.child(),
    );
    new aws.lambda.Permission(
      this.childName("permission"),
      { statementId: "rule", action: "lambda:InvokeFunction", function: sweep.functionName, principal: "events.amazonaws.com", sourceArn: rule.arn },
      this.child(),
    );
    this.registerOutputs();
  }
}
