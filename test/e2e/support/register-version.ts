import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateModelPackageCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { ModelQuality } from "../../../contracts/model-quality.ts";
import type { Session } from "../../../local/cli/session.ts";
import { root } from "../../../local/root.ts";

/** The network of which most tests register versions. */
export const registeredModel = "phase-classifier";

/** The shipped weights as another file that answers alike: with a description of the graph (`doc_string`, field 6 of ModelProto). */
export const shippedWeights = (described: string, id = registeredModel): Buffer =>
  Buffer.concat([readFileSync(join(root, "models", id, "model.onnx")), Buffer.from([0x32, Buffer.byteLength(described)]), Buffer.from(described)]);

/** Registers these weights of a network as training does, measured as that `quality`, and gives the version's ARN. */
export async function registerVersion(
  { session }: { readonly session: Session },
  version: string,
  weights: Buffer,
  quality: Partial<ModelQuality> = {},
  id = registeredModel,
): Promise<string> {
  const { endpoint, region, credentials, outputs } = session;
  const described = JSON.parse(readFileSync(join(root, "models", id, "model.json"), "utf8"));
  const sha256 = createHash("sha256").update(weights).digest("hex");
  const [bucket, run] = [outputs["modelsBucket"] as string, `training/${id}/run-${version}/`];
  const s3 = new S3Client({ endpoint, region, credentials });
  const put = (Key: string, Body: Buffer | string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const { subject, task, threshold } = described;
  await put(`${run}model/model.onnx`, weights);
  await put(`${run}model/model.json`, JSON.stringify({ ...described, version, sha256 }));
  const measured: ModelQuality = {
    ...{ schema: "model-quality/1.0", createdAt: "2026-11-26T10:00:00.000Z", model: { id, version, task, subject, sha256, threshold } },
    dataset: { name: "phases", version: "1.0.0", sha256: "a".repeat(64), split: "test", operations: 3, frames: 90, syntheticOnly: true },
    runtime: { name: "onnxruntime", version: "1.20.0", provider: "CPUExecutionProvider" },
    ...{ headline: "accuracy", perClass: {}, golden: null },
    metrics: { accuracy: { value: 0.9, low: 0.8, high: 0.95, better: "higher", operations: 3 } },
    ...quality,
  };
  await put(`${run}quality.json`, JSON.stringify(measured));
  const { ModelPackageArn } = await new SageMakerClient({ endpoint, region, credentials }).send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: `svp-local-${id}`,
      InferenceSpecification: {
        Containers: [
          {
            Image: "inference",
            ModelDataSource: { S3DataSource: { S3Uri: `s3://${bucket}/${run}model/`, S3DataType: "S3Prefix", CompressionType: "None" } },
          },
        ],
      },
      ModelMetrics: { ModelQuality: { Statistics: { ContentType: "application/json", S3Uri: `s3://${bucket}/${run}quality.json` } } },
      CustomerMetadataProperties: { version, sha256 },
    }),
  );
  return ModelPackageArn as string;
}
