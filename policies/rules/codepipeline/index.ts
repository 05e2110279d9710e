import type { Policies } from "@pulumi/policy";
import { pipelineIsSealedAndAsksPeople } from "./pipeline-is-sealed-and-asks-people.ts";

export const codepipelineRules: Policies = [pipelineIsSealedAndAsksPeople];
