import { pathToFileURL } from "node:url";
import { type Invocation, payloadLimit, type Report } from "./messages.ts";

/**
 * The first module in a function's process: loads the deployed handler and runs it for each message of the parent.
 * Ends with its parent, however that ends.
 */
const [, , module = "", handlerName = "", invokedFunctionArn = ""] = process.argv;
const { AWS_LAMBDA_FUNCTION_NAME: functionName = "", AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryLimitInMB = "" } = process.env;

const report = (message: Report): void => {
  process.send?.(message);
};

/** An error as Lambda's Node.js runtime tells it. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") });
}

type Handler = (event: unknown, context: object) => unknown;

async function load(): Promise<Handler> {
  const name = handlerName.slice(handlerName.lastIndexOf(".") + 1);
  const handler: unknown = ((await import(pathToFileURL(module).href)) as Record<string, unknown>)[name];
  if (typeof handler !== "function") throw Object.assign(new Error(`${handlerName} is undefined or not exported`), { name: "Runtime.HandlerNotFound" });
  return handler as Handler;
}

async function run(handler: Handler, { requestId, event, deadline }: Invocation): Promise<Report> {
  const context = {
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn,
    memoryLimitInMB,
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const payload = JSON.stringify(await handler(JSON.parse(event), context)) ?? "null";
    if (Buffer.byteLength(payload) > payloadLimit) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${payloadLimit} bytes).`;
      return { type: "done", failed: true, payload: JSON.stringify({ errorType: "Function.ResponseSizeTooLarge", errorMessage, trace: [] }) };
    }
    return { type: "done", failed: false, payload };
  } catch (error) {
    return { type: "done", failed: true, payload: described(error) };
  }
}

process.once("disconnect", () => process.exit(0));
try {
  const handler = await load();
  process.on("message", async (invocation: Invocation) => report(await run(handler, invocation)));
  report({ type: "ready" });
} catch (error) {
  report({ type: "broken", payload: described(error) });
}
