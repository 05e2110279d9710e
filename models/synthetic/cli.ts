import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import type { Rational } from "../../contracts/primitives.ts";
import { drawOperation } from "./draw.ts";
import { rawSink, videoSink } from "./encode.ts";
import { procedures } from "./procedures/index.ts";
import type { Procedure } from "./procedures/procedure.ts";

const HELP = `Draws a synthetic operation with its ground truth.

  npm run sample -- [options]

  --out FILE          the video, .mp4                              [operation.mp4]
                      the ground truth lies beside it: FILE without .mp4, then .truth.json
  --procedure NAME    ${procedures.map(({ id }) => id).join(" or ")}
                                                                   [${procedures[0]!.id}]
  --seconds N         length                                       [24]
  --size WxH          picture size, even numbers                   [1280x720]
  --fps N             frames per second: 25, 29.97 or 30000/1001   [25]
  --seed N            another seed, another operation              [1]
  --quality N         x264 constant rate factor, 0 to 51           [26]
  --frames-only DIR   no video: DIR/frames.rgb (raw rgb24 frames, one behind the other) and DIR/truth.json
  --masks             with --frames-only: also DIR/masks.gray, what each pixel shows, a byte a pixel;
                      truth.json's maskLabels says what the bytes 1, 2, ... stand for
  --help

The same options draw the same frames, bit by bit. FFMPEG_PATH names another ffmpeg.
Exit code: 0 done, 1 failed, 2 wrong usage.`;

interface Arguments {
  readonly out: string;
  readonly framesOnly: string | undefined;
  readonly masks: boolean;
  readonly procedure: Procedure;
  readonly seconds: number;
  readonly width: number;
  readonly height: number;
  readonly frameRate: Rational;
  readonly seed: number;
  readonly quality: number;
}

class UsageError extends Error {}

/** Reads the command line. Throws a UsageError that holds every mistake, one a line. */
function readArguments(argv: string[]): Arguments | "help" {
  const { values } = parse(argv);
  if (values.help) return "help";
  const mistakes: string[] = [];
  const number = (name: "seconds" | "seed" | "quality", fallback: number, low: number, high: number, whole: boolean): number => {
    const value = Number(values[name] ?? fallback);
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value)) || values[name]?.trim() === "")
      mistakes.push(`--${name} must be ${whole ? "a whole number" : "a number"} from ${low} to ${high}, not "${values[name]}".`);
    return value;
  };
  const size = /^(\d{2,4})x(\d{2,4})$/.exec(values.size ?? "1280x720");
  const [width, height] = [Number(size?.[1]), Number(size?.[2])];
  if (!size || width % 2 || height % 2 || width < 64 || height < 64 || width > 4096 || height > 4096)
    mistakes.push(`--size must be WIDTHxHEIGHT, even numbers from 64 to 4096, not "${values.size}".`);
  const frameRate = readFrameRate(values.fps ?? "25");
  if (!frameRate) mistakes.push(`--fps must be frames per second from 1 to 120, as 25, 29.97 or 30000/1001, not "${values.fps}".`);
  const out = values.out ?? "operation.mp4";
  if (extname(out).toLowerCase() !== ".mp4") mistakes.push(`--out must end in .mp4, but "${out}" does not.`);
  if (values.out !== undefined && values["frames-only"] !== undefined) mistakes.push("--out and --frames-only exclude each other.");
  const procedure = procedures.find(({ id }) => id === (values.procedure ?? procedures[0]!.id));
  if (!procedure) mistakes.push(`--procedure must be ${procedures.map(({ id }) => id).join(" or ")}, not "${values.procedure}".`);
  const masks = values.masks === true;
  if (masks && values["frames-only"] === undefined) mistakes.push("--masks goes with --frames-only: a video has no place for them.");
  const result = {
    out,
    masks,
    framesOnly: values["frames-only"],
    procedure: procedure!,
    seconds: number("seconds", 24, 0.1, 36_000, false),
    width,
    height,
    frameRate: frameRate!,
    seed: number("seed", 1, 0, 2 ** 31 - 1, true),
    quality: number("quality", 26, 0, 51, false),
  };
  if (mistakes.length > 0) throw new UsageError(mistakes.join("\n"));
  return result;
}

function parse(argv: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: argv,
      options: {
        out: text,
        "frames-only": text,
        procedure: text,
        seconds: text,
        size: text,
        fps: text,
        seed: text,
        quality: text,
        masks: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** "25", "30000/1001", or a decimal; decimals near an NTSC rate mean that rate, as ffmpeg reads them. */
function readFrameRate(text: string): Rational | undefined {
  const [, num, den] = /^(\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  let rate: Rational | undefined;
  if (num !== undefined) rate = { num: Number(num), den: Number(den ?? 1) };
  else if (/^\d+\.\d+$/.test(text)) {
    const whole = Math.ceil(Number(text));
    const ntsc = Math.abs((whole * 1000) / 1001 - Number(text)) < 0.005;
    rate = ntsc ? { num: whole * 1000, den: 1001 } : { num: Math.round(Number(text) * 1000), den: 1000 };
  }
  const fps = rate ? rate.num / rate.den : 0;
  return fps >= 1 && fps <= 120 ? rate : undefined;
}

/** A bar on a terminal, a line for every quarter elsewhere. */
function progress(): (done: number, total: number) => void {
  if (!process.stderr.isTTY) {
    return (done, total) => {
      if (Math.floor((4 * done) / total) > Math.floor((4 * (done - 1)) / total)) console.error(`drawn ${done} of ${total} frames`);
    };
  }
  const bar = new SingleBar({ format: "drawing {bar} {percentage}% | {value}/{total} frames | {eta_formatted} left", stream: process.stderr });
  return (done, total) => {
    if (done === 1) bar.start(total, 0);
    bar.update(done);
    if (done === total) bar.stop();
  };
}

async function main(): Promise<number> {
  let options: Arguments;
  try {
    const read = readArguments(process.argv.slice(2));
    if (read === "help") {
      console.log(HELP);
      return 0;
    }
    options = read;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nSee --help.`);
    return 2;
  }
  try {
    const { framesOnly, out } = options;
    const folder = framesOnly ?? dirname(out);
    await mkdir(folder, { recursive: true });
    const media = framesOnly === undefined ? out : join(framesOnly, "frames.rgb");
    const truthFile = framesOnly === undefined ? join(folder, `${basename(out, extname(out))}.truth.json`) : join(framesOnly, "truth.json");
    const sink = framesOnly === undefined ? videoSink({ ...options, file: out }) : rawSink(media);
    const masks = options.masks && framesOnly !== undefined ? rawSink(join(framesOnly, "masks.gray")) : undefined;
    const truth = await drawOperation(options, sink, progress(), masks);
    await writeFile(truthFile, `${JSON.stringify(truth)}\n`);
    console.log(`${media}: ${truth.media.frameCount} frames, ${options.width}x${options.height}\n${truthFile}: its ground truth`);
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

process.exitCode = await main();
