import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { InvokeEndpointInput, InvokeEndpointOutput } from "@aws-sdk/client-sagemaker-runtime";
import { expect } from "chai";
import { model as modelSchema } from "../../../../contracts/model.ts";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import { createFolderCloud, type FolderCloud, handlerRole, jobRole, jobServiceOptions, noAlarms } from "../folder-store.ts";
import { imageUri, processingRequest } from "./requests.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const modelId = "out-of-body";

describe("SageMaker with the inference container", () => {
  let cloud: FolderCloud;
  let sagemaker: SageMaker;
  before(async () => {
    cloud = await createFolderCloud();
    const folder = join(cloud.folder, "sagemaker");
    sagemaker = createSageMaker({ ...(await jobServiceOptions(cloud, folder)), publish: async () => {}, alarms: noAlarms, waitScale: 0 });
    sagemaker.start();
    sagemaker.putImage({ imageUri, context: root, dockerfile: join(root, "models/serving/Dockerfile") });
    for (const file of ["model.json", "model.onnx"])
      await cloud.write("models", `models/${modelId}/${file}`, await readFile(join(root, "models", modelId, file)));
    await cloud.write("lake", "video/words.txt", "no video");
  });
  after(async () => {
    await sagemaker.close();
    await cloud.remove();
  });

  it("serves a picture", async () => {
    sagemaker.putModel({ name: "model", arn: "arn", roleArn: jobRole, image: imageUri, environment: {}, modelDataPrefix: "s3://models/models/" });
    sagemaker.putEndpointConfig({ name: "config", modelName: "model", variantName: "current" });
    sagemaker.putEndpoint({ name: "endpoint", arn: "arn", configName: "config" });
    const { input } = modelSchema.parse(JSON.parse(await readFile(join(root, "models", modelId, "model.json"), "utf8")));
    const invoke = sagemaker.services[1].operations["InvokeEndpoint"] as (input: InvokeEndpointInput, call: object) => Promise<InvokeEndpointOutput>;
    const picture = {
      EndpointName: "endpoint",
      Body: Buffer.alloc(input.width * input.height * 3, 128),
      ContentType: "application/x-image-tensor",
      CustomAttributes: `model=${modelId}`,
    };
    const { Body, InvokedProductionVariant } = await invoke(picture, { caller: { arn: handlerRole }, requestId: "request", authorize: () => {} });
    const answer = JSON.parse(Buffer.from(Body ?? "").toString()) as { model: string; labels: string[]; scores: number[] };
    expect([answer.model, answer.labels.length, InvokedProductionVariant]).to.deep.equal([modelId, answer.scores.length, "current"]);
  });

  it("tells what is wrong with a job's environment", async () => {
    const Environment = {
      ...processingRequest().Environment,
      ANALYSER: "gate",
      MODELS: "",
      SAMPLE_RATE: "1",
      SIGNALS: "true",
      METADATA_DIR: "/opt/ml/processing/none",
    };
    await cloud.call(
      sagemaker.services[0],
      "CreateProcessingJob",
      processingRequest({ AppSpecification: { ImageUri: imageUri, ContainerEntrypoint: ["node", "models/serving/main.ts", "process"] }, Environment }),
    );
    const { state, failure } = await sagemaker.jobs.settled("job");
    expect([state, failure?.message.endsWith(", exit code: 2")]).to.deep.equal(["FAILED", true]);
    expect(failure?.exitMessage).to.match(/^METADATA_DIR is ".*\/processing\/none", which does not exist\./);
  });
});
