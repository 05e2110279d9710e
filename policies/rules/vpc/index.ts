import type { Policies } from "@pulumi/policy";
import { accountAsksForMetadataTokens } from "./account-asks-for-metadata-tokens.ts";
import { computeHasNoWayToInternet } from "./compute-has-no-way-to-internet.ts";
import { defaultFencesAreClosed } from "./default-fences-are-closed.ts";
import { endpointLetsOwnOrganizationPassOnly } from "./endpoint-lets-own-organization-pass-only.ts";
import { instanceMetadataAsksForToken } from "./instance-metadata-asks-for-token.ts";
import { interfaceEndpointAnswersByPrivateName } from "./interface-endpoint-answers-by-private-name.ts";
import { internetReachesPublicSubnetsOnly } from "./internet-reaches-public-subnets-only.ts";
import { networkAclLetsAnswersInOnly } from "./network-acl-lets-answers-in-only.ts";
import { networkHasEndpointsOfServices } from "./network-has-endpoints-of-services.ts";
import { networkIsJoinedToNoOther } from "./network-is-joined-to-no-other.ts";
import { networkKeepsFlowLog } from "./network-keeps-flow-log.ts";
import { networkSpansZones } from "./network-spans-zones.ts";
import { securityGroupLetsInNobodyFromInternet } from "./security-group-lets-in-nobody-from-internet.ts";
import { securityGroupReachesServicesOverTlsOnly } from "./security-group-reaches-services-over-tls-only.ts";
import { securityGroupTakesTlsOnly } from "./security-group-takes-tls-only.ts";
import { subnetAssignsNoPublicAddress } from "./subnet-assigns-no-public-address.ts";
import { subnetHasFencesOfItsOwn } from "./subnet-has-fences-of-its-own.ts";

export const vpcRules: Policies = [
  accountAsksForMetadataTokens,
  computeHasNoWayToInternet,
  defaultFencesAreClosed,
  endpointLetsOwnOrganizationPassOnly,
  instanceMetadataAsksForToken,
  interfaceEndpointAnswersByPrivateName,
  internetReachesPublicSubnetsOnly,
  networkAclLetsAnswersInOnly,
  networkHasEndpointsOfServices,
  networkIsJoinedToNoOther,
  networkKeepsFlowLog,
  networkSpansZones,
  securityGroupLetsInNobodyFromInternet,
  securityGroupReachesServicesOverTlsOnly,
  securityGroupTakesTlsOnly,
  subnetAssignsNoPublicAddress,
  subnetHasFencesOfItsOwn,
];
