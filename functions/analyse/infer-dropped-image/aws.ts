import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { endpointNetwork, imageNetworkVariables } from "../../runtime/image-inference/endpoint.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const environment = readEnvironment(["PROCESSED_BUCKET", ...imageNetworkVariables]);
  return { lake: s3Lake(s3Client(), environment.PROCESSED_BUCKET), network: endpointNetwork(environment) };
}
