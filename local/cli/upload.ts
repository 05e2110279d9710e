import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import {
  type ArrivedParts,
  arrivedParts,
  bytesOfPart,
  endedUpload,
  type SignedParts,
  signedParts,
  startedUpload,
  type UploadRequest,
} from "../../contracts/upload.ts";
import { callApi } from "./call-api.ts";

/** What the uploader says of a video beside its name and size. */
export type UploadFacts = Pick<UploadRequest, "token" | "procedure" | "severity" | "retentionClass">;

/** Parts that are read and signed at a time: few, so that each is sent while its link lives. */
const partsAtATime = 16;
/** Parts under way at once. */
const connections = 4;
/** Times that a part is sent before the upload fails: links run out, connections break. */
const attempts = 3;

interface Part {
  readonly number: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Uploads a video in parts, those that have not arrived yet, and completes it; gives its case. */
export async function uploadVideo(api: string, video: string, facts: UploadFacts, onProgress: (arrived: number, total: number) => void): Promise<string> {
  await using file = await open(video);
  const { size } = await file.stat();
  const { caseId, uploadId, partCount } = await callApi(`${api}/uploads`, startedUpload, "POST", { fileName: basename(video), bytes: size, ...facts });
  const url = `${api}/uploads/${uploadId}`;
  const there = await callApi(`${url}/parts`, arrivedParts, "GET");
  if (!there.isComplete) {
    const progress = { arrived: 0 };
    const tell = (bytes: number) => {
      progress.arrived += bytes;
      onProgress(progress.arrived, size);
    };
    for (let first = 1; first <= partCount; first += partsAtATime) {
      const numbers = Array.from({ length: Math.min(partsAtATime, partCount - first + 1) }, (_, i) => first + i);
      await sendParts(url, file, await missing(file, size, numbers, there, tell), tell);
    }
  }
  await callApi(`${url}/completion`, endedUpload, "POST");
  return caseId;
}

/** Those of some parts that have not arrived as they are in the file. */
async function missing(file: FileHandle, size: number, numbers: number[], { parts }: ArrivedParts, tell: (bytes: number) => void): Promise<Part[]> {
  const arrived = new Map(parts.map(({ number, sha256 }) => [number, sha256]));
  const left: Part[] = [];
  for (const number of numbers) {
    const bytes = bytesOfPart(number, size);
    const sha256 = createHash("sha256")
      .update(await contentOf(file, size, number))
      .digest("base64");
    if (arrived.get(number) === sha256) tell(bytes);
    else left.push({ number, bytes, sha256 });
  }
  return left;
}

async function contentOf(file: FileHandle, size: number, number: number): Promise<Buffer> {
  const content = Buffer.alloc(bytesOfPart(number, size));
  const { bytesRead } = await file.read(content, 0, content.length, (number - 1) * bytesOfPart(1, size));
  if (bytesRead !== content.length) throw new Error("The video became shorter while it was uploaded.");
  return content;
}

/** Sends parts, a few at a time. */
async function sendParts(url: string, file: FileHandle, parts: Part[], tell: (bytes: number) => void): Promise<void> {
  if (parts.length === 0) return;
  const sign = async (wanted: Part[]) => {
    const body = { parts: wanted.map(({ number, sha256 }) => ({ number, sha256 })) };
    return (await callApi(`${url}/parts`, signedParts, "POST", body)).parts;
  };
  const { size } = await file.stat();
  const queue = (await sign(parts)).values();
  const worker = async (): Promise<void> => {
    for (const signed of queue) {
      const part = parts.find(({ number }) => number === signed.number) as Part;
      const content = await contentOf(file, size, part.number);
      await sendPart(signed, content, async () => (await sign([part]))[0] as SignedParts["parts"][number]);
      tell(part.bytes);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

/** Sends one part; with a new link where the first way failed. */
async function sendPart(signed: SignedParts["parts"][number], content: Buffer, signAnew: () => Promise<SignedParts["parts"][number]>): Promise<void> {
  let target = signed;
  for (let attempt = 1; ; attempt++) {
    let problem: string;
    try {
      const response = await fetch(target.url, { method: "PUT", headers: target.headers, body: content });
      const text = await response.text();
      if (response.ok) return;
      problem = `S3 answered ${response.status}: ${/<Message>([^<]*)/.exec(text)?.[1] ?? "without a reason"}`;
    } catch (error) {
      problem = (error as Error).message;
    }
    if (attempt === attempts) throw new Error(`Part ${target.number} of the video could not be sent. ${problem}`);
    target = await signAnew();
  }
}
