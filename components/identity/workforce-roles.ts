import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { rawVideosPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import { eventRetries } from "../compute/event-retries.ts";
import type { CaseTable } from "../data/case-table.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { eventRuleArn, type Place } from "../place.ts";
import type { Statement } from "../security/policy.ts";
import { auditorStatements } from "./auditor.ts";
import { dataScientistStatements, type PeoplesBuckets } from "./data-scientist.ts";
import { operatorStatements, type UploadQueues } from "./operator.ts";
import { mistakeIn, type People, trustIn } from "./people.ts";
import { TrustedRole } from "./trusted-role.ts";

export interface WorkforceRolesArgs {
  place: Place;
  people: {
    dataScientists: People;
    auditors: People;
    /** Those who may look at any case in an emergency. */
    emergency: People;
    /** Those who start backfills and give dead letters back. Nobody, if absent. */
    operators?: People | undefined;
  };
  uploads: UploadQueues;
  buckets: PeoplesBuckets;
  table: CaseTable;
  /** Told whenever the emergency role is taken. Its policy must let EventBridge publish. */
  alertTopicArn: pulumi.Input<string>;
  /** Takes alerts that could not be delivered. Its policy must let the rule send: {@link emergencyRuleArn}. */
  deadLetterArn: pulumi.Input<string>;
}

/** ARN of the rule that tells of every use of the emergency role. */
export const emergencyRuleArn = (place: Place, name: string): string => eventRuleArn(place, `${name}-emergency-used`);

/**
 * The roles of people. They are taken for an hour by people whom an identity provider vouches for; there are no users of IAM.
 *
 * Whoever uses the web application has no role here: a token of the user pool says who they are, and the API's scopes and groups say what
 * they may ask for, so that a browser never holds credentials of AWS. Lambda and SageMaker have no role in common, either: each function,
 * endpoint and kind of job has its own (`PlatformFunction`, `SageMakerBranch`, `RealTimeEndpoint`, `TrainingRoles`).
 *
 * HIPAA 164.308(a)(3)(i), 164.308(a)(4)(ii)(B), 164.312(a)(2)(i), 164.312(d); emergency access 164.312(a)(2)(ii).
 */
export class WorkforceRoles extends PlatformComponent {
  readonly dataScientistArn: pulumi.Output<string>;
  readonly auditorArn: pulumi.Output<string>;
  readonly emergencyArn: pulumi.Output<string>;

  constructor(name: string, args: WorkforceRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:identity:WorkforceRoles", name, opts);
    const { place, people, buckets } = args;
    for (const [who, described] of Object.entries(people)) {
      const mistake = described && mistakeIn(described);
      if (mistake !== undefined) this.reject(`people.${who}`, mistake);
    }

    this.dataScientistArn = this.#role("data-scientist", args, people.dataScientists, {
      description: "Reads datasets and results, trains networks",
      statements: dataScientistStatements(place, buckets),
    }).arn;
    this.auditorArn = this.#role("auditor", args, people.auditors, {
      description: "Sees configuration, audit trail and findings, no data",
      statements: auditorStatements(place),
    }).arn;
    if (people.operators !== undefined)
      this.#role("operator", args, people.operators, {
        description: "Starts backfills and gives dead letters back, sees no case",
        statements: operatorStatements(place, buckets, args.uploads),
      });
    const emergency = this.#role("emergency", args, people.emergency, {
      description: "Reads any case in an emergency; every use raises an alarm",
      statements: readEveryCase(args),
      // A sign-in through another Region's endpoint would happen where no rule watches.
      watched: true,
    });
    this.#tellOfUse(emergency.roleArn, emergencyRuleArn(place, name), args);
    this.emergencyArn = emergency.arn;
    this.registerOutputs({ dataScientistArn: this.dataScientistArn, auditorArn: this.auditorArn, emergencyArn: this.emergencyArn });
  }

  #role(
    suffix: string,
    { place }: WorkforceRolesArgs,
    people: People,
    role: { description: string; statements: readonly Statement[]; watched?: boolean },
  ): TrustedRole {
    const { description, statements, watched } = role;
    const trust = trustIn(people, place, watched ? { "aws:RequestedRegion": place.region } : {});
    return new TrustedRole(this.childName(suffix), { place, description, trust, statements }, { parent: this });
  }

  /** CloudTrail sends every call of STS to EventBridge. The event holds the session's token, so only what a reader needs is passed on. */
  #tellOfUse(roleArn: string, ruleArn: string, { alertTopicArn, deadLetterArn }: WorkforceRolesArgs): void {
    const rule = new aws.cloudwatch.EventRule(
      this.childName("emergency-used"),
      {
        name: ruleArn.slice(ruleArn.lastIndexOf("/") + 1),
        description: "Somebody took the emergency role",
        eventPattern: JSON.stringify({
          source: ["aws.sts"],
          "detail-type": ["AWS API Call via CloudTrail"],
          detail: { eventSource: ["sts.amazonaws.com"], eventName: ["AssumeRole", "AssumeRoleWithSAML"], requestParameters: { roleArn: [roleArn] } },
        }),
      },
      this.child(),
    );
    new aws.cloudwatch.EventTarget(
      this.childName("emergency-alert"),
      {
        rule: rule.name,
        targetId: "alert",
        arn: alertTopicArn,
        inputTransformer: {
          inputPaths: {
            time: "$.time",
            session: "$.detail.requestParameters.roleSessionName",
            address: "$.detail.sourceIPAddress",
            error: "$.detail.errorCode",
          },
          inputTemplate: `"Emergency access to patients' data: <session> took ${roleArn} from <address> at <time>. Error, if it was refused: <error>."`,
        },
        deadLetterConfig: { arn: deadLetterArn },
        retryPolicy: eventRetries,
      },
      this.child(),
    );
  }
}

const readEveryCase = ({ buckets: { raw, processed }, table }: WorkforceRolesArgs): Statement[] => [
  ...table.allow("ReadCases", ["dynamodb:GetItem", "dynamodb:Query"]),
  ...table.allowList("ListCases"),
  ...raw.allow("ReadVideos", ["s3:GetObject", "s3:GetObjectVersion"], rawVideosPrefix),
  raw.allowList("ListVideos", rawVideosPrefix),
  ...Object.entries(lakePrefixes).flatMap(([what, prefix]) => [
    ...processed.allow(`Read${capital(what)}`, ["s3:GetObject"], prefix),
    processed.allowList(`List${capital(what)}`, prefix),
  ]),
];

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
