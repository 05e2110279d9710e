import type { Conversion } from "../../../contracts/conversion.ts";
import { encodeRuns } from "../../../contracts/frame-table.ts";
import type { SourceIndex } from "../../../contracts/media.ts";
import type { PacketTable } from "../../runtime/media/packet-table.ts";
import { isVariable, nominalFrameRate } from "./frame-rate.ts";
import { groupsOf } from "./groups.ts";

/** The source's index from its packet table, or from that of its copy; size and digest are the source's own. */
export function sourceIndexOf(
  table: PacketTable,
  { bytes, sha256, conversion }: { bytes: number; sha256: string | undefined; conversion?: Extract<Conversion, { outcome: "CONVERTED" }> | undefined },
): SourceIndex {
  const { pts, timebase } = table;
  const rate = nominalFrameRate(pts, timebase, table.lastDuration);
  const lastDuration = table.lastDuration || Math.max(1, Math.round((rate.den * timebase.den) / (rate.num * timebase.num)));
  return {
    schema: "source-index/1.1",
    container: table.container,
    bytes,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(conversion && {
      converted: { container: conversion.container, codec: conversion.codec, timing: conversion.timing, wallSeconds: conversion.wallSeconds },
    }),
    video: {
      codec: table.codec,
      width: table.width,
      height: table.height,
      rotation: table.rotation,
      timebase,
      frameCount: pts.length,
      pts: encodeRuns(pts),
      hiddenFrameCount: table.hiddenFrameCount,
      durationTicks: (pts.at(-1) as number) - (pts[0] as number) + lastDuration,
      nominalFrameRate: rate,
      variableFrameRate: isVariable(pts, timebase, rate),
      groups: groupsOf(table.packets, { timebase, end: (pts.at(-1) as number) + lastDuration }),
    },
    audioTracks: table.audioTracks,
  };
}
