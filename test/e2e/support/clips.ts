import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ffmpeg = (...args: string[]): void => {
  execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", ["-nostdin", "-v", "error", "-y", ...args]);
};

/** Frames that ffprobe decodes from a file: the count that `media.source.frameCount` must equal. */
export function decodedFrames(file: string): number {
  const args = ["-v", "error", "-select_streams", "v:0", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", file];
  return Number.parseInt(execFileSync(process.env["FFPROBE_PATH"] ?? "ffprobe", args, { encoding: "utf8" }), 10);
}

/** Bits of the numbers that pictures carry ({@link numbered}), and the side of the square that stands for each, in pixels. */
const [numberBits, numberCell] = [10, 8];
/** Where they stand: at the right, below what is written into films, and where an endoscope leaves the picture black. */
const numberPlace = { x: `iw-${(numberBits + 1) * numberCell}`, y: "20" };

/** A filter that writes each picture's number into it: squares for bits, least first, white for one. */
const numbered = [
  `drawbox=x=iw-${(numberBits + 2) * numberCell}:y=16:w=${(numberBits + 2) * numberCell}:h=16:color=black:t=fill`,
  ...Array.from(
    { length: numberBits },
    (_, bit) =>
      `drawbox=x=${numberPlace.x}+${bit * numberCell}:y=${numberPlace.y}:w=${numberCell}:h=${numberCell}:color=white:t=fill:enable='mod(floor(n/${2 ** bit}),2)'`,
  ),
].join(",");

/** The numbers that the pictures of a video carry. */
export function numbersIn(file: string): number[] {
  const [width, height] = [numberBits * numberCell, numberCell];
  const crop = `crop=${width}:${height}:${numberPlace.x}:${numberPlace.y}`;
  const args = ["-v", "error", "-i", file, "-vf", `${crop},format=gray`, "-fps_mode", "passthrough", "-f", "rawvideo", "-"];
  const pixels = execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", args, { maxBuffer: 2 ** 28 });
  const isOne = (frame: number, bit: number): boolean =>
    (pixels[frame * width * height + (height / 2) * width + bit * numberCell + numberCell / 2] as number) > 120;
  return Array.from({ length: pixels.length / (width * height) }, (_, frame) =>
    Array.from({ length: numberBits }, (_, bit) => (isOne(frame, bit) ? 2 ** bit : 0)).reduce((sum, one) => sum + one, 0),
  );
}

/** Kinds of a file's streams, sorted, and what it and they say of themselves. */
export function streamsAndTags(file: string): { kinds: string[]; tags: unknown[] } {
  const args = ["-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json", file];
  const told = JSON.parse(execFileSync(process.env["FFPROBE_PATH"] ?? "ffprobe", args, { encoding: "utf8" })) as {
    streams: { codec_type: string; tags?: object }[];
    format: { tags?: object };
    chapters: unknown[];
  };
  return { kinds: told.streams.map((stream) => stream.codec_type).sort(), tags: [told.format.tags, told.chapters, ...told.streams.map(({ tags }) => tags)] };
}

/** Makes videos of every kind that people upload, right and wrong, from a piece of the sample operation. */
export class Clips {
  readonly #folder: string;
  readonly #sample: string;

  constructor(folder: string, sample: string) {
    this.#folder = folder;
    this.#sample = sample;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  /** `seconds` of the sample's in-body beginning, scaled, with more ffmpeg arguments before the output. */
  #piece(name: string, seconds: number, filter: string, ...args: string[]): string {
    const path = this.#path(name);
    ffmpeg("-t", String(seconds), "-i", this.#sample, "-an", "-vf", filter, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", ...args, path);
    return path;
  }

  plain = (name = "plain.mp4", seconds = 2): string => this.#piece(name, seconds, "scale=320:180");
  /** Two seconds whose pictures carry their numbers ({@link numbersIn}). */
  #numbered = (name: string): string => this.#piece(name, 2, `scale=320:180,${numbered}`);
  /** A name and a number in the picture, as recorders burn them in; sound, subtitles, and tags that tell who, when and where. */
  burntInText(): string {
    const path = this.#path("burnt-in.mp4");
    const words = this.#path("words.srt");
    writeFileSync(words, "1\n00:00:00,000 --> 00:00:01,500\nSpeaker: Jane Doe\n");
    const text = "drawtext=text='DOE JANE 4711':x=24:y=20:fontsize=32:fontcolor=white";
    const sound = ["-f", "lavfi", "-i", "sine=duration=2"];
    const tags = ["title=Jane Doe", "location=+25.0330+121.5654/", "creation_time=2026-03-14T09:00:00Z"].flatMap((tag) => ["-metadata", tag]);
    ffmpeg(
      ...["-t", "2", "-i", this.#sample, ...sound, "-i", words, "-map", "0:v", "-map", "1:a", "-map", "2:s", "-vf", `scale=1280:720,${text}`],
      ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "mov_text", ...tags, path],
    );
    return path;
  }

  /** What older recorders write: MPEG-4 Part 2 with sound in AVI, MPEG-2 in a program stream. */
  avi = (name = "recorder.avi"): string => this.#recorded(name, "-c:v", "mpeg4", "-bf", "2", "-q:v", "1", "-c:a", "pcm_s16le");
  programStream = (): string => this.#recorded("recorder.mpg", "-c:v", "mpeg2video", "-bf", "2", "-q:v", "1", "-c:a", "mp2", "-f", "vob");
  /** A codec that nobody knows. */
  unknownCodec(): string {
    const path = this.#path("unknown.avi");
    writeFileSync(path, Buffer.from(readFileSync(this.avi("for-unknown.avi")).toString("latin1").replaceAll("FMP4", "QQQQ"), "latin1"));
    return path;
  }

  #recorded(name: string, ...args: string[]): string {
    const path = this.#path(name);
    ffmpeg("-t", "2", "-i", this.#sample, "-f", "lavfi", "-i", "sine=duration=2", "-map", "0:v", "-map", "1:a", "-vf", "scale=320:180", ...args, path);
    return path;
  }

  /** Ten seconds without another key frame than one in the middle, whose group is open: it can't be decoded alone. */
  openGroups = (): string => this.#piece("open-groups.mp4", 10, "scale=320:180", "-x264-params", "keyint=175:min-keyint=175:scenecut=0:bframes=2:open-gop=1");
  /** With a timecode track, as cameras that are cut together write one. */
  fiveSeconds = (): string => this.#piece("five-seconds.mp4", 5, "scale=320:180", "-timecode", "10:00:00:05");
  oneFrame = (): string => this.#piece("one-frame.mp4", 1, "scale=320:180", "-frames:v", "1");
  oddSize = (): string => this.#piece("odd-size.mp4", 2, "scale=641:359,setsar=1,format=yuv444p", "-pix_fmt", "yuv444p");
  interlaced = (): string => this.#piece("interlaced.mp4", 2, "scale=320:180,tinterlace=interleave_top,setfield=tff", "-flags", "+ildct+ilme");

  /** Its pictures carry their numbers ({@link numbersIn}). */
  variableFrameRate(): string {
    return this.#piece("variable.mp4", 3, `scale=320:180,select='not(eq(mod(n,7),3))*not(between(n,30,41))',${numbered}`, "-fps_mode", "vfr");
  }

  /** Its pictures carry their numbers ({@link numbersIn}). */
  startOffset(): string {
    const path = this.#path("offset.ts");
    ffmpeg("-i", this.#numbered("for-offset.mp4"), "-c", "copy", "-output_ts_offset", "37.5", path);
    return path;
  }

  portrait(): string {
    const path = this.#path("portrait.mp4");
    ffmpeg("-i", this.plain("for-portrait.mp4"), "-c", "copy", "-metadata:s:v:0", "rotate=270", path);
    return path;
  }

  tenBitHevc(): string {
    const path = this.#path("ten-bit.mp4");
    ffmpeg(
      "-t",
      "2",
      "-i",
      this.#sample,
      "-an",
      "-vf",
      "scale=320:180",
      "-c:v",
      "libx265",
      "-preset",
      "ultrafast",
      "-x265-params",
      "log-level=error",
      "-pix_fmt",
      "yuv420p10le",
      "-tag:v",
      "hvc1",
      path,
    );
    return path;
  }

  /** The sample's first excursion out of the body, with a little before and after it. */
  outOfBody(start = 9, seconds = 6): string {
    const path = this.#path("out-of-body.mp4");
    ffmpeg("-ss", String(start), "-t", String(seconds), "-i", this.#sample, "-an", "-vf", "scale=320:180", "-c:v", "libx264", "-preset", "ultrafast", path);
    return path;
  }

  /**
   * That excursion with somebody's face in the room: a disc of pure magenta, which no tissue has, with white eyes. Before and after
   * it there is none.
   */
  faceOutside(): string {
    const path = this.#path("face-outside.mp4");
    const eye = (x: number): string => `lt(hypot(X-${x},Y-30),8)`;
    const face = `format=rgba,geq=r=255:g='255*(${eye(26)}+${eye(54)})':b=255:a='255*lt(hypot(X-40,Y-40),39)'`;
    ffmpeg(
      ...["-ss", "9", "-t", "6", "-i", this.#sample, "-f", "lavfi", "-i", "color=black:size=80x80:rate=25"],
      ...["-filter_complex", `[1]${face}[face];[0]scale=320:180[room];[room][face]overlay=120:50:shortest=1:enable='between(t,1.4,4.2)'`],
      ...["-an", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path],
    );
    return path;
  }

  withAudio(): string {
    const path = this.#path("audio.mp4");
    ffmpeg("-i", this.plain("for-audio.mp4"), "-f", "lavfi", "-i", "sine=440:duration=2", "-c:v", "copy", "-c:a", "aac", "-shortest", path);
    return path;
  }

  empty(): string {
    const path = this.#path("empty.mp4");
    writeFileSync(path, "");
    return path;
  }

  text(): string {
    const path = this.#path("notes.mp4");
    writeFileSync(path, "This is a text file that somebody renamed.\n".repeat(200));
    return path;
  }

  /** An MP4 whose end, with the index of its frames, is missing. */
  truncated(): string {
    const path = this.#path("truncated.mp4");
    const whole = readFileSync(this.plain("for-truncated.mp4"));
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length * 0.6)));
    return path;
  }

  noVideo(): string {
    const path = this.#path("sound.mp4");
    ffmpeg("-f", "lavfi", "-i", "sine=440:duration=2", "-c:a", "aac", path);
    return path;
  }

  /** Seven hours long by its timestamps; eight frames in all. */
  sevenHours(): string {
    const path = this.#path("seven-hours.mp4");
    ffmpeg(
      "-f",
      "lavfi",
      "-i",
      "color=s=320x180:r=1:d=8",
      "-vf",
      "settb=1/1000,setpts=N*3600000",
      "-fps_mode",
      "passthrough",
      "-c:v",
      "libx264",
      "-pix_fmt",
      "yuv420p",
      "-video_track_timescale",
      "1000",
      path,
    );
    return path;
  }

  /** Spaces, quotes, CJK and dots in the name; on Linux all of it is a legal file name. */
  /** Its pictures carry their numbers ({@link numbersIn}). */
  awkwardName(): string {
    const path = this.#path(`膽囊 "切除" 'o..1' $(x) ..mp4`);
    copyFileSync(this.#numbered("for-name.mp4"), path);
    return path;
  }
}
