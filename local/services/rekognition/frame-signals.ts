import { fileArgument, inputGuard, runFfmpeg } from "../../media/ffmpeg.ts";
import type { MediaTools } from "../../media/tools.ts";

/** What was measured on every picture of a video, in presentation order. */
export interface FrameSignals {
  /** Seconds since the first picture. */
  readonly seconds: readonly number[];
  /** How much more the picture differs from its predecessor than that one did from its own: ffmpeg's scdet score, 0..100. */
  readonly cutScore: readonly number[];
  /** Pixels no brighter than the threshold, percent. */
  readonly blackPercent: readonly number[];
}

/** Collects `metadata=print` lines: `frame:12 pts:6144 pts_time:0.48`, then `key=value` lines of that frame. */
export function signalReader(): { take: (line: string) => void; signals: FrameSignals } {
  const seconds: number[] = [];
  const cutScore: number[] = [];
  const blackPercent: number[] = [];
  let start: number | undefined;
  const take = (line: string): void => {
    const frame = /^frame:\d+\s+pts:\S+\s+pts_time:(\S+)/.exec(line);
    if (frame) {
      start ??= Number(frame[1]);
      seconds.push(Number(frame[1]) - start);
      cutScore.push(0);
      blackPercent.push(0);
      return;
    }
    const [key, value] = line.split("=");
    if (key === "lavfi.scd.score") cutScore[cutScore.length - 1] = Number(value);
    if (key === "lavfi.blackframe.pblack") blackPercent[blackPercent.length - 1] = Number(value);
  };
  return { take, signals: { seconds, cutScore, blackPercent } };
}

/**
 * Decodes a video once and measures each picture at 320x180, where the signals cost a tenth of the decoding
 * and find the same. `blackLuma`: brightest value of a black pixel in limited range,
 * which full-range pictures are converted to.
 */
export async function measureFrames(
  tools: MediaTools,
  path: string,
  options: { blackLuma: number; signal: AbortSignal; onSeconds: (seconds: number) => void },
): Promise<FrameSignals> {
  const { take, signals } = signalReader();
  // blackframe counts pixels below its threshold, so the brightest black one is one less.
  const filters = `scale=320:180:flags=fast_bilinear:out_range=limited,format=yuv420p,blackframe=amount=0:threshold=${Math.floor(options.blackLuma) + 1},scdet=threshold=100,metadata=print:file=-`;
  const onLine = (line: string): void => {
    take(line);
    if (line.startsWith("frame:")) options.onSeconds(signals.seconds.at(-1) as number);
  };
  await runFfmpeg(tools, [...inputGuard, "-i", fileArgument(path), "-map", "0:V:0", "-fps_mode", "passthrough", "-vf", filters, "-f", "null", "-"], {
    signal: options.signal,
    onLine,
  });
  return signals;
}
