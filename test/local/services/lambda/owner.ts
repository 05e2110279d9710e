import { startWorker } from "../../../../local/services/lambda/worker.ts";

/** A process that starts a function's process, tells its id, and waits to be killed. */
const [, , codeDir = "", module = ""] = process.argv;
const worker = startWorker({
  functionName: "child",
  functionArn: "arn:aws:lambda:us-east-1:000000000000:function:child",
  codeDir,
  module,
  handler: "index.handler",
  memoryMb: 128,
  environment: {},
  logFile: `${codeDir}/log`,
});
const { payload } = await worker.invoke("request", "{}", 60_000);
process.stdout.write(`${payload}\n`);
setInterval(() => undefined, 1000);
