import { PlatformClient } from "../../local/cli/client.ts";
import { openPlatform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";

/** Analyses a video on a local cloud of its own and prints how long each state took, in seconds, as one line of JSON. */
const [video, dataDir] = process.argv.slice(2);
if (video === undefined || dataDir === undefined) throw new Error("usage: whole-run.ts VIDEO DATA-FOLDER");

const platform = await openPlatform({ root, dataDir });
const entered = new Map<string, number>();
const seconds: Record<string, number> = {};
platform.cloud.states.onTransition(({ state, type }) => {
  if (type === "entered") entered.set(state, performance.now());
  else if (type === "exited") seconds[state] = (seconds[state] ?? 0) + (performance.now() - (entered.get(state) ?? 0)) / 1000;
});
const client = new PlatformClient(platform.session);
const { status, reasons } = await client.settled(await client.upload(video, () => undefined), () => undefined);
await platform.close();
if (status !== "COMPLETE") throw new Error(`The case ended as ${status}: ${reasons.join(" ")}`);
process.stdout.write(`${JSON.stringify(seconds)}\n`);
