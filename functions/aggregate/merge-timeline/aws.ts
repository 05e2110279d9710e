import { z } from "zod";
import { instanceHour } from "../../../contracts/prices.ts";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { Misconfigured } from "../../runtime/errors.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { caseProcedure } from "./case-procedure.ts";
import { caseRecord } from "./case-record.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const names = ["PROCESSED_BUCKET", "CASE_TABLE", "PIPELINE_VERSION", "ANALYSER_INSTANCE_TYPES", "OPTIONAL_ANALYSERS"] as const;
  const { PROCESSED_BUCKET, CASE_TABLE, PIPELINE_VERSION, ANALYSER_INSTANCE_TYPES, OPTIONAL_ANALYSERS } = readEnvironment(names);
  const table = documentClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    pipelineVersion: PIPELINE_VERSION,
    instanceTypes: parseInstanceTypes(ANALYSER_INSTANCE_TYPES),
    optionalAnalysers: z.array(z.string()).parse(JSON.parse(OPTIONAL_ANALYSERS)),
    procedureOf: caseProcedure(table, CASE_TABLE),
    record: caseRecord(table, CASE_TABLE),
  };
}

/** `{"gate":"ml.m5.xlarge"}`. Throws Misconfigured for an instance type whose price isn't known. */
function parseInstanceTypes(json: string): Record<string, string> {
  const types = z.record(z.string(), z.string()).parse(JSON.parse(json));
  const unpriced = Object.values(types).filter((type) => !(type in instanceHour));
  if (unpriced.length > 0) throw new Misconfigured(`contracts/prices.ts has no price of ${unpriced.join(", ")}.`);
  return types;
}
