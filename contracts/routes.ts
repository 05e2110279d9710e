import { z } from "zod";
import type { Scope } from "./access.ts";
import { caseDetail, caseList, caseQuery, caseReport, imagePrediction, type ProblemStatus, reportQuery } from "./api.ts";
import { procedure } from "./case.ts";
import { caseDeletion, deletionQuery, redrivenCase } from "./case-deletion.ts";
import { caseRun } from "./case-run.ts";
import { cohort, cohortQuery } from "./cohort.ts";
import { correctionList, correctionQuery, correctionReceipt, correctionRequest } from "./corrections.ts";
import { datasetList } from "./dataset-list.ts";
import { datasetManifest, datasetName, datasetVersionNumber } from "./dataset-version.ts";
import { annotationReceipt, annotationUpload, exportRequest, exportStatus } from "./exports.ts";
import { caseGrade, gradeRequest } from "./grade.ts";
import { caseMeasures, measuresQuery } from "./measures.ts";
import { modelDecision, modelId, modelList, modelVersion, registeredVersion } from "./model-registry.ts";
import { playbackGrant } from "./playback.ts";
import { caseId, uploadId } from "./primitives.ts";
import { caseAnswer, questionRequest } from "./question.ts";
import { requestedAnalysis } from "./reanalysis.ts";
import { retentionPage, retentionQuery } from "./retention.ts";
import { queueQuery, reviewQueue } from "./review-queue.ts";
import { signOffRequest, toldSignOff } from "./sign-off.ts";
import { arrivedParts, endedUpload, partsToSign, signedParts, startedUpload, uploadRequest } from "./upload.ts";
import { viewPage, viewQuery } from "./views.ts";

/** What one route of the HTTP API takes and gives. */
export interface RouteContract {
  /** What it asks a token for. */
  readonly scope: Scope;
  readonly summary: string;
  readonly query?: z.ZodObject;
  /** What its body must be; `image` is the bytes of one, or JSON with them. */
  readonly body?: z.ZodType | "image";
  /** Whether the header `If-Match` must name the version that is changed. */
  readonly changesVersion?: true;
  /** Whether the answer's `ETag` names the version of what it is about. */
  readonly tellsVersion?: true;
  /** Status of an answer that is no refusal; 200 unless it says so. */
  readonly status?: 201 | 202;
  readonly answer: z.ZodType;
  /** What it refuses with beside 400, 500 and 503, and 404 where its path names something. */
  readonly refuses?: readonly ProblemStatus[];
}

/** Parts of paths that stand for something. */
export const pathParameters = {
  caseId,
  uploadId,
  exportId: z.uuid(),
  procedure,
  name: datasetName,
  version: datasetVersionNumber,
  model: modelId,
  modelVersion,
} as const satisfies Record<string, z.ZodType>;

/** All routes: {@link file://../components/experience/case-api.ts} makes one of each, and the OpenAPI document tells them. */
export const routes = {
  "GET /cases": {
    scope: "cases.read",
    summary: "Lists cases for which all that is given holds, newest first, page by page",
    query: caseQuery,
    answer: caseList,
  },
  "GET /cases/{caseId}": { scope: "cases.read", summary: "One case with its analysis, and links to its files", answer: caseDetail },
  "POST /cases/{caseId}/playback": {
    scope: "cases.read",
    summary: "Lets a browser have the review video of a case for a quarter of an hour, by signed cookies",
    status: 201,
    answer: playbackGrant,
  },
  "GET /cases/{caseId}/run": { scope: "cases.read", summary: "How the newest analysis of a case comes on", answer: caseRun },
  "GET /cases/{caseId}/measures": {
    scope: "cases.read",
    summary: "The clinical measures of a case, as it was analysed or as people corrected it",
    query: measuresQuery,
    answer: caseMeasures,
  },
  "GET /cases/{caseId}/report": {
    scope: "cases.read",
    summary: "The report of a case, a link to its page, and who signed it",
    query: reportQuery,
    answer: caseReport,
  },
  "GET /cohorts/{procedure}": {
    scope: "cases.read",
    summary: "How the operations of one procedure and one grade of difficulty went, where there are at least ten",
    query: cohortQuery,
    answer: cohort,
  },
  "POST /uploads": { scope: "cases.write", summary: "Starts the upload of a case's video", body: uploadRequest, answer: startedUpload },
  "POST /uploads/{uploadId}/parts": { scope: "cases.write", summary: "Signs links that take parts of a video", body: partsToSign, answer: signedParts },
  "GET /uploads/{uploadId}/parts": { scope: "cases.write", summary: "Which parts of a video have arrived", answer: arrivedParts },
  "POST /uploads/{uploadId}/completion": { scope: "cases.write", summary: "Joins the parts of a video", answer: endedUpload },
  "DELETE /uploads/{uploadId}": { scope: "cases.write", summary: "Drops the parts of a video", answer: endedUpload },
  "POST /cases/{caseId}/exports": { scope: "cases.export", summary: "Starts an export of a case", body: exportRequest, status: 202, answer: exportStatus },
  "GET /cases/{caseId}/exports/{exportId}": { scope: "cases.export", summary: "How an export comes on, and links to its files", answer: exportStatus },
  "POST /cases/{caseId}/annotations": {
    scope: "cases.write",
    summary: "Takes in what people annotated with other tools",
    body: annotationUpload,
    status: 201,
    answer: annotationReceipt,
  },
  "GET /cases/{caseId}/corrections": {
    scope: "cases.read",
    summary: "What people corrected of a case, in the order in which they saved it",
    query: correctionQuery,
    tellsVersion: true,
    answer: correctionList,
  },
  "POST /cases/{caseId}/corrections": {
    scope: "corrections.write",
    summary: "Keeps what people correct of a case",
    body: correctionRequest,
    changesVersion: true,
    tellsVersion: true,
    status: 201,
    answer: correctionReceipt,
    refuses: [412],
  },
  "GET /review-queue": {
    scope: "corrections.write",
    summary: "What analysers were least sure of in all cases, and nobody judged yet",
    query: queueQuery,
    answer: reviewQueue,
  },
  "PUT /cases/{caseId}/severity": {
    scope: "corrections.write",
    summary: "Grades how difficult an operation was, so that it is compared with others of that grade",
    body: gradeRequest,
    answer: caseGrade,
  },
  "POST /cases/{caseId}/report/sign-off": {
    scope: "reports.sign",
    summary: "Keeps a surgeon's signature under a report",
    body: signOffRequest,
    status: 201,
    answer: toldSignOff,
    refuses: [412],
  },
  "DELETE /cases/{caseId}": {
    scope: "cases.admin",
    summary: "Starts the deletion of a case, or tells why it must be kept",
    query: deletionQuery,
    status: 202,
    answer: caseDeletion,
  },
  "GET /cases/{caseId}/deletion": { scope: "cases.admin", summary: "How a deletion comes on, and its record", answer: caseDeletion },
  "POST /cases/{caseId}/redrive": { scope: "cases.admin", summary: "Goes on with an analysis or a deletion that failed", status: 202, answer: redrivenCase },
  "POST /cases/{caseId}/analyses": {
    scope: "cases.admin",
    summary: "Has the same video of a quarantined, partial or failed case analysed again",
    status: 202,
    answer: requestedAnalysis,
  },
  "GET /retention": {
    scope: "cases.admin",
    summary: "Until when cases are kept at least, oldest first, and what holds those that are due",
    query: retentionQuery,
    answer: retentionPage,
  },
  "GET /datasets": { scope: "datasets.read", summary: "Every dataset, and its whole versions, newest first", answer: datasetList },
  "GET /datasets/{name}/versions/{version}": {
    scope: "datasets.read",
    summary: "What a version of a dataset holds, how it is split and who says so",
    answer: datasetManifest,
  },
  "GET /models": { scope: "models.read", summary: "Every network with its newest versions, and whether each is approved", answer: modelList },
  "POST /models/{model}/versions/{modelVersion}/decision": {
    scope: "models.approve",
    summary: "Approves or rejects a version of a network",
    body: modelDecision,
    answer: registeredVersion,
    refuses: [412],
  },
  "GET /views": { scope: "audit.read", summary: "Who saw what of which case, newest first", query: viewQuery, answer: viewPage },
  "POST /cases/{caseId}/questions": {
    scope: "cases.read",
    summary: "Answers a question about a case from its timeline; only where the platform has a language model",
    body: questionRequest,
    answer: caseAnswer,
  },
  "POST /infer": { scope: "images.infer", summary: "What one network sees in one image", body: "image", answer: imagePrediction },
} as const satisfies Record<string, RouteContract>;
export type RouteKey = keyof typeof routes;
