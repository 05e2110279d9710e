/**
 * Property values as Pulumi's runtime sends them to the engine. The markers are fixed by the Pulumi wire protocol
 * (`sdk/go/common/resource/properties.go`).
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** What stands for a value that is not known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a decoded value is an asset or archive: `{ path }`, `{ text }`, `{ uri }` or `{ assets }` beside the protocol's signature. */
export function isAsset(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && (value[signatureKey] === assetSignature || value[signatureKey] === archiveSignature);
}

/** Takes the wrappings of secrets off, replaces a reference to a resource by its id (or URN, for a component). Assets, archives and unknowns stay. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (!isRecord(value)) return value;
  if (value[signatureKey] === secretSignature) return decode(value["value"]);
  if (value[signatureKey] === resourceSignature) return value["id"] || value["urn"];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(isAsset(value) && runtimeMarks.has(key)))
      .map(([key, inner]) => [key, decode(inner)]),
  );
}

/** How the runtime tells its own objects apart; the engine drops them. */
const runtimeMarks: ReadonlySet<string> = new Set(["__pulumiAsset", "__pulumiArchive"]);

export function decodeProperties(properties: Record<string, unknown> | undefined): Record<string, unknown> {
  return decode(properties ?? {}) as Record<string, unknown>;
}

/** Every leaf of a value with its path, written as a program writes it. */
export function* leaves(value: unknown, path: string): Generator<[path: string, leaf: unknown]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* leaves(item, `${path}[${index}]`);
  else if (isRecord(value)) for (const [key, item] of Object.entries(value)) yield* leaves(item, propertyPath(path, key));
  else yield [path, value];
}

/** The path of a key within `parent`: `tags.owner`, or `tags["cost-centre"]` where the key is no identifier. */
export function propertyPath(parent: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}
