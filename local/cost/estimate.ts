import { CommandError } from "../cli/command.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { type IdleCost, idleCost } from "./idle.ts";
import { type VideoHourCost, type VideoHourOptions, videoHourCost } from "./video-hour.ts";

/** What a stack costs: while nothing happens, and for each hour of video. */
export interface Estimate {
  readonly stack: string;
  readonly idle: IdleCost;
  readonly videoHour: VideoHourCost | undefined;
}

/** Throws one CommandError with everything that has no price. */
export function estimate(deployment: Deployment, options: VideoHourOptions = {}): Estimate {
  const problems: string[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const idle = attempt(() => idleCost(deployment.resources));
  const videoHour = attempt(() => videoHourCost(deployment, options));
  if (idle === undefined || problems.length > 0) throw new CommandError(problems.join("\n"));
  return { stack: deployment.stack, idle, videoHour };
}
