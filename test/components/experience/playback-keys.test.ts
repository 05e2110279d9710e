import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { PlaybackKeys, type PlaybackKeysArgs } from "../../../components/experience/playback-keys.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place } from "../place.ts";

const pemOf = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }) as string;
const rsa = (modulusLength = 2048) => generateKeyPairSync("rsa", { modulusLength });
const printOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 8);

const make = (publicKeys: string[], more: Partial<PlaybackKeysArgs> = {}) =>
  inAccount((opts) => {
    const key = new EncryptionKey("key", { place, removal: "retain", description: "Results" }, opts);
    const { keyGroupId, privateKeySecretArn } = new PlaybackKeys("playback", { place, removal: "retain", key, publicKeys, ...more }, opts);
    return { keyGroupId, privateKeySecretArn };
  });

describe("PlaybackKeys", () => {
  const [one, two] = [rsa().publicKey, rsa().publicKey];

  it("lets cookies of each key open videos", async () => {
    const stack = await make([pemOf(one), ` ${pemOf(two)}\n`]);
    const keys = stack.ofType(aws.cloudfront.PublicKey);
    expect(keys.map(({ name, inputs }) => [name, inputs])).to.deep.equal(
      [one, two].map((key) => [
        `playback-${printOf(key)}`,
        { name: `svp-unit-playback-${printOf(key)}`, comment: "Verifies cookies for videos", encodedKey: pemOf(key) },
      ]),
    );
    const group = stack.one(aws.cloudfront.KeyGroup, "playback");
    expect(group.inputs).to.deep.equal({ name: "svp-unit-playback", comment: "Whose cookies open videos", items: keys.map(({ id }) => id) });
    expect(stack.outputs["keyGroupId"]).to.equal(group.id);
  });

  it("has an encrypted place for the private key, and nothing in it", async () => {
    const stack = await make([pemOf(one)]);
    const secret = stack.one(aws.secretsmanager.Secret, "playback-private-key");
    expect(secret.inputs).to.deep.equal({
      name: "svp-unit-playback",
      description: "Private key that cookies for videos are signed with, in PEM",
      kmsKeyId: stack.one(aws.kms.Key, "key").outputs["arn"],
      recoveryWindowInDays: 30,
    });
    expect(secret.protect).to.equal(true);
    expect(stack.ofType(aws.secretsmanager.SecretVersion)).to.deep.equal([]);
    expect(stack.outputs["privateKeySecretArn"]).to.equal(secret.outputs["arn"]);
    expect((await make([pemOf(one)], { removal: "destroy" })).one(aws.secretsmanager.Secret, "playback-private-key").protect).to.equal(false);
  });

  it("refuses what is no public RSA key of 2048 bits, a private key above all", async () => {
    const error = async (keys: string[]) => (await failure(make(keys))).message;
    const short = pemOf(rsa(1024).publicKey);
    const curve = pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey);
    const secret = rsa().privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    for (const wrong of [short, curve, secret, "", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", pemOf(one)]) {
      const message = await error([pemOf(one), wrong]);
      expect(message).to.contain('svp:experience:PlaybackKeys "playback": publicKeys must be different public RSA keys of 2048 bits in PEM; number 2 is not.');
      if (wrong !== "") expect(message).not.to.contain(wrong.trim());
    }
    expect(await error([])).to.contain("publicKeys must be 1 to 5 keys, not 0.");
    expect(await error(Array.from({ length: 6 }, () => pemOf(one)))).to.contain("not 6.");
  });
});
