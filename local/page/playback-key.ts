import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The key pair that cookies for videos are signed with on this machine, in PEM: made once for a data folder, as an operator makes one for an environment (README, step 5). */
export function playbackKey(dataDir: string): { readonly privateKey: string; readonly publicKey: string } {
  const file = join(dataDir, "playback-key.pem");
  mkdirSync(dataDir, { recursive: true });
  try {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const privateKey = readFileSync(file, "utf8");
  return { privateKey, publicKey: createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString() };
}
