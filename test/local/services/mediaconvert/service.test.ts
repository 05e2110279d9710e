import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CreateJobRequest, CreateJobResponse, GetJobResponse, Job, JobSettings, ListJobsResponse } from "@aws-sdk/client-mediaconvert";
import { expect } from "chai";
import { findMediaTools, type MediaTools } from "../../../../local/media/tools.ts";
import { createSlots } from "../../../../local/services/jobs/slots.ts";
import { createMediaConvert, type MediaConvert } from "../../../../local/services/mediaconvert/service.ts";
import { failure } from "../../../support/failure.ts";
import { ffmpeg, greyFrames, numberedFrames, packets, shownFrames, turnClockwise } from "../../media/clips.ts";
import { account, createFolderCloud, type FolderCloud, handlerRole, jobRole, kmsKeyArn, region } from "../folder-store.ts";
import { cover, encoded, fileGroup, h264, hlsGroup, passthrough, settingsOf, withCovers } from "./job-settings.ts";

const x264 = ["-c:v", "libx264", "-preset", "ultrafast"];
const queue = `arn:aws:mediaconvert:${region}:${account}:queues/cases`;
const count = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe("MediaConvert", () => {
  let cloud: FolderCloud;
  let tools: MediaTools;
  let service: MediaConvert;
  const open = (folder: string): MediaConvert => {
    const { store, authorizer, faults } = cloud;
    const opened = createMediaConvert({ folder, region, account, tools, store, authorizer, slots: createSlots(2), faults, log: () => {} });
    opened.putQueue({ arn: queue, name: "cases" });
    return opened;
  };

  before(async () => {
    cloud = await createFolderCloud();
    tools = await findMediaTools();
    service = open(join(cloud.folder, "mediaconvert"));
    service.start();
    await mkdir(cloud.pathOf("raw", "case"), { recursive: true });
    await mkdir(cloud.pathOf("lake", ""), { recursive: true });
    const raw = (name: string): string => cloud.pathOf("raw", `case/${name}`);
    const dropped = "select='not(between(n,10,16))*not(eq(n,40))',setpts='PTS+5/TB+0.004/TB*mod(N,3)'";
    const sound = ["-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac"];
    await ffmpeg(...numberedFrames(50, 25), ...sound, ...x264, "-g", "20", "-metadata", "title=Jane Doe", "-f", "mp4", raw("source"));
    await ffmpeg(...numberedFrames(60, 60), ...x264, raw("fast.mp4"));
    await ffmpeg(...numberedFrames(60, 30), "-vf", dropped, "-fps_mode", "passthrough", ...x264, "-bf", "2", raw("variable.mkv"));
    await turnClockwise(raw("fast.mp4"), raw("turned.mp4"));
    await ffmpeg("-f", "lavfi", "-i", "color=white:size=32x32", "-frames:v", "1", "-f", "image2", cloud.pathOf("lake", "cover.png"));
    await cloud.write("raw", "case/words.mp4", "These are words.");
  });
  after(async () => {
    await service.close();
    await cloud.remove();
  });
  beforeEach(() => {
    cloud.uses.length = 0;
    cloud.deny = () => false;
  });

  const refuse = (refused: string): void => {
    cloud.deny = ({ action }) => action === refused;
  };
  const request = (settings: JobSettings, more: Partial<CreateJobRequest> = {}): CreateJobRequest => ({
    Role: jobRole,
    Queue: queue,
    Settings: settings,
    ...more,
  });
  const create = async (input: CreateJobRequest): Promise<Job> => (await cloud.call<CreateJobResponse>(service.service, "CreateJob", input)).Job as Job;
  const get = async (id: string): Promise<Job> => (await cloud.call<GetJobResponse>(service.service, "GetJob", { Id: id })).Job as Job;
  async function finish(settings: JobSettings): Promise<Job> {
    const { Id } = await create(request(settings));
    await service.jobs.settled(Id as string);
    return get(Id as string);
  }
  const output = (key: string): string => cloud.pathOf("lake", `case/${key}`);

  it("makes HLS of constant rate: exact frames, key frames each second, segments of whole groups", async () => {
    const job = await finish(settingsOf("case/fast.mp4", hlsGroup(encoded(160, 90, h264({ GopSize: 0.4 })), 1)));
    expect(job.ErrorMessage).to.equal(undefined);
    expect(job).to.deep.include({ Status: "COMPLETE", JobPercentComplete: 100, Queue: queue, Role: jobRole });
    expect(job.OutputGroupDetails).to.deep.equal([{ OutputDetails: [{ DurationInMs: 1000, VideoDetails: { WidthInPx: 160, HeightInPx: 90 } }] }]);
    // Of 60 frames a second, the nearest to each 25th, the later of two: 2.4 n rounded, 0.5 up.
    expect(await shownFrames(output("analysis/analysis_video.m3u8"))).to.deep.equal(count(0, 25).map((n) => Math.floor((2 * 2.4 * n + 1) / 2)));
    expect(await readFile(output("analysis/analysis_video.m3u8"), "utf8")).to.include("#EXTINF:1.000000,\nanalysis_video_00001.ts\n#EXT-X-ENDLIST");
    expect(await readFile(output("analysis/analysis.m3u8"), "utf8")).to.match(
      /RESOLUTION=160x90,FRAME-RATE=25\.000,CODECS="avc1\.6400[0-9a-f]{2}"\nanalysis_video\.m3u8\n$/,
    );
    const table = await packets(output("analysis/analysis_video_00001.ts"));
    expect(table.flatMap(({ key }, frame) => (key ? [frame] : []))).to.deep.equal([0, 10, 20]);
    expect(table.map(({ pts }) => pts - (table[0]?.pts as number))).to.deep.equal(count(0, 25).map((n) => n * 3600));
  });

  it("times a variable rate by the nearest frame, from the first frame on", async () => {
    await finish(settingsOf("case/variable.mkv", hlsGroup(encoded(160, 90, h264({ FramerateNumerator: 30 })), 6)));
    const source = await packets(cloud.pathOf("raw", "case/variable.mkv"));
    const numbers = await shownFrames(cloud.pathOf("raw", "case/variable.mkv"));
    const seconds = source.map(({ pts }) => (pts - (source[0]?.pts as number)) / 1000);
    const nearest = count(0, 60).map((n) => {
      let best = 0;
      for (let i = 1; i < seconds.length; i++) if (Math.abs((seconds[i] as number) - n / 30) <= Math.abs((seconds[best] as number) - n / 30) + 1e-9) best = i;
      return numbers[best];
    });
    expect(await shownFrames(output("analysis/analysis_video.m3u8"))).to.deep.equal(nearest);
  });

  it("makes an MP4 that starts at once, covers shown on exactly their frames, without sound and metadata", async () => {
    const video = withCovers(encoded(320, 180), cover("00:00:00:10", 200, 320, 180), cover("00:00:01:02", 40, 320, 180));
    const job = await finish(settingsOf("case/source", fileGroup(video)));
    expect([job.Status, job.ErrorMessage]).to.deep.equal(["COMPLETE", undefined]);
    const white = 255;
    expect(await shownFrames(output("review/review.mp4"))).to.deep.equal([...count(0, 10), ...Array(5).fill(white), ...count(15, 27), white, ...count(28, 50)]);
    const covered = (await greyFrames(output("review/review.mp4")))[12] as Buffer;
    expect(Math.min(...covered)).to.be.greaterThan(220);
    const bytes = await readFile(output("review/review.mp4"));
    expect(bytes.indexOf("moov")).to.be.lessThan(bytes.indexOf("mdat"));
    for (const trace of ["Jane Doe", "soun", "Lavf5", "Lavc5", "x264 - core"]) expect(bytes.includes(trace), trace).to.equal(false);
    expect(cloud.encryptedWith.get("lake/case/review/review.mp4")).to.equal(kmsKeyArn);
  });

  it("gives the same bytes for the same job", async () => {
    const settings = settingsOf("case/source", hlsGroup(encoded(160, 90), 1), fileGroup(encoded(160, 90)));
    const names = [
      "analysis/analysis.m3u8",
      "analysis/analysis_video.m3u8",
      "analysis/analysis_video_00001.ts",
      "analysis/analysis_video_00002.ts",
      "review/review.mp4",
    ];
    const read = async (): Promise<string[]> => {
      await finish(settings);
      return Promise.all(names.map(async (name) => (await readFile(output(name))).toString("base64")));
    };
    expect(await read()).to.deep.equal(await read());
  });

  it("turns the picture upright and fits it in without cropping", async () => {
    const turned = await finish(settingsOf("case/turned.mp4", fileGroup(encoded(90, 160))));
    expect(turned.OutputGroupDetails?.[0]?.OutputDetails?.[0]?.VideoDetails).to.deep.equal({ WidthInPx: 90, HeightInPx: 160 });
    // The leftmost bar, the lowest bit, has become the uppermost: white in the third picture, which shows frame 5, and black in the first.
    const size = { width: 90, height: 160 };
    const [first, , second] = await greyFrames(output("review/review.mp4"), size);
    expect([first?.[10 * 90 + 45], second?.[10 * 90 + 45]].map((grey) => (grey as number) > 126)).to.deep.equal([false, true]);
    const wide = await finish(settingsOf("case/fast.mp4", fileGroup(encoded(200, 200))));
    expect(wide.OutputGroupDetails?.[0]?.OutputDetails?.[0]?.VideoDetails).to.deep.equal({ WidthInPx: 200, HeightInPx: 112 });
  });

  it("hands packets through unchanged, cut at key frames", async () => {
    await finish(settingsOf("case/source", hlsGroup(passthrough, 1)));
    expect(await shownFrames(output("analysis/analysis_video.m3u8"))).to.deep.equal(count(0, 50));
    const playlist = await readFile(output("analysis/analysis_video.m3u8"), "utf8");
    expect(playlist.match(/#EXTINF:.*/g)).to.deep.equal(["#EXTINF:1.600000,", "#EXTINF:0.400000,"]);
  });

  it("deinterlaces what is interlaced and reads 10-bit HEVC", async () => {
    const interlaced = cloud.pathOf("raw", "case/interlaced.mp4");
    await ffmpeg(...numberedFrames(12, 25), "-vf", "setfield=tff", ...x264, "-flags", "+ilme+ildct", "-x264-params", "tff=1", interlaced);
    const deep = cloud.pathOf("raw", "case/deep.mp4");
    await ffmpeg(...numberedFrames(12, 25), "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", deep);
    for (const name of ["interlaced.mp4", "deep.mp4"]) {
      expect((await finish(settingsOf(`case/${name}`, fileGroup(encoded(320, 180))))).ErrorMessage).to.equal(undefined);
      expect(await shownFrames(output("review/review.mp4")), name).to.deep.equal(count(0, 12));
    }
  });

  it("makes one frame of one frame", async () => {
    await ffmpeg(...numberedFrames(1, 25), ...x264, cloud.pathOf("raw", "case/single.mp4"));
    await finish(settingsOf("case/single.mp4", fileGroup(encoded(320, 180))));
    expect(await shownFrames(output("review/review.mp4"))).to.deep.equal([0]);
  });

  it("asks for every permission as the one who needs it", async () => {
    await finish(settingsOf("case/source", fileGroup(encoded(32, 32))));
    const passed = cloud.uses.find(({ action }) => action === "iam:PassRole");
    expect(passed).to.deep.equal({
      caller: handlerRole,
      action: "iam:PassRole",
      resource: jobRole,
      context: { "iam:PassedToService": "mediaconvert.amazonaws.com" },
    });
    expect(
      cloud.uses
        .filter(({ action }) => action !== "iam:PassRole")
        .map(({ caller, action, resource }) => `${caller} ${action} ${resource}`.replace(/jobs\/.*/, "jobs/ID")),
    ).to.deep.equal([
      `${handlerRole} mediaconvert:CreateJob ${queue}`,
      `mediaconvert.amazonaws.com sts:AssumeRole ${jobRole}`,
      `${jobRole} s3:GetObject arn:aws:s3:::raw/case/source`,
      `${jobRole} s3:PutObject arn:aws:s3:::lake/case/review/review.mp4`,
      `${handlerRole} mediaconvert:GetJob arn:aws:mediaconvert:${region}:${account}:jobs/ID`,
    ]);
  });

  const failures: [what: string, source: string, prepare: () => void, code: number, message: RegExp][] = [
    ["the input is no media", "case/words.mp4", () => {}, 1040, /^ffprobe failed: .*Invalid data found when processing input/],
    ["the input is missing", "case/none", () => {}, 1404, /^Unable to open input file \[s3:\/\/raw\/case\/none\]: The key "case\/none" does not exist\.$/],
    ["the role may not read", "case/source", () => refuse("s3:GetObject"), 1401, /^Unable to open input file .* may not s3:GetObject/],
    [
      "the role may not write",
      "case/source",
      () => refuse("s3:PutObject"),
      3450,
      /^Unable to write to output file \[s3:\/\/lake\/case\/review\/review\.mp4\]: /,
    ],
    [
      "a fault was put on it",
      "case/source",
      () => cloud.faults.add((name, job) => name === "mediaconvert" && job === "s3://lake/case/review/review", "The encoder broke."),
      1999,
      /^The encoder broke\.$/,
    ],
  ];
  for (const [what, source, prepare, code, message] of failures) {
    it(`fails with error ${code} if ${what}`, async () => {
      prepare();
      const job = await finish(settingsOf(source, fileGroup(encoded(32, 32))));
      expect([job.Status, job.ErrorCode]).to.deep.equal(["ERROR", code]);
      expect(job.ErrorMessage).to.match(message);
    });
  }

  it("refuses a request with everything that is wrong about it", async () => {
    const settings = settingsOf("case/source", fileGroup(encoded(32, 32)));
    const refused = async (input: CreateJobRequest): Promise<string> => {
      const error = await failure(create(input));
      return `${error.name}: ${error.message}`;
    };
    expect(await refused(request(settings, { Queue: "none" }))).to.equal(
      `NotFoundException: The queue "arn:aws:mediaconvert:${region}:${account}:queues/none" does not exist.`,
    );
    expect(await refused(request({ ...settings, NielsenConfiguration: {} }))).to.equal(
      "BadRequestException: Settings.NielsenConfiguration is not implemented by the local cloud.",
    );
    expect(await refused(request(settings, { JobTemplate: "x", SimulateReservedQueue: "ENABLED" }))).to.equal(
      "NotImplemented: The local cloud does not implement CreateJob.JobTemplate and CreateJob.SimulateReservedQueue.",
    );
    refuse("iam:PassRole");
    expect(await refused(request(settings))).to.match(/^AccessDeniedException: /);
    expect((await failure(get("none"))).name).to.equal("NotFoundException");
  });

  it("gives the same job for the same token, and no other", async () => {
    const settings = settingsOf("case/source", fileGroup(encoded(32, 32)));
    const first = await create(request(settings, { ClientRequestToken: "token" }));
    const second = await create(request(settings, { ClientRequestToken: "token" }));
    expect(second.Id).to.equal(first.Id);
    expect((await failure(create(request(settings, { ClientRequestToken: "token", UserMetadata: { a: "b" } })))).name).to.equal("ConflictException");
    await service.jobs.settled(first.Id as string);
  });

  it("cancels a job at work", async () => {
    const endless = settingsOf("case/source", ...Array.from({ length: 20 }, () => fileGroup(encoded(1280, 720))));
    const job = await create(request(endless));
    while ((await get(job.Id as string)).Status === "SUBMITTED") await new Promise((resolve) => setTimeout(resolve, 5));
    await cloud.call(service.service, "CancelJob", { Id: job.Id });
    expect((await get(job.Id as string)).Status).to.equal("CANCELED");
    await service.jobs.settled(job.Id as string);
    expect((await get(job.Id as string)).Status).to.equal("CANCELED");
    expect((await failure(cloud.call(service.service, "CancelJob", { Id: job.Id }))).name).to.equal("ConflictException");
  });

  it("lists jobs by status, newest first, in pages", async () => {
    const all = await cloud.call<ListJobsResponse>(service.service, "ListJobs", { Status: "CANCELED", MaxResults: 1 });
    expect(all.Jobs?.map(({ Status }) => Status)).to.deep.equal(["CANCELED"]);
    const page = await cloud.call<ListJobsResponse>(service.service, "ListJobs", { MaxResults: 2, Order: "ASCENDING" });
    const next = await cloud.call<ListJobsResponse>(service.service, "ListJobs", { MaxResults: 2, Order: "ASCENDING", NextToken: page.NextToken });
    expect(
      service.jobs
        .list()
        .slice(0, 4)
        .map(({ id }) => id),
    ).to.deep.equal([...(page.Jobs ?? []), ...(next.Jobs ?? [])].map(({ Id }) => Id));
  });

  it("leaves no files behind but its outputs and its state", async () => {
    expect(await readdir(join(cloud.folder, "mediaconvert", "work"))).to.deep.equal([]);
  });
});
