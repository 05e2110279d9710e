import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { documentClient, secretsClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { Misconfigured } from "../../runtime/errors.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { summaryReader } from "../stored-summary.ts";
import { viewKeeper, viewLog } from "../views.ts";
import type { Deps } from "./handler.ts";

/** How long the key is kept in memory, in milliseconds: one that took its place is used soon. */
const keyMs = 5 * 60 * 1000;

export function awsDeps(): Deps {
  const { CASE_TABLE, SITE_HOST, PLAYBACK_KEY_IDS, PLAYBACK_SECRET_ARN } = readEnvironment([
    "CASE_TABLE",
    "SITE_HOST",
    "PLAYBACK_KEY_IDS",
    "PLAYBACK_SECRET_ARN",
  ]);
  const secrets = secretsClient();
  let known: { readonly key: string; readonly at: number } | undefined;
  return {
    summary: summaryReader(CASE_TABLE),
    keyIds: parseStoredJson(z.record(z.string().min(1), z.string().min(1)), PLAYBACK_KEY_IDS, "PLAYBACK_KEY_IDS"),
    site: `https://${SITE_HOST}`,
    keepView: viewKeeper(viewLog(documentClient(), CASE_TABLE)),
    now: () => new Date(),
    async privateKey() {
      if (known === undefined || Date.now() - known.at > keyMs) {
        const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: PLAYBACK_SECRET_ARN })).catch((error: Error) => {
          if (error.name === "ResourceNotFoundException") throw new Misconfigured("Nobody has put the private key for videos into its secret yet.");
          throw error;
        });
        if (!SecretString) throw new Misconfigured("The secret with the key for videos holds no text.");
        known = { key: SecretString, at: Date.now() };
      }
      return known.key;
    },
  };
}
