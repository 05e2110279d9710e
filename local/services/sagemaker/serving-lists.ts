import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, notImplemented, type Operation, ServiceError } from "../../wire/service.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Endpoint } from "./endpoint-updates.ts";
import type { Registry } from "./registry.ts";
import type { EndpointConfig, Model } from "./serving-records.ts";

/** What is listed, as lists sort and filter it. */
interface Listed {
  readonly name: string;
  readonly createdAt?: number | undefined;
}

/** What the three lists are asked with. */
interface ListInput {
  readonly SortBy?: string | undefined;
  readonly SortOrder?: string | undefined;
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
  readonly NameContains?: string | undefined;
  readonly CreationTimeBefore?: Date | undefined;
  readonly CreationTimeAfter?: Date | undefined;
}

/** How the things of one kind are listed. */
interface ListKind<Kept> {
  readonly kind: string;
  /** What can be sorted by, CreationTime among it. */
  readonly keys: Readonly<Record<string, (kept: Kept) => number | string>>;
  /** So many are on a page if nobody says how many. */
  readonly pageSize: number;
  /** Members of the request that only this list has, and whether a thing is among what they ask for. */
  readonly more?: { readonly members: readonly string[]; readonly isWanted: (kept: Kept) => boolean };
}

const createdAt = (kept: Listed): number => kept.createdAt ?? 0;
const byNameAndAge = { Name: ({ name }: Listed) => name, CreationTime: createdAt };
/** At most so many are on a page. (API reference: MaxResults of ListModels, ListEndpointConfigs and ListEndpoints) */
const mostResults = 100;
/** (API reference, ListEndpoints: "This value defaults to 10.") */
const usualEndpoints = 10;
/** "greater than or equal to the specified time", "before the specified time". (API reference: CreationTimeAfter, CreationTimeBefore) */
const isBetween = (time: number, after: Date | undefined, before: Date | undefined): boolean =>
  (after === undefined || time >= after.getTime()) && (before === undefined || time < before.getTime());
const statusOf = ({ update }: Endpoint): sdk.EndpointStatus => (update === undefined ? "InService" : "Updating");

/** Everything that is wrong with a list's request. Each limit is that of the API reference. */
function faultsOf(input: ListInput, keys: readonly string[]): string[] {
  const { SortBy, SortOrder, NextToken, MaxResults, NameContains } = input;
  const problems: string[] = [];
  if (SortBy !== undefined && !keys.includes(SortBy)) problems.push(`SortBy is "${SortBy}"; it must be one of ${keys.join(", ")}.`);
  if (SortOrder !== undefined && !["Ascending", "Descending"].includes(SortOrder))
    problems.push(`SortOrder is "${SortOrder}"; it must be Ascending or Descending.`);
  if (NextToken !== undefined && !/^\d+$/.test(NextToken)) problems.push(`NextToken is "${NextToken}", which no list gave.`);
  if (MaxResults !== undefined && !(MaxResults >= 1 && MaxResults <= mostResults))
    problems.push(`MaxResults is ${MaxResults}; it must be 1 to ${mostResults}.`);
  if (NameContains !== undefined && !/^[a-zA-Z0-9-]{1,63}$/.test(NameContains))
    problems.push(`NameContains is "${NameContains}"; it must be 1 to 63 letters, digits and hyphens.`);
  return problems;
}

/** Models, configurations and endpoints by name and age, the newest first unless something else is asked, and the end of models and configurations. */
export function createServingLists(
  { region, account }: Pick<JobServiceOptions, "region" | "account">,
  registry: Registry,
): Readonly<Record<string, Operation>> {
  const arn = (kind: string, name: string | undefined): string => `arn:aws:sagemaker:${region}:${account}:${kind}/${name}`;

  /** A page of what is kept. SageMaker knows no resources of these actions. */
  function page<Kept extends Listed>(
    operation: string,
    input: ListInput,
    call: Call,
    { kind, keys, pageSize, more }: ListKind<Kept>,
  ): { found: Kept[]; NextToken?: string } {
    call.authorize(`sagemaker:${operation}`, "*");
    const members = ["SortBy", "SortOrder", "NextToken", "MaxResults", "NameContains", "CreationTimeBefore", "CreationTimeAfter"];
    assertImplemented(operation, input, [...members, ...(more?.members ?? [])]);
    const problems = faultsOf(input, Object.keys(keys));
    if (problems.length > 0) throw new ServiceError("ValidationException", problems.join(" "));
    const { SortBy = "CreationTime", SortOrder = "Descending", NameContains = "", CreationTimeAfter: after, CreationTimeBefore: before } = input;
    const key = keys[SortBy] as (kept: Kept) => number | string;
    const sign = SortOrder === "Ascending" ? 1 : -1;
    const all = registry
      .list<Kept>(kind)
      .filter((kept) => kept.name.includes(NameContains) && isBetween(createdAt(kept), after, before) && (more?.isWanted(kept) ?? true))
      .sort((a, b) => sign * (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
    const begin = Number(input.NextToken ?? 0);
    const end = begin + (input.MaxResults ?? pageSize);
    return { found: all.slice(begin, end), ...(end < all.length && { NextToken: String(end) }) };
  }

  async function listModels(input: sdk.ListModelsInput, call: Call): Promise<sdk.ListModelsOutput> {
    const { found, ...rest } = page<Model>("ListModels", input, call, { kind: "model", keys: byNameAndAge, pageSize: mostResults });
    return { Models: found.map((model) => ({ ModelName: model.name, ModelArn: model.arn, CreationTime: new Date(createdAt(model)) })), ...rest };
  }

  async function listConfigs(input: sdk.ListEndpointConfigsInput, call: Call): Promise<sdk.ListEndpointConfigsOutput> {
    const how = { kind: "endpoint configuration", keys: byNameAndAge, pageSize: mostResults };
    const { found, ...rest } = page<EndpointConfig>("ListEndpointConfigs", input, call, how);
    const told = (config: EndpointConfig) => ({
      ...{ EndpointConfigName: config.name, EndpointConfigArn: arn("endpoint-config", config.name), CreationTime: new Date(createdAt(config)) },
    });
    return { EndpointConfigs: found.map(told), ...rest };
  }

  async function listEndpoints(input: sdk.ListEndpointsInput, call: Call): Promise<sdk.ListEndpointsOutput> {
    const { LastModifiedTimeAfter: after, LastModifiedTimeBefore: before, StatusEquals: status } = input;
    const { found, ...rest } = page<Endpoint>("ListEndpoints", input, call, {
      kind: "endpoint",
      keys: { ...byNameAndAge, Status: statusOf },
      pageSize: usualEndpoints,
      more: {
        members: ["LastModifiedTimeAfter", "LastModifiedTimeBefore", "StatusEquals"],
        isWanted: (endpoint) => isBetween(endpoint.changedAt, after, before) && (status === undefined || statusOf(endpoint) === status),
      },
    });
    const told = (endpoint: Endpoint): sdk.EndpointSummary => ({
      ...{ EndpointName: endpoint.name, EndpointArn: endpoint.arn, EndpointStatus: statusOf(endpoint) },
      ...{ CreationTime: new Date(endpoint.createdAt), LastModifiedTime: new Date(endpoint.changedAt) },
    });
    return { Endpoints: found.map(told), ...rest };
  }

  /** Files and roles of a model stay. (API reference: DeleteModel) */
  async function deleteModel({ ModelName: name = "" }: sdk.DeleteModelInput, call: Call): Promise<object> {
    call.authorize("sagemaker:DeleteModel", arn("model", name));
    if (!registry.get("model", name)) throw new ServiceError("ValidationException", `Could not find model "${arn("model", name)}".`);
    registry.remove("model", name);
    return {};
  }

  async function deleteConfig({ EndpointConfigName: name = "" }: sdk.DeleteEndpointConfigInput, call: Call): Promise<object> {
    call.authorize("sagemaker:DeleteEndpointConfig", arn("endpoint-config", name));
    if (!registry.get("endpoint configuration", name))
      throw new ServiceError("ValidationException", `Could not find endpoint configuration "${arn("endpoint-config", name)}".`);
    // "You must not delete an EndpointConfig in use by an endpoint that is live or while [it is] being updated." (API reference: DeleteEndpointConfig)
    const uses = registry.list<Endpoint>("endpoint").find(({ configName, update }) => configName === name || update?.to === name);
    if (uses) throw notImplemented(`DeleteEndpointConfig of what the endpoint ${uses.name} uses`);
    registry.remove("endpoint configuration", name);
    return {};
  }

  return {
    ...{ ListModels: listModels, ListEndpointConfigs: listConfigs, ListEndpoints: listEndpoints },
    ...{ DeleteModel: deleteModel, DeleteEndpointConfig: deleteConfig },
  };
}
