import type { Policies } from "@pulumi/policy";
import { rules } from "../../policies/rules/index.ts";

/** The rules that a part of a stack can keep by itself: not those that ask what else its account or organisation has. */
export const rulesOfParts: Policies = rules.filter(({ tags = [] }) => !tags.includes("presence"));
