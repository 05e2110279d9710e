import { createHash, createPublicKey } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface PlaybackKeysArgs {
  place: Place;
  removal: Removal;
  /** Encrypts the secret. */
  key: EncryptionKey;
  /** Public keys in PEM whose cookies open videos: RSA of 2048 bits. Two while one replaces the other. */
  publicKeys: readonly string[];
}

/** CloudFront takes no more in a key group (CloudFront Developer Guide, "Quotas on signed URLs and signed cookies"). */
const mostKeys = 5;

/**
 * The keys that cookies for videos are signed with. The private one is made outside of the program, so that it stands in no
 * state file: whoever operates the platform puts it into the secret. Nothing can rotate it alone, since CloudFront holds the
 * other half: every 90 days a second public key is added, the secret changed, and the first key taken away. HIPAA
 * 164.308(a)(5)(ii)(D), 164.312(a)(1), (a)(2)(iv), (d).
 */
export class PlaybackKeys extends PlatformComponent {
  readonly keyGroupId: pulumi.Output<string>;
  /** CloudFront's ids of the keys, by the first digits of each one's SHA-256: JSON, for whoever signs. */
  readonly keyIds: pulumi.Output<string>;
  /** Takes the private key, in PEM. Empty until somebody puts it there. */
  readonly privateKeySecretArn: pulumi.Output<string>;

  readonly #key: EncryptionKey;

  constructor(name: string, { place, removal, key, publicKeys }: PlaybackKeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:experience:PlaybackKeys", name, opts);
    if (publicKeys.length === 0 || publicKeys.length > mostKeys) this.reject("publicKeys", `must be 1 to ${mostKeys} keys, not ${publicKeys.length}.`);
    const prints = publicKeys.map((pem) => fingerprint(pem.trim()));
    const wrong = prints.findIndex((print, i) => print === undefined || prints.indexOf(print) !== i);
    if (wrong !== -1) this.reject("publicKeys", `must be different public RSA keys of 2048 bits in PEM; number ${wrong + 1} is not.`);

    // Named after the key itself: a new one is made beside the old one, never in its place.
    const keys = publicKeys.map((pem, i) => {
      const print = prints[i]!;
      return new aws.cloudfront.PublicKey(
        this.childName(print),
        { name: `${physicalName(place, name)}-${print}`, comment: "Verifies cookies for videos", encodedKey: `${pem.trim()}\n` },
        this.child(),
      );
    });
    const group = new aws.cloudfront.KeyGroup(
      name,
      { name: physicalName(place, name), comment: "Whose cookies open videos", items: keys.map(({ id }) => id) },
      this.child(),
    );
    const secret = new aws.secretsmanager.Secret(
      this.childName("private-key"),
      {
        name: physicalName(place, name),
        description: "Private key that cookies for videos are signed with, in PEM",
        kmsKeyId: key.arn,
        recoveryWindowInDays: 30,
      },
      this.child({ protect: removal === "retain" }),
    );

    this.keyGroupId = group.id;
    this.keyIds = pulumi.jsonStringify(Object.fromEntries(keys.map(({ id }, i) => [prints[i]!, id])));
    this.#key = key;
    this.privateKeySecretArn = secret.arn;
    this.registerOutputs({ keyGroupId: this.keyGroupId, privateKeySecretArn: this.privateKeySecretArn });
  }

  /** Statements that allow reading the private key. */
  allowSigning(sid: string): Statement[] {
    return [allow(sid, ["secretsmanager:GetSecretValue"], [this.privateKeySecretArn]), this.#key.allowVia(`${sid}Key`, "secretsmanager", ["kms:Decrypt"])];
  }
}

/** First digits of the key's digest; undefined for what is no public RSA key of 2048 bits. A private key is none, though one can be derived from it. */
function fingerprint(pem: string): string | undefined {
  if (!pem.startsWith("-----BEGIN PUBLIC KEY-----")) return undefined;
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== "rsa" || key.asymmetricKeyDetails?.modulusLength !== 2048) return undefined;
    return createHash("sha256")
      .update(key.export({ type: "spki", format: "der" }))
      .digest("hex")
      .slice(0, 8);
  } catch {
    return undefined;
  }
}
