import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules/index.ts";
import { today, waive, waivers } from "./waivers.ts";

new PolicyPack("svp-hipaa", {
  enforcementLevel: "mandatory",
  displayName: "HIPAA safeguards of the surgical video platform",
  policies: waive(rules, waivers, today()),
});
