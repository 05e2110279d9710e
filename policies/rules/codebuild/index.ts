import type { Policies } from "@pulumi/policy";
import { projectBuildsSealedAndUnprivileged } from "./project-builds-sealed-and-unprivileged.ts";

export const codebuildRules: Policies = [projectBuildsSealedAndUnprivileged];
