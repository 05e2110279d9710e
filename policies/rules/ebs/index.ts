import type { Policies } from "@pulumi/policy";
import { accountEncryptsDisks } from "./account-encrypts-disks.ts";
import { accountSharesNoSnapshots } from "./account-shares-no-snapshots.ts";

export const ebsRules: Policies = [accountEncryptsDisks, accountSharesNoSnapshots];
