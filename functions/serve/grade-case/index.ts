import { awsDeps } from "./aws.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler(awsDeps());
