import { expect } from "chai";
import { thumbnailAt, thumbnailOf } from "../../../contracts/thumbnails.ts";
import { Chunks } from "../../../web/player/chunks.ts";
import { entriesOn } from "../../../web/player/overlay.ts";

const spans = Array.from({ length: 40 }, (_, i) => ({ startFrame: 100 * i, endFrame: 100 * i + 90 }));
const settle = () => new Promise((wake) => setTimeout(wake, 0));

describe("chunks of an overlay", () => {
  function chunks({ fails = -1 } = {}) {
    const read: number[] = [];
    const told: string[] = [];
    const made = new Chunks<string>({
      spans,
      read: async (index) => {
        read.push(index);
        if (index === fails && read.filter((one) => one === fails).length === 1) throw new Error(`no ${index}`);
        return `chunk ${index}`;
      },
      onLoad: () => told.push("loaded"),
      onError: ({ message }) => told.push(message),
    });
    return { made, read, told };
  }

  it("are read when they are needed, and the next one ahead", async () => {
    const { made, read, told } = chunks();
    expect(made.at(250)).to.equal("loading");
    expect(made.at(260)).to.equal("loading");
    await settle();
    expect([made.at(250), made.at(289), read, told]).to.deep.equal(["chunk 2", "chunk 2", [2, 3], ["loaded"]]);
  });

  it("cover no frame between them or after them", async () => {
    const { made, read } = chunks();
    expect([made.at(95), made.at(4000), read]).to.deep.equal([undefined, undefined, []]);
    made.at(3950);
    await settle();
    made.at(3950);
    expect(read).to.deep.equal([39]);
  });

  it("are forgotten, longest unused first, and read again", async () => {
    const { made, read } = chunks();
    for (let i = 0; i < 40; i += 2) {
      made.at(100 * i);
      await settle();
      made.at(100 * i);
      await settle();
    }
    expect(read.length).to.equal(40);
    expect(made.at(0)).to.equal("loading");
    await settle();
    expect([made.at(0), read.length]).to.deep.equal(["chunk 0", 42]);
  });

  it("tell why one can't be read, and try again", async () => {
    const { made, told } = chunks({ fails: 1 });
    made.at(100);
    await settle();
    expect(told).to.deep.equal(["no 1"]);
    made.at(100);
    await settle();
    expect(made.at(100)).to.equal("chunk 1");
  });

  it("hold for a frame what was found on it, or a little before", () => {
    const chunk = { frames: [10, 15, 20], offsets: [0, 2, 2, 3] };
    expect([9, 10, 14, 15, 17, 20, 27, 28].map((frame) => entriesOn(chunk, frame, 7))).to.deep.equal([[], [0, 1], [0, 1], [], [], [2], [2], []]);
  });
});

describe("thumbnails", () => {
  const sprites = { schema: "sprites/1.0" as const, columns: 2, rows: 2, tileWidth: 160, tileHeight: 90, frameStep: 50, tileCount: 5, sheets: ["a", "b"] };

  it("lie row by row on their sheets", () => {
    const at = (tile: number) => thumbnailAt(sprites, ["A", "B"], tile);
    expect([at(0), at(3), at(4)]).to.deep.equal([
      { sheet: "A", x: 0, y: 0, width: 160, height: 90 },
      { sheet: "A", x: 160, y: 90, width: 160, height: 90 },
      { sheet: "B", x: 0, y: 0, width: 160, height: 90 },
    ]);
    expect([at(-1), at(99)]).to.deep.equal([at(0), at(4)]);
    expect(thumbnailAt({ ...sprites, tileCount: 0 }, [], 0)).to.equal(undefined);
  });

  it("stand for the frames until the next", () => {
    expect([0, 49, 50, 249].map((frame) => thumbnailOf(sprites, ["A", "B"], frame)?.x)).to.deep.equal([0, 0, 160, 0]);
  });
});
