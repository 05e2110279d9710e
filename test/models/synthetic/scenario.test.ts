import { expect } from "chai";
import { cholecystectomy } from "../../../models/synthetic/procedures/cholecystectomy.ts";
import { procedures } from "../../../models/synthetic/procedures/index.ts";
import { planScenario, type Scenario, type Span, without } from "../../../models/synthetic/scenario.ts";

const frameRate = { num: 25, den: 1 };
const seeds = Array.from({ length: 60 }, (_, i) => i * 37 + 1);
const plan = (seed: number, seconds = 24, procedure = cholecystectomy): Scenario => planScenario({ seed, seconds, frameRate, procedure });
/** What may hold beside anything else. */
const lasting: readonly string[] = ["smoke", "bleeding", "fog"];
const overlap = (a: Span, b: Span): boolean => a.startFrame < b.endFrame && b.startFrame < a.endFrame;

describe("planScenario", () => {
  it("decides the same operation for the same seed, another for another", () => {
    expect(plan(5)).to.deep.equal(plan(5));
    expect(plan(5).tools).to.not.deep.equal(plan(6).tools);
  });

  for (const procedure of procedures)
    it(`covers every frame with the phases of a ${procedure.id}, in order`, () => {
      for (const seed of seeds) {
        const { phases, frameCount } = plan(seed, 24, procedure);
        expect(phases.map((p) => p.label)).to.deep.equal(procedure.phases.map((p) => p.label));
        expect(phases[0]!.startFrame).to.equal(0);
        expect(phases.at(-1)!.endFrame).to.equal(frameCount);
        for (const [i, phase] of phases.entries()) if (i > 0) expect(phase.startFrame).to.equal(phases[i - 1]!.endFrame);
      }
    });

  it("takes a cholecystectomy where no procedure is named", () => {
    expect(planScenario({ seed: 5, seconds: 24, frameRate })).to.deep.equal(plan(5));
  });

  it("leaves the patient once in the middle and once at the end of 24 seconds", () => {
    for (const seed of seeds) {
      const { excursions, frameCount } = plan(seed);
      expect(excursions.map(({ leaves, enters }) => [leaves, enters])).to.deep.equal([
        [true, true],
        [true, false],
      ]);
      expect(excursions[0]!.startFrame).to.be.greaterThan(25);
      expect(excursions[1]!.endFrame).to.equal(frameCount);
    }
  });

  it("lets excursions and disturbances befall the picture one after the other", () => {
    for (const seed of seeds) {
      const { excursions, events, frameCount } = plan(seed, 120);
      const exclusive: Span[] = [...excursions, ...events.filter((e) => !lasting.includes(e.type))];
      for (const [i, a] of exclusive.entries()) {
        expect(a.startFrame).to.be.lessThan(a.endFrame);
        expect(a.endFrame).to.be.at.most(frameCount);
        for (const b of exclusive.slice(i + 1)) expect(overlap(a, b), `seed ${seed}: ${JSON.stringify([a, b])}`).to.equal(false);
      }
      for (const e of events.filter((e) => lasting.includes(e.type)))
        for (const hidden of [...excursions, ...events.filter((e) => e.type === "black")]) expect(overlap(e, hidden)).to.equal(false);
    }
  });

  it("fogs the lens when a cold scope comes back, or by itself, until it is withdrawn or wiped", () => {
    const fogs = seeds.flatMap((seed) => {
      const { events, excursions } = plan(seed, 120);
      return events.filter((e) => e.type === "fog").map((fog) => ({ fog, excursions, others: events.filter((e) => e !== fog && e.type === "fog") }));
    });
    for (const { fog, others } of fogs) for (const other of others) expect(overlap(fog, other)).to.equal(false);
    const seconds = fogs.map(({ fog }) => (fog.endFrame - fog.startFrame) / frameRate.num);
    expect(Math.max(...seconds)).to.be.at.most(10);
    const share = (of: (one: (typeof fogs)[number]) => boolean): number => fogs.filter(of).length / fogs.length;
    expect(share(({ fog, excursions }) => excursions.some((e) => e.endFrame === fog.startFrame))).to.be.within(0.3, 0.7);
    expect(share(({ fog, excursions }) => excursions.some((e) => e.startFrame === fog.endFrame))).to.be.within(0.01, 0.4);
    // About as often as smoke.
    expect(seconds.reduce((sum, one) => sum + one, 0) / (120 * seeds.length)).to.be.within(0.05, 0.15);
  });

  it("shows no fog in a short operation, which is what earlier versions planned", () => {
    for (const seed of seeds) expect(plan(seed, 39).events.filter((e) => e.type === "fog")).to.deep.equal([]);
  });

  for (const procedure of procedures)
    it(`uses every instrument of a ${procedure.id}, each hand for one at a time, none outside the patient`, () => {
      for (const seed of seeds) {
        const { tools, excursions } = plan(seed, 300, procedure);
        expect([...new Set(tools.map((t) => t.instrument))].sort()).to.deep.equal([...procedure.instruments].sort());
        for (const [i, a] of tools.entries()) {
          for (const b of tools.slice(i + 1)) if (a.hand === b.hand) expect(overlap(a, b), JSON.stringify([a, b])).to.equal(false);
          for (const e of excursions) expect(overlap(a, e)).to.equal(false);
        }
      }
    });

  it("plans the shortest of videos", () => {
    const one = planScenario({ seed: 1, seconds: 0.04, frameRate });
    expect(one.frameCount).to.equal(1);
    expect(one.excursions).to.deep.equal([]);
    expect(planScenario({ seed: 1, seconds: 10, frameRate: { num: 30000, den: 1001 } }).frameCount).to.equal(300);
  });
});

describe("without", () => {
  it("cuts spans out of a span", () => {
    const span = { startFrame: 10, endFrame: 20 };
    expect(without(span, [])).to.deep.equal([span]);
    expect(without(span, [{ startFrame: 0, endFrame: 10 }])).to.deep.equal([span]);
    expect(
      without(span, [
        { startFrame: 12, endFrame: 14 },
        { startFrame: 19, endFrame: 30 },
      ]),
    ).to.deep.equal([
      { startFrame: 10, endFrame: 12 },
      { startFrame: 14, endFrame: 19 },
    ]);
    expect(without(span, [{ startFrame: 5, endFrame: 25 }])).to.deep.equal([]);
  });
});
