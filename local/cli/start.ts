import { join, resolve } from "node:path";
import { Disturbances, kindsHelp, parseDisturbances } from "../disturbances.ts";
import { pageAssets } from "../page/assets.ts";
import { PortInUse, startPage } from "../page/server.ts";
import { openPlatform } from "../platform.ts";
import { root } from "../root.ts";
import { analyseCase } from "./analyse-case.ts";
import { PlatformClient } from "./client.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { removeSession, writeSession } from "./session.ts";

/** A port from the command line. 0 lets the system choose. */
function portOf(text: string | undefined, fallback: number): number {
  const port = Number(text ?? fallback);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new UsageError(`--port must be a number from 0 to 65535, not "${text}".`);
  return port;
}

function disturbancesOf(text: string): Disturbances {
  try {
    return new Disturbances(parseDisturbances(text));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

await main({
  help: `
npm start -- [--port N] [--data DIR] [--no-sample] [--faults LIST]

Deploys stack "local" on this machine, goes on with every analysis that was under way, analyses the sample
operation if there is no case yet, and serves a page with the cases until you press Ctrl-C.

  --port N      port of the page on 127.0.0.1 (default: 8080)
  --data DIR    folder of the local cloud (default: .svp)
  --no-sample   do not analyse the sample
  --faults LIST disturb the local cloud by chance, such as throttle=0.05,drop=0.01,seed=7: shares, from 0 to 1, of
                ${kindsHelp}
  -h, --help    this text

Exit code: 0 stopped; 1 failed; 2 wrong usage.`,
  options: { port: { type: "string" }, data: { type: "string" }, "no-sample": { type: "boolean" }, faults: { type: "string" } },
  positionals: [],
  async run({ port, data, "no-sample": noSample, faults }) {
    const dataDir = resolve(data ?? join(root, ".svp"));
    const pagePort = portOf(port, 8080);
    const disturbances = faults === undefined ? undefined : disturbancesOf(faults);
    await using cleanUp = new AsyncDisposableStack();
    const built = pageAssets(root);
    built.catch(() => undefined); // It is awaited below; until then its failure is nobody's.
    const platform = await openPlatform({ root, dataDir, disturbances });
    cleanUp.defer(() => platform.close());
    const page = await startPage({ assets: await built, port: pagePort, wire: platform.session.endpoint, api: platform.api, media: platform.media }).catch(
      (error: Error) => {
        throw error instanceof PortInUse ? new CommandError(`${error.message} Choose another with --port N.`) : error;
      },
    );
    cleanUp.defer(() => page.close());
    writeSession(dataDir, { ...platform.session, page: page.url });
    cleanUp.defer(() => removeSession(dataDir));
    process.stdout.write(`The platform runs. Open ${page.url}\n`);
    const client = new PlatformClient(platform.session);
    const stopped = new Promise<void>((stop) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop());
    });
    const work = async (): Promise<void> => {
      if (noSample || (await client.cases()).length > 0) return;
      const { status } = await analyseCase(client, join(root, "samples/laparoscopy.mp4"), dataDir);
      process.stdout.write(
        `The sample operation is analysed (${status.toLowerCase()}). Open ${page.url}\nPress Ctrl-C to stop; everything is kept in ${dataDir}.\n`,
      );
    };
    await Promise.race([stopped, Promise.all([work(), stopped])]);
    return 0;
  },
});
