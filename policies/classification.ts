import type { PolicyProviderResource } from "@pulumi/policy";
import { providerProperty } from "./providers.ts";

/** Whose data a resource may hold, by its tag `data-classification`. */
export type Classification = "phi" | "synthetic" | "audit" | "none";

const tag = "data-classification";

type Tagged = { readonly tags?: unknown } | undefined;
const tagIn = (tagged: Tagged): unknown => {
  const tags: unknown = tagged && Object.getOwnPropertyDescriptor(tagged, "tags")?.value;
  return typeof tags === "object" && tags !== null ? Object.getOwnPropertyDescriptor(tags, tag)?.value : undefined;
};

/**
 * Whose data a resource may hold: what its own tag says, or the default tag of its provider. Whatever does not say so may
 * hold patients' data.
 */
export function classificationOf({ props, provider }: { props: Readonly<Record<string, unknown>>; provider?: PolicyProviderResource }): Classification {
  const own = tagIn(props);
  const byDefault = tagIn(providerProperty(provider?.props, "defaultTags") as Tagged);
  const found = own ?? byDefault;
  return found === "synthetic" || found === "audit" || found === "none" ? found : "phi";
}

/** Whether a resource may hold data of an analysis, patients' or drawn in their place: what is asked of the one is tried on the other. */
export const holdsCases = (resource: Parameters<typeof classificationOf>[0]): boolean => ["phi", "synthetic"].includes(classificationOf(resource));
