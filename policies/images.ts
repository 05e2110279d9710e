const privateByDigest = /^(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/[^@:]+@sha256:[0-9a-f]{64}$/;

/** Accounts whose registries images may come from; any, where none is named. */
export const registriesSchema = { properties: { registries: { type: "array" as const, items: { type: "string" as const }, default: [] } } };
export interface RegistriesConfig {
  readonly registries?: readonly string[];
}

/**
 * What is wrong with the image of a container, in words. An image named by its digest can't change under whoever runs it; one of a
 * private registry was built, scanned and let in by the organisation.
 */
export function problemOfImage(image: unknown, { registries = [] }: RegistriesConfig): string | undefined {
  const [, account] = privateByDigest.exec(String(image)) ?? [];
  if (account === undefined) return `runs the image ${text(image)}, which must be named by its digest in a private registry of ECR`;
  if (registries.length > 0 && !registries.includes(account)) return `runs an image of account ${account}; it must come from ${registries.join(", ")}`;
  return undefined;
}

const text = (image: unknown): string => (typeof image === "string" && image !== "" ? `"${image}"` : "of no name");
