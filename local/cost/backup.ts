import type { DeployedResource } from "../deploy/deployment.ts";

interface Tagged {
  readonly key: string;
  readonly value: string;
}

/**
 * How many copies AWS Backup keeps of a bucket: one in the vault of the plan that selects it, and one for each place that
 * the plan copies it to. A selection names resources, or tags that the bucket itself must carry.
 */
export function backupCopies(bucket: string, resources: readonly DeployedResource[]): number {
  const ofType = (type: string): DeployedResource[] => resources.filter((resource) => resource.type === type);
  const tags = (ofType("aws:s3/bucket:Bucket").find(({ inputs }) => inputs["bucket"] === bucket)?.inputs["tags"] ?? {}) as Readonly<Record<string, string>>;
  const plans = ofType("aws:backup/selection:Selection")
    .filter(({ inputs }) => selects(inputs, bucket, tags))
    .map(({ inputs }) => inputs["planId"]);
  return ofType("aws:backup/plan:Plan")
    .filter(({ id }) => plans.includes(id))
    .reduce((sum, { inputs }) => {
      const rules = inputs["rules"] as { copyActions?: { destinationVaultArn: string }[] }[];
      return sum + 1 + new Set(rules.flatMap(({ copyActions = [] }) => copyActions.map(({ destinationVaultArn }) => destinationVaultArn))).size;
    }, 0);
}

function selects(selection: DeployedResource["inputs"], bucket: string, tags: Readonly<Record<string, string>>): boolean {
  const named = ((selection["resources"] as string[] | undefined) ?? []).some((pattern) => matches(pattern, `arn:aws:s3:::${bucket}`));
  const anyOf = (selection["selectionTags"] as Tagged[] | undefined) ?? [];
  const allOf = ((selection["conditions"] as { stringEquals?: Tagged[] }[] | undefined) ?? []).flatMap(({ stringEquals = [] }) => stringEquals);
  const carries = ({ key, value }: Tagged): boolean => tags[key.replace(/^aws:ResourceTag\//, "")] === value;
  return (named || anyOf.some(carries)) && allOf.every(carries);
}

/** A `*` stands for anything. */
const matches = (pattern: string, arn: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  ).test(arn);
