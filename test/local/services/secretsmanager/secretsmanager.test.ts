import { expect } from "chai";
import { createSecretsManager } from "../../../../local/services/secretsmanager/index.ts";
import { failure } from "../../../support/failure.ts";

describe("the local Secrets Manager", () => {
  const secret = {
    arn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:playback-abcdef",
    name: "playback",
    kmsKeyId: "arn:aws:kms:us-east-1:000000000000:key/1",
  };
  const open = () => {
    const secrets = createSecretsManager({ region: "us-east-1" });
    const asked: unknown[] = [];
    const call = { caller: { arn: "role" }, requestId: "1", authorize: (...what: unknown[]) => void asked.push(what) };
    const get = (SecretId: string, more: object = {}) =>
      (secrets.service.operations["GetSecretValue"] as NonNullable<object> as (input: object, call: object) => Promise<Record<string, unknown>>)(
        { SecretId, ...more },
        call,
      );
    return { secrets, asked, get };
  };

  it("gives the value that was put there, to whoever may read it and use its key", async () => {
    const { secrets, asked, get } = open();
    secrets.putSecret(secret);
    secrets.putValue(secret.arn, "first");
    secrets.putValue(secret.arn, "second");
    // The program is deployed again at each start.
    secrets.putSecret(secret);
    expect(await get(secret.arn)).to.deep.include({ ARN: secret.arn, Name: "playback", SecretString: "second" });
    expect(asked).to.deep.equal([
      ["secretsmanager:GetSecretValue", secret.arn],
      ["kms:Decrypt", secret.kmsKeyId, { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" }],
    ]);
    expect((await get("playback"))["SecretString"]).to.equal("second");
  });

  it("says that a secret is not there, or empty, and refuses what it does not implement", async () => {
    const { secrets, get } = open();
    expect(await failure(get(secret.arn))).to.include({ name: "ResourceNotFoundException", message: "Secrets Manager can't find the specified secret." });
    secrets.putSecret(secret);
    expect((await failure(get(secret.arn))).message).to.equal("Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
    expect((await failure(get(secret.arn, { VersionStage: "AWSPREVIOUS" }))).name).to.equal("NotImplemented");
    expect(() => secrets.putValue("arn:other", "a")).to.throw("There is no secret arn:other.");
  });
});
