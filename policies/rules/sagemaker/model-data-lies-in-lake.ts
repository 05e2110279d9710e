import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at } from "../../expressions.ts";
import { judgeAll } from "../../subjects.ts";
import { bucketOfUri, bucketsNamed } from "./lake.ts";

interface Config {
  readonly prefixes?: readonly string[];
}

/** Where networks lie that a person approved, and language models that a person put there. Training writes elsewhere. */
const approved = ["models/", "language-models/"];

/** What answers for a patient's pictures comes from the bucket of approved networks, where versions are kept and nobody else writes. */
export const modelDataLiesInLake: StackValidationPolicy = {
  name: "sagemaker-model-data-lies-in-lake",
  description: "SageMaker models must load their networks from a bucket of the same stack, under a prefix of approved networks or language models.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(c)(1)", "164.312(c)(2)", "164.308(a)(5)(ii)(B)"),
  tags: ["sagemaker", "integrity", "supply-chain"],
  remediationSteps: "Use our ServingModel, or give modelDataSource a URI under models/ or language-models/ of the models bucket of our DataLake.",
  configSchema: { properties: { prefixes: { type: "array", items: { type: "string" }, default: approved } } },
  validateStack: (args, report) => {
    const { prefixes = approved } = args.getConfig<Config>();
    const known = bucketsNamed(args.resources);
    judgeAll(args, report, { types: ["aws:sagemaker/model:Model"], noun: "Model", where: (model) => urisOf(model).length > 0 }, (model, say) => {
      for (const uri of urisOf(model)) {
        const bucket = bucketOfUri(uri);
        if (bucket === undefined || !known.has(bucket)) say(`loads ${uri}; it must load from a bucket of the stack.`);
        else if (!prefixes.some((prefix) => uri.startsWith(`s3://${bucket}/${prefix}`))) say(`loads ${uri}; it must load from ${prefixes.join(" or ")}.`);
      }
    });
  },
};

/** Where the containers of a model load from. */
function urisOf({ props }: PolicyResource): string[] {
  const containers: unknown[] = [props["primaryContainer"], ...((props["containers"] ?? []) as unknown[])];
  return containers.flatMap((container) => {
    const sources = [at(container, "modelDataSource"), ...((at(container, "additionalModelDataSources") ?? []) as unknown[])];
    const objects = sources.flatMap((source) => (at(source, "s3DataSources") ?? []) as unknown[]);
    return [at(container, "modelDataUrl"), ...objects.map((object) => at(object, "s3Uri"))].filter((uri) => uri !== undefined).map(String);
  });
}
