import type * as pulumi from "@pulumi/pulumi";
import type { WorkClass } from "../../contracts/case.ts";
import { PlatformComponent } from "../component.ts";
import { callByRule } from "../compute/function-rule.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import { LeaseTable } from "../data/lease-table.ts";
import { eventRuleArn, type Place, type Removal } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import type { Statement } from "../security/policy.ts";
import type { CaseAnalysis } from "./case-analysis.ts";

export interface AdmissionArgs {
  settings: FunctionSettings;
  removal: Removal;
  key: EncryptionKey;
  analysis: CaseAnalysis;
  /** Most analyses of each class at a time. */
  leases: Readonly<Record<WorkClass, number>>;
}

const ruleName = "admission";
/** ARN of the rule that hears of executions; the dead letters' policy lets it write what it can't deliver. */
export const admissionRuleArn = (place: Place): string => eventRuleArn(place, ruleName);

const releaseSeconds = 30;

/**
 * Admission to the analysis: leases, of which each class of work has so many, taken before an execution starts and given back
 * by Step Functions' own event when it ends, whether it succeeded, failed, ran out of time or was stopped. What nobody gives
 * back runs out.
 */
export class Admission extends PlatformComponent {
  readonly leases: AdmissionArgs["leases"];
  readonly #table: LeaseTable;

  constructor(name: string, args: AdmissionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:Admission", name, opts);
    const { settings, removal, key, analysis } = args;
    this.leases = args.leases;
    this.#table = new LeaseTable(this.childName("leases"), { place: settings.place, removal, key }, { parent: this });

    const release = new PlatformFunction(
      {
        settings,
        handler: "ingest/release-lease",
        description: "Gives back the lease of an analysis that has ended",
        timeoutSeconds: releaseSeconds,
        memoryMb: 256,
        environment: { LEASE_TABLE: this.#table.tableName },
        statements: this.#table.allowRelease("ReleaseLease"),
      },
      { parent: this },
    );
    const eventPattern = analysis.stateMachineArn.apply((stateMachineArn) =>
      JSON.stringify({
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [stateMachineArn], status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] },
      }),
    );
    callByRule(name, { settings, rule: ruleName, description: "An analysis has ended", when: { eventPattern }, calls: release }, this.child());
    this.registerOutputs({ leaseTable: this.#table.tableName });
  }

  get tableName(): pulumi.Output<string> {
    return this.#table.tableName;
  }

  /** Statements that allow giving leases back. */
  allowRelease(sid: string): Statement[] {
    return this.#table.allowRelease(sid);
  }

  /** Statements that allow taking leases and giving them back. */
  allowLeases(sid: string): Statement[] {
    return this.#table.allowLeases(sid);
  }
}
