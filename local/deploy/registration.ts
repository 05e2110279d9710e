import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { DeployedResource } from "./deployment.ts";
import type { Schemas } from "./schema/schemas.ts";
import { decodeProperties } from "./values.ts";

/** A resource while the program runs: its outputs and id come later. */
export type Recorded = { -readonly [K in keyof DeployedResource]: DeployedResource[K] };

export const stackType = "pulumi:pulumi:Stack";
export const isProvider = (type: string): boolean => type.startsWith("pulumi:providers:");

/** A resource as it was asked for. */
export function readRegistration(request: RegisterResourceRequest, urn: string, schemas: Schemas): Recorded {
  const propertyDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, property) => {
    if (dependencies.getUrnsList().length > 0) propertyDependencies[property] = dependencies.getUrnsList();
  });
  const type = request.getType();
  const inputs = decodeProperties(request.getObject()?.toJavaScript());
  return {
    urn,
    type,
    name: request.getName(),
    parent: request.getParent() || undefined,
    custom: request.getCustom(),
    inputs: isProvider(type) ? schemas.parseProviderInputs(type, inputs) : inputs,
    outputs: {},
    dependencies: request.getDependenciesList(),
    propertyDependencies,
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    provider: request.getProvider() === "" ? undefined : providerUrn(request.getProvider()),
    id: undefined,
  };
}

/** The URN in a reference to a provider, `<urn>::<id>`. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}
