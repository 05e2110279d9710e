import { secretsClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { secretReader } from "../../runtime/secret.ts";
import type { Deps } from "./handler.ts";

/** Longest answer, in bytes. */
const mostBytes = 1_000_000;

export function awsDeps(): Deps {
  const names = ["MODEL_VENDOR", "MODEL_URL", "MODEL_SECONDS", "AGREEMENT_SIGNED_ON"] as const;
  const { MODEL_VENDOR, MODEL_URL, MODEL_SECONDS, AGREEMENT_SIGNED_ON } = readEnvironment(names);
  const { MODEL_SECRET_ARN: secretArn, AGREEMENT_ENDS_ON: endsOn } = process.env;
  const readKey = secretArn ? secretReader(secretsClient(), secretArn, `The secret with the key of ${MODEL_VENDOR} holds no text.`) : undefined;
  return {
    agreement: { vendor: MODEL_VENDOR, signedOn: AGREEMENT_SIGNED_ON, ...(endsOn && { endsOn }) },
    now: () => new Date(),
    key: async () => (await readKey?.())?.trim(),
    async post(body, headers) {
      const response = await fetch(MODEL_URL, { method: "POST", headers, body, redirect: "error", signal: AbortSignal.timeout(Number(MODEL_SECONDS) * 1000) });
      return { status: response.status, body: await textOf(response) };
    },
  };
}

/** The body as text; what is longer than any answer is not read to its end. */
async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`The answer has more than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
