import { expect } from "chai";
import fc from "fast-check";
import { XMLValidator } from "fast-xml-parser";
import { layoutOf, plural, wrap } from "../../../local/picture/layout.ts";
import { areaOrder, type Card, type Picture } from "../../../local/picture/model.ts";
import { svgOf } from "../../../local/picture/svg.ts";

const card = (index: number, area: string, isFoundation: boolean): Card => ({
  urn: `urn-${index}`,
  name: `component-${index}`,
  kind: "some <kind> & more",
  area,
  counts: [
    { what: "function", count: 1 },
    { what: "policy", count: 2 },
  ],
  minorCount: 3,
  parts: ["a", "b"],
  isFoundation,
});

/** Up to two accounts, up to 70 components, any uses. */
const pictures: fc.Arbitrary<Picture> = fc
  .record({
    placed: fc.array(fc.record({ account: fc.integer({ min: 0, max: 1 }), area: fc.constantFrom(...areaOrder), foundation: fc.boolean() }), {
      minLength: 1,
      maxLength: 70,
    }),
    uses: fc.array(fc.tuple(fc.nat(69), fc.nat(69)), { maxLength: 90 }),
    steps: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ placed, uses, steps }) => {
    const cards = placed.map(({ account, area, foundation }, i) => ({ account, card: card(i, area, foundation) }));
    const pairs = new Map(
      uses.filter(([a, b]) => a !== b && a < cards.length && b < cards.length).map(([a, b]) => [`${a} ${b}`, { user: `urn-${a}`, used: `urn-${b}` }]),
    );
    return {
      stack: "prod",
      resourceCount: 9,
      road: Array.from({ length: steps }, (_, i) => ({ name: `step-${i}`, functions: Array.from({ length: i * 2 }, (_, k) => `function-${k}`) })),
      accounts: [0, 1]
        .map((account) => ({
          id: String(account),
          providers: ["workload"],
          regions: ["us-east-1"],
          areas: areaOrder
            .map((name) => ({ name, cards: cards.filter((each) => each.account === account && each.card.area === name).map((each) => each.card) }))
            .filter((area) => area.cards.length > 0),
        }))
        .filter(({ areas }) => areas.length > 0),
      uses: [...pairs.values()],
    };
  });

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const within = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;

describe("layoutOf", () => {
  it("never lays a card on another, nor outside its account", () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const { cards, frames, bands, width, height } = layoutOf(picture);
        for (const [i, a] of cards.entries()) {
          for (const b of cards.slice(i + 1)) expect(overlap(a, b), `${a.card.name} and ${b.card.name}`).to.equal(false);
          expect(frames.filter((frame) => within(a, frame))).to.have.length(1);
          expect(bands.filter((band) => band.area === a.card.area && within(a, band))).to.have.length(1);
        }
        for (const frame of frames) expect(within(frame, { x: 0, y: 0, width, height })).to.equal(true);
        for (const [i, a] of frames.entries()) for (const b of frames.slice(i + 1)) expect(overlap(a, b)).to.equal(false);
      }),
      { numRuns: 60 },
    );
  });

  it("draws every use that is no foundation's, and no line through a card", () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const { cards, wires } = layoutOf(picture);
        const foundations = new Set(cards.filter(({ card }) => card.isFoundation).map(({ card }) => card.urn));
        const expected = picture.uses.filter(({ used }) => !foundations.has(used));
        expect(wires.reduce((sum, { dots }) => sum + dots.length, 0)).to.equal(expected.length);
        for (const { pieces } of wires) {
          for (const { x1, y1, x2, y2 } of pieces) {
            const line = { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
            for (const card of cards) expect(overlap(line, card), card.card.name).to.equal(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("never lays lines of two wires on each other", () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const flat = layoutOf(picture).wires.flatMap(({ index, pieces }) => pieces.filter(({ y1, y2 }) => y1 === y2).map((piece) => ({ index, ...piece })));
        for (const [i, a] of flat.entries()) {
          for (const b of flat.slice(i + 1)) {
            if (a.index !== b.index && a.y1 === b.y1) expect(a.x2 < b.x1 || b.x2 < a.x1, `wires ${a.index} and ${b.index}`).to.equal(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("svgOf", () => {
  it("is well-formed, whatever the names, and the same each time", () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const svg = svgOf(picture);
        expect(XMLValidator.validate(svg)).to.equal(true);
        expect(svgOf(picture)).to.equal(svg);
      }),
      { numRuns: 20 },
    );
  });
});

describe("wrap", () => {
  it("fills lines, and counts what does not fit", () => {
    expect(wrap(["one", "two"], ", ", 2)).to.deep.equal(["one, two"]);
    expect(wrap(["a".repeat(30), "b".repeat(30), "c", "d".repeat(30)], ", ", 2)).to.deep.equal(["a".repeat(30), `${"b".repeat(30)}, + 2`]);
    expect(wrap(["x".repeat(60)], ", ", 1)).to.deep.equal([`${"x".repeat(37)}…`]);
    expect(wrap([], ", ", 1)).to.deep.equal([]);
  });
});

describe("plural", () => {
  for (const [one, many] of [
    ["key", "keys"],
    ["policy", "policies"],
    ["access", "accesses"],
    ["switch", "switches"],
  ] as const) {
    it(`of ${one} is ${many}`, () => expect(plural(one)).to.equal(many));
  }
});
