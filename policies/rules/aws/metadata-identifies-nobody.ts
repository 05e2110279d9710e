import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { looksPersonal, soundsPersonal } from "../../data/phi-patterns.ts";
import { textsIn } from "./texts.ts";

interface Config {
  readonly exceptTags: readonly string[];
}

/** Tags that say who answers for a resource. */
const defaultExceptions = ["contact", "owner"];

/** Properties that AWS shows to whoever may list a resource, encrypted by no key of ours, and writes into logs, bills and events. */
const shown = /^(tags|labels|name|.+Name|namePrefix|bucket|bucketPrefix|description|.+Description|comment|title|key|.+Prefix|alias|path)$/;

/** What everybody sees of a resource, and AWS support too, tells nothing of a patient. */
export const metadataIdentifiesNobody: ResourceValidationPolicy = {
  name: "aws-metadata-identifies-nobody",
  description: "Names, tags, descriptions and keys of resources must hold nothing that identifies a person.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.502(b)", "164.514(b)(2)(i)"),
  tags: ["aws", "minimum-necessary"],
  remediationSteps: "Call the resource by an opaque identifier.",
  configSchema: { properties: { exceptTags: { type: "array", items: { type: "string" }, default: defaultExceptions } } },
  validateResource: ({ type, name, props, getConfig }, report) => {
    const { exceptTags = defaultExceptions } = getConfig<Partial<Config>>();
    if (looksPersonal(name) || soundsPersonal(name)) report(`A resource of type ${type} is named by what identifies a person; its name must be opaque.`);
    for (const { path, value } of textsIn(props)) {
      const [property = "", tag] = path;
      if (!shown.test(property)) continue;
      const isTag = property === "tags" && tag !== undefined;
      // What was found is not repeated: the message is shown and kept, too.
      if (looksPersonal(value) && !(isTag && exceptTags.includes(tag)))
        report(`"${name}" holds what identifies a person in ${isTag ? "a tag" : path.join(".")}; it must be opaque.`);
      if (isTag && (soundsPersonal(tag) || looksPersonal(tag))) report(`"${name}" has a tag for what identifies a person; tags must be about the resource.`);
    }
  },
};
