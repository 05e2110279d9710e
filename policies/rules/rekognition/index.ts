import type { Policies } from "@pulumi/policy";

export const rekognitionRules: Policies = [];
