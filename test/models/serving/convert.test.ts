import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { type Conversion, conversion } from "../../../contracts/conversion.ts";
import type { ObjectLocation } from "../../../contracts/primitives.ts";
import { conversionVariables, convertVideo, type Objects } from "../../../models/serving/convert.ts";
import { ClipFolder, decodedFrames } from "../../functions/support/clips.ts";
import { failure } from "../../support/failure.ts";

const ffprobe = process.env["FFPROBE_PATH"] ?? "ffprobe";

describe("convert", function () {
  this.timeout(60_000);
  const clips = new ClipFolder();
  after(() => clips.remove());
  const scratch = clips.path("scratch");
  before(() => mkdirSync(scratch));

  const environment = {
    ...{ SOURCE_BUCKET: "raw", SOURCE_KEY: "raw-videos/c/u/source", SOURCE_VERSION: "v1", SCRATCH_DIR: scratch },
    ...{ COPY_BUCKET: "processed", COPY_KEY: "converted-videos/c/r/video.mp4", OUTCOME_KEY: "converted-videos/c/r/conversion.json" },
  };
  interface Run {
    readonly outcome: Conversion | undefined;
    /** The copy, if there is one. */
    readonly copy: string;
    /** What was asked of the store, in order. */
    readonly asked: string[];
    readonly printed: string[];
  }
  /** Converts a file of the folder, whatever it is called. */
  async function convert(file: string, changed: Partial<Objects> = {}, abort = new AbortController().signal): Promise<Run> {
    const copy = clips.path("stored.mp4");
    const asked: string[] = [];
    const printed: string[] = [];
    let outcome: Conversion | undefined;
    const at = ({ bucket, key, versionId }: ObjectLocation) => [bucket, key, versionId].filter(Boolean).join(" ");
    const objects: Objects = {
      async download(from, to) {
        asked.push(`download ${at(from)}`);
        copyFileSync(file, to);
      },
      async upload(from, to, contentType) {
        asked.push(`upload ${at(to)} ${contentType}`);
        copyFileSync(from, copy);
      },
      async putJson(value, to) {
        asked.push(`put ${at(to)}`);
        outcome = conversion.parse(value);
      },
      ...changed,
    };
    await convertVideo(environment, (line) => printed.push(line), abort, objects);
    return { outcome, copy, asked, printed };
  }

  interface Stream {
    readonly [property: string]: unknown;
  }
  /** What ffprobe tells of a file: its streams, and the tags of all. */
  function probe(file: string): { streams: Stream[]; format: Stream } {
    const args = ["-v", "error", "-show_streams", "-show_format", "-of", "json", file];
    return JSON.parse(execFileSync(ffprobe, args, { encoding: "utf8" }));
  }
  /** Mean luma of each decoded picture. */
  function lumas(file: string): number[] {
    const args = ["-v", "error", "-f", "lavfi", "-i", `movie=${file},signalstats`, "-show_entries", "frame_tags=lavfi.signalstats.YAVG", "-of", "csv=p=0"];
    return execFileSync(ffprobe, args, { encoding: "utf8" }).trim().split("\n").map(Number);
  }
  /** Moving test pictures of a size and rate, with sound and a name in their metadata. */
  const moving = (size: string, rate: string, seconds: number): string[] => [
    ...["-f", "lavfi", "-i", `testsrc2=s=${size}:r=${rate}:d=${seconds}`, "-f", "lavfi", "-i", `sine=d=${seconds}`],
    ...["-metadata", "title=DOE^JANE", "-metadata", "comment=1970-01-01"],
  ];
  const times = (file: string) => {
    const { pts } = decodedFrames(file);
    return pts.map((time) => time - (pts[0] as number));
  };

  const kinds: [string, () => string, { container: string; codec: string; timing: "stored" | "derived" }][] = [
    [
      "MPEG-4 Part 2 with B-frames in AVI",
      () => clips.make("a.avi", ...moving("320x180", "25", 2), "-c:v", "mpeg4", "-bf", "2", "-q:v", "2", "-c:a", "pcm_s16le"),
      { container: "avi", codec: "mpeg4", timing: "derived" },
    ],
    [
      "MPEG-2 in a program stream",
      () => clips.make("b.mpg", ...moving("320x240", "30000/1001", 2), "-c:v", "mpeg2video", "-bf", "2", "-q:v", "2", "-c:a", "mp2", "-f", "vob"),
      { container: "mpegps", codec: "mpeg2video", timing: "derived" },
    ],
    [
      "Motion JPEG of an odd size in AVI",
      () => clips.make("c.avi", ...moving("320x180", "25", 1), "-vf", "scale=321:179", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2", "-an"),
      { container: "avi", codec: "mjpeg", timing: "derived" },
    ],
    [
      "ProRes of 10 bits in 4:2:2",
      () => clips.make("d.mov", ...moving("320x180", "50", 1), "-c:v", "prores_ks", "-an"),
      { container: "mp4", codec: "prores", timing: "stored" },
    ],
    [
      "Windows Media",
      () => clips.make("e.wmv", ...moving("320x180", "25", 1), "-c:v", "wmv2", "-q:v", "2", "-c:a", "wmav2"),
      { container: "asf", codec: "wmv2", timing: "stored" },
    ],
    [
      "MPEG-2 in MXF",
      () => clips.make("f.mxf", ...moving("320x240", "25", 1), "-c:v", "mpeg2video", "-q:v", "2", "-an"),
      { container: "mxf", codec: "mpeg2video", timing: "derived" },
    ],
    [
      "MPEG-4 Part 2 of a variable rate in Matroska",
      () => clips.make("g.mkv", ...moving("320x180", "25", 2), "-vf", "select='not(eq(mod(n,10),4))'", "-fps_mode", "vfr", "-c:v", "mpeg4", "-q:v", "2", "-an"),
      { container: "matroska", codec: "mpeg4", timing: "stored" },
    ],
  ];
  for (const [what, make, facts] of kinds) {
    it(`makes of ${what} an H.264 copy with the same pictures at the same times, and nothing else`, async () => {
      const file = make();
      const { outcome, copy, asked } = await convert(file);
      const source = decodedFrames(file);
      expect(outcome).to.deep.include({ outcome: "CONVERTED", ...facts, frameCount: source.count });
      expect(asked).to.deep.equal([
        "download raw raw-videos/c/u/source v1",
        "upload processed converted-videos/c/r/video.mp4 video/mp4",
        "put processed converted-videos/c/r/conversion.json",
      ]);
      const { streams, format } = probe(copy);
      expect(streams).to.have.length(1);
      expect(streams[0]).to.include({ codec_name: "h264", pix_fmt: "yuv420p", field_order: "progressive" });
      expect(JSON.stringify([streams[0]?.["tags"], format["tags"]])).not.to.match(/DOE|1970/);
      expect(decodedFrames(copy).count).to.equal(source.count);
      const seconds = (path: string) => {
        const [num = 0, den = 1] = String(probe(path).streams[0]?.["time_base"]).split("/").map(Number);
        return times(path).map((ticks) => (ticks * num) / den);
      };
      const [was, is] = [seconds(file), seconds(copy)];
      // ffprobe does not tell the time of the last frame in AVI; our copy has one.
      for (const [frame, time] of was.entries()) if (!Number.isNaN(time)) expect(is[frame], `frame ${frame}`).to.be.closeTo(time, 0.0011);
      for (let frame = 1; frame < is.length; frame++) expect(is[frame], `frame ${frame}`).to.be.greaterThan(is[frame - 1] as number);
      // The range of JPEG's luma becomes that of video, but for what the black line at an odd side takes away.
      const brightness = [lumas(file), lumas(copy)] as const;
      const scale = facts.codec === "mjpeg" ? (y: number) => 16 + (y * 219) / 255 : (y: number) => y;
      const tenBits = facts.codec === "prores" ? 4 : 1;
      for (const [frame, luma] of brightness[0].entries()) expect(brightness[1][frame], `frame ${frame}`).to.be.closeTo(scale(luma / tenBits), 1.5);
    });
  }

  it("makes interlaced pictures progressive, one for each", async () => {
    const file = clips.make(
      "interlaced.mpg",
      ...["-f", "lavfi", "-i", "testsrc2=s=320x240:r=50:d=2", "-vf", "tinterlace=mode=interleave_top,setfield=tff"],
      ...["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-q:v", "2", "-f", "vob"],
    );
    const { outcome, copy } = await convert(file);
    expect(outcome).to.deep.include({ outcome: "CONVERTED", frameCount: decodedFrames(file).count });
    expect(probe(copy).streams[0]).to.include({ field_order: "progressive" });
  });

  it("evens an odd side with a line, and turns what players turn", async () => {
    await convert(clips.path("c.avi"));
    expect(probe(clips.path("stored.mp4")).streams[0]).to.include({ width: 322, height: 180 });
    const upright = clips.make("upright.mov", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", "-c:v", "mpeg4", "-q:v", "2");
    const turned = clips.make("turned.mov", "-i", upright, "-c", "copy", "-metadata:s:v:0", "rotate=90");
    await convert(turned);
    expect(probe(clips.path("stored.mp4")).streams[0]).to.include({ width: 180, height: 320 });
  });

  it("tells of a video that nobody can decode, and stores no copy", async () => {
    const refused = async (file: string) => {
      const { outcome, asked } = await convert(file);
      expect(asked.slice(1)).to.deep.equal(["put processed converted-videos/c/r/conversion.json"]);
      expect(outcome?.outcome).to.equal("UNREADABLE");
      return (outcome as { reasons: string[] }).reasons;
    };
    const [text] = await refused(clips.write("text.avi", "patient notes\n".repeat(100)));
    expect(text)
      .to.match(/^The file can't be read as a video: .*\.$/)
      .and.not.to.contain(scratch);
    expect(await refused(clips.make("sound.avi", "-f", "lavfi", "-i", "sine=d=1"))).to.deep.equal(["The file holds no video stream."]);
    const whole = readFileSync(clips.path("a.avi"));
    const noise = Buffer.from(whole);
    for (let i = 8192; i < noise.length; i++) noise[i] = (i * 2_654_435_761) & 0xff;
    const [damaged] = await refused(clips.write("noise.avi", noise));
    expect(damaged)
      .to.match(/^The video \(avi, mpeg4\) /)
      .and.not.to.contain(scratch);
  });

  it("opens no other file that an upload names", async () => {
    const script = clips.write("script.avi", `ffconcat version 1.0\nfile '${clips.path("a.avi")}'\n`);
    const playlist = clips.write("list.avi", `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${clips.path("a.avi")}\n#EXT-X-ENDLIST\n`);
    for (const file of [script, playlist]) expect((await convert(file)).outcome?.outcome).to.equal("UNREADABLE");
  });

  it("fails where the platform does, and leaves nothing on its disk", async () => {
    const upload: Objects["upload"] = () => Promise.reject(new Error("S3 was unreachable."));
    expect((await failure(convert(clips.path("a.avi"), { upload }))).message).to.equal("S3 was unreachable.");
    expect(readdirSync(scratch)).to.deep.equal([]);
    const stop = new AbortController();
    const putJson: Objects["putJson"] = () => Promise.reject(new Error("Never asked."));
    const aborted = convert(clips.path("a.avi"), { putJson, upload: async () => {} }, stop.signal);
    stop.abort();
    expect((await failure(aborted)).name).to.equal("AbortError");
    expect(readdirSync(scratch)).to.deep.equal([]);
  });

  it("logs counts, and nothing about the video", async () => {
    const { printed } = await convert(clips.path("a.avi"));
    expect(printed).to.have.length(1);
    expect(Object.keys(JSON.parse(printed[0] as string))).to.deep.equal(["message", "frameCount", "sourceBytes", "copyBytes", "wallSeconds"]);
  });

  it("refuses an environment with every fault at once", async () => {
    const nothing = {} as Objects;
    const refused = (given: NodeJS.ProcessEnv) => failure(convertVideo(given, () => {}, new AbortController().signal, nothing));
    expect(((await refused({})) as unknown as { reasons: string[] }).reasons).to.deep.equal(
      Object.entries(conversionVariables).map(([name, meaning]) => `${name} is not set: ${meaning}.`),
    );
    expect((await refused({ ...environment, SCRATCH_DIR: "/nowhere" })).message).to.equal('SCRATCH_DIR is "/nowhere", which does not exist.');
  });
});
