import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** Images hold no patients' data, but the code that sees them; without the key nobody runs it. Templates are judged, too. */
export const repositoryIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "ecr-repository-is-encrypted-with-customer-key",
  description: "ECR repositories must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["ecr", "encryption"],
  remediationSteps: "Use our ImageRegistry, or set encryptionConfigurations with encryptionType KMS and kmsKey.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const kind = kinds[type] ?? notApplicable("Only repositories and templates of such hold images.");
    judge(props["encryptionConfigurations"], `${kind} "${name}"`, report);
  },
};

const kinds: Readonly<Record<string, string>> = {
  "aws:ecr/repository:Repository": "Repository",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "Template",
};

interface Encryption {
  readonly encryptionType?: string | undefined;
  readonly kmsKey?: string | undefined;
}

function judge(configurations: readonly Encryption[] | undefined, subject: string, report: (message: string) => void): void {
  const [encryption] = configurations ?? [];
  const type = encryption?.encryptionType ?? "AES256";
  if (!["KMS", "KMS_DSSE"].includes(type)) report(`${subject} encrypts with ${type}; encryptionConfigurations must have encryptionType KMS.`);
  else if (!isCustomerKey(encryption, "kmsKey")) report(`${subject} has no customer-managed key; encryptionConfigurations must have kmsKey.`);
}
