import { expect } from "chai";
import type { Box, Scene } from "../../../../functions/runtime/interchange/scene.ts";
import { drawnScene, exported } from "./support.ts";

/** What TrackEval keeps of a sequence's file. */
interface Raw {
  readonly frames: Map<number, number[][]>;
  readonly isTruth: boolean;
}

/**
 * What TrackEval does with a sequence before it scores it: `_load_raw_file` and `get_preprocessed_seq_data` of
 * `trackeval/datasets/mot_challenge_2d_box.py`, `_load_simple_text_file` and `_check_unique_ids` of `_base_dataset.py`
 * (github.com/JonathonLuiten/TrackEval, commit 0724d5c), without the matching of distractors. Throws what it throws.
 */
function loaded(text: string, isTruth: boolean, seqLength: number): Raw {
  const frames = new Map<number, number[][]>();
  for (const line of text.trimEnd().split("\n")) {
    if (line === "") continue;
    const row = line.split(",").map(Number);
    if (row.some(Number.isNaN)) throw new Error("Cannot convert data to float.");
    if (row.length < 8 && isTruth) throw new Error("GT data is not in a valid format.");
    const frame = Number(row[0]);
    if (!(frame >= 1 && frame <= seqLength)) throw new Error(`Invalid timestep ${frame}.`);
    frames.set(frame, [...(frames.get(frame) ?? []), row]);
  }
  return { frames, isTruth };
}

/** Boxes of the ground truth and of the tracker that are scored. */
function scored({ truth, tracker, preproc }: { truth: Raw; tracker: Raw; preproc: boolean }): { truth: number; tracker: number } {
  for (const [frame, rows] of [...truth.frames, ...tracker.frames]) {
    const ids = rows.map((row) => Math.trunc(row[1] as number));
    if (new Set(ids).size < ids.length) throw new Error(`The same id occurs twice in timestep ${frame}.`);
  }
  for (const [frame, rows] of tracker.frames)
    if (Math.max(...rows.map((row) => row[7] ?? 1)) > 1) throw new Error(`Evaluation is only valid for pedestrian class: timestep ${frame}.`);
  const kept = [...truth.frames.values()].flat().filter((row) => {
    // "zero_marked" is column 7, cast to an integer.
    const isMarked = Math.trunc(row[6] as number) !== 0;
    return isMarked && (!preproc || row[7] === 1);
  });
  return { truth: kept.length, tracker: [...tracker.frames.values()].flat().length };
}

describe("MOTChallenge, as TrackEval reads it", () => {
  let scene: Scene;
  let files: ReadonlyMap<string, Buffer>;
  let boxes: Box[];
  before(async () => {
    scene = await drawnScene();
    files = await exported("mot", scene);
    boxes = [];
    for await (const { items } of scene.boxes()) boxes.push(...items);
  });
  const sequence = (folder: string, tracker = "tracker.txt") => {
    const { seqLength } = /seqLength=(?<seqLength>\d+)/.exec(String(files.get(`${folder}seqinfo.ini`)))?.groups as { seqLength: string };
    const read = (name: string, isTruth: boolean) => loaded(String(files.get(folder + name)), isTruth, Number(seqLength));
    return { truth: read("gt/gt.txt", true), tracker: read(tracker, false) };
  };
  const count = (label?: number) => boxes.filter((box) => box.track >= 0 && (label === undefined || box.label === label)).length;

  it("has every box of a track scored, whatever its class, without preprocessing", () => {
    expect(scored({ ...sequence(""), preproc: false })).to.deep.equal({ truth: count(), tracker: count() });
    expect(count()).to.be.greaterThan(100).and.lessThan(boxes.length);
  });

  it("has every box of a class scored, with preprocessing and without", () => {
    const counts = scene.boxLabels.map((label) => {
      const sequenceOf = sequence(`classes/${label + 1}/`);
      for (const preproc of [true, false]) expect(scored({ ...sequenceOf, preproc })).to.deep.equal({ truth: count(label), tracker: count(label) });
      return count(label);
    });
    expect(counts.reduce((sum, one) => sum + one, 0)).to.equal(count());
    expect(counts.filter((one) => one > 0)).to.have.length.greaterThan(3);
  });

  it("would notice what older exports did: scores as flags, the identity -1 twice in a frame, classes of a tracker", () => {
    const row = (id: number, flag: number, type: number) => `1,${id},1,1,5,5,${flag},${type},1\n`;
    const of = (truth: string, tracker: string) => () => scored({ truth: loaded(truth, true, 9), tracker: loaded(tracker, false, 9), preproc: false });
    expect(of(row(1, 0.84, 1), "")()).to.deep.equal({ truth: 0, tracker: 0 });
    expect(of(row(-1, 1, 1) + row(-1, 1, 1), "")).to.throw("twice");
    expect(of("", row(1, 1, 2))).to.throw("pedestrian");
    expect(of("", String(files.get("det/det.txt")))).to.throw();
  });
});
