import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Starts the system's Chromium, headless. Throws if there is none, saying how to install it. */
export async function startBrowser(): Promise<Browser> {
  const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
  if (!existsSync(path)) throw new Error(`There is no Chromium at ${path}. Install it (apt-get install -y chromium) or set CHROMIUM_PATH.`);
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({ executablePath: path, headless: true, args });
}
