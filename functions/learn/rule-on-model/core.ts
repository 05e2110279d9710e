import type { Model } from "../../../contracts/model.ts";
import type { ModelQuality } from "../../../contracts/model-quality.ts";

/** What SageMaker tells of a version, as far as it is read here. */
export interface RegisteredVersion {
  ModelPackageArn?: string | undefined;
  ModelPackageGroupName?: string | undefined;
  ModelApprovalStatus?: string | undefined;
  InferenceSpecification?: { Containers?: { ModelDataSource?: { S3DataSource?: DataSource | undefined } | undefined }[] | undefined } | undefined;
  ModelMetrics?: { ModelQuality?: { Statistics?: { S3Uri?: string | undefined } | undefined } | undefined } | undefined;
  CustomerMetadataProperties?: Record<string, string> | undefined;
}
interface DataSource {
  S3Uri?: string | undefined;
  S3DataType?: string | undefined;
  CompressionType?: string | undefined;
}

/** Where a version has its files: keys of the models bucket. */
export interface Places {
  readonly folder: string | undefined;
  readonly quality: string | undefined;
  readonly faults: readonly string[];
}

/** Reads where a version has its files. All must lie under `prefix` of the bucket: what a version says of other places is not followed. */
export function placesOf(version: RegisteredVersion, bucket: string, prefix: string): Places {
  const root = `s3://${bucket}/`;
  const faults: string[] = [];
  const keyOf = (uri: string | undefined, what: string, end: string): string | undefined => {
    const isThere = uri?.startsWith(root + prefix) && uri.endsWith(end) && !uri.includes("/../");
    if (!isThere) faults.push(`${what} ${uri === undefined ? "is missing" : `is at ${uri}`}; it must lie under ${root}${prefix} and end with "${end}".`);
    return isThere ? uri?.slice(root.length) : undefined;
  };
  const containers = version.InferenceSpecification?.Containers ?? [];
  if (containers.length !== 1) faults.push(`The version has ${containers.length} containers; it must have one.`);
  const data = containers[0]?.ModelDataSource?.S3DataSource;
  if (data !== undefined && (data.S3DataType !== "S3Prefix" || data.CompressionType !== "None"))
    faults.push("The version's data must be a folder of uncompressed files: S3DataType S3Prefix, CompressionType None.");
  return {
    folder: keyOf(data?.S3Uri, "The version's folder", "/"),
    quality: keyOf(version.ModelMetrics?.ModelQuality?.Statistics?.S3Uri, "The version's measure of quality", ".json"),
    faults,
  };
}

/** What of a network every reader of results, and every case before, relies on: another of these is another network, and a release of the program. */
const lasting = ["id", "task", "subject", "labels"] as const;
const said = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : String(value));

/** Why a candidate must not take the place of what is in use. `digest`: what its weights really are. */
export function faultsOf(
  candidate: Model,
  quality: ModelQuality,
  { digest, inUse, metadata }: { digest: string; inUse: Model; metadata: Readonly<Record<string, string>> },
): string[] {
  const faults: string[] = [];
  const differ = (what: string, found: unknown, wanted: unknown, where: string): void => {
    if (said(found) !== said(wanted)) faults.push(`${what} is ${said(found)}; ${where} ${said(wanted)}.`);
  };
  differ("The SHA-256 of model.onnx", digest, candidate.sha256, "model.json says");
  differ("The SHA-256 of model.onnx", digest, metadata["sha256"] ?? "nothing", "the registry says");
  differ("The SHA-256 of model.onnx", digest, quality.model.sha256, "what was measured has");
  differ("The version", candidate.version, metadata["version"] ?? "nothing", "the registry says");
  differ("The threshold", candidate.threshold, quality.model.threshold, "it was measured at");
  for (const field of lasting) differ(`The ${field}`, candidate[field], inUse[field], "the network in use has");
  differ("The task that was measured", quality.model.task, candidate.task, "the candidate's is");
  differ("The network that was measured", quality.model.id, candidate.id, "the candidate's is");
  if (quality.golden !== null && quality.golden.agreeing < quality.golden.frames)
    faults.push(`The file answers ${quality.golden.agreeing} of ${quality.golden.frames} reference frames as the training did; it must answer all.`);
  if (inUse.operatingPoint !== undefined && candidate.operatingPoint === undefined)
    faults.push("The network in use says what the privacy gate misses with it (operatingPoint); the candidate does not.");
  return faults;
}
