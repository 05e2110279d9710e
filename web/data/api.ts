import type { sprites } from "../../contracts/analyser-result.ts";
import type { DetectionChunk, MaskChunk } from "../../contracts/analysis.ts";
import type { ApiError, CaseDetail, CaseList, CaseReport } from "../../contracts/api.ts";
import type { RedrivenCase } from "../../contracts/case-deletion.ts";
import type { CaseRun } from "../../contracts/case-run.ts";
import type { Cohort } from "../../contracts/cohort.ts";
import type { CorrectionList, CorrectionReceipt, CorrectionRequest } from "../../contracts/corrections.ts";
import type { DatasetList } from "../../contracts/dataset-list.ts";
import type { DatasetManifest } from "../../contracts/dataset-version.ts";
import type { ExportRequest, ExportStatus } from "../../contracts/exports.ts";
import type { FrameTable } from "../../contracts/frame-table.ts";
import type { CaseGrade, GradeRequest } from "../../contracts/grade.ts";
import type { CaseMeasures } from "../../contracts/measures.ts";
import type { ModelDecision, ModelList, RegisteredVersion } from "../../contracts/model-registry.ts";
import type { PlaybackGrant } from "../../contracts/playback.ts";
import type { CaseAnswer, QuestionRequest } from "../../contracts/question.ts";
import type { RequestedAnalysis } from "../../contracts/reanalysis.ts";
import type { ReportLanguage } from "../../contracts/report.ts";
import type { RetentionPage } from "../../contracts/retention.ts";
import type { ReviewQueue } from "../../contracts/review-queue.ts";
import type { SignOffRequest, ToldSignOff } from "../../contracts/sign-off.ts";
import type { ArrivedParts, EndedUpload, SignedParts, StartedUpload, UploadRequest } from "../../contracts/upload.ts";
import type { ViewPage } from "../../contracts/views.ts";
import { Failure, type Reason } from "./failure.ts";
import type { Session } from "./session.ts";

export type Sprites = ReturnType<(typeof sprites)["parse"]>;

/** The platform, or the storage, refused. */
export class Refusal extends Failure {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(status: number, reasons: readonly Reason[]) {
    super(...reasons);
    this.status = status;
  }
}

export interface CaseSearch {
  readonly procedure?: string;
  readonly status?: string;
  readonly event?: string;
  readonly instrument?: string;
  readonly phase?: string;
  readonly next?: string;
}

/** The platform's HTTP API. Every call rejects with a {@link Refusal}, or with the browser's own error where nothing answered. */
export class Api {
  readonly #base: string;
  readonly #session: Session;

  constructor(base: string, session: Session) {
    this.#base = base;
    this.#session = session;
  }

  cases(search: CaseSearch, signal?: AbortSignal): Promise<CaseList> {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== "") as [string, string][];
    const query = new URLSearchParams(given).toString();
    return this.#call("GET", `/cases${query && `?${query}`}`, undefined, signal);
  }
  case(caseId: string, signal?: AbortSignal): Promise<CaseDetail> {
    return this.#call("GET", this.#of(caseId), undefined, signal);
  }
  /** Brings cookies that let this browser have the case's review video for a while. */
  grantPlayback(caseId: string): Promise<PlaybackGrant> {
    return this.#call("POST", `${this.#of(caseId)}/playback`);
  }
  run(caseId: string, signal?: AbortSignal): Promise<CaseRun> {
    return this.#call("GET", `${this.#of(caseId)}/run`, undefined, signal);
  }
  /** Goes on with a failed analysis in the state that failed. */
  redrive(caseId: string): Promise<RedrivenCase> {
    return this.#call("POST", `${this.#of(caseId)}/redrive`);
  }
  /** Has the same video of a case analysed again, from the start. */
  analyseAgain(caseId: string): Promise<RequestedAnalysis> {
    return this.#call("POST", `${this.#of(caseId)}/analyses`);
  }
  measures(caseId: string, corrected: boolean, signal?: AbortSignal): Promise<CaseMeasures> {
    return this.#call("GET", `${this.#of(caseId)}/measures?corrected=${corrected}`, undefined, signal);
  }
  grade(caseId: string, severity: CaseGrade["severity"]): Promise<CaseGrade> {
    return this.#call("PUT", `${this.#of(caseId)}/severity`, { severity } satisfies GradeRequest);
  }
  /** How operations of a procedure and a grade of difficulty went, without one of them. */
  cohort({ procedure, severity }: Pick<Cohort, "procedure" | "severity">, except: string, signal?: AbortSignal): Promise<Cohort> {
    const query = new URLSearchParams({ except, ...(severity !== null && { severity: String(severity) }) });
    return this.#call("GET", `/cohorts/${procedure}?${query}`, undefined, signal);
  }
  report(caseId: string, language: ReportLanguage, signal?: AbortSignal): Promise<CaseReport> {
    return this.#call("GET", `${this.#of(caseId)}/report?language=${language}`, undefined, signal);
  }
  ask(caseId: string, request: QuestionRequest): Promise<CaseAnswer> {
    return this.#call("POST", `${this.#of(caseId)}/questions`, request);
  }
  corrections(caseId: string, after: number): Promise<CorrectionList> {
    return this.#call("GET", `${this.#of(caseId)}/corrections?after=${after}`);
  }
  /** Rejects with a {@link Refusal} of status 412 if the corrections have another version by now. */
  saveCorrections(caseId: string, version: number, request: CorrectionRequest): Promise<CorrectionReceipt> {
    return this.#call("POST", `${this.#of(caseId)}/corrections`, request, undefined, { "if-match": `"${version}"` });
  }
  reviewQueue(next: string | null): Promise<ReviewQueue> {
    return this.#call("GET", `/review-queue${next === null ? "" : `?next=${encodeURIComponent(next)}`}`);
  }
  /** Who saw what, of one case or of all, newest first. */
  views(caseId: string | null, next: string | null, signal?: AbortSignal): Promise<ViewPage> {
    const query = new URLSearchParams({ ...(caseId !== null && { case: caseId }), ...(next !== null && { next }) }).toString();
    return this.#call("GET", `/views${query && `?${query}`}`, undefined, signal);
  }
  /** Until when cases are kept, oldest first. */
  retention(next: string | null, signal?: AbortSignal): Promise<RetentionPage> {
    return this.#call("GET", `/retention${next === null ? "" : `?next=${encodeURIComponent(next)}`}`, undefined, signal);
  }
  datasets(signal?: AbortSignal): Promise<DatasetList> {
    return this.#call("GET", "/datasets", undefined, signal);
  }
  dataset(name: string, version: string, signal?: AbortSignal): Promise<DatasetManifest> {
    return this.#call("GET", `/datasets/${name}/versions/${version}`, undefined, signal);
  }
  models(signal?: AbortSignal): Promise<ModelList> {
    return this.#call("GET", "/models", undefined, signal);
  }
  /** Rejects with a {@link Refusal} of status 412 if the version is otherwise by now than the decision says (`from`). */
  decideModel(model: string, version: number, decision: ModelDecision): Promise<RegisteredVersion> {
    return this.#call("POST", `/models/${model}/versions/${version}/decision`, decision);
  }
  signOff(caseId: string, request: SignOffRequest): Promise<ToldSignOff> {
    return this.#call("POST", `${this.#of(caseId)}/report/sign-off`, request);
  }
  requestExport(caseId: string, request: ExportRequest): Promise<ExportStatus> {
    return this.#call("POST", `${this.#of(caseId)}/exports`, request);
  }
  export(caseId: string, exportId: string): Promise<ExportStatus> {
    return this.#call("GET", `${this.#of(caseId)}/exports/${encodeURIComponent(exportId)}`);
  }

  startUpload(request: UploadRequest): Promise<StartedUpload> {
    return this.#call("POST", "/uploads", request);
  }
  arrivedParts(uploadId: string): Promise<ArrivedParts> {
    return this.#call("GET", `/uploads/${encodeURIComponent(uploadId)}/parts`);
  }
  signParts(uploadId: string, parts: readonly { number: number; sha256: string }[]): Promise<SignedParts> {
    return this.#call("POST", `/uploads/${encodeURIComponent(uploadId)}/parts`, { parts });
  }
  completeUpload(uploadId: string): Promise<EndedUpload> {
    return this.#call("POST", `/uploads/${encodeURIComponent(uploadId)}/completion`);
  }
  abortUpload(uploadId: string): Promise<EndedUpload> {
    return this.#call("DELETE", `/uploads/${encodeURIComponent(uploadId)}`);
  }

  #of(caseId: string): string {
    return `/cases/${encodeURIComponent(caseId)}`;
  }

  async #call<T>(method: string, path: string, body?: object, signal?: AbortSignal, more: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: { ...(await this.#session.headers()), ...(body && { "content-type": "application/json" }), ...more },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
      cache: "no-store",
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok && answer !== undefined) return answer as T;
    throw new Refusal(response.status, reasonsOf(answer) ?? [({ failures }) => failures.unexplained(response.status, `${method} ${path.replace(/\?.*/, "")}`)]);
  }
}

const reasonsOf = (answer: unknown): readonly string[] | undefined => {
  const { reasons, message } = (answer ?? {}) as Partial<ApiError> & { message?: unknown };
  if (Array.isArray(reasons) && reasons.length > 0) return reasons;
  // API Gateway's own refusals, such as of a token that ran out.
  return typeof message === "string" ? [message] : undefined;
};

/** Reads a file of an analysis behind a signed link. Throws if it isn't of the schema that this page reads: a newer one may mean something else. */
async function file<T extends { schema: string }>(link: string, schema: T["schema"], signal?: AbortSignal): Promise<T> {
  const response = await fetch(link, { ...(signal && { signal }) });
  if (!response.ok) throw new Refusal(response.status, [({ failures }) => failures.unreadFile(response.status)]);
  const document = (await response.json()) as T;
  if (document.schema !== schema) throw new Failure(({ failures }) => failures.otherSchema(schema, document.schema));
  return document;
}
export const readFrameTable = (link: string, signal?: AbortSignal) => file<FrameTable>(link, "frame-table/1.0", signal);
export const readSprites = (link: string, signal?: AbortSignal) => file<Sprites>(link, "sprites/1.0", signal);
export const readDetections = (link: string) => file<DetectionChunk>(link, "detection-chunk/1.0");
export const readMasks = (link: string) => file<MaskChunk>(link, "mask-chunk/1.0");
