import { z } from "zod";
import { type ExportStatus, exportJob, exportResult } from "../../../contracts/exports.ts";
import { exportPrefix } from "../../../contracts/keys.ts";
import { caseId as caseIdSchema } from "../../../contracts/primitives.ts";
import { InvalidInput, NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import type { KeepView } from "../views.ts";

/** An execution of `case-export`, as Step Functions describes it. */
export interface Execution {
  readonly status: string;
  readonly input: string;
  readonly output: string | undefined;
  readonly cause: string | undefined;
}

export interface Deps {
  /** The export's execution, if there is one. */
  execution(exportId: string): Promise<Execution | undefined>;
  /** A link that opens a key of the processed bucket for 15 minutes. */
  link(key: string): Promise<string>;
  keepView: KeepView;
}

/** `GET /cases/{caseId}/exports/{exportId}`: how an export comes on and, once it is done, links to its files. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<ExportStatus> => {
    const { pathParameters } = request;
    const caseId = caseIdSchema.safeParse(pathParameters["caseId"]);
    const exportId = z.uuid().safeParse(pathParameters["exportId"]);
    if (!caseId.success || !exportId.success)
      throw new InvalidInput(
        ...(caseId.success ? [] : ["The case's identifier isn't a UUID."]),
        ...(exportId.success ? [] : ["The export's identifier isn't a UUID."]),
      );
    const execution = await deps.execution(exportId.data);
    const job = execution && parseStoredJson(exportJob, execution.input, "The export's input");
    if (!job || job.caseId !== caseId.data) throw new NotFound("The case has no such export.");
    const { runId, ...told } = job;
    if (execution.status === "SUCCEEDED") await deps.keepView(request, job.caseId, "export");
    return { ...told, ...(await outcomeOf(deps, execution, exportPrefix(job.caseId, runId, job.exportId))) };
  });

async function outcomeOf(deps: Deps, { status, output, cause }: Execution, prefix: string): Promise<Pick<ExportStatus, "status" | "error" | "files">> {
  if (status === "RUNNING") return { status, error: null, files: [] };
  if (status !== "SUCCEEDED") return { status: "FAILED", error: cause || `The export ended as ${status}.`, files: [] };
  const { files } = parseStoredJson(exportResult, output ?? "", "The export's output");
  return { status, error: null, files: await Promise.all(files.map(async (file) => ({ ...file, link: await deps.link(prefix + file.name) }))) };
}
