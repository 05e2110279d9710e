import type { CaseItem, PlatformClient } from "./client.ts";
import { progress } from "./progress.ts";
import { unfinishedUpload } from "./unfinished-uploads.ts";
import type { UploadFacts } from "./upload.ts";

/** States that an analysis usually passes; what the bar counts against. */
const usualStates = [
  "Claim",
  "Probe",
  "IndexSource",
  "Admit",
  "Normalise",
  "IndexRendition",
  "ScreenFrames",
  "DecideGate",
  "PlanReview",
  "RenderReview",
  "IndexReview",
  "AnalyseFrames",
  "CollectShots",
  "MergeTimeline",
  "MeasureOperation",
  "AnnounceCaseAnalysed",
];

/** Uploads a video, or the rest of it if an earlier command was interrupted, and waits for its analysis, telling how both come on. */
export async function analyseCase(client: PlatformClient, video: string, dataDir: string, operation: Omit<UploadFacts, "token"> = {}): Promise<CaseItem> {
  const { token, isResumed, finish } = await unfinishedUpload(dataDir, video);
  const upload = progress("Upload");
  const caseId = await client.upload(video, (arrived, total) => upload.update(arrived / total, isResumed ? "goes on" : ""), { token, ...operation });
  finish();
  upload.end(`case ${caseId}`);
  return watchCase(client, caseId);
}

/** Waits for a case's analysis, telling which states it enters. */
export const watchCase = (client: PlatformClient, caseId: string): Promise<CaseItem> => watchStates("Analysis", (onStates) => client.settled(caseId, onStates));

/** Waits for the end of a run, telling which states it enters. */
export async function watchStates(title: string, wait: (onStates: (states: string[]) => void) => Promise<CaseItem>): Promise<CaseItem> {
  const analysis = progress(title);
  const started = Date.now();
  const settled = await wait((states) => {
    const passed = usualStates.filter((state) => states.includes(state)).length;
    analysis.update(passed / usualStates.length, states.at(-1) ?? "");
  });
  analysis.end(`${settled.status.toLowerCase()} after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return settled;
}
