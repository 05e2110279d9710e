import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at, isObject } from "../../expressions.ts";
import { isCustomerKey, isGiven } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { configurationType } from "./endpoints.ts";
import { bucketOfUri, bucketsNamed } from "./lake.ts";

/** A place that an endpoint writes copies of what it sees and answers to. */
interface Copy {
  readonly what: string;
  /** Properties that hold URIs, with the path of what holds them. */
  readonly path: string;
  readonly holder: unknown;
  readonly uris: readonly string[];
}

/**
 * Captured pictures, answers that are fetched later and dumps of memory are patients' data once more: they go to buckets of the same stack,
 * under a customer-managed key.
 */
export const endpointCopiesLieEncryptedInLake: StackValidationPolicy = {
  name: "sagemaker-endpoint-copies-lie-encrypted-in-lake",
  description: "What SageMaker endpoints write must be encrypted with a customer-managed KMS key and go to buckets of the same stack.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(a)(1)", "164.310(d)(1)", "164.310(d)(2)(iii)"),
  tags: ["sagemaker", "encryption", "phi"],
  remediationSteps: "Use our AsyncEndpoint or RealTimeEndpoint, or set kmsKeyId and a URI of our DataLake.",
  validateStack: (args, report) => {
    const known = bucketsNamed(args.resources);
    judgeAll(args, report, { types: [configurationType], noun: "Endpoint configuration", where: (one) => copiesOf(one).length > 0 }, (configuration, say) => {
      for (const { what, path, holder, uris } of copiesOf(configuration)) {
        if (!isObject(holder) || !isCustomerKey(holder, "kmsKeyId")) say(`has no customer-managed key for ${what}; ${path}.kmsKeyId must name one.`);
        for (const uri of uris.filter((key) => isObject(holder) && isGiven(holder, key))) {
          const place = String(at(holder, uri));
          if (!known.has(bucketOfUri(place) ?? "")) say(`writes ${what} to ${place}; ${path}.${uri} must name a bucket of the stack.`);
        }
      }
    });
  },
};

function copiesOf({ props }: PolicyResource): Copy[] {
  const dumps = ["productionVariants", "shadowProductionVariants"].flatMap((list) =>
    ((props[list] ?? []) as unknown[]).map((variant, index) => ({
      what: "dumps of memory",
      path: `${list}[${index}].coreDumpConfig`,
      holder: at(variant, "coreDumpConfig"),
      uris: ["destinationS3Uri"],
    })),
  );
  return [
    { what: "captured requests", path: "dataCaptureConfig", holder: props["dataCaptureConfig"] as unknown, uris: ["destinationS3Uri"] },
    {
      what: "answers",
      path: "asyncInferenceConfig.outputConfig",
      holder: at(props["asyncInferenceConfig"], "outputConfig"),
      uris: ["s3OutputPath", "s3FailurePath"],
    },
    ...dumps,
  ].filter(({ holder }) => holder !== undefined);
}
