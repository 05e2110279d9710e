import { z } from "zod";
import { documentClient, secretsClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { Misconfigured } from "../../runtime/errors.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { secretReader } from "../../runtime/secret.ts";
import { summaryReader } from "../stored-summary.ts";
import { viewKeeper, viewLog } from "../views.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, SITE_HOST, PLAYBACK_KEY_IDS, PLAYBACK_SECRET_ARN } = readEnvironment([
    "CASE_TABLE",
    "SITE_HOST",
    "PLAYBACK_KEY_IDS",
    "PLAYBACK_SECRET_ARN",
  ]);
  const readKey = secretReader(secretsClient(), PLAYBACK_SECRET_ARN, "The secret with the key for videos holds no text.");
  return {
    summary: summaryReader(CASE_TABLE),
    keyIds: parseStoredJson(z.record(z.string().min(1), z.string().min(1)), PLAYBACK_KEY_IDS, "PLAYBACK_KEY_IDS"),
    site: `https://${SITE_HOST}`,
    keepView: viewKeeper(viewLog(documentClient(), CASE_TABLE)),
    now: () => new Date(),
    privateKey: () =>
      readKey().catch((error: Error) => {
        if (error.name === "ResourceNotFoundException") throw new Misconfigured("Nobody has put the private key for videos into its secret yet.");
        throw error;
      }),
  };
}
