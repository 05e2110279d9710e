import { type DetectionChunk, detectionChunk } from "../contracts/analysis.ts";
import { apiError, type CaseDetail, type CaseList, caseDetail, caseList } from "../contracts/api.ts";
import { type FrameTable, frameTable } from "../contracts/frame-table.ts";

async function answer(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (response.ok) return body;
  const { reasons } = apiError.parse(body);
  throw new Error(reasons.join(" "));
}

export const fetchCases = async (): Promise<CaseList> => caseList.parse(await answer(await fetch("/api/cases")));

export const fetchCase = async (caseId: string): Promise<CaseDetail> => caseDetail.parse(await answer(await fetch(`/api/cases/${encodeURIComponent(caseId)}`)));

export const fetchFrameTable = async (link: string): Promise<FrameTable> => frameTable.parse(await answer(await fetch(link)));

/** A detection chunk; its object is gzipped JSON. */
export async function fetchChunk(link: string): Promise<DetectionChunk> {
  const response = await fetch(link);
  if (!response.ok || !response.body) throw new Error(`A detection chunk came with status ${response.status}.`);
  const encoded = response.headers.get("content-encoding") === "gzip";
  const stream = encoded ? response.body : response.body.pipeThrough(new DecompressionStream("gzip"));
  return detectionChunk.parse(await new Response(stream).json());
}
