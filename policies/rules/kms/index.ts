import type { Policies } from "@pulumi/policy";
import { keyRotatesEveryYear } from "./key-rotates-every-year.ts";

export const kmsRules: Policies = [keyRotatesEveryYear];
