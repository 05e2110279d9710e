import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { model } from "../../../contracts/model.ts";
import { endpointClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { INFERENCE_ENDPOINT, INFERENCE_MODEL } = readEnvironment(["INFERENCE_ENDPOINT", "INFERENCE_MODEL"]);
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
