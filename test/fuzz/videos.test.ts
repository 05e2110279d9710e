import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { InvalidInput, NeedsConversion } from "../../functions/runtime/errors.ts";
import { memoryRanges } from "../../functions/runtime/media/byte-ranges.ts";
import { readPacketTable } from "../../functions/runtime/media/packet-table.ts";
import { ClipFolder } from "../functions/support/clips.ts";
import { runs } from "./runs.ts";

/** One thing that goes wrong with a file, at a place given as a share of its length. */
type Damage =
  | { readonly kind: "byte"; readonly at: number; readonly value: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "zeros"; readonly at: number; readonly length: number }
  | { readonly kind: "twice"; readonly at: number; readonly length: number };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("byte" as const), at: share, value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant("cut" as const), at: share }),
  fc.record({ kind: fc.constant("zeros" as const), at: share, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({ kind: fc.constant("twice" as const), at: share, length: fc.integer({ min: 1, max: 4096 }) }),
);

function damaged(file: Buffer, all: readonly Damage[]): Buffer {
  let bytes = Buffer.from(file);
  for (const one of all) {
    const at = Math.floor(one.at * bytes.length);
    if (one.kind === "byte" && at < bytes.length) bytes[at] = one.value;
    if (one.kind === "cut") bytes = bytes.subarray(0, at);
    if (one.kind === "zeros") bytes.fill(0, at, Math.min(bytes.length, at + one.length));
    if (one.kind === "twice") bytes = Buffer.concat([bytes.subarray(0, at + one.length), bytes.subarray(at)]);
  }
  return bytes;
}

describe("a damaged video", () => {
  let clips: ClipFolder;
  const files: Record<string, Buffer> = {};
  before(() => {
    clips = new ClipFolder();
    const mp4 = clips.pictures("plain.mp4", "25", 1);
    const remuxed = (name: string, ...more: string[]) => readFileSync(clips.make(name, "-i", mp4, "-c", "copy", ...more));
    files["mp4"] = readFileSync(mp4);
    files["fragmented mp4"] = remuxed("fragments.mp4", "-movflags", "frag_keyframe+empty_moov");
    files["mov"] = remuxed("plain.mov");
    files["mkv"] = remuxed("plain.mkv");
    files["ts"] = remuxed("plain.ts");
  });
  after(() => clips.remove());

  for (const kind of ["mp4", "fragmented mp4", "mov", "mkv", "ts"])
    it(`(${kind}) is read, or refused with reasons that a person can act on`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (all) => {
          try {
            const { pts } = await readPacketTable(memoryRanges(damaged(files[kind] as Buffer, all)));
            expect(pts.length).to.be.above(0);
          } catch (error) {
            expect(error, (error as Error).stack).to.satisfy((thrown: unknown) => thrown instanceof InvalidInput || thrown instanceof NeedsConversion);
            if (error instanceof InvalidInput) for (const reason of error.reasons) expect(reason).to.match(/^[A-Z].*[.:]/s);
          }
        }),
        runs(150),
      );
    });
});
