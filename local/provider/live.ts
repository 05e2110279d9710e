import type { Cloud } from "../cloud.ts";
import type { Provider } from "../deploy/provider.ts";
import { providerOf } from "./registry.ts";

/** Makes every resource live in the local cloud. Creating what exists already changes nothing. */
export const liveProvider = (cloud: Cloud): Provider => providerOf((type, state, place) => type.live?.(cloud, state, place));
