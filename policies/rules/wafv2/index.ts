import type { Policies } from "@pulumi/policy";
import { aclBlocksKnownAttacks } from "./acl-blocks-known-attacks.ts";
import { aclIsLogged } from "./acl-is-logged.ts";
import { aclKeepsNoSamples } from "./acl-keeps-no-samples.ts";
import { aclStopsFloods } from "./acl-stops-floods.ts";
import { logRedactsCredentials } from "./log-redacts-credentials.ts";

export const wafv2Rules: Policies = [aclBlocksKnownAttacks, aclIsLogged, aclKeepsNoSamples, aclStopsFloods, logRedactsCredentials];
