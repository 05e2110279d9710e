import { createHash } from "node:crypto";
import { countsOf } from "../../../contracts/dataset-statistics.ts";
import { type DatasetFrame, extractedFrame, type LabelledCase } from "../../../contracts/dataset-version.ts";
import { datasetAnnotationsFile, datasetCaseKey, datasetExtractedKey, datasetFrameFile, datasetVersionPrefix } from "../../../contracts/keys.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { isOutside } from "../analysed.ts";
import { type Deps, plannedScene } from "../pick-frames/handler.ts";
import { Labeller } from "./core.ts";

/** State LabelFrames: what people and networks say of the frames that were extracted from a case. Its annotations, and what the manifest says of it. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<{ frameCount: number }> => {
    const { plan, planned, scene, ...found } = await plannedScene(deps, event);
    const { datasets } = deps;
    const { name, classes } = plan.request;
    const labeller = new Labeller(found, scene, plan.request);
    const frames: DatasetFrame[] = [];
    for await (const extracted of datasets.lines(datasetExtractedKey(name, plan.version, planned.case), extractedFrame)) {
      const { frame, file } = extracted;
      // Whoever wrote the listing: nothing that lies outside the patient gets a line, and without one nobody learns from it.
      if (isOutside(found.analysis, frame)) throw new BrokenContract(`Frame ${frame} lies outside the patient, and was extracted.`);
      if (extracted.case !== planned.case || file !== datasetFrameFile(planned.case, frame))
        throw new BrokenContract(`Frame ${frame} was extracted as another's.`);
      frames.push({ ...extracted, ...(await labeller.at(frame)) });
    }
    const file = datasetAnnotationsFile(planned.case);
    const text = frames.map((frame) => `${JSON.stringify(frame)}\n`).join("");
    const bytes = Buffer.from(text);
    const digest = (algorithm: string): string => createHash(algorithm).update(bytes).digest("hex");
    const { case: pseudonym, split, contentSha256, corrections, isSignedOff } = planned;
    const labelled: LabelledCase = {
      case: {
        ...{ case: pseudonym, split, contentSha256, corrections, isSignedOff },
        annotations: { file, sha256: digest("sha256"), md5: digest("md5"), bytes: bytes.length },
        counts: countsOf(frames, classes),
      },
      models: labeller.models,
    };
    for (const [key, body, type] of [
      [datasetVersionPrefix(name, plan.version) + file, text, "application/jsonl"],
      [datasetCaseKey(name, plan.version, pseudonym), JSON.stringify(labelled), "application/json"],
    ] as const)
      if (!(await datasets.putNew(key, body, type))) throw new BrokenContract(`${datasets.uri(key)} says otherwise than what was labelled now.`);
    log("frames labelled", { caseId: planned.caseId, runId: planned.runId, frameCount: frames.length });
    return { frameCount: frames.length };
  };
