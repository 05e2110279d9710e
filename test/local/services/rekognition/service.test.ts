import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type {
  DetectTextResponse,
  GetLabelDetectionResponse,
  GetSegmentDetectionResponse,
  StartLabelDetectionRequest,
  StartSegmentDetectionRequest,
  StartSegmentDetectionResponse,
} from "@aws-sdk/client-rekognition";
import { expect } from "chai";
import { findMediaTools } from "../../../../local/media/tools.ts";
import { createSlots } from "../../../../local/services/jobs/slots.ts";
import { createRekognition, type Rekognition } from "../../../../local/services/rekognition/service.ts";
import { failure } from "../../../support/failure.ts";
import { ffmpeg } from "../../media/clips.ts";
import { createFolderCloud, type FolderCloud, handlerRole } from "../folder-store.ts";

const x264 = ["-c:v", "libx264", "-preset", "ultrafast"];

describe("Rekognition", () => {
  let cloud: FolderCloud;
  let rekognition: Rekognition;
  const open = async (folder: string): Promise<Rekognition> => {
    const { store, faults } = cloud;
    return createRekognition({ folder: join(cloud.folder, folder), tools: await findMediaTools(), store, slots: createSlots(2), faults, log: () => {} });
  };

  before(async () => {
    cloud = await createFolderCloud();
    rekognition = await open("rekognition");
    rekognition.start();
    await mkdir(cloud.pathOf("lake", ""), { recursive: true });
    // 20 frames of one picture, 15 black ones, 25 of another picture.
    const parts = ["testsrc2", "color=black", "mandelbrot"].flatMap((source, i) => [
      "-f",
      "lavfi",
      "-i",
      `${source}${i === 1 ? ":" : "="}size=320x180:rate=25,trim=end_frame=${[20, 15, 25][i]}`,
    ]);
    for (const format of ["yuv420p", "yuvj420p"])
      await ffmpeg(...parts, "-filter_complex", "[0][1][2]concat=n=3", "-pix_fmt", format, ...x264, cloud.pathOf("lake", `${format}.mp4`));
    await ffmpeg(
      "-i",
      cloud.pathOf("lake", "yuv420p.mp4"),
      "-f",
      "lavfi",
      "-i",
      "sine=duration=2",
      "-c:v",
      "copy",
      "-c:a",
      "aac",
      cloud.pathOf("lake", "sound.mp4"),
    );
    await cloud.write("lake", "words.mp4", "These are words.");
  });
  after(async () => {
    await rekognition.close();
    await cloud.remove();
  });
  beforeEach(() => {
    cloud.uses.length = 0;
    cloud.deny = () => false;
  });

  const request = (name: string, more: Partial<StartSegmentDetectionRequest> = {}): StartSegmentDetectionRequest => ({
    Video: { S3Object: { Bucket: "lake", Name: name } },
    SegmentTypes: ["SHOT", "TECHNICAL_CUE"],
    ...more,
  });
  const start = async (input: StartSegmentDetectionRequest, service = rekognition): Promise<string> =>
    (await cloud.call<StartSegmentDetectionResponse>(service.service, "StartSegmentDetection", input)).JobId as string;
  const get = (JobId: string, more: object = {}): Promise<GetSegmentDetectionResponse> =>
    cloud.call(rekognition.service, "GetSegmentDetection", { JobId, ...more });
  async function finish(input: StartSegmentDetectionRequest): Promise<GetSegmentDetectionResponse> {
    const id = await start(input);
    await rekognition.jobs.settled(id);
    return get(id);
  }

  for (const [format, range] of [
    ["yuv420p", "LIMITED"],
    ["yuvj420p", "FULL"],
  ] as const) {
    it(`finds cuts and black frames to the frame, in ${range.toLowerCase()} range`, async () => {
      const answer = await finish(request(`${format}.mp4`, { JobTag: "tag" }));
      expect(answer).to.deep.include({
        JobStatus: "SUCCEEDED",
        JobTag: "tag",
        SelectedSegmentTypes: [
          { Type: "SHOT", ModelVersion: "2.0" },
          { Type: "TECHNICAL_CUE", ModelVersion: "2.0" },
        ],
      });
      expect(answer.VideoMetadata).to.deep.equal([
        { Codec: "h264", Format: "QuickTime / MOV", DurationMillis: 2400, FrameRate: 25, FrameHeight: 180, FrameWidth: 320, ColorRange: range },
      ]);
      expect(
        answer.Segments?.map(({ Type, StartFrameNumber, EndFrameNumber, StartTimestampMillis }) => [
          Type,
          StartFrameNumber,
          EndFrameNumber,
          StartTimestampMillis,
        ]),
      ).to.deep.equal([
        ["SHOT", 0, 19, 0],
        ["SHOT", 20, 34, 800],
        ["SHOT", 35, 59, 1400],
        ["TECHNICAL_CUE", 20, 34, 800],
      ]);
    });
  }

  it("looks for what was asked, as strictly as asked", async () => {
    const strict = request("yuv420p.mp4", {
      SegmentTypes: ["TECHNICAL_CUE"],
      Filters: { TechnicalCueFilter: { BlackFrame: { MaxPixelThreshold: 0, MinCoveragePercentage: 100 } } },
    });
    expect((await finish(strict)).Segments?.map(({ Type }) => Type)).to.deep.equal(["TECHNICAL_CUE"]);
  });

  it("gives its answer in pages", async () => {
    const id = await start(request("yuv420p.mp4"));
    await rekognition.jobs.settled(id);
    const all = (await get(id)).Segments;
    const first = await get(id, { MaxResults: 3 });
    const second = await get(id, { MaxResults: 3, NextToken: first.NextToken });
    expect([...(first.Segments ?? []), ...(second.Segments ?? [])]).to.deep.equal(all);
    expect([first.Segments?.length, second.NextToken]).to.deep.equal([3, undefined]);
    const foreign = Buffer.from("other/3").toString("base64url");
    expect((await failure(get(id, { NextToken: foreign }))).name).to.equal("InvalidPaginationTokenException");
  });

  it("gives the same job for the same token", async () => {
    const first = await start(request("yuv420p.mp4", { ClientRequestToken: "token" }));
    expect(await start(request("yuv420p.mp4", { ClientRequestToken: "token" }))).to.equal(first);
    expect((await failure(start(request("words.mp4", { ClientRequestToken: "token" })))).name).to.equal("IdempotentParameterMismatchException");
    await rekognition.jobs.settled(first);
  });

  it("reads the video as the caller", async () => {
    await finish(request("yuv420p.mp4"));
    expect(cloud.uses.map(({ caller, action, resource }) => `${caller} ${action} ${resource}`)).to.deep.equal([
      `${handlerRole} rekognition:StartSegmentDetection *`,
      `${handlerRole} s3:GetObject arn:aws:s3:::lake/yuv420p.mp4`,
      `${handlerRole} s3:GetObject arn:aws:s3:::lake/yuv420p.mp4`,
      `${handlerRole} rekognition:GetSegmentDetection *`,
    ]);
  });

  it("fails a job for a video that it does not take, saying why", async () => {
    const reasons = await Promise.all(["words.mp4", "sound.mp4"].map(async (name) => finish(request(name))));
    expect(reasons.map(({ JobStatus }) => JobStatus)).to.deep.equal(["FAILED", "FAILED"]);
    expect(reasons[0]?.StatusMessage).to.match(/^The video can't be read: ffprobe failed: /);
    expect(reasons[1]?.StatusMessage).to.equal("The local cloud does not implement SegmentTypes TECHNICAL_CUE for a video with sound.");
  });

  it("takes 10 GB and 6 hours of a stored video, and no more", async () => {
    const ofBytes = async (bytes: number) => {
      const file: FolderCloud["store"]["file"] = async (...object) => ({ ...(await cloud.store.file(...object)), bytes });
      return createRekognition({
        ...{ folder: join(cloud.folder, `of-${bytes}`), tools: await findMediaTools(), store: { ...cloud.store, file } },
        ...{ slots: createSlots(1), faults: cloud.faults, log: () => {} },
      });
    };
    const [most, larger] = [await ofBytes(10 * 1024 ** 3), await ofBytes(10 * 1024 ** 3 + 1)];
    await start(request("yuv420p.mp4"), most);
    const { name, message } = await failure(start(request("yuv420p.mp4"), larger));
    expect([name, message]).to.deep.equal(["VideoTooLargeException", "The video has 10737418241 bytes; at most 10737418240 are analysed."]);
    await Promise.all([most.close(), larger.close()]);
    const source = ["-f", "lavfi", "-i", "color=s=320x180:r=1:d=5"];
    const kept = [...x264, "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-video_track_timescale", "1000"];
    for (const [clip, step] of [
      ["six.mp4", 5399_500],
      ["longer.mp4", 5400_500],
    ] as const)
      await ffmpeg(...source, "-vf", `settb=1/1000,setpts=N*${step}`, ...kept, cloud.pathOf("lake", clip));
    const ended = await Promise.all(["six.mp4", "longer.mp4"].map((clip) => finish(request(clip))));
    expect(ended[1]).to.include({ JobStatus: "FAILED" });
    expect(ended[1]?.StatusMessage).to.match(/^The video lasts 2160\d(\.\d+)? s; at most 21600 s are analysed\.$/);
    expect(ended[0]?.StatusMessage).to.equal(undefined);
  });

  it("fails a job that a fault was put on", async () => {
    cloud.faults.add((service, job) => service === "rekognition" && job === "tag", "Nobody is looking.");
    expect(await finish(request("yuv420p.mp4", { JobTag: "tag" }))).to.deep.include({ JobStatus: "FAILED", StatusMessage: "Nobody is looking." });
  });

  it("refuses a request with everything that is wrong about it", async () => {
    const refused = async (input: StartSegmentDetectionRequest): Promise<string> => {
      const error = await failure(start(input));
      return `${error.name}: ${error.message}`;
    };
    expect(await refused({ Video: {}, SegmentTypes: ["FACE" as never], JobTag: "a b", Filters: { ShotFilter: { MinSegmentConfidence: 49 } } })).to.equal(
      'InvalidParameterException: Video.S3Object must have Bucket and Name. JobTag is "a b"; it must be letters, digits, "_", ".", "-" and ":". ' +
        'SegmentTypes holds "FACE", which is neither SHOT nor TECHNICAL_CUE. Filters.ShotFilter.MinSegmentConfidence is 49; it must be 50 to 100.',
    );
    expect(await refused(request("yuv420p.mp4", { NotificationChannel: { SNSTopicArn: "a", RoleArn: "b" } }))).to.equal(
      "NotImplemented: The local cloud does not implement StartSegmentDetection.NotificationChannel.",
    );
    expect(await refused(request("none.mp4"))).to.match(/^InvalidS3ObjectException: Unable to get object metadata from S3: s3:\/\/lake\/none\.mp4\./);
    cloud.deny = ({ action }) => action === "s3:GetObject";
    expect(await refused(request("yuv420p.mp4"))).to.match(/^InvalidS3ObjectException: .* may not s3:GetObject/);
    expect((await failure(get("none"))).name).to.equal("ResourceNotFoundException");
  });

  it("takes 20 open jobs and no more", async () => {
    const idle = await open("idle");
    for (let i = 0; i < 20; i++) await start(request("yuv420p.mp4"), idle);
    expect((await failure(start(request("yuv420p.mp4"), idle))).name).to.equal("LimitExceededException");
    await idle.close();
  });

  describe("labels", () => {
    const startLabels = async (name: string, more: Partial<StartLabelDetectionRequest> = {}, service = rekognition): Promise<string> => {
      const input = { Video: { S3Object: { Bucket: "lake", Name: name } }, ...more };
      return (await cloud.call<StartSegmentDetectionResponse>(service.service, "StartLabelDetection", input)).JobId as string;
    };
    const getLabels = (JobId: string, more: object = {}): Promise<GetLabelDetectionResponse> =>
      cloud.call(rekognition.service, "GetLabelDetection", { JobId, ...more });
    async function finished(name: string, more: Partial<StartLabelDetectionRequest> = {}): Promise<string> {
      const id = await startLabels(name, more);
      await rekognition.labelJobs.settled(id);
      return id;
    }
    const brief = ({ Labels = [] }: GetLabelDetectionResponse) =>
      Labels.map(({ Label, Timestamp, StartTimestampMillis, EndTimestampMillis }) => [Label?.Name, Timestamp ?? [StartTimestampMillis, EndTimestampMillis]]);

    before(async () => {
      // Two seconds of red, one of black, one and a half of red again.
      const parts = ["red", "black", "red"].flatMap((color, i) => [
        "-f",
        "lavfi",
        "-i",
        `color=${color}:size=320x180:rate=20,trim=end_frame=${[40, 20, 30][i]}`,
      ]);
      await ffmpeg(...parts, "-filter_complex", "[0][1][2]concat=n=3", "-pix_fmt", "yuv420p", ...x264, cloud.pathOf("lake", "colors.mp4"));
    });

    it("are told while they are seen, and say by which model: the colours of the picture", async () => {
      const answer = await getLabels(await finished("colors.mp4", { JobTag: "tag", Features: ["GENERAL_LABELS"] }), { AggregateBy: "SEGMENTS" });
      expect(answer).to.deep.include({ JobStatus: "SUCCEEDED", JobTag: "tag", LabelModelVersion: "local-colors-1.0" });
      expect(answer.VideoMetadata).to.include({ Codec: "h264", DurationMillis: 4500, FrameRate: 20 });
      expect(brief(answer)).to.deep.equal([
        ["Red", [0, 1500]],
        ["Dark", [2000, 2500]],
        ["Gray", [2000, 2500]],
        ["Red", [3000, 4000]],
      ]);
      expect(answer.Labels?.[0]).to.deep.include({ DurationMillis: 1500 });
      expect(answer.Labels?.[0]?.Label).to.deep.include({ Confidence: 100, Categories: [{ Name: "Colors and Visual Composition" }] });
    });

    it("are told one by one where that is asked", async () => {
      const answer = await getLabels(await finished("colors.mp4"));
      expect(brief(answer)).to.deep.equal([
        ...[0, 500, 1000, 1500].map((at) => ["Red", at]),
        ...[2000, 2500].flatMap((at) => [
          ["Dark", at],
          ["Gray", at],
        ]),
        ...[3000, 3500, 4000].map((at) => ["Red", at]),
      ]);
      expect(answer.GetRequestMetadata).to.deep.equal({ SortBy: "TIMESTAMP", AggregateBy: "TIMESTAMPS" });
    });

    it("are left out where the request excludes them, or wants others", async () => {
      const names = async (GeneralLabels: object) =>
        brief(await getLabels(await finished("colors.mp4", { Settings: { GeneralLabels } }), { AggregateBy: "SEGMENTS" })).map(([name]) => name);
      expect(await names({ LabelExclusionFilters: ["Red"] })).to.deep.equal(["Dark", "Gray"]);
      expect(await names({ LabelInclusionFilters: ["Red"] })).to.deep.equal(["Red", "Red"]);
      expect(await names({ LabelCategoryExclusionFilters: ["Colors and Visual Composition"] })).to.deep.equal([]);
      expect(await names({ LabelCategoryExclusionFilters: ["Person Description"] })).to.deep.equal(["Red", "Dark", "Gray", "Red"]);
      expect(await names({ LabelCategoryInclusionFilters: ["Person Description"] })).to.deep.equal([]);
    });

    it("come in pages of one job, and of one way to tell them", async () => {
      const id = await finished("colors.mp4");
      const all = await getLabels(id, { AggregateBy: "SEGMENTS" });
      const first = await getLabels(id, { AggregateBy: "SEGMENTS", MaxResults: 3 });
      const second = await getLabels(id, { AggregateBy: "SEGMENTS", MaxResults: 3, NextToken: first.NextToken });
      expect([...(first.Labels ?? []), ...(second.Labels ?? [])]).to.deep.equal(all.Labels);
      expect([first.Labels?.length, second.NextToken]).to.deep.equal([3, undefined]);
      expect((await failure(getLabels(id, { NextToken: first.NextToken }))).name).to.equal("InvalidPaginationTokenException");
    });

    it("are refused with everything that is wrong with the request, and where they are not implemented", async () => {
      const wrong = await failure(startLabels("", { MinConfidence: 101, Features: ["FACES" as never] }));
      expect(`${wrong.name}: ${wrong.message}`).to.equal(
        'InvalidParameterException: Video.S3Object must have Bucket and Name. MinConfidence is 101; it must be 0 to 100. Features holds "FACES"; it must be GENERAL_LABELS.',
      );
      expect((await failure(startLabels("colors.mp4", { NotificationChannel: { SNSTopicArn: "a", RoleArn: "b" } }))).message).to.include(
        "StartLabelDetection.NotificationChannel",
      );
      const id = await finished("colors.mp4");
      expect((await failure(getLabels(id, { SortBy: "NAME" }))).message).to.include("GetLabelDetection.SortBy NAME");
      expect((await failure(get(id))).name, "a job of another kind").to.equal("ResourceNotFoundException");
      cloud.deny = ({ action }) => action === "rekognition:GetLabelDetection";
      expect((await failure(getLabels(id))).name).to.equal("AccessDeniedException");
    });

    it("fail with the reason where the video is none", async () => {
      const answer = await getLabels(await finished("words.mp4"));
      expect(answer.JobStatus).to.equal("FAILED");
      expect(answer.StatusMessage).to.match(/^The video can't be read: ffprobe failed: /);
    });

    it("count among the account's open jobs", async () => {
      const idle = await open("idle-labels");
      for (let i = 0; i < 10; i++) {
        await start(request("yuv420p.mp4"), idle);
        await startLabels("yuv420p.mp4", {}, idle);
      }
      expect((await failure(startLabels("yuv420p.mp4", {}, idle))).name).to.equal("LimitExceededException");
      expect((await failure(start(request("yuv420p.mp4"), idle))).name).to.equal("LimitExceededException");
      await idle.close();
    });
  });

  describe("DetectText", () => {
    const detect = (Name: string, more: object = {}): Promise<DetectTextResponse> =>
      cloud.call(rekognition.service, "DetectText", { Image: { S3Object: { Bucket: "lake", Name } }, ...more });
    const picture = (name: string, filter: string) =>
      ffmpeg("-f", "lavfi", "-i", "color=0x803030:size=1280x720", "-vf", filter, "-frames:v", "1", cloud.pathOf("lake", name));

    before(async () => {
      await picture("name.jpg", "drawtext=text='DOE JANE 4711':x=40:y=60:fontsize=32:fontcolor=white");
      await picture("plain.jpg", "noise=alls=8");
    });

    it("tells lines and words, and where they stand", async () => {
      const { TextDetections = [] } = await detect("name.jpg");
      expect(TextDetections.map(({ Type, DetectedText }) => `${Type} ${DetectedText}`)).to.deep.equal([
        "LINE DOE JANE 4711",
        "WORD DOE",
        "WORD JANE",
        "WORD 4711",
      ]);
      const { Left = 0, Top = 0, Width = 0, Height = 0 } = TextDetections[0]?.Geometry?.BoundingBox ?? {};
      expect([Left * 1280, Top * 720].map(Math.round)[0]).to.be.within(38, 46);
      expect([Top * 720, (Top + Height) * 720].every((y) => y > 55 && y < 95)).to.equal(true);
      expect((Left + Width) * 1280).to.be.within(250, 330);
      expect(TextDetections.every(({ Confidence = 0 }) => Confidence >= 80)).to.equal(true);
    });

    it("finds none where there is none", async () => {
      expect((await detect("plain.jpg")).TextDetections).to.deep.equal([]);
    });

    it("refuses what is no picture, isn't there, comes inside the request, or must not be seen", async () => {
      expect((await failure(detect("words.mp4"))).message).to.equal("The picture is neither a JPEG nor a PNG.");
      expect((await failure(detect("missing.jpg"))).name).to.equal("InvalidS3ObjectException");
      expect((await failure(detect("x", { Image: { Bytes: new Uint8Array(3) } }))).message).to.include("takes no pictures inside a request");
      expect((await failure(detect("name.jpg", { Filters: {} }))).message).to.include("DetectText.Filters");
      cloud.deny = ({ action }) => action === "rekognition:DetectText";
      expect((await failure(detect("name.jpg"))).name).to.equal("AccessDeniedException");
    });
  });
});
