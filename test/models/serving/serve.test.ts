import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { EnvironmentError } from "../../../models/serving/environment.ts";
import { imageTensorType, serve } from "../../../models/serving/serve.ts";
import { temporaryFolder } from "./support/clips.ts";
import { meanColours, redBox, redHalf, writeClassifier, writeDetector, writeSegmenter } from "./support/graphs.ts";

describe("serve", () => {
  let root: Awaited<ReturnType<typeof temporaryFolder>>;
  let url: string;
  const stop = new AbortController();
  let ended: Promise<void>;
  let digest: string;
  before(async () => {
    root = await temporaryFolder();
    digest = (await writeDetector(root.path, "boxes", redBox(8, 4, [0.25, 0.5, 0.5, 0.5]), { width: 8, height: 4 })).sha256;
    await writeClassifier(root.path, "colours", meanColours(2, 2), { width: 2, height: 2 });
    await writeSegmenter(root.path, "half", redHalf(2, 2), { width: 2, height: 2 });
    const ready = Promise.withResolvers<{ port: number; models: string[] }>();
    const environment = { MODEL_DIR: root.path, SAGEMAKER_BIND_TO_PORT: "0", BIND_ADDRESS: "127.0.0.1" };
    ended = serve(environment, (line) => ready.resolve(JSON.parse(line)), stop.signal);
    const { port, models } = await Promise.race([ready.promise, ended.then(() => Promise.reject(new Error("It ended.")))]);
    expect(models).to.deep.equal(["boxes", "colours", "half"]);
    url = `http://127.0.0.1:${port}`;
  });
  after(async () => {
    stop.abort();
    await ended;
    await root.remove();
  });
  const invoke = async (body: Uint8Array<ArrayBuffer>, headers: Record<string, string>) => {
    const response = await fetch(`${url}/invocations`, { method: "POST", body, headers });
    return { status: response.status, body: (await response.json()) as { reasons?: string[] } };
  };
  const attributes = "x-amzn-sagemaker-custom-attributes";

  it("answers the health check once it is ready", async () => {
    expect((await fetch(`${url}/ping`)).status).to.equal(200);
  });

  it("classifies a picture with the network that is asked", async () => {
    const pixels = Uint8Array.of(255, 0, 51, 255, 0, 51, 255, 0, 51, 255, 0, 51);
    const { status, body } = await invoke(pixels, { "content-type": imageTensorType, [attributes]: "model=colours" });
    expect(status).to.equal(200);
    expect(body).to.include({ model: "colours", version: "1.2.3" });
    expect(body).to.deep.include({ labels: ["red", "green", "blue"], scores: [1, 0, 0.2] });
  });

  it("detects with the first network by default, boxes in pixels of its input", async () => {
    const { status, body } = await invoke(new Uint8Array(96).fill(255), { "content-type": imageTensorType });
    expect(status).to.equal(200);
    const boxes = [
      [1, 1, 2, 2, 4, 2],
      [0, 1, 0, 0, 8, 4],
    ];
    expect(body).to.deep.equal({ model: "boxes", version: "1.2.3", digest, labels: ["all", "red"], width: 8, height: 4, boxes });
  });

  it("outlines with a network that does, over the grid of its own", async () => {
    const { status, body } = await invoke(new Uint8Array(12).fill(255), { "content-type": imageTensorType, [attributes]: "model=half" });
    expect(status).to.equal(200);
    expect(body).to.deep.include({ model: "half", labels: ["left"], gridWidth: 4, gridHeight: 2, masks: [[0, 1, [0, 4, 4]]] });
  });

  it("tells every fault of a request", async () => {
    const { status, body } = await invoke(new Uint8Array(97), { "content-type": "image/gif", [attributes]: "network=x" });
    expect(status).to.equal(400);
    expect(body.reasons).to.deep.equal([
      "The content type is image/gif; it must be application/x-image-tensor, image/jpeg, image/png, video/mp2t, video/mp4.",
      `The header ${attributes} is "network=x"; it must be model= and one of boxes, colours, half.`,
      "The body is longer than 96 bytes, which the largest network takes.",
    ]);
    const short = await invoke(new Uint8Array(95), { "content-type": imageTensorType });
    expect(short.body.reasons).to.deep.equal(['The body has 95 bytes; "boxes" takes 8 x 4 RGB pixels, which are 96 bytes.']);
  });

  describe("of a compressed picture", () => {
    /** Blue to the left, red to the right. */
    const halves = sharp({ create: { width: 64, height: 32, channels: 3, background: "#f00" } }).composite([
      { input: { create: { width: 32, height: 32, channels: 3, background: "#00f" } }, left: 0, top: 0 },
    ]);
    const ask = async (body: Buffer, type: string) => invoke(new Uint8Array(body), { "content-type": type, [attributes]: "model=colours" });

    it("finds what it finds in its pixels", async () => {
      const png = await ask(await halves.png().toBuffer(), "image/png");
      expect([png.status, (png.body as { scores?: number[] }).scores]).to.deep.equal([200, [0.5, 0, 0.5]]);
      const jpeg = await ask(await halves.jpeg({ quality: 95 }).toBuffer(), "image/jpeg");
      const { scores = [] } = jpeg.body as { scores?: number[] };
      for (const [i, wanted] of [0.5, 0, 0.5].entries()) expect(scores[i]).to.be.closeTo(wanted, 0.06);
    });

    it("refuses what is none, one that ends early, and one of another type than it says", async () => {
      const png = await halves.png().toBuffer();
      const noise = await sharp(Buffer.from(Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31) % 251)), {
        raw: { width: 64, height: 64, channels: 3 },
      })
        .jpeg()
        .toBuffer();
      for (const [body, type] of [
        [Buffer.from("no picture".repeat(20)), "image/jpeg"],
        [noise.subarray(0, noise.length / 2), "image/jpeg"],
        [png.subarray(0, png.length / 2), "image/png"],
        [png, "image/jpeg"],
      ] as const) {
        const { status, body: said } = await ask(body, type);
        expect([status, said.reasons?.[0]?.slice(0, 25)]).to.deep.equal([400, "The picture can't be read"]);
      }
      expect((await ask(Buffer.alloc(0), "image/png")).body.reasons).to.deep.equal(["The body is empty; it must be a picture."]);
      expect((await ask(Buffer.alloc(12 * 2 ** 20 + 1), "image/png")).body.reasons).to.deep.equal(["The body is longer than 12582912 bytes."]);
    });

    it("does not unpack one that is larger than any camera's", async () => {
      const bomb = await sharp({ create: { width: 6_000, height: 6_000, channels: 3, background: "#000" }, limitInputPixels: false })
        .png()
        .toBuffer();
      expect(bomb.length).to.be.below(2 ** 20);
      expect((await ask(bomb, "image/png")).status).to.equal(400);
    });
  });

  it("answers pictures that come together each for itself", async () => {
    const reds = Array.from({ length: 20 }, (_, i) => 12 * i);
    const answers = await Promise.all(
      reds.map((red) =>
        invoke(
          Uint8Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? red : 0)),
          { "content-type": imageTensorType, [attributes]: "model=colours" },
        ),
      ),
    );
    expect(answers.map(({ body }) => (body as { scores?: number[] }).scores?.[0])).to.deep.equal(reds.map((red) => Math.round((red / 255) * 1e6) / 1e6));
  });

  it("takes so many bodies to decode at once, lets some wait, and asks others to come again", async () => {
    const atOnce = Math.min(8, availableParallelism());
    const open: ClientRequest[] = [];
    const refused: IncomingMessage[] = [];
    for (let i = 0; i < 3 * atOnce + 1; i++) {
      const one = request(`${url}/invocations`, { method: "POST", headers: { "content-type": "image/png", "content-length": 10 } });
      one.on("error", () => {});
      one.on("response", (response) => refused.push(response));
      one.write("x");
      open.push(one);
      // One after the other, so that it is the last that is one too many.
      if (i === 3 * atOnce) await once(one, "response");
    }
    const texts = await Promise.all(refused.map(async (response) => JSON.parse(Buffer.concat(await response.toArray()).toString())));
    expect(refused.map(({ statusCode, headers }) => [statusCode, headers["retry-after"]])).to.deep.equal([[503, "1"]]);
    expect(texts).to.deep.equal([{ message: "Too busy.", reasons: [`${atOnce} requests are under way and ${2 * atOnce} wait.`] }]);
    for (const one of open) one.destroy();
  });

  it("answers a request that was under way when it was told to stop", async () => {
    const own = new AbortController();
    const ready = Promise.withResolvers<{ port: number }>();
    const environment = { MODEL_DIR: root.path, SAGEMAKER_BIND_TO_PORT: "0", BIND_ADDRESS: "127.0.0.1" };
    const served = serve(environment, (line) => ready.resolve(JSON.parse(line)), own.signal);
    const { port } = await ready.promise;
    const headers = { "content-type": imageTensorType, [attributes]: "model=colours", "content-length": 12 };
    const one = request({ host: "127.0.0.1", port, path: "/invocations", method: "POST", headers });
    const answered = once(one, "response") as Promise<[IncomingMessage]>;
    one.write(new Uint8Array(6));
    // The server has it once another request that came after it is answered.
    expect((await fetch(`http://127.0.0.1:${port}/ping`)).status).to.equal(200);
    own.abort();
    expect(
      await fetch(`http://127.0.0.1:${port}/ping`).then(
        () => "answered",
        () => "refused",
      ),
    ).to.equal("refused");
    one.end(new Uint8Array(6));
    const [response] = await answered;
    expect(response.statusCode).to.equal(200);
    expect(JSON.parse(Buffer.concat(await response.toArray()).toString()).scores).to.deep.equal([0, 0, 0]);
    await served;
  });

  it("knows no other path", async () => {
    const response = await fetch(`${url}/models`);
    expect(response.status).to.equal(404);
    expect(await response.json()).to.deep.equal({
      message: "There is no GET /models: this server answers GET /ping, GET /execution-parameters and POST /invocations.",
    });
  });

  it("serves the one network whose own folder it is given, as a training job leaves it", async () => {
    const own = await mkdtemp(join(root.path, "own-"));
    await writeClassifier(own, "colours", meanColours(2, 2), { width: 2, height: 2 });
    const start = (MODEL_ID: string) => {
      const stop = new AbortController();
      const environment = { MODEL_DIR: join(own, "colours"), MODEL_ID, SAGEMAKER_BIND_TO_PORT: "0", BIND_ADDRESS: "127.0.0.1" };
      return serve(
        environment,
        (line) => {
          expect(JSON.parse(line).models).to.deep.equal(["colours"]);
          stop.abort();
        },
        stop.signal,
      );
    };
    await start("colours");
    const error: unknown = await start("boxes").catch((e) => e);
    expect((error as EnvironmentError).reasons.join()).to.match(/describes the model "colours", not "boxes"\.$/);
  });

  it("does not start with bad variables or unusable networks", async () => {
    const failure = async (environment: NodeJS.ProcessEnv): Promise<readonly string[]> => {
      const stop = AbortSignal.timeout(60_000);
      const error: unknown = await serve({ BIND_ADDRESS: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0", ...environment }, () => {}, stop).catch((e) => e);
      return error instanceof EnvironmentError ? error.reasons : [String(error)];
    };
    expect(await failure({ SAGEMAKER_BIND_TO_PORT: "http" })).to.deep.equal(['SAGEMAKER_BIND_TO_PORT is "http"; it must be a port.']);
    const nowhere = join(root.path, "nowhere");
    expect(await failure({ MODEL_DIR: nowhere })).to.deep.equal([`MODEL_DIR is "${nowhere}", which can't be read.`]);
    const bad = await mkdtemp(join(root.path, "bad-"));
    expect(await failure({ MODEL_DIR: bad })).to.deep.equal([`MODEL_DIR is "${bad}", which holds no network.`]);
    const { sha256 } = await writeClassifier(bad, "colours", meanColours(2, 2), { width: 2, height: 2 });
    await writeFile(join(bad, "colours", "model.onnx"), "other");
    const [reason] = await failure({ MODEL_DIR: bad });
    const fine = await mkdtemp(join(root.path, "fine-"));
    await writeClassifier(fine, "colours", meanColours(2, 2), { width: 2, height: 2 });
    const work = "model=x;step=0;first-pts=1.5;frame-ticks=3600;frames=0;excluded=3;first=0";
    expect(await failure({ MODEL_DIR: fine, VIDEO_WORK: work })).to.deep.equal([
      'VIDEO_WORK: VIDEO_WORK has the part "first=0"; it takes model=, step=, first-pts=, frame-ticks=, frames= and excluded=.',
      'VIDEO_WORK: model is "x"; it must be one of colours.',
      'VIDEO_WORK: step is "0"; it must be the frames from one picture to the next, 1 or more.',
      'VIDEO_WORK: first-pts is "1.5"; it must be the time of the video\'s first frame, in whole ticks.',
      'VIDEO_WORK: frame-ticks is "3600"; it must be NUM/DEN, the ticks from one frame to the next.',
      'VIDEO_WORK: frames is "0"; it must be the frames of the video, 1 or more.',
      'VIDEO_WORK: excluded has the span "3"; it must be FROM-TO in frames, TO the larger.',
    ]);
    expect(reason).to.match(new RegExp(`^Model "colours": model.onnx has the SHA-256 [0-9a-f]{64}; model.json says ${sha256}.$`));
  });
});
