import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

/** Where Chromium is. Throws if there is none, saying how to install it. */
export function browserPath(): string {
  const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
  if (!existsSync(path)) throw new Error(`There is no Chromium at ${path}. Install it (apt-get install -y chromium) or set CHROMIUM_PATH.`);
  return path;
}

/** Starts the system's Chromium, headless. Throws as {@link browserPath} does. */
export const startBrowser = async (): Promise<Browser> => chromium.launch({ executablePath: browserPath(), headless: true, args: [...browserArguments] });
