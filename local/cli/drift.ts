import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { driftReport } from "../../contracts/drift.ts";
import { driftPrefix } from "../../contracts/keys.ts";
import { qualityReport } from "../../contracts/quality.ts";
import type { PlatformClient } from "./client.ts";
import { main, UsageError } from "./command.ts";
import { driftText } from "./drift-table.ts";
import { withPlatform } from "./with-platform.ts";

await main({
  help: `
npm run drift -- [show | look] [--json]

What is known of the networks in use: whether they still see what they saw at first, and whether people still agree with them
(docs/drift.md). "look" looks now, as the schedule does once a day; "show" prints the newest reports.

  --json      print the reports
  --data DIR  folder of the local cloud (default: .svp)
  -h, --help  this text

Exit code: 0 done; 1 failed; 2 wrong usage.`,
  options: { json: { type: "boolean" }, data: { type: "string" } },
  positionals: ["show or look"],
  optional: true,
  async run(values, [command = "show"]) {
    if (command !== "show" && command !== "look") throw new UsageError(`"${command}" is not a command.`);
    return withPlatform(values["data"], async (client) => {
      if (command === "look") await client.execute("driftMachineArn", randomUUID(), {});
      const reports = await newestReports(client);
      const text = values["json"] ? `${JSON.stringify(reports, null, 2)}\n` : reports.map(({ drift, quality }) => driftText(drift, quality)).join("\n");
      process.stdout.write(text === "" ? "Nothing was measured yet: npm run drift -- look\n" : text);
      return 0;
    });
  },
});

/** Of each network that was looked at its newest reports, whichever version they are of. */
async function newestReports(client: PlatformClient) {
  const reports = [];
  const ofNetworks = Map.groupBy(await client.keys(client.processedBucket, driftPrefix), (key) => key.slice(driftPrefix.length).split("/")[0] as string);
  for (const [model, keys] of [...ofNetworks].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const newest = async <T>(folder: string, schema: z.ZodType<T>): Promise<T | undefined> => {
      // A report's key ends with the time of its measurement.
      const key = keys
        .filter((one) => one.includes(`/${folder}/`))
        .sort((a, b) => (time(a) < time(b) ? -1 : 1))
        .at(-1);
      return key === undefined ? undefined : schema.parse(JSON.parse((await client.object({ bucket: client.processedBucket, key })).toString()));
    };
    const [drift, quality] = [await newest("reports", driftReport), await newest("quality", qualityReport)];
    if (drift ?? quality) reports.push({ model, drift, quality });
  }
  return reports;
}

/** A declaration: `main` above runs before anything below it is made. */
function time(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
