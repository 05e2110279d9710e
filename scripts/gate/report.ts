import type { Model } from "../../contracts/model.ts";
import type { Interval } from "../../models/metrics/bootstrap.ts";
import { boundOfNone, type Outcome, perHour } from "./missed.ts";

/** Which operations were measured on. */
export interface Drawn {
  readonly firstSeed: number;
  readonly count: number;
  readonly seconds: number;
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  readonly generator: string;
  readonly sampleRate: number;
}

export interface Report {
  readonly operatingPoint: NonNullable<Model["operatingPoint"]>;
  /** The part of the network's card that tells it, from its heading on. */
  readonly card: string;
}

/** To a tenth of a second an hour: finer would pretend. */
const tenth = (value: number): string => value.toFixed(1);
/** Draws of nothing but zeros tell no interval. */
const range = ({ low, high }: Interval): string => (low === null || !high ? "none: there is nothing to resample" : `${tenth(low)} to ${tenth(high)}`);

export const cardHeading = "## What the gate misses";

/** What is said of the gate, for its network's description and card. */
export function reportOf(outcomes: readonly Outcome[], threshold: number, drawn: Drawn): Report {
  const [missed, needless] = [perHour(outcomes, "missed"), perHour(outcomes, "needless")];
  const sum = (of: keyof Outcome): number => outcomes.reduce((total, outcome) => total + outcome[of], 0);
  const [excursions, open] = [sum("excursions"), sum("openExcursions")];
  const { firstSeed, count, seconds, framesPerSecond, width, height, generator, sampleRate } = drawn;
  const operations = `${count} drawn operations of ${seconds} s (generator ${generator}, seeds ${firstSeed}-${firstSeed + count - 1}, ${framesPerSecond} fps, ${width}x${height})`;
  const stays =
    open === 0
      ? `None of ${excursions} stays outside was left uncovered, not even in part; 95 % confidence that fewer than ${tenth(100 * boundOfNone(excursions))} % are`
      : `${open} of ${excursions} stays outside were left uncovered in part`;
  const between = !missed.high ? "" : `; 95 % interval ${range(missed)} s (bootstrap over operations)`;
  const basis = `${operations}, none of them trained on${between}. ${stays}. Drawings, no real video.`;
  const card = `${cardHeading}

Measured by \`npm run gate:measure\` as the platform runs it: the video decoded by \`models/serving\` at ${sampleRate} frames a second, the threshold ${threshold}, and the gate's own
rule with its margins (\`functions/prepare/out-of-body.ts\`), on ${operations}, none of them trained on.

| measure | value | 95 % interval, bootstrap over operations |
| --- | --- | --- |
| time outside the patient | ${((100 * sum("outside")) / sum("total")).toFixed(1)} % of the video | |
| missed seconds outside, an hour of video | ${tenth(missed.mean)} | ${range(missed)} |
| seconds covered without need, an hour of video | ${tenth(needless.mean)} | ${range(needless)} |

${stays}.
The camera leaves far more often here than in an operation, which therefore has fewer such seconds an hour. The drawings say nothing about real video.
`;
  return { operatingPoint: { missedSecondsPerHour: Number(tenth(missed.mean)), basis }, card };
}

/** A card with this part in place of the one that it had, or before its limits. */
export function withReport(card: string, part: string): string {
  const start = card.indexOf(cardHeading);
  const limits = card.indexOf("## Limits");
  if (limits < 0) throw new Error('The card has no part "## Limits".');
  return `${card.slice(0, start < 0 ? limits : start)}${part}\n${card.slice(limits)}`;
}
