import type { ResourceValidationPolicy } from "@pulumi/policy";
import { regionOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { approvedRegions } from "../../data/regions.ts";
import { isCustomerKey, judgeEach } from "../../given.ts";

interface Config {
  readonly regions: readonly string[];
}

const defaultRegions: readonly string[] = approvedRegions.names;

interface Replica {
  readonly regionName?: string;
  readonly kmsKeyArn?: string;
  readonly pointInTimeRecovery?: boolean;
}

/** A table's copy in another Region holds the same cases: it lies in an approved Region, under a key of ours, and can be recovered. */
export const replicaIsAsSafeAsItsTable: ResourceValidationPolicy = {
  name: "dynamodb-replica-is-as-safe-as-its-table",
  description: "Replicas of DynamoDB tables must lie in approved Regions, under a customer-managed KMS key, and be recoverable.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.308(b)(1)", "164.312(a)(2)(iv)"),
  tags: ["dynamodb", "residency", "encryption", "recovery"],
  remediationSteps: "Set kmsKeyArn and pointInTimeRecovery of the replica, and an approved Region; replace a GlobalTable by replicas of a Table.",
  configSchema: { properties: { regions: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaultRegions] } } },
  validateResource: (args, report) => {
    const { type, name, props, notApplicable } = args;
    const { regions = defaultRegions } = args.getConfig<Partial<Config>>();
    // Its copies are tables that were made one by one, of a kind that no longer can be made anew (version 2017.11.29).
    if (type === "aws:dynamodb/globalTable:GlobalTable") return report(`"${name}" is a global table of the old kind; it must be a table with replicas.`);
    const replicas = replicasOf(args);
    if (replicas.length === 0) notApplicable("The resource is no table with replicas.");
    judgeEach(replicas, (replica) => {
      const region = replica.regionName ?? "an unknown Region";
      const say = (wrong: string): void => report(`Replica of "${name}" in ${region} ${wrong}`);
      if (!regions.includes(region)) say(`must lie in ${regions.join(", ")}.`);
      if (!isCustomerKey(replica, "kmsKeyArn")) say("has no customer-managed key.");
      if (replica.pointInTimeRecovery !== true) say("has no point-in-time recovery.");
    });

    function replicasOf({ provider }: Pick<typeof args, "provider">): Replica[] {
      if (type === "aws:dynamodb/table:Table") return (props["replicas"] ?? []) as Replica[];
      if (type !== "aws:dynamodb/tableReplica:TableReplica") return [];
      const regionName = regionOf({ props, ...(provider && { provider }) });
      return [{ ...(props as Replica), ...(regionName !== undefined && { regionName }) }];
    }
  },
};
