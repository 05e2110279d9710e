import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { model } from "../../../contracts/model.ts";
import { endpointClient } from "../clients.ts";
import { parseStoredJson } from "../parse.ts";
import type { ImageNetwork } from "./predict.ts";

/** Environment variables that name the endpoint and describe its network. */
export const imageNetworkVariables = ["INFERENCE_ENDPOINT", "INFERENCE_MODEL"] as const;

/** A network that a real-time endpoint runs. */
export function endpointNetwork({ INFERENCE_ENDPOINT, INFERENCE_MODEL }: Record<(typeof imageNetworkVariables)[number], string>): ImageNetwork {
  const network = parseStoredJson(model, INFERENCE_MODEL, "The environment variable INFERENCE_MODEL");
  const runtime = endpointClient();
  return {
    model: network,
    async invoke(pixels) {
      const { Body } = await runtime.send(
        new InvokeEndpointCommand({
          EndpointName: INFERENCE_ENDPOINT,
          ContentType: "application/x-image-tensor",
          Accept: "application/json",
          CustomAttributes: `model=${network.id}`,
          Body: pixels,
        }),
      );
      return new TextDecoder().decode(Body);
    },
  };
}
