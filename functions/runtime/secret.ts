import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Misconfigured } from "./errors.ts";

/** How long a secret is kept in memory, in milliseconds: one that took its place is used soon. */
const keptMs = 5 * 60 * 1000;

/** Reads the text of a secret, and keeps it for a while. Throws Misconfigured with the sentence `empty` if it holds none. */
export function secretReader(secrets: Pick<SecretsManagerClient, "send">, secretArn: string, empty: string): () => Promise<string> {
  let known: { readonly text: string; readonly at: number } | undefined;
  return async () => {
    if (known === undefined || Date.now() - known.at > keptMs) {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
      if (!SecretString) throw new Misconfigured(empty);
      known = { text: SecretString, at: Date.now() };
    }
    return known.text;
  };
}
