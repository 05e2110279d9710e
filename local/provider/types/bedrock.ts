import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, type ResourceType } from "../resource-type.ts";

/** Guardrails and the log of calls. The log is recorded for the program and the policies; nothing is written to it here. */
export const bedrockTypes: Record<string, ResourceType<Cloud>> = {
  "aws:bedrock/guardrail:Guardrail": {
    computed: (_inputs, place) => {
      const guardrailId = hexOf(place.urn, 12);
      return { id: guardrailId, guardrailId, guardrailArn: arn("bedrock", place, `guardrail/${guardrailId}`), status: "READY", version: "DRAFT" };
    },
    live: (cloud, state) => cloud.bedrock.putGuardrail({ id: state["guardrailId"], arn: state["guardrailArn"], kmsKeyArn: state["kmsKeyArn"] }),
  },
  "aws:bedrock/guardrailVersion:GuardrailVersion": {
    computed: (inputs) => ({ id: `${inputs["guardrailArn"]},1`, version: "1" }),
    live: (cloud, state) => cloud.bedrock.putGuardrailVersion(state["guardrailArn"], state["version"]),
  },
  "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration": { computed: (_inputs, place) => ({ id: place.region }) },
};
