import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { Misconfigured } from "../../runtime/errors.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET, OPERATING_POINTS } = readEnvironment(["PROCESSED_BUCKET", "OPERATING_POINTS"]);
  return { lake: s3Lake(s3Client(), PROCESSED_BUCKET), operatingPoints: operatingPoints(OPERATING_POINTS) };
}

/** `{"out-of-body":{"missedSecondsPerHour":0.4,"basis":"..."}}`: what the catalogue's networks say of themselves, checked when it was read. */
function operatingPoints(text: string): Deps["operatingPoints"] {
  try {
    return JSON.parse(text) as Deps["operatingPoints"];
  } catch {
    throw new Misconfigured("OPERATING_POINTS is not JSON.");
  }
}
