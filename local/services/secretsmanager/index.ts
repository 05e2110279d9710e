import * as sdk from "@aws-sdk/client-secrets-manager";
import { type Call, type OperationService, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";

export interface Secret {
  readonly arn: string;
  readonly name: string;
  /** Key that it is encrypted with on AWS; whoever reads it must be allowed to use that too. */
  readonly kmsKeyId: string;
}

export interface SecretsManager {
  readonly service: OperationService;
  putSecret(secret: Secret): void;
  /** Puts a value into a secret, as whoever operates the platform does by hand. It lasts as long as this process. Throws if there is no such secret. */
  putValue(arn: string, value: string): void;
}

/** Secrets Manager: declared secrets, each with one value that somebody put there. */
export function createSecretsManager({ region }: { region: string }): SecretsManager {
  const secrets = new Map<string, Secret>();
  const values = new Map<string, string>();

  async function getSecretValue(input: sdk.GetSecretValueRequest, call: Call): Promise<sdk.GetSecretValueResponse> {
    assertImplemented("GetSecretValue", input, ["SecretId"]);
    const secret = [...secrets.values()].find(({ arn, name }) => arn === input.SecretId || name === input.SecretId);
    call.authorize("secretsmanager:GetSecretValue", secret?.arn ?? String(input.SecretId));
    if (secret === undefined) throw new ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    call.authorize("kms:Decrypt", secret.kmsKeyId, { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` });
    const SecretString = values.get(secret.arn);
    if (SecretString === undefined)
      throw new ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
    return { ARN: secret.arn, Name: secret.name, SecretString, VersionStages: ["AWSCURRENT"] };
  }

  return {
    service: { kind: "operations", signingName: "secretsmanager", sdk, operations: { GetSecretValue: getSecretValue } },
    putSecret: (secret) => secrets.set(secret.arn, secret),
    putValue(arn, value) {
      if (!secrets.has(arn)) throw new Error(`There is no secret ${arn}.`);
      values.set(arn, value);
    },
  };
}
