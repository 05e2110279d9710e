import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { openApiDocument, openApiFile } from "../contracts/openapi.ts";

/** Puts the API's document beside the page. */
const withOpenApi: Plugin = {
  name: "openapi",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: openApiFile, source: JSON.stringify(openApiDocument()) });
  },
};

/** One build for every place: where the API is and who signs people in stands in `/config.json`, which the page reads as it starts. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react(), withOpenApi],
  logLevel: "error",
  build: {
    outDir: "../.build/web",
    emptyOutDir: true,
    target: "es2023",
    // Data URLs and inline scripts would need a weaker content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
