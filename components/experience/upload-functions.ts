import type * as pulumi from "@pulumi/pulumi";
import { rawVideosPrefix } from "../../contracts/keys.ts";
import type { RouteKey } from "../../contracts/routes.ts";
import type { FunctionName } from "../compute/function-bundles.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import type { Statement } from "../security/policy.ts";

export interface UploadFunctionsArgs {
  settings: FunctionSettings;
  table: CaseTable;
  /** Where videos arrive. */
  raw: EncryptedBucket;
  uploads: UploadLimits;
}

/** How videos arrive. */
export interface UploadLimits {
  /** Largest video that is taken, in bytes. */
  mostBytes: number;
  /** Whether parts enter AWS's network close to where they come from. */
  accelerated: boolean;
}

/** The functions behind the routes under `/uploads`: each may do its own step of an upload, on uploaded videos only. */
export function uploadFunctions({ settings, table, raw, uploads }: UploadFunctionsArgs, opts: pulumi.ComponentResourceOptions) {
  const make = (handler: FunctionName, description: string, statements: readonly Statement[], environment = {}) =>
    new PlatformFunction(
      {
        settings,
        handler,
        description,
        // The most parts that an upload has are listed in nine pages.
        timeoutSeconds: 29,
        memoryMb: 256,
        environment: { CASE_TABLE: table.tableName, RAW_BUCKET: raw.bucket, ...environment },
        statements,
      },
      opts,
    );
  const find = table.allow("FindUpload", ["dynamodb:GetItem"]);
  const list = raw.allow("ListParts", ["s3:ListMultipartUploadParts"], rawVideosPrefix);
  const seeVideo = raw.allowList("SeeWhetherVideoIsThere", rawVideosPrefix);
  // Whoever writes an encrypted object in parts must be able to read what came before (S3 User Guide, "Multipart upload API and permissions").
  const joinParts = raw.key.allowVia("JoinParts", "s3", ["kms:Decrypt"]);
  return {
    "POST /uploads": make(
      "ingest/start-upload",
      "Starts the upload of a case's video",
      [
        ...table.allow("KeepUpload", ["dynamodb:GetItem", "dynamodb:PutItem"]),
        ...raw.allow("StartUpload", ["s3:PutObject", "s3:AbortMultipartUpload"], rawVideosPrefix),
      ],
      { MOST_BYTES: String(uploads.mostBytes) },
    ),
    "POST /uploads/{uploadId}/parts": make(
      "ingest/sign-parts",
      "Signs links that take parts of a video",
      // Signed links carry the function's own rights.
      [...find, ...raw.allow("TakeParts", ["s3:PutObject"], rawVideosPrefix), joinParts],
      { ACCELERATED_UPLOADS: String(uploads.accelerated) },
    ),
    "GET /uploads/{uploadId}/parts": make("ingest/list-parts", "Tells which parts of a video have arrived", [...find, ...list, seeVideo]),
    "POST /uploads/{uploadId}/completion": make("ingest/complete-upload", "Joins the parts of a video", [
      ...find,
      ...list,
      ...raw.allow("CompleteUpload", ["s3:PutObject"], rawVideosPrefix),
      joinParts,
      seeVideo,
    ]),
    "DELETE /uploads/{uploadId}": make("ingest/abort-upload", "Drops the parts of a video", [
      ...table.allow("ForgetUpload", ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:UpdateItem"]),
      ...raw.allow("AbortUpload", ["s3:AbortMultipartUpload"], rawVideosPrefix),
      seeVideo,
    ]),
  } satisfies Partial<Record<RouteKey, PlatformFunction>>;
}
