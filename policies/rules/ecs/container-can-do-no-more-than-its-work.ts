import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeContainers } from "./containers.ts";

/** Whoever gets hold of a container through what it decodes can change nothing in it and nothing below it. */
export const containerCanDoNoMoreThanItsWork: ResourceValidationPolicy = {
  name: "ecs-container-can-do-no-more-than-its-work",
  description: "Containers of ECS must run as an ordinary user, on a file system that can't be written, without any capability.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.308(a)(4)(ii)(B)", "164.308(a)(5)(ii)(B)", "164.312(c)(1)"),
  tags: ["ecs", "least-privilege"],
  remediationSteps: "Use our FargateTask, or set user, readonlyRootFilesystem and linuxParameters.capabilities.drop ALL, and leave privileged out.",
  validateResource: judgeContainers((container, say) => {
    const [user = ""] = (container.user ?? "").split(":");
    if (["", "0", "root"].includes(user)) say(`runs as ${user === "" ? "the user of its image" : user}; user must be an ordinary one`);
    if (container.readonlyRootFilesystem !== true) say("may write to its own file system; readonlyRootFilesystem must be true");
    if (container.privileged === true) say("is privileged; privileged must be false");
    const { add = [], drop = [] } = container.linuxParameters?.capabilities ?? {};
    if (!drop.includes("ALL")) say("keeps capabilities; linuxParameters.capabilities.drop must be ALL");
    if (add.length > 0) say(`adds the capabilities ${add.join(", ")}; linuxParameters.capabilities.add must be left out`);
    if ((container.linuxParameters?.devices ?? []).length > 0) say("uses devices of its host; linuxParameters.devices must be left out");
  }),
};
