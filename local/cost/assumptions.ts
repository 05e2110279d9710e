import { jobSeconds } from "../../contracts/cost.ts";

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
  /** Seconds that a conversion takes where one is needed: 1.2 processor seconds for a second of full HD (veryfast), the video copied in and out. */
  conversionSeconds: 900,
  /** Share of the video's duration that Rekognition takes for it. */
  rekognitionShare: 0.5,
} as const;

/** Seconds that a processing job computes on an hour of video, start-up apart. Throws for an instance type whose speed nobody has stated. */
export const analysisSeconds = (instanceType: string, sampleRate: number): number => jobSeconds(instanceType, sampleRate, videoHour.minutes * 60);
