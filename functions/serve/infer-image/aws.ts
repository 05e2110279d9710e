import { readEnvironment } from "../../runtime/environment.ts";
import { endpointNetwork, imageNetworkVariables } from "../../runtime/image-inference/endpoint.ts";
import type { ImageNetwork } from "../../runtime/image-inference/predict.ts";

export const awsDeps = (): ImageNetwork => endpointNetwork(readEnvironment(imageNetworkVariables));
