import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at, isComputed, literalStart, literalsIn } from "../../expressions.ts";
import { judgeTasks } from "./tasks.ts";

interface Config {
  readonly prefix?: string;
  readonly rendition?: string;
}

/** Where `contracts/keys.ts` puts the renditions that people may see. */
const prefix = "processed-videos/";
const rendition = "/review/";

/**
 * Rekognition sees what people may see: renditions in which covers lie over whatever the camera saw outside the patient. An uploaded video
 * may show faces, names on screens and papers.
 */
export const rekognitionSeesReviewRenditionsOnly: ResourceValidationPolicy = {
  name: "sfn-rekognition-sees-review-renditions-only",
  description: "State machines must show Rekognition the review renditions of videos only, in a bucket that the definition names.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.502(b)", "164.514(b)(2)(i)", "164.312(a)(1)"),
  tags: ["sfn", "rekognition", "phi"],
  remediationSteps: "Set Video.S3Object.Bucket to the processed bucket and Name to reviewRenditionKey of contracts/keys.ts.",
  configSchema: { properties: { prefix: { type: "string", default: prefix }, rendition: { type: "string", default: rendition } } },
  validateResource: judgeTasks(
    {
      wanted: ({ service, operation }) => service === "rekognition" && /^(start|detect|compare|recognize|index)/.test(operation),
      without: "no task that shows Rekognition anything",
    },
    ({ arguments: given }, say, args) => {
      const { prefix: begins = prefix, rendition: within = rendition } = args.getConfig<Config>();
      const object = at(given, "Video.S3Object") ?? at(given, "Image.S3Object");
      const bucket = at(object, "Bucket");
      if (typeof bucket !== "string" || bucket === "" || isComputed(bucket)) say(`shows Rekognition something of a bucket that is not written out`);
      const name = at(object, "Name");
      const shown = typeof name === "string" && literalStart(name).startsWith(begins) && literalsIn(name).some((text) => text.includes(within));
      if (!shown) say(`shows Rekognition ${typeof name === "string" ? name : "no object"}; its name must start with ${begins} and hold ${within}`);
    },
  ),
};
