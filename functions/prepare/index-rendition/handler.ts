import type { z } from "zod";
import { decodeRuns, encodeRuns, type FrameTable, frameTable } from "../../../contracts/frame-table.ts";
import {
  analysisPlaylistKey,
  analysisRenditionPrefix,
  frameTableKey,
  reviewRenditionKey,
  segmentManifestKey,
  sourceIndexKey,
} from "../../../contracts/keys.ts";
import { type SegmentManifest, type SourceIndex, sourceIndex } from "../../../contracts/media.ts";
import { indexRenditionRequest, type indexRenditionResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { type ByteRanges, memoryRanges } from "../../runtime/media/byte-ranges.ts";
import { type PacketTable, readPacketTable } from "../../runtime/media/packet-table.ts";
import { parseInput } from "../../runtime/parse.ts";
import { assertRendition, sourceFrames, type Times } from "./mapping.ts";
import { segmentNames } from "./playlist.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "putJson" | "text" | "bytes" | "uri">;
  /** An object of the lake, by ranges. */
  open(key: string): Promise<ByteRanges>;
}

/** Segments read at once. */
const concurrency = 8;

/** State IndexRendition: adds a rendition to the frame table; for the analysis rendition writes the segment manifest too. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<z.infer<typeof indexRenditionResponse>> => {
    const { caseId, runId, rendition } = parseInput(indexRenditionRequest, event);
    const { lake } = deps;
    const index = await lake.json(sourceIndexKey(caseId, runId), sourceIndex);
    const tableKey = frameTableKey(caseId, runId);
    let frameCount: number;
    if (rendition === "analysis") {
      const { manifest, times } = await readSegments(lake, caseId, runId, index);
      await lake.putJson(tableKey, { ...sourceTable(index), renditions: { analysis: renditionTrack(index, times) } } satisfies FrameTable);
      await lake.putJson(segmentManifestKey(caseId, runId), manifest);
      frameCount = manifest.frameCount;
    } else {
      const table = await lake.json(tableKey, frameTable);
      const times = await readPacketTable(await deps.open(reviewRenditionKey(caseId, runId)));
      await lake.putJson(tableKey, { ...table, renditions: { ...table.renditions, review: renditionTrack(index, times) } } satisfies FrameTable);
      frameCount = times.pts.length;
    }
    log("rendition indexed", { caseId, runId, frameCount });
    return { frameCount };
  };

const sourceTable = ({ video }: SourceIndex): Pick<FrameTable, "schema" | "source"> => ({
  schema: "frame-table/1.0",
  source: { timebase: video.timebase, frameCount: video.frameCount, pts: video.pts, variableFrameRate: video.variableFrameRate },
});

function renditionTrack({ video }: SourceIndex, times: Times): NonNullable<FrameTable["renditions"]["analysis"]> {
  const source = { timebase: video.timebase, pts: decodeRuns(video.pts) };
  assertRendition(times, video.nominalFrameRate, video);
  return {
    timebase: times.timebase,
    frameCount: times.pts.length,
    pts: encodeRuns(times.pts),
    sourceFrame: encodeRuns(sourceFrames(source, video.nominalFrameRate, times.pts.length)),
  };
}

async function readSegments(lake: Deps["lake"], caseId: string, runId: string, index: SourceIndex): Promise<{ manifest: SegmentManifest; times: Times }> {
  const playlistKey = analysisPlaylistKey(caseId, runId);
  const keys = segmentNames(await lake.text(playlistKey)).map((name) => analysisRenditionPrefix(caseId, runId) + name);
  const tables: PacketTable[] = [];
  for (let at = 0; at < keys.length; at += concurrency) {
    tables.push(...(await Promise.all(keys.slice(at, at + concurrency).map(async (key) => readPacketTable(memoryRanges(await lake.bytes(key)))))));
  }
  const pts = new Float64Array(tables.reduce((sum, table) => sum + table.pts.length, 0));
  let startFrame = 0;
  const segments = tables.map((table, i) => {
    const segment = { uri: lake.uri(keys[i] as string), startFrame, frameCount: table.pts.length };
    pts.set(table.pts, startFrame);
    startFrame += table.pts.length;
    return segment;
  });
  const { width, height, timebase } = tables[0] as PacketTable;
  const manifest: SegmentManifest = {
    schema: "segment-manifest/1.0",
    playlist: lake.uri(playlistKey),
    width,
    height,
    frameRate: index.video.nominalFrameRate,
    frameCount: startFrame,
    segments,
  };
  return { manifest, times: { timebase, pts } };
}
