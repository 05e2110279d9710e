import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { documentClient, presigningClient, statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { describeNamed } from "../../runtime/executions.ts";
import { viewKeeper, viewLog } from "../views.ts";
import type { Deps } from "./handler.ts";

const linkSeconds = 15 * 60;

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET, STATE_MACHINE_ARN } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "STATE_MACHINE_ARN"]);
  const states = statesClient();
  const presigner = presigningClient();
  return {
    async execution(exportId) {
      const found = await describeNamed(states, STATE_MACHINE_ARN, exportId);
      return found && { status: found.status ?? "", input: found.input ?? "", output: found.output, cause: found.cause };
    },
    link: (key) => getSignedUrl(presigner, new GetObjectCommand({ Bucket: PROCESSED_BUCKET, Key: key }), { expiresIn: linkSeconds }),
    keepView: viewKeeper(viewLog(documentClient(), CASE_TABLE)),
  };
}
