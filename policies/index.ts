import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules/index.ts";

new PolicyPack("svp-hipaa", { enforcementLevel: "mandatory", displayName: "HIPAA safeguards of the surgical video platform", policies: rules });
