import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, physicalName, type ResourceType, uuidOf } from "../resource-type.ts";

/** KMS and IAM. Keys hold no material here: objects lie unencrypted on the disk of the machine, but every use of a key is authorised. */
export const securityTypes: Record<string, ResourceType<Cloud>> = {
  "aws:kms/key:Key": {
    computed: (_inputs, place) => {
      const keyId = uuidOf(place.urn);
      return { id: keyId, keyId, arn: arn("kms", place, `key/${keyId}`) };
    },
    live: (cloud, state) => {
      if (state["policy"] !== undefined) cloud.iam.putResourcePolicy(state["arn"], JSON.parse(state["policy"]));
    },
  },
  "aws:kms/alias:Alias": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("kms", place, name), targetKeyArn: inputs["targetKeyId"] };
    },
  },
  "aws:iam/role:Role": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return {
        id: name,
        name,
        arn: `arn:aws:iam::${place.accountId}:role${inputs["path"] ?? "/"}${name}`,
        uniqueId: `AROA${hexOf(place.urn, 17).toUpperCase()}`,
      };
    },
    live: (cloud, state) =>
      cloud.iam.putRole({
        arn: state["arn"],
        trustPolicy: JSON.parse(state["assumeRolePolicy"]),
        permissionsBoundary: state["permissionsBoundary"],
      }),
  },
  "aws:iam/policy:Policy": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const policyArn = `arn:aws:iam::${place.accountId}:policy${inputs["path"] ?? "/"}${name}`;
      return { id: policyArn, name, arn: policyArn, policyId: `ANPA${hexOf(place.urn, 17).toUpperCase()}`, attachmentCount: 0 };
    },
    live: (cloud, state) => cloud.iam.putManagedPolicy(state["arn"], JSON.parse(state["policy"])),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: `${inputs["role"]}:${name}`, name };
    },
    live: (cloud, state, place) =>
      cloud.iam.putRolePolicy(`arn:aws:iam::${place.accountId}:role/${String(state["role"])}`, state["name"], JSON.parse(state["policy"])),
  },
};
