import { expect } from "chai";
import { drawLanes, frameAt, type LanePen, lanesOf, titleWidth } from "../../../web/player/lanes.ts";
import { momentsOf, momentsOn, neighbour } from "../../../web/player/moments.ts";

const words = { outside: "Outside", shots: "Shots", phases: "Phases", confidence: "Confidence" };
const common = { confidence: 0.5, producer: "p", review: "unreviewed" as const };
const moments = momentsOf({
  gate: { producer: "gate", outOfBody: [{ startFrame: 50, endFrame: 60, score: 0.9, action: "excluded" }], text: [], pictures: null, missedEstimate: null },
  segments: [
    { ...common, id: "phase-1", level: "phase", label: "Preparation", startFrame: 0, endFrame: 50 },
    { ...common, id: "phase-2", level: "phase", label: "Dissection", startFrame: 60, endFrame: 100, review: "needs-review" },
    { ...common, id: "shot-1", level: "shot", label: "Shot 1", startFrame: 0, endFrame: 100, confidence: null },
  ],
  events: [
    { ...common, id: "event-2", type: "instrument", label: "Hook", startFrame: 70, endFrame: 80 },
    { ...common, id: "event-1", type: "instrument", label: "Grasper", startFrame: 10, endFrame: 40 },
    { ...common, id: "event-3", type: "smoke", label: "smoke", startFrame: 72, endFrame: 75 },
  ],
});

describe("moments of an analysis", () => {
  it("come by their start, the longer first", () => {
    expect(moments.map(({ id }) => id)).to.deep.equal(["shot-1", "phase-1", "event-1", "out-of-body-1", "phase-2", "event-2", "event-3"]);
    expect(moments.filter(({ review }) => review === "needs-review").map(({ id }) => id)).to.deep.equal(["phase-2"]);
    expect(moments.find(({ kind }) => kind === "out-of-body")?.label).to.equal(null);
  });

  it("have neighbours, and hold on frames", () => {
    expect([neighbour(moments, 10, 1)?.id, neighbour(moments, 10, -1)?.id, neighbour(moments, 72, 1), neighbour(moments, 0, -1)]).to.deep.equal([
      ...["out-of-body-1", "phase-1", undefined, undefined],
    ]);
    expect(momentsOn(moments, 74).map(({ id }) => id)).to.deep.equal(["shot-1", "phase-2", "event-2", "event-3"]);
    expect(momentsOn(moments, 75).map(({ id }) => id)).to.deep.equal(["shot-1", "phase-2", "event-2"]);
  });
});

class Drawn implements LanePen {
  font = "";
  fillStyle = "";
  readonly bars: [string, number, number][] = [];
  readonly texts: string[] = [];
  fillRect(x: number, _y: number, width: number, height: number): void {
    if (this.fillStyle !== "#track") this.bars.push([`${this.fillStyle} ${height}`, x, width]);
  }
  fillText(text: string): void {
    this.texts.push(text);
  }
  measureText(text: string): TextMetrics {
    return { width: 7 * text.length } as TextMetrics;
  }
}

describe("lanes", () => {
  const lanes = lanesOf(moments, words);

  it("are those that hold something: stays, shots, phases, one for each instrument and event, and confidence", () => {
    expect(lanes.map(({ title, spans }) => [title, spans.length])).to.deep.equal([
      ...[
        ["Outside", 1],
        ["Shots", 1],
        ["Phases", 2],
        ["Grasper", 1],
        ["Hook", 1],
        ["smoke", 1],
        ["Confidence", 2],
      ],
    ]);
    expect(lanesOf([], words)).to.deep.equal([]);
  });

  it("give each phase a colour of its own and its name, and draw confidence as height", () => {
    const pen = new Drawn();
    drawLanes(pen, lanes, 100, titleWidth + 1000, { text: "#text", track: "#track" });
    expect(pen.texts).to.deep.equal(["Outside", "Shots", "Phases", "Preparation", "Dissection", "Grasper", "Hook", "smoke", "Confidence"]);
    expect(pen.bars.slice(2, 4)).to.deep.equal([
      ["#E69F00 18", titleWidth, 499.5],
      ["#56B4E9 18", titleWidth + 600, 399.5],
    ]);
    expect(pen.bars.at(-1)).to.deep.equal(["#56b4e9 9", titleWidth + 600, 399.5]);
  });

  it("give an instrument the colour of its boxes", () => {
    const colours = (boxed?: string[]) => lanesOf(moments, words, boxed).map(({ title, spans }) => [title, spans[0]?.colour]);
    expect(colours().slice(3, 5)).to.deep.equal([
      ["Grasper", "#E69F00"],
      ["Hook", "#56B4E9"],
    ]);
    expect(colours(["Bipolar", "Hook", "Grasper"]).slice(3, 5)).to.deep.equal([
      ["Grasper", "#009E73"],
      ["Hook", "#56B4E9"],
    ]);
  });

  it("draw no more than there are pixels for", () => {
    const spans = Array.from({ length: 50_000 }, (_, i) => ({ startFrame: 2 * i, endFrame: 2 * i + 1, colour: "#fff" }));
    const pen = new Drawn();
    drawLanes(pen, [{ title: "Many", spans }], 100_000, titleWidth + 1000, { text: "#text", track: "#track" });
    expect(pen.bars.length).to.be.within(1000, 4001);
  });

  it("find the frame under a pointer, and none under the titles", () => {
    const at = (x: number) => frameAt(x, titleWidth + 1000, 100);
    expect([at(titleWidth - 1), at(titleWidth), at(titleWidth + 255), at(titleWidth + 5000)]).to.deep.equal([null, 0, 25, 99]);
  });
});
