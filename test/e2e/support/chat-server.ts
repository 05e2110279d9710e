import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type ChatRequest, chatRequest } from "../../../contracts/chat-completions.ts";
import { writeDraft } from "../../../local/services/bedrock/drafter.ts";

/** A company with a language model that answers to the Chat Completions API, on 127.0.0.1: sentences by rule. */
export class ChatServer {
  /** All that it was asked, with the key that it was shown. */
  readonly asked: { readonly request: ChatRequest; readonly key: string | undefined }[] = [];
  /** What it answers with instead of a draft, from now on. */
  status = 200;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const request = chatRequest.parse(JSON.parse(Buffer.concat(chunks).toString()));
      this.asked.push({ request, key: incoming.headers.authorization });
      const [system, user] = request.messages;
      const text = user.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
      const known = incoming.method === "POST" && incoming.url === "/v1/chat/completions";
      outgoing.writeHead(known ? this.status : 404, { "content-type": "application/json" });
      if (!known || this.status !== 200) return outgoing.end(JSON.stringify({ error: { message: "What you sent is repeated here." } }));
      const message = { role: "assistant", content: writeDraft(system.content, text, undefined), refusal: null };
      return outgoing.end(
        JSON.stringify({ id: "c-1", choices: [{ index: 0, finish_reason: "stop", message }], usage: { prompt_tokens: 900, completion_tokens: 90 } }),
      );
    });
  }

  /** Its API's address. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
