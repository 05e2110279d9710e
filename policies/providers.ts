import { unknownText } from "./given.ts";

/**
 * A property of a provider. Pulumi's SDKs give nested ones to the engine as JSON, which is how a policy beside the CLI sees them;
 * elsewhere they are what they say. Undefined where it is not given or not known yet.
 */
export function providerProperty(props: object | undefined, key: string): unknown {
  const value: unknown = props && Object.getOwnPropertyDescriptor(props, key)?.value;
  if (typeof value !== "string") return value ?? undefined;
  if (value === unknownText) return undefined;
  return /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
}
