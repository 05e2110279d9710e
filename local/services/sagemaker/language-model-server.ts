import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { type ChatRequest, chatRequest } from "../../../contracts/chat-completions.ts";
import { json } from "../../../contracts/json.ts";
import { ServiceError } from "../../wire/service.ts";
import { localDrafter, tokensOf, writeDraft } from "../bedrock/drafter.ts";

/*
 * The program that stands for vLLM's image: the same options and the same two routes, and behind them sentences by rule. It serves a folder whose
 * config.json says that it is for this, under the name that reports are to bear, and refuses any other: a real model would seem to have written them.
 */

/** What vLLM calls the kind of a model: `architectures` of its config.json. */
const architecture = "SvpLocalDrafter";

/** Of vLLM's options, those that the platform sets. It is started with no other. */
const options = z.strictObject({
  SM_VLLM_MODEL: z.string(),
  SM_VLLM_SERVED_MODEL_NAME: z.literal(localDrafter, `must be ${localDrafter}: what answers here is no model`),
  SM_VLLM_MAX_MODEL_LEN: z.coerce.number().int().positive(),
  SM_VLLM_LIMIT_MM_PER_PROMPT: json.pipe(z.strictObject({ image: z.int().min(0) })),
});

const wanted = options.safeParse(Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("SM_VLLM_"))));
if (!wanted.success) end(wanted.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
const { SM_VLLM_MODEL: folder, SM_VLLM_MAX_MODEL_LEN: mostTokens, SM_VLLM_LIMIT_MM_PER_PROMPT: most } = wanted.data;
const architectures = architecturesOf(folder);
if (!architectures.includes(architecture))
  end(`Model architectures ${JSON.stringify(architectures)} are not supported here: there is no vLLM, and what stands for it runs ${architecture} only.`);

function end(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function architecturesOf(model: string): string[] {
  try {
    return z.object({ architectures: z.array(z.string()) }).parse(JSON.parse(readFileSync(join(model, "config.json"), "utf8"))).architectures;
  } catch {
    return end(`${model} holds no config.json that names architectures: it is no folder of a model.`);
  }
}

/** Why a request is not answered, with vLLM's status for that. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function answer(request: ChatRequest): object {
  const [system, user] = request.messages;
  if (request.model !== localDrafter) throw new Refused(404, `The model \`${request.model}\` does not exist.`);
  const pictures = user.content.filter((part) => part.type === "image_url");
  if (pictures.length > most.image) throw new Refused(400, `At most ${most.image} image(s) may be provided in one prompt.`);
  const asked = user.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
  const tokens = tokensOf(system.content + asked);
  if (tokens + request.max_completion_tokens > mostTokens)
    throw new Refused(
      400,
      `This model's maximum context length is ${mostTokens} tokens; the request has ${tokens} and asks for ${request.max_completion_tokens}.`,
    );
  const content = writeDraft(system.content, asked, undefined);
  const written = tokensOf(content);
  return {
    ...{ id: "chatcmpl-local", object: "chat.completion", model: localDrafter },
    choices: [{ index: 0, message: { role: "assistant", content, refusal: null }, finish_reason: "stop" }],
    usage: { prompt_tokens: tokens, completion_tokens: written, total_tokens: tokens + written },
  };
}

function asked(text: string): ChatRequest {
  try {
    return chatRequest.parse(JSON.parse(text));
  } catch (error) {
    throw new Refused(400, (error as Error).message);
  }
}

const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const send = (status: number, body: object): void => {
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  if (incoming.method === "GET" && incoming.url === "/ping") return send(200, {});
  if (incoming.method !== "POST" || incoming.url !== "/invocations") return send(404, { detail: "Not Found" });
  try {
    return send(200, answer(asked(Buffer.concat(chunks).toString("utf8"))));
  } catch (error) {
    const status = error instanceof Refused ? error.status : error instanceof ServiceError ? 400 : 500;
    return send(status, { error: { message: (error as Error).message, code: status } });
  }
});
const { SAGEMAKER_BIND_TO_PORT: port, BIND_ADDRESS: host } = process.env;
if (port === undefined || host === undefined) end("SAGEMAKER_BIND_TO_PORT and BIND_ADDRESS must say where to listen.");
server.listen(Number(port), host);
