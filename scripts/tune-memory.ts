import { readFileSync } from "node:fs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { main, UsageError } from "../local/cli/command.ts";
import { prices } from "../local/cost/prices.ts";
import { tuneMemory, tuningTable } from "./right-sizing/tuning.ts";

await main({
  help: `
npm run tune-memory -- FUNCTION --payload FILE [--sizes MB,MB,...] [--runs N] [--production]

Invokes a function with a payload at several sizes of memory, and prints what each takes and costs. What the function does with the payload, it does
really, many times: give it one that does no harm. Its memory is as before in the end. Credentials and Region are those of the environment.
The local cloud gives functions no less CPU with less memory: it is for AWS.

  --payload FILE  JSON that the function is given
  --sizes MB,...  sizes that are tried (256,512,1024,1769,3008)
  --runs N        runs that count, for each size (10)
  --production    also a function of the stack prod
  -h, --help      this text

Exit code: 0 done; 1 the function fails, or AWS refuses; 2 wrong usage.`,
  options: { payload: { type: "string" }, sizes: { type: "string" }, runs: { type: "string" }, production: { type: "boolean" } },
  positionals: ["FUNCTION"],
  async run({ payload, sizes = "256,512,1024,1769,3008", runs = "10", production }, [functionName = ""]) {
    if (payload === undefined) throw new UsageError("--payload must be given.");
    const tried = String(sizes).split(",").map(Number);
    const wrong = tried.filter((size) => !(Number.isInteger(size) && size >= 128 && size <= 10_240));
    if (wrong.length > 0) throw new UsageError("--sizes must be whole numbers from 128 to 10240.");
    if (!/^[1-9]\d?$/.test(runs)) throw new UsageError(`--runs must be 1 to 99, not "${runs}".`);
    if (functionName.startsWith("svp-prod-") && !production)
      throw new UsageError("A function of the stack prod serves patients' cases: --production if you mean it.");
    const text = readFileSync(payload, "utf8");
    JSON.parse(text);
    const measured = await tuneMemory(new LambdaClient({}), {
      ...{ functionName, payload: text, sizes: tried, runs: Number(runs) },
      prices: { gbSecond: prices.functionGbSecond.usd, million: prices.functionRequests.usd },
    });
    process.stdout.write(tuningTable(measured));
    return 0;
  },
});
