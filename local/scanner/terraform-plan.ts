import type { DeployedResource } from "../deploy/deployment.ts";
import type { Properties } from "../deploy/provider.ts";

/** Modules of Pulumi's types that Terraform's names leave out or name otherwise. */
const modules: Readonly<Record<string, string>> = { ec2: "", cfg: "config", bedrockmodel: "bedrock_model" };

/** Types whose Terraform name does not follow from Pulumi's. */
const odd: Readonly<Record<string, string>> = {
  "aws:cfg/recorder:Recorder": "aws_config_configuration_recorder",
  "aws:cfg/recorderStatus:RecorderStatus": "aws_config_configuration_recorder_status",
  "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
  "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "aws_s3_bucket_replication_configuration",
};

/** Fields that are maps of whatever names, not blocks. */
const maps: ReadonlySet<string> = new Set(["tags", "tagsAll", "variables", "requestParameters", "triggers", "responseParameters", "metadata"]);

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Terraform's name of a type of Pulumi's AWS provider, such as `aws_s3_bucket`. */
export function terraformType(type: string): string {
  const [, module = "", name = ""] = /^aws:([^/]+)\/([^:]+):/.exec(type) ?? [];
  const part = modules[module] ?? module;
  return odd[type] ?? `aws_${part === "" ? "" : `${part}_`}${snake(name)}`;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** A list of blocks has the name of one of them in Terraform. */
const singular = (name: string): string =>
  name
    .replace(/ies$/, "y")
    .replace(/(x|s)es$/, "$1")
    .replace(/([^s])s$/, "$1");

/**
 * Properties under Terraform's names: blocks are lists of objects, also those of which there may be one only, and are named in the
 * singular. Where a name could be either, both are given: a scanner reads the one that it knows.
 */
function valuesOf(properties: Record<string, unknown>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    const key = snake(name);
    if (maps.has(name)) values[key] = value;
    else if (isObject(value)) values[key] = [valuesOf(value)];
    else if (Array.isArray(value) && value.length > 0 && value.every(isObject)) {
      values[key] = value.map(valuesOf);
      values[singular(key)] = values[key];
    } else values[key] = value;
  }
  return values;
}

const withoutAssets = (properties: Properties): Record<string, unknown> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !["code", "source", "context"].includes(name)));

/** What a program declares of AWS, as `terraform show -json` would tell it of a plan: for scanners that read those. */
export function terraformPlan(resources: readonly DeployedResource[]): object {
  const ours = resources.filter(({ custom, type }) => custom && type.startsWith("aws:"));
  const nameOf = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, "_");
  const addressOf = ({ type, name }: DeployedResource): string => `${terraformType(type)}.${nameOf(name)}`;
  const byUrn = new Map(ours.map((resource) => [resource.urn, resource]));
  const declared = ours.map((resource) => ({
    ...{ address: addressOf(resource), mode: "managed", type: terraformType(resource.type), name: nameOf(resource.name) },
    ...{ provider_name: "registry.terraform.io/hashicorp/aws", schema_version: 0, values: valuesOf(withoutAssets(resource.inputs)) },
  }));
  const references = (urns: readonly string[]): string[] =>
    urns.flatMap((urn) => {
      const found = byUrn.get(urn);
      return found === undefined ? [] : [`${addressOf(found)}.id`, addressOf(found)];
    });
  return {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: { root_module: { resources: declared } },
    resource_changes: declared.map(({ values, ...resource }) => ({ ...resource, change: { actions: ["create"], before: null, after: values } })),
    configuration: {
      root_module: {
        resources: ours.map((resource) => ({
          ...{ address: addressOf(resource), mode: "managed", type: terraformType(resource.type), name: nameOf(resource.name), provider_config_key: "aws" },
          expressions: Object.fromEntries(
            Object.entries(resource.propertyDependencies).flatMap(([property, urns]) =>
              urns.length === 0 ? [] : [[snake(property), { references: references(urns) }]],
            ),
          ),
        })),
      },
    },
  };
}
