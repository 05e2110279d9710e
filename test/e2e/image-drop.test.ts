import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { apiError, imagePrediction } from "../../contracts/api.ts";
import { groundTruth } from "../../contracts/ground-truth.ts";
import { droppedImageKey, imageAnswerKey } from "../../contracts/keys.ts";
import { StartedPlatform } from "../../local/cli/started-platform.ts";
import { root } from "../../local/root.ts";
import { temporaryFolder } from "./support/platform.ts";

describe("an image in the lake", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: StartedPlatform;
  let s3: S3Client;
  let Bucket: string;

  before(async () => {
    folder = await temporaryFolder();
    platform = await StartedPlatform.start(join(folder.path, "data"));
    const { endpoint, region, credentials, outputs } = platform.session;
    s3 = new S3Client({ endpoint, region, credentials });
    Bucket = outputs["processedBucket"] as string;
  });
  after(async () => {
    await platform?.stop();
    await folder?.remove();
  });

  /** Puts an image, gives the answer once it is there. */
  async function answerTo(image: Uint8Array): Promise<unknown> {
    const imageId = randomUUID();
    await s3.send(new PutObjectCommand({ Bucket, Key: droppedImageKey(imageId), Body: image }));
    for (;;) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: imageAnswerKey(imageId) }));
        return JSON.parse((await Body?.transformToString()) as string);
      } catch (error) {
        if ((error as Error).name !== "NoSuchKey") throw error;
        await new Promise((wake) => setTimeout(wake, 100));
      }
    }
  }

  it("is answered by what the network sees in it, and a broken one by the reason", async () => {
    const truth = groundTruth.parse(JSON.parse(readFileSync(join(root, "samples/laparoscopy.truth.json"), "utf8")));
    const [frame, drawn] = truth.instruments.find(([, boxes]) => boxes.length === 1) as (typeof truth.instruments)[number];
    const seconds = ((frame * truth.media.frameRate.den) / truth.media.frameRate.num).toFixed(3);
    const args = ["-v", "error", "-ss", seconds, "-i", join(root, "samples/laparoscopy.mp4"), "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"];
    const image = execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", args, { maxBuffer: 2 ** 26 });
    const [seen, refused] = await Promise.all([answerTo(image), answerTo(image.subarray(0, 1000))]);
    const { boxes, image: size } = imagePrediction.parse(seen);
    expect(size).to.deep.equal({ width: 1280, height: 720 });
    expect(boxes?.map(({ label }) => label)).to.include(truth.instrumentLabels[drawn[0]?.[0] as number]);
    const { status, reasons } = apiError.parse(refused);
    expect(status).to.equal(400);
    expect(reasons).to.have.length(1);
    expect(reasons[0]).to.match(/^This isn't an image that can be decoded: /);
  });
});
