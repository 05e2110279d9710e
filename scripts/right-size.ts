import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { main, UsageError } from "../local/cli/command.ts";
import { functionHint, hintTable, jobHint } from "./right-sizing/hints.ts";
import { recordedFunctions, recordedJobs } from "./right-sizing/recorded.ts";

const day = 24 * 3600 * 1000;

await main({
  help: `
npm run right-size -- --stack STACK [--days N] [--json]

Reads what functions and processing jobs of a stack used, and prints what could be smaller or should be larger, and why. Changes nothing.
Functions: their logs (platform.report). Jobs: CloudWatch's /aws/sagemaker/ProcessingJobs. Credentials and Region are those of the
environment; they need logs:DescribeLogGroups, logs:StartQuery, logs:GetQueryResults, sagemaker:ListProcessingJobs,
sagemaker:DescribeProcessingJob and cloudwatch:GetMetricData.

  --stack STACK  whose functions; the jobs are the account's
  --days N       how far back (14)
  --json         the hints as JSON
  -h, --help     this text

Exit code: 0 done; 1 AWS refused; 2 wrong usage.`,
  options: { stack: { type: "string" }, days: { type: "string" }, json: { type: "boolean" } },
  positionals: [],
  async run({ stack, days = "14", json }) {
    if (stack === undefined || !/^[a-z][a-z0-9-]*$/.test(stack)) throw new UsageError("--stack must name a stack.");
    if (!/^[1-9]\d?$/.test(days)) throw new UsageError(`--days must be 1 to 99, not "${days}".`);
    const period = { from: Date.now() - Number(days) * day, to: Date.now() };
    const functions = await recordedFunctions(new CloudWatchLogsClient({}), stack, period);
    const jobs = await recordedJobs(new SageMakerClient({}), new CloudWatchClient({}), period);
    const hints = [...functions.map((use) => functionHint(use, Number(days))), ...jobs.map((use) => jobHint(use, Number(days)))];
    if (hints.length === 0) process.stderr.write(`Nothing was recorded of "${stack}" in ${days} days.\n`);
    process.stdout.write(json ? `${JSON.stringify(hints, null, 2)}\n` : hintTable(hints));
    return 0;
  },
});
