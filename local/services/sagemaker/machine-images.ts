import { ProductionVariantInferenceAmiVersion } from "@aws-sdk/client-sagemaker";

/** Machine images that a transform job may ask for. (API reference: TransformResources.TransformAmiVersion) */
export const transformImages: readonly string[] = ["al2-ami-sagemaker-batch-gpu-470", "al2-ami-sagemaker-batch-gpu-535"];
/** Those that an endpoint may ask for. (API reference: ProductionVariant.InferenceAmiVersion) */
export const inferenceImages: readonly string[] = Object.values(ProductionVariantInferenceAmiVersion);

/** What is wrong with a machine image `image`, which `path` names, for instances of a type. All here are for accelerators. */
export function machineImageProblems(path: string, image: string, known: readonly string[], instanceType: string | undefined): string[] {
  return [
    ...(known.includes(image) ? [] : [`${path} is "${image}"; it must be one of ${known.join(", ")}.`]),
    ...(/^ml\.(g|p|inf|trn)\d/.test(instanceType ?? "") ? [] : [`${path} can't be given for ${instanceType}, which has no accelerator.`]),
  ];
}
