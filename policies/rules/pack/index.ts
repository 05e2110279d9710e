import type { Policies } from "@pulumi/policy";
import { waiversAreInOrder } from "./waivers-are-in-order.ts";

export const packRules: Policies = [waiversAreInOrder];
