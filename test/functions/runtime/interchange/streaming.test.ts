import { expect } from "chai";
import type { TextFormat } from "../../../../contracts/exports.ts";
import { FrameIndex } from "../../../../contracts/frame-table.ts";
import { sceneOf } from "../../../../functions/runtime/interchange/case-scene.ts";
import { formats } from "../../../../functions/runtime/interchange/formats.ts";
import { drawnFrames, drawnOperation, keyOf } from "../../support/operation.ts";

describe("export formats, of long operations", () => {
  /** The drawn operation with each of its chunks named fifty times over: as many boxes as an hour has, read as often as they are asked for. */
  const long = async () => {
    const { lake, analysis, measures } = await drawnOperation();
    const reads: string[] = [];
    const [detections] = analysis.detections;
    const repeated = {
      ...analysis,
      masks: [],
      detections: detections ? [{ ...detections, chunks: detections.chunks.flatMap((chunk) => Array(50).fill(chunk)) }] : [],
    };
    const counting = {
      bytes: (key: string) => {
        reads.push(key);
        return lake.bytes(key);
      },
    };
    const scene = sceneOf(counting, repeated, new FrameIndex(drawnFrames), measures, { startFrame: 0, endFrame: 600 });
    return { scene, reads, first: keyOf(detections?.chunks[0]?.uri as string) };
  };

  for (const [format, name] of [
    ["coco", "coco.json"],
    ["mot", "gt/gt.txt"],
    ["mot", "det/det.txt"],
    ["ground-truth-manifest", "output.manifest"],
  ] as [TextFormat, string][]) {
    it(`${format}, ${name}, is handed on while it is made: nothing is read long before it is written`, async () => {
      const { scene, reads, first } = await long();
      const file = formats[format].files(scene).find((one) => one.name === name);
      let pieces = 0;
      let atFirstPiece = 0;
      let most = 0;
      for await (const piece of file?.content() ?? []) {
        if (pieces === 0) atFirstPiece = reads.length;
        pieces++;
        most = Math.max(most, piece.length);
      }
      expect(reads, "every chunk once").to.have.length(150);
      expect(reads[0]).to.equal(first);
      expect(pieces, "in many pieces").to.be.greaterThan(5);
      expect(atFirstPiece, "chunks read before the first piece").to.be.lessThan(75);
      expect(most, "characters of the largest piece").to.be.lessThan(3_000_000);
    });
  }
});
