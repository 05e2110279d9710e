import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, notImplemented, type Operation, ServiceError } from "../../wire/service.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Endpoint } from "./endpoint-updates.ts";
import type { Registry } from "./registry.ts";
import type { EndpointConfig, Model } from "./serving-records.ts";

/** So many are on a page if nobody says how many. (API reference: ListModels.MaxResults, at most 100) */
const pageSize = 100;

/** Models, configurations and endpoints by their names, newest first, and the end of models and configurations. */
export function createServingLists(
  { region, account }: Pick<JobServiceOptions, "region" | "account">,
  registry: Registry,
): Readonly<Record<string, Operation>> {
  const arn = (kind: string, name: string | undefined): string => `arn:aws:sagemaker:${region}:${account}:${kind}/${name}`;

  /** A page of what is kept, by name and age. SageMaker knows no resources of these actions. */
  function page<Kept extends { readonly name: string; readonly createdAt?: number | undefined }>(
    operation: string,
    kind: string,
    input: { NameContains?: string | undefined; NextToken?: string | undefined; MaxResults?: number | undefined },
    call: Call,
  ): { found: Kept[]; NextToken?: string } {
    call.authorize(`sagemaker:${operation}`, "*");
    assertImplemented(operation, input, ["NameContains", "NextToken", "MaxResults"]);
    const all = registry
      .list<Kept>(kind)
      .filter(({ name }) => input.NameContains === undefined || name.includes(input.NameContains))
      .sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
    const begin = Number(input.NextToken ?? 0);
    const end = begin + (input.MaxResults ?? pageSize);
    return { found: all.slice(begin, end), ...(end < all.length && { NextToken: String(end) }) };
  }

  async function listModels(input: sdk.ListModelsInput, call: Call): Promise<sdk.ListModelsOutput> {
    const { found, ...rest } = page<Model>("ListModels", "model", input, call);
    return { Models: found.map(({ name, arn, createdAt = 0 }) => ({ ModelName: name, ModelArn: arn, CreationTime: new Date(createdAt) })), ...rest };
  }

  async function listConfigs(input: sdk.ListEndpointConfigsInput, call: Call): Promise<sdk.ListEndpointConfigsOutput> {
    const { found, ...rest } = page<EndpointConfig>("ListEndpointConfigs", "endpoint configuration", input, call);
    const told = ({ name, createdAt = 0 }: EndpointConfig) => ({
      ...{ EndpointConfigName: name, EndpointConfigArn: arn("endpoint-config", name), CreationTime: new Date(createdAt) },
    });
    return { EndpointConfigs: found.map(told), ...rest };
  }

  async function listEndpoints(input: sdk.ListEndpointsInput, call: Call): Promise<sdk.ListEndpointsOutput> {
    const { found, ...rest } = page<Endpoint>("ListEndpoints", "endpoint", input, call);
    const told = ({ name, arn, createdAt, changedAt, update }: Endpoint): sdk.EndpointSummary => ({
      ...{ EndpointName: name, EndpointArn: arn, CreationTime: new Date(createdAt), LastModifiedTime: new Date(changedAt) },
      EndpointStatus: update === undefined ? "InService" : "Updating",
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
