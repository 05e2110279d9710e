import type { Cloud } from "../cloud.ts";
import type { Created, Provider, Registration } from "../deploy/provider.ts";
import type { Place, ResourceType, State } from "./resource-type.ts";
import { auditTypes } from "./types/audit.ts";
import { bedrockTypes } from "./types/bedrock.ts";
import { computeTypes } from "./types/compute.ts";
import { dataTypes } from "./types/data.ts";
import { experienceTypes } from "./types/experience.ts";
import { learningTypes } from "./types/learning.ts";
import { messagingTypes } from "./types/messaging.ts";
import { networkTypes } from "./types/network.ts";
import { operationsTypes } from "./types/operations.ts";
import { organizationTypes } from "./types/organization.ts";
import { securityTypes } from "./types/security.ts";

/** Every resource type that the local provider knows. A type that is not here is refused. */
export const resourceTypes: Readonly<Record<string, ResourceType<Cloud>>> = {
  ...organizationTypes,
  ...auditTypes,
  ...securityTypes,
  ...networkTypes,
  ...dataTypes,
  ...messagingTypes,
  ...bedrockTypes,
  ...computeTypes,
  ...operationsTypes,
  ...experienceTypes,
  ...learningTypes,
};

/** Region and account that a resource's explicit provider is bound to. */
function placeOf({ name, urn, inputs, provider }: Registration): Place {
  const [accountId] = (provider?.inputs["allowedAccountIds"] ?? []) as string[];
  const region = inputs["region"] ?? provider?.inputs["region"];
  if (provider !== undefined && (typeof accountId !== "string" || typeof region !== "string")) {
    throw new Error(`Provider ${provider.urn} must name its region and its account (allowedAccountIds).`);
  }
  return { name, urn, accountId: accountId ?? "", region: typeof region === "string" ? region : "" };
}

/** Answers as the AWS provider would; `bring` makes each resource live, or does nothing. */
export function providerOf(bring: (type: ResourceType<Cloud>, state: State, place: Place) => void | Promise<void>): Provider {
  return {
    async create(resource): Promise<Created> {
      const type = resourceTypes[resource.type];
      if (type === undefined) throw new Error(`The local provider does not know the resource type ${resource.type}.`);
      const place = placeOf(resource);
      const { id, ...computed } = type.computed(resource.inputs as State, place);
      const outputs: State = { ...resource.inputs, ...computed };
      await bring(type, outputs, place);
      return { id, outputs };
    },
    async invoke(token) {
      throw new Error(`The local provider does not implement the function ${token}.`);
    },
  };
}
