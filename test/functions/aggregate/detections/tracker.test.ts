import { expect } from "chai";
import type { Candidate } from "../../../../functions/aggregate/merge-timeline/detections/suppression.ts";
import { type Track, tracker } from "../../../../functions/aggregate/merge-timeline/detections/tracker.ts";

/** Boxes 100 by 60 by their middles, every fifth frame of 25 a second, on a raster whose diagonal is 1000. */
type Drawn = { x: number; y?: number; score?: number; category?: number; producer?: number };
const box = ({ x, y = 300, score = 0.9, category = 0, producer = 0 }: Drawn): Candidate => ({
  ...{ producer, category, label: category, score, width: 100, height: 60 },
  ...{ x: x - 50, y: y - 30 },
});

/** Follows what is drawn, `undefined` for a frame that nobody looked at. Gives the tracks, and each box's. */
function follow(drawn: (Drawn[] | undefined)[], categories = [0]) {
  const following = tracker([25, 25], 1000);
  const trackOf: (Track | undefined)[][] = [];
  for (const [i, boxes] of drawn.entries()) {
    if (!boxes) continue;
    const candidates = boxes.map(box);
    const joined = following.add({ frame: i * 5, renditionFrame: i * 5, seconds: i / 5, boxes: candidates, isSure: ({ score }) => score >= 0.5, categories });
    trackOf.push(candidates.map((candidate) => joined.get(candidate)));
  }
  return { tracks: following.tracks, numbers: trackOf.map((tracks) => tracks.map((track) => track?.number ?? -1)) };
}
const count = (length: number) => Array.from({ length }, (_, i) => i);
const facts = ({ startFrame, lastFrame, boxCount }: Track) => [startFrame, lastFrame, boxCount];

describe("tracker", () => {
  it("follows steady motion and measures it", () => {
    // 20 pixels a look: 0.02 diagonals each 0.2 s.
    const { tracks, numbers } = follow(count(11).map((i) => [{ x: 100 + 20 * i }]));
    expect(tracks.map(facts)).to.deep.equal([[0, 50, 11]]);
    expect(numbers.flat()).to.deep.equal(count(11).map(() => 0));
    const [track] = tracks as [Track];
    expect(track.pathLength).to.be.closeTo(0.2, 1e-12);
    expect(track.stable).to.equal(true);
  });

  it("adds up the path, however fast it goes", () => {
    const { tracks } = follow([100, 120, 140, 200, 260, 260].map((x) => [{ x }]));
    expect(tracks[0]?.pathLength).to.be.closeTo(0.16, 1e-12);
  });

  it("follows something faster than its box is wide, once it knows where it goes", () => {
    // Sets off slowly, then 130 pixels a look: boxes that never overlap.
    const xs = [100, 190, 290, 400, 520, 650, 780, 910];
    expect(follow(xs.map((x) => [{ x }])).tracks.map(facts)).to.deep.equal([[0, 35, 8]]);
  });

  it("keeps two instruments of a class apart as they cross", () => {
    const { tracks, numbers } = follow(count(21).map((i) => [{ x: 100 + 30 * i }, { x: 700 - 30 * i }]));
    expect(tracks.map(facts)).to.deep.equal([
      [0, 100, 21],
      [0, 100, 21],
    ]);
    expect(numbers).to.deep.equal(count(21).map(() => [0, 1]));
    for (const track of tracks) expect(track.pathLength).to.be.closeTo(0.6, 1e-12);
  });

  it("never joins boxes of two classes", () => {
    const both = count(6).map((i) => [{ x: 100 + i, category: i % 2 }]);
    expect(follow(both, [0, 1]).tracks).to.deep.equal([]);
  });

  it("bridges a gap of a second, and begins anew after a longer one", () => {
    const seen = (missing: number) => [...count(5).map(() => [{ x: 100 }]), ...count(missing).map(() => []), ...count(5).map(() => [{ x: 100 }])];
    expect(follow(seen(4)).tracks.map(facts)).to.deep.equal([[0, 65, 10]]);
    expect(follow(seen(5)).tracks.map(facts)).to.deep.equal([
      [0, 20, 5],
      [50, 70, 5],
    ]);
  });

  it("goes on over frames in which nobody looked for the class", () => {
    const { tracks } = follow(count(21).map((i) => (i % 2 === 0 ? [{ x: 100 }] : undefined)));
    expect(tracks.map(facts)).to.deep.equal([[0, 100, 11]]);
    expect(tracks[0]?.stable).to.equal(true);
  });

  it("carries a track on by an unsure box that overlaps it, and begins none with such", () => {
    const smoke = count(12).map((i) => [{ x: 100 + 5 * i, score: i >= 4 && i < 8 ? 0.2 : 0.9 }]);
    expect(follow(smoke).numbers.flat()).to.deep.equal(count(12).map(() => 0));
    expect(follow(count(12).map(() => [{ x: 100, score: 0.4 }])).tracks).to.deep.equal([]);
    const far = [...count(4).map(() => [{ x: 100 }]), [{ x: 190, score: 0.4 }], [{ x: 100 }]];
    expect(follow(far).numbers.flat()).to.deep.equal([0, 0, 0, 0, -1, 0]);
    const noise = [...count(4).map(() => [{ x: 100 }]), [{ x: 100, score: 0.05 }]];
    expect(follow(noise).numbers.flat()).to.deep.equal([0, 0, 0, 0, -1]);
  });

  it("takes three boxes in a row for a track, and fewer for a false alarm", () => {
    expect(follow([[{ x: 100 }], [{ x: 100 }], [], [{ x: 100 }], [{ x: 100 }]]).tracks).to.deep.equal([]);
    expect(follow([[{ x: 100 }], [{ x: 100 }], [{ x: 100 }]]).numbers.flat()).to.deep.equal([0, 0, 0]);
  });

  it("calls a track stable that lasts two seconds and is seen four times in five", () => {
    const seen = (length: number, missing: (i: number) => boolean) =>
      follow(count(length).map((i) => (missing(i) ? [] : [{ x: 100 }]))).tracks.map(({ stable }) => stable);
    expect(seen(10, () => false)).to.deep.equal([false]);
    expect(seen(11, () => false)).to.deep.equal([true]);
    expect(seen(21, (i) => i > 3 && i % 5 === 4)).to.deep.equal([true]);
    expect(seen(21, (i) => i > 3 && i % 3 === 0)).to.deep.equal([false]);
  });

  it("belongs to the producer that most of its boxes come from", () => {
    expect(follow(count(6).map((i) => [{ x: 100, producer: i < 2 ? 0 : 1 }])).tracks.map(({ producer }) => producer)).to.deep.equal([1]);
    expect(follow(count(6).map((i) => [{ x: 100, producer: i < 3 ? 1 : 0 }])).tracks.map(({ producer }) => producer)).to.deep.equal([0]);
  });

  it("follows no more than the 64 surest boxes of a class", () => {
    const crowd = count(70).map((i) => ({ x: 200 * i, score: i === 0 ? 0.6 : 0.9 }));
    const { tracks, numbers } = follow(count(3).map(() => crowd));
    expect(tracks).to.have.length(64);
    expect(numbers[2]?.[0]).to.equal(-1);
  });
});
