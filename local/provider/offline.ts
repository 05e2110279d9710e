import type { Provider } from "../deploy/provider.ts";
import { providerOf } from "./registry.ts";

/** Computes ids and outputs, and makes nothing: for previews and tests. */
export const offlineProvider = (): Provider => providerOf(() => undefined);
