import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { largestSegmentMebibytes } from "../../contracts/media.ts";
import type { FrameSpan } from "../../contracts/primitives.ts";
import { type Admission, admission, Busy } from "./admission.ts";
import type { Demuxer } from "./decode-plan.ts";
import { EnvironmentError } from "./environment.ts";
import type { Tensors } from "./halving.ts";
import { type InferencePool, inferenceThreads, openInferencePool } from "./inference-pool.ts";
import { checkDigest, type ModelFolder, readModel, readModelFolder } from "./model-folder.ts";
import { type PictureBatches, pictureBatches } from "./picture-batches.ts";
import { analyseSegment, type SegmentWork, segmentTypes, UnreadableSegment, type VideoWork } from "./segment.ts";
import { decodePicture, pictureTypes, UnreadablePicture } from "./still-picture.ts";
import { readBoxes, readMasks, readScores } from "./tensors.ts";

/** The variables, as `--help` shows them. */
export const servingVariables = {
  MODEL_DIR: "folder that holds <id>/model.json and <id>/model.onnx (default /opt/ml/model)",
  MODEL_ID: "id of the one network whose own folder MODEL_DIR is, as a training job leaves it (default: MODEL_DIR holds folders of networks)",
  SAGEMAKER_BIND_TO_PORT: "port to listen on (default 8080); 0 takes a free one",
  VIDEO_WORK:
    "what to do with segments of one video whose requests say nothing, as a batch transform job's do: model=ID;step=N;first-pts=T;frame-ticks=NUM/DEN;frames=N and, if the privacy gate took any out, excluded=FROM-TO,... in frames of the video (default: such requests are refused)",
  BIND_ADDRESS: "address to listen on (default 0.0.0.0: SageMaker calls from outside the container)",
} as const;

/** The content type of a picture: packed RGB, one byte a channel, exactly the network's input size. */
export const imageTensorType = "application/x-image-tensor";
const attributesHeader = "x-amzn-sagemaker-custom-attributes";

/** Largest segment or compressed picture. Also what `/execution-parameters` tells a transform job. */
const bodyMebibytes = largestSegmentMebibytes;
/** Transform jobs hold at most 100 MiB of requests at once (CreateTransformJob); a decoder runs for each. */
const mostAtOnce = Math.min(8, availableParallelism());
/** Requests that wait for a decoder; each may hold a body of `bodyMebibytes`. What comes beyond them is told to come again. */
const mostWaiting = 2 * mostAtOnce;
/** Milliseconds that requests under way have once the container is told to stop: SageMaker kills it 30 s after it told. */
const graceMilliseconds = 20_000;

/** Everything that is wrong with one request. */
class BadRequest extends Error {
  readonly reasons: readonly string[];
  constructor(reasons: readonly string[]) {
    super(reasons.join(" "));
    this.reasons = reasons;
  }
}

/** Serves until aborted. Prints one line of JSON once the networks are loaded. Throws an EnvironmentError for bad variables or unusable networks. */
export async function serve(environment: NodeJS.ProcessEnv, print: (line: string) => void, abort: AbortSignal): Promise<void> {
  const port = Number(environment["SAGEMAKER_BIND_TO_PORT"] ?? "8080");
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new EnvironmentError([`SAGEMAKER_BIND_TO_PORT is "${environment["SAGEMAKER_BIND_TO_PORT"]}"; it must be a port.`]);
  }
  let loaded: Loaded | undefined;
  const server = createServer((request, response) => {
    // Kept open, a connection would hold up the end that everything else has come to.
    response.once("close", () => void (abort.aborted && request.socket.end()));
    answer(request, response, loaded).catch((error: Error) => {
      if (error instanceof UnreadableSegment || error instanceof UnreadablePicture)
        return send(response, 400, { message: "Bad request.", reasons: [error.message] });
      if (error instanceof BadRequest) return send(response, 400, { message: "Bad request.", reasons: error.reasons });
      if (error instanceof Busy) return send(response, 503, { message: "Too busy.", reasons: [error.message] }, { "retry-after": "1" });
      print(JSON.stringify({ message: "failed", reasons: [error.message] }));
      send(response, 500, { message: "The network failed on this input.", reasons: [error.message] });
    });
  });
  server.listen(port, environment["BIND_ADDRESS"] ?? "0.0.0.0");
  await once(server, "listening");
  try {
    loaded = await load(environment);
    const models = loaded.folders.map(({ model }) => model.id);
    const slow = Object.values(loaded.pool.slow);
    print(JSON.stringify({ message: "ready", port: (server.address() as AddressInfo).port, models, ...(slow.length > 0 && { slow }) }));
    if (!abort.aborted) await once(abort, "abort");
  } finally {
    await drain(server);
    await loaded?.pool.close();
  }
}

/** Takes no more connections and lets requests under way be answered, for as long as there is. */
async function drain(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const killed = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  await closed;
  clearTimeout(killed);
}

interface Loaded {
  readonly folders: readonly ModelFolder[];
  readonly pool: InferencePool;
  readonly batches: PictureBatches;
  readonly decoders: Admission;
  /** What is done with segments whose requests say nothing; undefined: they are refused. */
  readonly video: { readonly model: ModelFolder["model"]; readonly work: VideoWork } | undefined;
}

async function load({ MODEL_DIR: folder = "/opt/ml/model", MODEL_ID: only, VIDEO_WORK: videoWork }: NodeJS.ProcessEnv): Promise<Loaded> {
  const faults: string[] = [];
  const folders: ModelFolder[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) throw new EnvironmentError([`MODEL_DIR is "${folder}", which can't be read.`]);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of only === undefined ? names.sort((a, b) => a.localeCompare(b)) : [only]) {
    try {
      const found = only === undefined ? await readModelFolder(folder, name) : await readModel(folder, only);
      await checkDigest(found);
      folders.push(found);
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  if (entries.length === 0 || (folders.length === 0 && faults.length === 0)) faults.push(`MODEL_DIR is "${folder}", which holds no network.`);
  const video = videoWork === undefined ? undefined : readVideoWork(videoWork, folders, faults);
  if (faults.length > 0) throw new EnvironmentError(faults);
  const pool = await openInferencePool(folders, inferenceThreads());
  const failures = Object.values(pool.failures);
  if (failures.length > 0) {
    await pool.close();
    throw new EnvironmentError(failures);
  }
  return { folders, pool, batches: pictureBatches(pool), decoders: admission(mostAtOnce, mostWaiting), video };
}

async function answer(request: IncomingMessage, response: ServerResponse, loaded: Loaded | undefined) {
  const path = request.url?.split("?")[0];
  if (path === "/ping" && request.method === "GET") return send(response, loaded ? 200 : 503, { message: loaded ? "ready" : "loading" });
  if (path === "/execution-parameters" && request.method === "GET") {
    return send(response, 200, { MaxConcurrentTransforms: mostAtOnce, BatchStrategy: "SINGLE_RECORD", MaxPayloadInMB: bodyMebibytes });
  }
  if (path !== "/invocations" || request.method !== "POST") {
    return send(response, 404, {
      message: `There is no ${request.method} ${path}: this server answers GET /ping, GET /execution-parameters and POST /invocations.`,
    });
  }
  if (!loaded) return send(response, 503, { message: "The networks are still loading." });
  const type = contentType(request) ?? "";
  const isSegment = type in segmentTypes;
  // Before the body is read: what waits holds no memory but the network's.
  const leave = isSegment || type in pictureTypes ? await loaded.decoders.enter() : () => {};
  try {
    if (isSegment) await answerSegment(request, response, segmentTypes[type] as Demuxer, loaded);
    else await answerPicture(request, response, loaded);
  } finally {
    leave();
  }
}

async function answerSegment(request: IncomingMessage, response: ServerResponse, demuxer: Demuxer, loaded: Loaded): Promise<void> {
  const { model, body, work } = await readSegmentRequest(request, loaded);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const lines = await analyseSegment(body, demuxer, work, model, loaded.pool, gone.signal);
  response.writeHead(200, { "content-type": "application/jsonlines" }).end(lines);
}

async function answerPicture(request: IncomingMessage, response: ServerResponse, { folders, batches }: Loaded): Promise<void> {
  const { model, pixels } = await readRequest(request, folders);
  const tensors = await batches.run(model, pixels);
  const { id, version, sha256: digest, labels } = model;
  send(response, 200, { model: id, version, digest, labels, ...foundIn(model, tensors) });
}

/** What a network found in one picture: boxes in pixels of the network's own picture, whose size is told; masks over a grid that covers it. */
function foundIn(model: ModelFolder["model"], tensors: Tensors): object | undefined {
  switch (model.task) {
    case "frame-classification":
      return { scores: readScores(model, tensors, 1)[0] };
    case "object-detection":
      return { width: model.input.width, height: model.input.height, boxes: readBoxes(model, tensors, 1, model.input)[0] };
    case "segmentation":
      return readMasks(model, tensors, 1)[0];
  }
}

/** Reads which network is asked and its picture. Throws a BadRequest with every fault. */
async function readRequest(request: IncomingMessage, folders: readonly ModelFolder[]): Promise<{ model: ModelFolder["model"]; pixels: Uint8Array }> {
  const faults: string[] = [];
  const type = contentType(request);
  const demuxer = pictureTypes[type ?? ""];
  if (type !== imageTensorType && demuxer === undefined) {
    const known = [imageTensorType, ...Object.keys(pictureTypes), ...Object.keys(segmentTypes)];
    faults.push(`The content type is ${type ?? "missing"}; it must be ${known.join(", ")}.`);
  }
  const attributes = request.headers[attributesHeader];
  const wanted = attributes === undefined ? folders[0]?.model.id : /^model=(.+)$/.exec(String(attributes))?.[1];
  const model = folders.find((folder) => folder.model.id === wanted)?.model;
  if (!model) {
    const known = folders.map((folder) => folder.model.id).join(", ");
    faults.push(`The header ${attributesHeader} is "${attributes}"; it must be model= and one of ${known}.`);
  }
  const largest = Math.max(...folders.map(({ model: { input } }) => input.width * input.height * 3));
  const longest = demuxer === undefined ? largest : bodyMebibytes * 2 ** 20;
  const body = await readBody(request, longest);
  if (body === undefined) faults.push(`The body is longer than ${longest} bytes${demuxer === undefined ? ", which the largest network takes" : ""}.`);
  else if (body.length === 0 && demuxer !== undefined) faults.push("The body is empty; it must be a picture.");
  else if (model && demuxer === undefined) {
    const { width, height } = model.input;
    const bytes = width * height * 3;
    if (body.length !== bytes) faults.push(`The body has ${body.length} bytes; "${model.id}" takes ${width} x ${height} RGB pixels, which are ${bytes} bytes.`);
  }
  if (faults.length > 0 || !model || !body) throw new BadRequest(faults);
  return { model, pixels: demuxer === undefined ? body : await decodePicture(body, demuxer, model.input) };
}

const contentType = (request: IncomingMessage): string | undefined => request.headers["content-type"]?.split(";")[0]?.trim();

const frameNumber = /^\d{1,9}$/;

/** `name=value` parts joined by semicolons. Adds a fault for each part that is none of the names, or is there twice. */
function readParts(text: string, names: readonly string[], what: string, faults: string[]): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.split(";")) {
    const [, name = "", value = ""] = /^([\w-]+)=(.+)$/.exec(part.trim()) ?? [];
    if (!names.includes(name)) faults.push(`${what} has the part "${part}"; it takes ${names.slice(0, -1).join("=, ")}= and ${names.at(-1)}=.`);
    else if (parts.has(name)) faults.push(`${what} names ${name} twice.`);
    else parts.set(name, value);
  }
  return parts;
}

function findModel(parts: ReadonlyMap<string, string>, folders: readonly ModelFolder[], faults: string[]): ModelFolder["model"] | undefined {
  const model = folders.find((folder) => folder.model.id === parts.get("model"))?.model;
  if (!model) faults.push(`model is "${parts.get("model") ?? ""}"; it must be one of ${folders.map((folder) => folder.model.id).join(", ")}.`);
  return model;
}

function readStep(parts: ReadonlyMap<string, string>, faults: string[]): number {
  const step = parts.get("step") ?? "";
  if (!frameNumber.test(step) || Number(step) < 1) faults.push(`step is "${step}"; it must be the frames from one picture to the next, 1 or more.`);
  return Number(step);
}

function readExcluded(parts: ReadonlyMap<string, string>, faults: string[]): FrameSpan[] {
  const excluded: FrameSpan[] = [];
  for (const span of parts.get("excluded")?.split(",") ?? []) {
    const [startFrame, endFrame] = /^\d{1,9}-\d{1,9}$/.test(span) ? span.split("-").map(Number) : [];
    if (startFrame === undefined || endFrame === undefined || endFrame <= startFrame) {
      faults.push(`excluded has the span "${span}"; it must be FROM-TO in frames, TO the larger.`);
    } else excluded.push({ startFrame, endFrame });
  }
  return excluded;
}

/** Reads `VIDEO_WORK`. Adds every fault; what it gives counts only if there is none. */
function readVideoWork(text: string, folders: readonly ModelFolder[], faults: string[]): Loaded["video"] {
  const own: string[] = [];
  const parts = readParts(text, ["model", "step", "first-pts", "frame-ticks", "frames", "excluded"], "VIDEO_WORK", own);
  const model = findModel(parts, folders, own);
  const step = readStep(parts, own);
  const firstPts = parts.get("first-pts") ?? "";
  if (!/^-?\d{1,15}$/.test(firstPts)) own.push(`first-pts is "${firstPts}"; it must be the time of the video's first frame, in whole ticks.`);
  const [, num = 0, den = 0] = (/^(\d{1,12})\/(\d{1,12})$/.exec(parts.get("frame-ticks") ?? "") ?? []).map(Number);
  if (num < 1 || den < 1) own.push(`frame-ticks is "${parts.get("frame-ticks") ?? ""}"; it must be NUM/DEN, the ticks from one frame to the next.`);
  const frames = parts.get("frames") ?? "";
  if (!frameNumber.test(frames) || Number(frames) < 1) own.push(`frames is "${frames}"; it must be the frames of the video, 1 or more.`);
  const excluded = readExcluded(parts, own);
  faults.push(...own.map((fault) => `VIDEO_WORK: ${fault}`));
  return model && { model, work: { step, firstPts: Number(firstPts), ticks: { num, den }, frameCount: Number(frames), excluded } };
}

/**
 * Reads a segment and what to do with it: `model=ID;step=N;first=F`, and `;excluded=FROM-TO,...` for frames that no
 * network may see, `TO` not included. Nothing else has a default; a request without any of it is what `VIDEO_WORK` is for.
 * Throws a BadRequest with every fault.
 */
async function readSegmentRequest(
  request: IncomingMessage,
  { folders, video }: Loaded,
): Promise<{ model: ModelFolder["model"]; body: Buffer; work: SegmentWork | VideoWork }> {
  const faults: string[] = [];
  const attributes = request.headers[attributesHeader];
  const { model, work } = attributes === undefined && video ? video : readSegmentWork(String(attributes ?? ""), folders, faults);
  const limit = bodyMebibytes * 2 ** 20;
  const body = await readBody(request, limit);
  if (body === undefined) faults.push(`The segment is longer than ${limit} bytes.`);
  else if (body.length === 0) faults.push("The body is empty; it must be a segment of video.");
  if (faults.length > 0 || !model || !body) throw new BadRequest(faults);
  return { model, body, work };
}

function readSegmentWork(text: string, folders: readonly ModelFolder[], faults: string[]): { model: ModelFolder["model"] | undefined; work: SegmentWork } {
  const parts = readParts(text, ["model", "step", "first", "excluded"], `The header ${attributesHeader}`, faults);
  const model = findModel(parts, folders, faults);
  const step = readStep(parts, faults);
  const first = parts.get("first") ?? "";
  if (!frameNumber.test(first) || Number(first) >= Math.max(1, step || 1))
    faults.push(`first is "${first}"; it must be the first frame to look at, below step.`);
  return { model, work: { step, first: Number(first), excluded: readExcluded(parts, faults) } };
}

/** The whole body; undefined, and nothing kept, if it is longer than the limit. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length <= limit ? Buffer.concat(chunks) : undefined;
}

function send(response: ServerResponse, status: number, body: object, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
