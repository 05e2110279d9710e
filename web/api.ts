import { type DetectionChunk, detectionChunk } from "../contracts/analysis.ts";
import { apiError, type CaseDetail, type CaseList, type CaseReport, caseDetail, caseList, caseReport } from "../contracts/api.ts";
import { type FrameTable, frameTable } from "../contracts/frame-table.ts";

async function answer(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (response.ok) return body;
  const { reasons } = apiError.parse(body);
  throw new Error(reasons.join(" "));
}

export const fetchCases = async (): Promise<CaseList> => caseList.parse(await answer(await fetch("/api/cases")));

export const fetchCase = async (caseId: string): Promise<CaseDetail> => caseDetail.parse(await answer(await fetch(`/api/cases/${encodeURIComponent(caseId)}`)));

export const fetchReport = async (caseId: string, language: string): Promise<CaseReport> =>
  caseReport.parse(await answer(await fetch(`/api/cases/${encodeURIComponent(caseId)}/report?language=${language}`)));

export const fetchFrameTable = async (link: string): Promise<FrameTable> => frameTable.parse(await answer(await fetch(link)));

/** A detection chunk. Its object is gzipped, and says so; the browser unpacks it. */
export const fetchChunk = async (link: string): Promise<DetectionChunk> => detectionChunk.parse(await answer(await fetch(link)));
