import { join } from "node:path";
import type { InvokeEndpointInput, InvokeEndpointOutput } from "@aws-sdk/client-sagemaker-runtime";
import { expect } from "chai";
import { chatResponse } from "../../../../contracts/chat-completions.ts";
import { answerDraft } from "../../../../contracts/question.ts";
import { chatRequestOf } from "../../../../functions/report/language-model/chat-completions.ts";
import { root } from "../../../../local/root.ts";
import { localDrafter } from "../../../../local/services/bedrock/drafter.ts";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import type { ServiceError } from "../../../../local/wire/service.ts";
import { failure } from "../../../support/failure.ts";
import { createFolderCloud, type FolderCloud, handlerRole, jobRole, jobServiceOptions, noAlarms } from "../folder-store.ts";

const vllm = `763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm@sha256:${"0".repeat(64)}`;
const environment = {
  SM_VLLM_MODEL: "/opt/ml/model",
  SM_VLLM_SERVED_MODEL_NAME: localDrafter,
  SM_VLLM_MAX_MODEL_LEN: "2000",
  SM_VLLM_LIMIT_MM_PER_PROMPT: '{"image":1}',
};
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff);
const item = { id: "segment-1", kind: "segment", type: "phase", label: "ClippingCutting", needsReview: false, span: { startSeconds: 65, endSeconds: 125 } };
const evidence = { text: `<evidence>${JSON.stringify([item])}</evidence>` };
const question = (parts: Parameters<typeof chatRequestOf>[1]["parts"], mostTokens = 1000) => ({
  ...{ system: "You answer.", parts, mostTokens, answer: { name: "answer", schema: answerDraft } },
});

describe("SageMaker with what stands for the server of language models", function () {
  this.timeout(60_000);
  let cloud: FolderCloud;
  let sagemaker: SageMaker;
  let made = 0;
  before(async () => {
    cloud = await createFolderCloud();
    const folder = join(cloud.folder, "sagemaker");
    sagemaker = createSageMaker({ ...(await jobServiceOptions(cloud, folder)), publish: async () => {}, alarms: noAlarms, waitScale: 0 });
    sagemaker.start();
    for (const architecture of ["SvpLocalDrafter", "Idefics2ForConditionalGeneration"])
      await cloud.write("models", `language-models/${architecture}/config.json`, JSON.stringify({ architectures: [architecture] }));
    await cloud.write("models", "language-models/none/weights.safetensors", "none");
  });
  after(async () => {
    await sagemaker.close();
    await cloud.remove();
  });

  /** An endpoint on an image that adds nothing to `base`. */
  function endpoint(base: string, folder = "SvpLocalDrafter", changes: Record<string, string> = {}): string {
    const name = `own-${made++}`;
    const imageUri = `image-${name}`;
    sagemaker.putImage({ imageUri, context: root, dockerfile: join(root, "models/language-model/Dockerfile"), buildArguments: { BASE_IMAGE: base } });
    const modelDataPrefix = `s3://models/language-models/${folder}/`;
    sagemaker.putModel({ name, arn: "arn", roleArn: jobRole, image: imageUri, environment: { ...environment, ...changes }, modelDataPrefix });
    sagemaker.putEndpointConfig({ name, modelName: name, variantName: "current" });
    sagemaker.putEndpoint({ name, arn: "arn", configName: name });
    return name;
  }
  async function invoke(EndpointName: string, body: object): Promise<unknown> {
    const operation = sagemaker.services[1].operations["InvokeEndpoint"] as (input: InvokeEndpointInput, call: object) => Promise<InvokeEndpointOutput>;
    const call = { caller: { arn: handlerRole }, requestId: "request", authorize: () => {} };
    const { Body } = await operation({ EndpointName, ContentType: "application/json", Body: Buffer.from(JSON.stringify(body)) }, call);
    return JSON.parse(Buffer.from(Body ?? "").toString());
  }
  const asked = (...of: Parameters<typeof question>) => chatRequestOf(localDrafter, question(...of));
  const refused = async (name: string, body: object) => (await failure(invoke(name, body))) as ServiceError;

  it("answers a question with a picture in the API's words", async () => {
    const answer = chatResponse.parse(await invoke(endpoint(vllm), asked([evidence, { jpeg }])));
    const [{ finish_reason, message } = { finish_reason: null, message: { content: "" } }] = answer.choices;
    expect(finish_reason).to.equal("stop");
    const sentence = { text: "ClippingCutting: 1:05 to 2:05.", cites: ["segment-1"] };
    expect(JSON.parse(message.content ?? "")).to.deep.equal({ sections: [{ id: "course", sentences: [sentence] }] });
  });

  it("refuses another name, more pictures or words than it was started for, and what is no question, with the container's status", async () => {
    const name = endpoint(vllm);
    const cases: [object, number, string][] = [
      [{ ...asked([evidence]), model: "other" }, 404, "The model `other` does not exist."],
      [asked([evidence, { jpeg }, { jpeg }]), 400, "At most 1 image(s) may be provided in one prompt."],
      [asked([evidence], 1990), 400, "This model's maximum context length is 2000 tokens"],
      [asked([{ text: "What?" }]), 400, "finds no <evidence>"],
      [{ ...asked([evidence]), stream: true }, 400, "stream"],
    ];
    for (const [body, status, said] of cases) {
      const { code, members, message } = await refused(name, body);
      expect([code, members["OriginalStatusCode"]]).to.deep.equal(["ModelError", status]);
      expect(message).to.include(said);
    }
  });

  it("does not start for a model, under a model's name, or with options that it does not know", async () => {
    const cases: [string, string][] = [
      [endpoint(vllm, "Idefics2ForConditionalGeneration"), 'Model architectures ["Idefics2ForConditionalGeneration"] are not supported here'],
      [endpoint(vllm, "none"), "holds no config.json that names architectures"],
      [endpoint(vllm, "missing"), "No S3 objects found under S3 URL"],
      [endpoint(vllm, "SvpLocalDrafter", { SM_VLLM_SERVED_MODEL_NAME: "surgical-vlm" }), `SM_VLLM_SERVED_MODEL_NAME: must be ${localDrafter}`],
      [endpoint(vllm, "SvpLocalDrafter", { SM_VLLM_QUANTIZATION: "awq" }), "SM_VLLM_QUANTIZATION"],
    ];
    for (const [name, said] of cases) {
      const { code, message } = await refused(name, asked([evidence]));
      expect(code, said).to.equal("ServiceUnavailable");
      expect(message).to.include(said);
    }
  });

  it("stands for no other image", async () => {
    const other = vllm.replace("/vllm@", "/sglang@");
    expect((await refused(endpoint(other), asked([evidence]))).message).to.match(
      /^The image image-own-\d+, built on \S+\/sglang@sha256:0+, has no ENTRYPOINT of its own/,
    );
  });
});
