import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { eventRuleArn, type Place, physicalName } from "../place.ts";
import type { Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";

export interface LearningScheduleArgs {
  place: Place;
  /** What is started, in words. */
  description: string;
  /** `rate(7 days)` or `cron(0 3 ? * MON *)`, in UTC. */
  schedule: string;
  target: {
    /** The state machine or pipeline that is started. */
    arn: pulumi.Input<string>;
    /** Lets a role start it: `states:StartExecution` or `sagemaker:StartPipelineExecution`. */
    allowStart: Statement;
  };
  /** Queue that takes starts that failed. Its policy must let the rule send: {@link eventRuleArn}. */
  deadLetterArn: pulumi.Input<string>;
}

const form = /^(rate\(\d+ (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\))$/;
const hours = 3600;

/**
 * Starts measuring drift or retraining at fixed times. A rule of EventBridge, not EventBridge Scheduler: AWS does not list that among its
 * HIPAA-eligible services. HIPAA 164.308(b)(1).
 */
export class LearningSchedule extends PlatformComponent {
  readonly ruleName: pulumi.Output<string>;

  constructor(name: string, args: LearningScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:LearningSchedule", name, opts);
    const { place, target } = args;
    if (!form.test(args.schedule)) this.reject("schedule", `must be such as rate(7 days) or cron(0 3 ? * MON *), not "${args.schedule}".`);

    const rule = new aws.cloudwatch.EventRule(
      name,
      { name: physicalName(place, name), description: args.description, scheduleExpression: args.schedule },
      this.child(),
    );
    const role = new ServiceRole(
      this.childName("role"),
      { place, service: "events.amazonaws.com", sourceArn: eventRuleArn(place, name), statements: [target.allowStart] },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      this.childName("target"),
      {
        rule: rule.name,
        targetId: name,
        arn: target.arn,
        roleArn: role.arn,
        deadLetterConfig: { arn: args.deadLetterArn },
        // A start that is late by more than this waits for the next.
        retryPolicy: { maximumEventAgeInSeconds: 6 * hours, maximumRetryAttempts: 24 },
      },
      this.child(),
    );

    this.ruleName = rule.name;
    this.registerOutputs({ ruleName: this.ruleName });
  }
}
