/** What no resource says and an estimate must assume. Printed with every estimate. */

/** A month in an account where nothing happens but the platform's own upkeep. */
export const idleMonth = {
  /** Changes that AWS Config records in an account. */
  configurationItems: 500,
  /** How often a Config rule judges something. */
  evaluationsPerRule: 50,
  /** Checks of Security Hub in an account and Region: some 200 controls, most of them every 12 or 24 hours, over few resources. */
  securityChecks: 6000,
  /** Millions of management events that GuardDuty reads in a Region. */
  managementEvents: 0.2,
  /** Gigabytes of flow and DNS logs that GuardDuty reads in a Region. */
  flowLogGb: 1,
  /** Gigabytes of an image in a registry. */
  imageGb: 1,
} as const;

/** An hour of video: 1080p, 25 frames a second, 8 Mbit/s, nothing outside the patient. */
export const videoHour = {
  minutes: 60,
  frames: 25 * 3600,
  /** Gigabytes by what they are; renditions at the mean rates that their quality settings yield, 1.2 and 4 Mbit/s. */
  gb: { source: 3.6, analysisRendition: 0.54, reviewRendition: 1.8, results: 0.05 },
  /** Parts of 16 MiB, segments of 6 s, and what the analysers and the timeline write. */
  putRequests: 225 + 600 + 250,
  /** Each job reads every segment, people watch the review rendition in ranges. */
  getRequests: 5000,
  /** Seconds that one call of a function of the state machine takes. */
  functionSeconds: 20,
  /** Share of the video's duration that Rekognition takes for it. */
  rekognitionShare: 0.5,
} as const;

/**
 * Processor seconds of the analysis, from `docs/benchmarks.md` (60 s at 1080p: 9.49 to decode, 12.05 with everything at 1
 * frame a second, 14.42 at 5). Networks are counted on processors, whatever the instance has beside them.
 */
const measured = { clipSeconds: 60, decode: 9.49, atOne: 12.05, atFive: 14.42, wallAtFive: 8.4, processors: 2 } as const;
/** The analysis rendition has a quarter of the pixels of the measured clip. */
const pixelShare = (960 * 540) / (1920 * 1080);
const perFrame = (measured.atFive - measured.atOne) / (4 * measured.clipSeconds);
const perSecond = (measured.decode * pixelShare + (measured.atOne - measured.decode)) / measured.clipSeconds - perFrame;
/** How much of a processor a job keeps busy. */
const busy = measured.atFive / measured.wallAtFive / measured.processors;

/** Processors of the instance types that jobs run on. */
const processors: Readonly<Record<string, number>> = {
  "ml.m5.large": 2,
  "ml.m5.xlarge": 4,
  "ml.m5.2xlarge": 8,
  "ml.c5.xlarge": 4,
  "ml.c5.2xlarge": 8,
  "ml.g4dn.xlarge": 4,
  "ml.g5.xlarge": 4,
  "ml.g5.2xlarge": 8,
  "ml.g6.xlarge": 4,
};

/** Seconds that a processing job computes on an hour of video, start-up apart. Throws for an instance type whose speed nobody has stated. */
export function analysisSeconds(instanceType: string, sampleRate: number): number {
  const count = processors[instanceType];
  if (count === undefined) throw new Error(`No speed is known for instance type ${instanceType}; add it to local/cost/assumptions.ts.`);
  return (videoHour.minutes * 60 * (perSecond + perFrame * sampleRate)) / (count * busy);
}
