import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

/** `process` does what BEHAVIOUR says; `serve` answers with what it was asked and crashes when asked to. */
const [command, ...words] = process.argv.slice(2);
const variable = (name: string): string => process.env[name] ?? "";

async function processJob(): Promise<void> {
  const output = variable("OUTPUT_DIR");
  switch (variable("BEHAVIOUR")) {
    case "copy": {
      const input = variable("INPUT_DIR");
      const names = (await readdir(input, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const found: Record<string, string> = {};
      for (const name of names.sort()) found[name.slice(input.length + 1)] = await readFile(name, "utf8");
      await mkdir(join(output, "deep"));
      await writeFile(join(output, "found.json"), JSON.stringify(found));
      await writeFile(join(output, "deep", "context.json"), JSON.stringify({ variables: process.env, words, folder: process.cwd() }));
      return;
    }
    case "fail":
      await writeFile(join(output, "half.json"), "{");
      await writeFile(join(variable("ML_DIR"), "output", "message"), "The picture is too dark.");
      console.error("The lamp is off.\nNothing can be seen.");
      process.exitCode = 3;
      return;
    case "complain":
      console.log("Said where nobody looks.");
      process.exitCode = 1;
      return;
    case "leave":
      process.once("SIGTERM", () => void writeFile(join(output, "left.json"), "[]").then(() => process.exit(1)));
      console.log('{"message":"progress","frameCount":5,"ofCount":10}');
      setInterval(() => {}, 1000);
      return;
    case "hang":
      await writeFile(variable("PID_FILE"), String(process.pid));
      setInterval(() => {}, 1000);
      return;
    default:
      throw new Error(`BEHAVIOUR is "${variable("BEHAVIOUR")}".`);
  }
}

function serve(): void {
  if (variable("BEHAVIOUR") === "refuse") {
    console.error("No weights.");
    process.exitCode = 2;
    return;
  }
  createServer(async (request, response) => {
    if (request.url === "/ping") return response.writeHead(200).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (body.toString() === "crash") process.exit(9);
    if (body.toString() === "bad") return response.writeHead(400).end("No picture.");
    if (body.toString() === "hold") {
      await writeFile(join(variable("MODEL_DIR"), "held"), "");
      while (!existsSync(join(variable("MODEL_DIR"), "go"))) await new Promise((wake) => setTimeout(wake, 10));
    }
    const model = await readFile(join(variable("MODEL_DIR"), "weights.txt"), "utf8");
    const { "content-type": type, accept, "x-amzn-sagemaker-custom-attributes": attributes } = request.headers;
    return response
      .writeHead(200, { "content-type": "application/json", "x-amzn-sagemaker-custom-attributes": "seen" })
      .end(JSON.stringify({ type, accept, attributes, body: body.toString("hex"), model, pid: process.pid }));
  }).listen(Number(variable("SAGEMAKER_BIND_TO_PORT")), variable("BIND_ADDRESS"));
}

if (command === "process") await processJob();
else serve();
