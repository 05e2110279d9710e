import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { createIam } from "../../../../local/services/iam/iam.ts";
import { createLambda, type FunctionSettings, type Lambda } from "../../../../local/services/lambda/index.ts";
import { createSqs, type Sqs } from "../../../../local/services/sqs/index.ts";
import { startWire, type Wire } from "../../../../local/wire/server.ts";
import { failure } from "../../../support/failure.ts";

const place = { region: "us-east-1", accountId: "000000000000" };
const roleArn = "arn:aws:iam::000000000000:role/function";
const queueArn = "arn:aws:sqs:us-east-1:000000000000:queue";
const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** Bundles by function, as they are deployed. */
const bundles = {
  answer: `
    let calls = 0;
    export const handler = async (event, context) => ({
      event, calls: ++calls, name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB, id: context.awsRequestId,
      remaining: context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 20000,
    });`,
  environment: "export const handler = async () => process.env;",
  moody: `
    export const handler = async ({ mood }) => {
      console.log("mood noted");
      if (mood === "throw") throw new RangeError("out of range");
      if (mood === "text") throw "just text";
      if (mood === "exit") process.exit(3);
      if (mood === "late") await new Promise((resolve) => setTimeout(resolve, 60000));
      if (mood === "large") return "x".repeat(6291556);
      return mood === "nothing" ? undefined : mood;
    };`,
  broken: `throw new SyntaxError("bundle is broken");`,
  nameless: "export const other = () => 1;",
  busy: "setInterval(() => undefined, 1000); export const handler = async () => process.pid;",
  consumer: `
    import { appendFileSync } from "node:fs";
    export const handler = async ({ Records }) => {
      appendFileSync(process.env.SEEN, Records.map(({ body, eventSource, attributes }) => [body, eventSource, attributes.ApproximateReceiveCount].join(" ") + "\\n").join(""));
      if (Records.some(({ body }) => body === "fatal")) throw new Error("fatal");
      return { batchItemFailures: Records.filter(({ body }) => body === "bad").map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };`,
};

describe("Lambda", () => {
  const iam = createIam();
  iam.putRole({
    arn: roleArn,
    trustPolicy: { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" } },
  });
  let dir: string;
  let sqs: Sqs;
  let lambda: Lambda;
  let wire: Wire;
  let client: LambdaClient;
  let seen: string;
  const logged: string[] = [];
  const settings = (name: keyof typeof bundles, rest: Partial<FunctionSettings> = {}): FunctionSettings => ({
    arn: arn(name),
    name,
    codeDir: join(dir, "code", name),
    handler: "index.handler",
    runtime: "nodejs24.x",
    timeoutSeconds: 20,
    memoryMb: 256,
    environment: { SEEN: seen },
    roleArn,
    ...rest,
  });
  const create = () =>
    createLambda({
      dir: join(dir, "lambda"),
      ...place,
      endpoint: () => wire.endpoint,
      authorizer: iam,
      queues: sqs,
      putResourcePolicy: iam.putResourcePolicy,
      log: (line) => logged.push(line),
    });
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "lambda-"));
    seen = join(dir, "seen");
    for (const [name, code] of Object.entries(bundles)) {
      mkdirSync(join(dir, "code", name), { recursive: true });
      writeFileSync(join(dir, "code", name, "index.mjs"), code);
    }
    sqs = createSqs({ dir: join(dir, "sqs"), ...place, authorizer: iam });
    sqs.putQueue({ arn: queueArn, name: "queue", visibilityTimeoutSeconds: 1 });
    lambda = create();
    wire = await startWire({ iam, services: [lambda.service], log: () => undefined });
    client = new LambdaClient({ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.administrator.credentials, maxAttempts: 1 });
    for (const name of Object.keys(bundles)) lambda.putFunction(settings(name as keyof typeof bundles));
  });
  after(async () => {
    client.destroy();
    await lambda.close();
    sqs.close();
    await wire.close();
    rmSync(dir, { recursive: true });
  });
  beforeEach(() => {
    logged.length = 0;
    writeFileSync(seen, "");
  });
  async function invoke(FunctionName: string, event: unknown = {}) {
    const { Payload, FunctionError, StatusCode } = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
    return { payload: JSON.parse(Buffer.from(Payload!).toString()) as Record<string, unknown>, FunctionError, StatusCode };
  }
  const lines = () => readFileSync(seen, "utf8").split("\n").slice(0, -1);
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it("runs the bundle in a warm process, with a context", async () => {
    const first = await invoke("answer", { a: [1] });
    expect(first).to.deep.include({ StatusCode: 200, FunctionError: undefined });
    expect(first.payload).to.deep.include({ event: { a: [1] }, calls: 1, name: "answer", arn: arn("answer"), memory: "256", remaining: true });
    expect((await invoke(arn("answer"))).payload).to.deep.include({ calls: 2 });
    lambda.putFunction(settings("answer"));
    expect((await invoke("answer")).payload).to.deep.include({ calls: 3 });
    lambda.putFunction(settings("answer", { memoryMb: 128 }));
    expect((await invoke("answer")).payload).to.deep.include({ calls: 1, memory: "128" });
  });

  it("runs at most two invocations at a time, each in a process of its own", async () => {
    lambda.putFunction(settings("answer", { memoryMb: 192 }));
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => invoke("answer")));
    const calls = answers.map(({ payload }) => Number(payload["calls"]));
    expect(calls.filter((call) => call === 1)).to.have.length(2);
    expect(new Set(answers.map(({ payload }) => payload["id"])).size).to.equal(5);
  });

  it("gives the process the declared environment and Lambda's own, and nothing of its parent's", async () => {
    process.env["SECRET_OF_THE_PARENT"] = "1";
    const { payload } = await invoke("environment");
    delete process.env["SECRET_OF_THE_PARENT"];
    expect(Object.keys(payload).sort()).to.deep.equal(
      [
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "PATH",
        "SEEN",
        "TZ",
        "_HANDLER",
      ].sort(),
    );
    expect(payload).to.include({
      AWS_ENDPOINT_URL: wire.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: iam.credentialsOf(roleArn).accessKeyId,
      PATH: "/usr/local/bin:/usr/bin:/bin",
    });
  });

  it("tells a function's errors as Lambda's runtime does, and goes on", async () => {
    const thrown = await invoke("moody", { mood: "throw" });
    expect(thrown.FunctionError).to.equal("Unhandled");
    expect(thrown.payload).to.include({ errorType: "RangeError", errorMessage: "out of range" });
    expect((thrown.payload["trace"] as string[])[0]).to.equal("RangeError: out of range");
    expect((await invoke("moody", { mood: "text" })).payload).to.deep.include({ errorType: "string", errorMessage: "just text" });
    expect((await invoke("moody", { mood: "exit" })).payload).to.deep.include({ errorType: "Runtime.ExitError", errorMessage: "Runtime exited with status 3" });
    expect((await invoke("moody", { mood: "large" })).payload).to.deep.include({ errorType: "Function.ResponseSizeTooLarge" });
    expect(await invoke("moody", { mood: "nothing" })).to.deep.equal({ StatusCode: 200, FunctionError: undefined, payload: null });
    expect((await invoke("broken")).payload).to.include({ errorType: "SyntaxError", errorMessage: "bundle is broken" });
    expect((await invoke("nameless")).payload).to.include({ errorType: "Runtime.HandlerNotFound", errorMessage: "index.handler is undefined or not exported" });
  });

  it("kills a function that takes longer than its timeout", async () => {
    lambda.putFunction(settings("moody", { timeoutSeconds: 1 }));
    const { payload, FunctionError } = await invoke("moody", { mood: "late" });
    expect(FunctionError).to.equal("Unhandled");
    expect(payload["errorType"]).to.equal("Sandbox.Timedout");
    expect(payload["errorMessage"]).to.match(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds$/);
    expect((await invoke("moody", { mood: "well" })).payload).to.equal("well");
  });

  it("writes what a function prints to its log, never what it is given or gives", async () => {
    lambda.putFunction(settings("moody"));
    await invoke("moody", { mood: "confidential" });
    const text = readFileSync(join(dir, "lambda", "logs", "moody.log"), "utf8");
    expect(text)
      .to.contain("mood noted")
      .and.to.match(/START RequestId: [0-9a-f-]{36}\n/);
    expect(text).not.to.contain("confidential");
  });

  it("refuses events that are too large or no JSON, unknown functions, and what it does not implement", async () => {
    const send = (rest: object) => failure(client.send(new InvokeCommand({ FunctionName: "answer", ...rest })));
    expect(await send({ Payload: JSON.stringify("x".repeat(6_291_556)) })).to.include({ name: "RequestTooLargeException" });
    expect(await send({ Payload: "{" })).to.include({ name: "InvalidRequestContentException" });
    expect(await send({ FunctionName: "none" })).to.include({ name: "ResourceNotFoundException" });
    expect((await send({ Qualifier: "live" })).message).to.equal("The local cloud does not implement the function qualifier live.");
    expect((await send({ LogType: "Tail" })).message).to.equal("The local cloud does not implement LogType Tail of Invoke.");
    const bad = settings("answer", { runtime: "python3.13", handler: "main.handler", timeoutSeconds: 901, environment: { AWS_REGION: "x" } });
    expect(() => lambda.putFunction(bad)).to.throw(
      "Function answer: runtime is python3.13; the local cloud runs nodejs24.x and nodejs22.x; handler is main.handler, but its code has no main.mjs; timeout is 901; it must be 1 to 900 seconds; the environment has AWS_REGION, which Lambda keeps for itself.",
    );
  });

  it("lets a service invoke a function only with a permission for that source", async () => {
    const caller = { arn: "apigateway.amazonaws.com" };
    const source = { "aws:SourceArn": "arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/cases" };
    expect((await failure(lambda.invoke(caller, arn("answer"), {}, source))).message).to.contain("is not authorized to perform lambda:InvokeFunction");
    const statement = (Sid: string, pattern: string) => ({
      Sid,
      Effect: "Allow",
      Principal: { Service: "apigateway.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: arn("answer"),
      Condition: { ArnLike: { "aws:SourceArn": pattern } },
    });
    lambda.putPermission(arn("answer"), statement("a", "arn:aws:execute-api:us-east-1:000000000000:api/*/*/cases"));
    lambda.putPermission(arn("answer"), statement("b", "arn:aws:execute-api:us-east-1:000000000000:other/*"));
    expect(await lambda.invoke(caller, arn("answer"), { a: 1 }, source)).to.deep.include({ functionError: undefined });
  });

  it("assumes the function's role only if it trusts Lambda", async () => {
    const stranger = "arn:aws:iam::000000000000:role/stranger";
    iam.putRole({
      arn: stranger,
      trustPolicy: { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" } },
    });
    lambda.putFunction(settings("answer", { roleArn: stranger }));
    expect(await failure(client.send(new InvokeCommand({ FunctionName: "answer" })))).to.include({ name: "AccessDeniedException" });
    lambda.putFunction(settings("answer"));
  });

  describe("with a queue", () => {
    const mapping = { uuid: "m", functionArn: arn("consumer"), queueArn, batchSize: 10, maximumConcurrency: 2, reportBatchItemFailures: true };
    const send = (body: string) => sqs.send(iam.administrator.caller, queueArn, body);

    it("polls as the function's role, which must be allowed to", async () => {
      lambda.putFunction(settings("consumer", { timeoutSeconds: 1 }));
      lambda.putEventSourceMapping(mapping);
      lambda.start();
      await until(() => logged.length > 0);
      expect(logged[0]).to.contain(`${roleArn} is not authorized to perform sqs:ReceiveMessage on ${queueArn}`);
      iam.putRolePolicy(roleArn, "queue", {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource: queueArn }],
      });
      lambda.putEventSourceMapping({ ...mapping, batchSize: 9 });
    });

    it("hands batches over, and only the messages that failed come back", async () => {
      await send("good");
      await until(() => lines().length === 1);
      await send("bad");
      await until(() => lines().length === 3);
      expect(lines()).to.deep.equal(["good aws:sqs 1", "bad aws:sqs 1", "bad aws:sqs 2"]);
    });

    it("gives a batch whole back when the function fails", async () => {
      await send("fatal");
      await until(() => lines().filter((line) => line.startsWith("fatal")).length === 2);
      expect(lines().filter((line) => line.startsWith("fatal"))).to.deep.equal(["fatal aws:sqs 1", "fatal aws:sqs 2"]);
    });

    it("refuses a mapping that can't be", () => {
      expect(() => lambda.putEventSourceMapping({ ...mapping, batchSize: 11 })).to.throw("batchSize is 11");
      expect(() => lambda.putEventSourceMapping({ ...mapping, maximumConcurrency: 1 })).to.throw("maximumConcurrency is 1");
      expect(() => lambda.putEventSourceMapping({ ...mapping, uuid: "n", functionArn: arn("answer") })).to.throw("visibility timeout");
    });
  });

  it("leaves no process behind when its own is killed", async () => {
    const owner = spawn(
      process.execPath,
      [fileURLToPath(new URL("./owner.ts", import.meta.url)), join(dir, "code", "busy"), join(dir, "code", "busy", "index.mjs")],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
    owner.kill("SIGKILL");
    const runs = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await until(() => !runs(Number(line)));
    expect(Number(line)).to.be.greaterThan(1);
  });

  it("keeps asynchronous invocations through a restart until they have run", async () => {
    const lone = createLambda({
      dir: join(dir, "lone"),
      ...place,
      endpoint: () => wire.endpoint,
      authorizer: iam,
      queues: sqs,
      putResourcePolicy: iam.putResourcePolicy,
      log: (line) => logged.push(line),
    });
    lone.putFunction(settings("consumer"));
    await lone.enqueue(iam.administrator.caller, arn("consumer"), { Records: [{ body: "kept", eventSource: "test", attributes: {} }] });
    await lone.close();
    expect(lines()).to.deep.equal([]);
    const next = createLambda({
      dir: join(dir, "lone"),
      ...place,
      endpoint: () => wire.endpoint,
      authorizer: iam,
      queues: sqs,
      putResourcePolicy: iam.putResourcePolicy,
      log: (line) => logged.push(line),
    });
    next.putFunction(settings("consumer"));
    next.start();
    await until(() => lines().length === 1);
    expect(lines()).to.deep.equal(["kept test "]);
    await next.close();
  });

  it("puts an event that it gives up into the function's dead-letter queue, with the function's own role", async () => {
    const lettersArn = "arn:aws:sqs:us-east-1:000000000000:letters";
    sqs.putQueue({ arn: lettersArn, name: "letters" });
    iam.putRolePolicy(roleArn, "letters", { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "sqs:SendMessage", Resource: lettersArn } });
    const folder = join(dir, "given-up");
    const open = () => {
      const service = createLambda({
        dir: folder,
        ...place,
        endpoint: () => wire.endpoint,
        authorizer: iam,
        queues: sqs,
        putResourcePolicy: iam.putResourcePolicy,
        log: (line) => logged.push(line),
      });
      service.putFunction(settings("moody", { deadLetterArn: lettersArn }));
      return service;
    };
    const first = open();
    await first.enqueue(iam.administrator.caller, arn("moody"), { mood: "throw" });
    await first.close();
    // Its two retries are behind it: they would take three minutes.
    const database = new DatabaseSync(join(folder, "state.sqlite"));
    database.exec("UPDATE invocations SET attempt = 2");
    database.close();
    const second = open();
    second.start();
    const [message] = await sqs.receive(iam.administrator.caller, lettersArn, 1, AbortSignal.timeout(60_000));
    expect(message?.body).to.equal('{"mood":"throw"}');
    await second.close();
  });
});
