import { tagLine } from "../../../contracts/analyser-result.ts";
import type { Analysis } from "../../../contracts/analysis.ts";
import type { Lake } from "../../runtime/lake.ts";
import { numbered } from "./items.ts";
import type { Finding } from "./results.ts";
import { toSourceSpan, without } from "./spans.ts";
import type { Video } from "./video.ts";

/** What services have words for, in source frames, without what lies outside the patient; undefined if none looked. */
export async function mergeTags(lake: Pick<Lake, "lines">, findings: readonly Finding[], { gate, frames }: Video): Promise<Analysis["tags"]> {
  if (findings.length === 0) return undefined;
  const tags: Omit<NonNullable<Analysis["tags"]>[number], "id">[] = [];
  for (const { key, producer } of findings) {
    for await (const line of lake.lines(key, tagLine)) {
      for (const piece of without(line, gate)) {
        const { label, startFrame, endFrame, score } = toSourceSpan(piece, frames);
        tags.push({ label, startFrame, endFrame, confidence: score, producer: producer.id });
      }
    }
  }
  return numbered("tag", tags);
}
