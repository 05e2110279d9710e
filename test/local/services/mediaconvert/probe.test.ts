import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ProbeResponse, ProbeResult } from "@aws-sdk/client-mediaconvert";
import { expect } from "chai";
import { pixelFormat } from "../../../../local/services/mediaconvert/probe-result.ts";
import { createMediaConvert, type MediaConvert } from "../../../../local/services/mediaconvert/service.ts";
import { failure } from "../../../support/failure.ts";
import { ffmpeg, turnClockwise } from "../../media/clips.ts";
import { createFolderCloud, type FolderCloud, handlerRole, jobServiceOptions } from "../folder-store.ts";

const clip = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30000/1001,trim=end_frame=10"];
const x264 = ["-c:v", "libx264", "-preset", "ultrafast"];

describe("Probe", () => {
  let cloud: FolderCloud;
  let service: MediaConvert;
  before(async () => {
    cloud = await createFolderCloud();
    service = createMediaConvert(await jobServiceOptions(cloud, join(cloud.folder, "mediaconvert")));
    await mkdir(cloud.pathOf("raw", ""), { recursive: true });
  });
  after(async () => {
    await service.close();
    await cloud.remove();
  });
  beforeEach(() => {
    cloud.uses.length = 0;
    cloud.deny = () => false;
  });

  const probe = async (name: string): Promise<ProbeResult> => {
    const { ProbeResults } = await cloud.call<ProbeResponse>(service.service, "Probe", { InputFiles: [{ FileUrl: `s3://raw/${name}` }] });
    expect(ProbeResults).to.have.length(1);
    return ProbeResults?.[0] as ProbeResult;
  };
  const refused = async (name: string): Promise<string> => {
    const error = await failure(probe(name));
    return `${error.name}: ${error.message}`;
  };

  it("tells container, tracks and file of an MP4 with sound", async () => {
    await ffmpeg(
      ...clip,
      "-f",
      "lavfi",
      "-i",
      "sine=duration=1:sample_rate=48000",
      ...x264,
      "-profile:v",
      "main",
      "-g",
      "5",
      "-c:a",
      "aac",
      "-f",
      "mp4",
      cloud.pathOf("raw", "sound"),
    );
    const { Container, Metadata, TrackMappings } = await probe("sound");
    expect(Container?.Format).to.equal("mp4");
    expect(Container?.Duration).to.be.closeTo(1, 0.03);
    expect(TrackMappings).to.deep.equal([{ VideoTrackIndexes: [1], AudioTrackIndexes: [2], DataTrackIndexes: [] }]);
    const [video, audio] = Container?.Tracks ?? [];
    const { BitRate, ...properties } = video?.VideoProperties ?? {};
    expect(BitRate).to.be.greaterThan(1000);
    expect([video?.TrackType, video?.Codec, video?.Index]).to.deep.equal(["video", "AVC", 1]);
    const rate = { Numerator: 30000, Denominator: 1001 };
    expect(properties).to.deep.equal({
      ...{ BitDepth: 8, FrameRate: rate, Width: 320, Height: 180 },
      ...{ DisplayAspectRatio: { Numerator: 16, Denominator: 9 }, SampleAspectRatio: { Numerator: 1, Denominator: 1 } },
      CodecMetadata: {
        BitDepth: 8,
        ChromaSubsampling: "4:2:0",
        CodedFrameRate: rate,
        Width: 320,
        Height: 180,
        Level: "1.3",
        Profile: "Constrained Baseline",
        ScanType: "Progressive",
      },
    });
    expect(audio).to.deep.include({ TrackType: "audio", Codec: "AAC", Index: 2 });
    expect(audio?.AudioProperties).to.deep.include({ Channels: 1, SampleRate: 48000, ChannelLayout: "mono" });
    expect(Metadata).to.deep.include({ MimeType: "application/octet-stream" });
    expect(Metadata?.FileSize).to.be.greaterThan(1000);
    expect(Metadata?.ETag).to.match(/^[0-9a-f]{32}$/);
    expect(cloud.uses.map(({ caller, action }) => `${caller} ${action}`)).to.deep.equal([`${handlerRole} mediaconvert:Probe`, `${handlerRole} s3:GetObject`]);
  });

  it("tells the timecode of the first frame, and none where there is none", async () => {
    await ffmpeg(...clip, ...x264, "-timecode", "10:00:00:00", "-f", "mp4", cloud.pathOf("raw", "timecode"));
    await ffmpeg(...clip, ...x264, "-f", "mp4", cloud.pathOf("raw", "untimed"));
    expect((await probe("timecode")).Container).to.include({ StartTimecode: "10:00:00:00" });
    expect((await probe("untimed")).Container).not.to.have.property("StartTimecode");
  });

  it("tells depth and codec of 10-bit HEVC in QuickTime", async () => {
    await ffmpeg(
      ...clip,
      "-pix_fmt",
      "yuv422p10le",
      "-c:v",
      "libx265",
      "-preset",
      "ultrafast",
      "-x265-params",
      "log-level=none",
      "-f",
      "mov",
      cloud.pathOf("raw", "deep"),
    );
    const { Container } = await probe("deep");
    const [video] = Container?.Tracks ?? [];
    expect([Container?.Format, video?.Codec, video?.VideoProperties?.BitDepth, video?.VideoProperties?.CodecMetadata?.ChromaSubsampling]).to.deep.equal([
      "quicktime",
      "HEVC",
      10,
      "4:2:2",
    ]);
  });

  it("tells interlaced from progressive, and which field is first", async () => {
    await ffmpeg(...clip, "-vf", "setfield=tff", ...x264, "-flags", "+ilme+ildct", "-x264-params", "tff=1", "-f", "mp4", cloud.pathOf("raw", "interlaced"));
    expect((await probe("interlaced")).Container?.Tracks?.[0]?.VideoProperties?.CodecMetadata).to.deep.include({
      ScanType: "Interlaced",
      FieldOrder: "TopFieldFirst",
    });
  });

  it("tells how far the picture is turned", async () => {
    await ffmpeg(...clip, ...x264, "-f", "mp4", cloud.pathOf("raw", "upright"));
    await turnClockwise(cloud.pathOf("raw", "upright"), cloud.pathOf("raw", "turned"));
    expect((await probe("upright")).Container?.Tracks?.[0]?.VideoProperties).not.to.have.property("Rotation");
    expect((await probe("turned")).Container?.Tracks?.[0]?.VideoProperties?.Rotation).to.equal(90);
  });

  it("tells Matroska, WebM and MPEG-TS apart, and an audio file by its lack of video", async () => {
    await ffmpeg(...clip, ...x264, "-f", "matroska", cloud.pathOf("raw", "mkv"));
    await ffmpeg(...clip, "-c:v", "libvpx", "-f", "webm", cloud.pathOf("raw", "webm"));
    await ffmpeg(...clip, ...x264, "-f", "mpegts", cloud.pathOf("raw", "ts"));
    await ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", "-f", "mp4", cloud.pathOf("raw", "audio"));
    const found = await Promise.all(["mkv", "webm", "ts", "audio"].map(probe));
    expect(found.map(({ Container }) => Container?.Format)).to.deep.equal(["matroska", "webm", "mpegts", "mp4"]);
    expect(found[3]?.TrackMappings?.[0]?.VideoTrackIndexes).to.deep.equal([]);
  });

  it("refuses what is no media, in a sentence", async () => {
    await cloud.write("raw", "empty", "");
    await cloud.write("raw", "words", "These are words. ".repeat(1000));
    await cloud.write("raw", "cut", (await ffmpeg(...clip, ...x264, "-f", "mp4", "-movflags", "frag_keyframe", "pipe:1")).subarray(0, 20));
    for (const name of ["empty", "words", "cut"])
      expect(await refused(name), name).to.match(/^BadRequestException: The file can't be read as media: it is empty, damaged, cut off, or in a format/);
  });

  it("refuses what is missing, forbidden or no location", async () => {
    expect(await refused("none")).to.equal('NotFoundException: Probe can\'t open "s3://raw/none": The key "none" does not exist.');
    cloud.deny = ({ action }) => action === "s3:GetObject";
    expect(await refused("sound")).to.match(/^ForbiddenException: Probe can't open "s3:\/\/raw\/sound": .* may not s3:GetObject/);
    const several = failure(cloud.call(service.service, "Probe", { InputFiles: [] }));
    expect((await several).message).to.equal("InputFiles holds 0 files; Probe takes one.");
    expect((await failure(cloud.call(service.service, "Probe", { InputFiles: [{ FileUrl: "https://x/y" }] }))).message).to.equal(
      '"https://x/y" is not s3://bucket/key.',
    );
  });
});

describe("pixelFormat", () => {
  it("reads depth and chroma from the name", () => {
    const cases: [string, number, string | undefined][] = [
      ["yuv420p", 8, "4:2:0"],
      ["yuvj420p", 8, "4:2:0"],
      ["yuv422p10le", 10, "4:2:2"],
      ["yuv444p12be", 12, "4:4:4"],
      ["nv12", 8, "4:2:0"],
      ["p010le", 10, "4:2:0"],
      ["gbrp", 8, "4:4:4"],
      ["gray", 8, undefined],
      ["gray10le", 10, undefined],
    ];
    for (const [name, bitDepth, chromaSubsampling] of cases) expect(pixelFormat(name), name).to.deep.equal({ bitDepth, chromaSubsampling });
  });
});
