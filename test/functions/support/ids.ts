import type { AnalysisRequest } from "../../../contracts/case.ts";
import { sourceKey } from "../../../contracts/keys.ts";

export const caseId = "0b0c5ad6-55a5-4b5e-9c1c-5b9f6f0d1a11";
export const uploadId = "7e1c4b60-6a0e-4c5f-8f5e-2f0a3c9d2b22";
export const runId = "0123456789abcdef0123456789abcdef01234567";
export const digest = "a".repeat(64);

export const request: AnalysisRequest = {
  caseId,
  uploadId,
  runId,
  source: { bucket: "raw", key: sourceKey(caseId, uploadId), versionId: "v1", bytes: 1000 },
};
