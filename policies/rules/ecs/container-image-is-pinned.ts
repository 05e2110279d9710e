import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { problemOfImage, type RegistriesConfig, registriesSchema } from "../../images.ts";
import { judgeContainers } from "./containers.ts";

/** What runs is what was built and scanned, and not what somebody pushed since. */
export const containerImageIsPinned: ResourceValidationPolicy = {
  name: "ecs-container-image-is-pinned",
  description: "Containers of ECS must run images of a private registry, named by digest.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(c)(1)", "164.308(a)(5)(ii)(B)", "164.308(b)(1)"),
  tags: ["ecs", "supply-chain"],
  remediationSteps: "Set image to imageUri of our ImageRegistry.",
  configSchema: registriesSchema,
  validateResource: judgeContainers(({ image }, say, args) => {
    const problem = problemOfImage(image, args.getConfig<RegistriesConfig>());
    if (problem !== undefined) say(problem);
  }),
};
