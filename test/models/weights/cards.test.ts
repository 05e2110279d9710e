import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Model, model as modelContract } from "../../../contracts/model.ts";
import { type MetricEstimate, type ModelQuality, type ModelShifts, modelQuality, modelShifts } from "../../../contracts/model-quality.ts";
import { MODELS } from "./held-out.ts";

const ids = readdirSync(MODELS).filter((folder) => existsSync(join(MODELS, folder, "model.json")));

const sectionOf = (card: string, title: string): string => new RegExp(`^## ${title}.*?\\n(.*?)(?=^## |(?![^]))`, "ms").exec(card)?.[1]?.trim() ?? "";
const figure = ({ value, low, high }: MetricEstimate): string =>
  low === null || high === null || low === high ? `${value.toFixed(3)} (no interval)` : `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;

/** Rows that a card lacks of what was measured where pictures differ. */
function lacksOfShifts(card: string, { shifts }: ModelShifts): string[] {
  const lines = sectionOf(card, "Measured where pictures differ").split("\n");
  const heads = shifts.map(
    ({ dataset }) => `${dataset.name.replace("drawn operations, ", "")}: ${dataset.operations} operations, ${dataset.frames.toLocaleString("en")} frames`,
  );
  const names = [...new Set(shifts.flatMap(({ metrics }) => Object.keys(metrics)))];
  const rows = names.map((name) => `| ${name} | ${shifts.map(({ metrics }) => (metrics[name] ? figure(metrics[name]) : "-")).join(" | ")} |`);
  return [`| measure | ${heads.join(" | ")} |`, ...rows].filter((row) => !lines.includes(row));
}

/** What a card lacks of what every card must tell: what it is for, data, threshold, calibration, figures with intervals, limits. */
function lacks(card: string, model: Model, quality: ModelQuality): string[] {
  const section = (title: string): string => sectionOf(card, title);
  const measured = section("Measured as it is deployed");
  const rows = Object.entries(quality.metrics).map(([name, found]) => `| ${name} | ${figure(found)} |`);
  const classes = Object.entries(quality.perClass);
  const names = [...new Set(classes.flatMap(([, found]) => Object.keys(found)))];
  const labels = classes.map(([label, found]) => `| ${label} | ${names.map((name) => (found[name] ? figure(found[name]) : "-")).join(" | ")} |`);
  const header = names.length > 0 ? [`| label | ${names.join(" | ")} |`] : [];
  const wanted: Record<string, boolean> = {
    "what it is for": /^- \*\*For\*\* .+\*\*Never for care\*\*/m.test(card),
    "what it takes and gives": /^- \*\*Input\*\* .+ \*\*Output\*\* /m.test(card),
    "its size": /^- \*\*Network\*\* .+ parameters\.$/m.test(card),
    "its data": card.includes(`- **Trained** on ${model.dataset}, `),
    "its threshold and why": new RegExp(`^- \\*\\*Threshold\\*\\* ${model.threshold}[:,] .{10,}$`, "m").test(card),
    "its calibration": (model.calibration === null ? /^- \*\*Not calibrated\*\*: .{10,}$/m : /^- \*\*Calibrated\*\* with temperature \d/m).test(card),
    "what its training measured": section("Measured on ").length > 100,
    "on what it was measured": measured.includes(
      `ONNX Runtime ${quality.runtime.version} on ${quality.dataset.operations} test operations (${quality.dataset.frames.toLocaleString("en")} frames`,
    ),
    "its limits": section("Limits").length > 100,
    ...Object.fromEntries([...rows, ...header, ...labels].map((row) => [`the row ${row}`, measured.split("\n").includes(row)])),
  };
  return Object.entries(wanted).flatMap(([what, isThere]) => (isThere ? [] : [what]));
}

const read = (id: string) => ({
  card: readFileSync(join(MODELS, id, "card.md"), "utf8"),
  model: modelContract.parse(JSON.parse(readFileSync(join(MODELS, id, "model.json"), "utf8"))),
  quality: modelQuality.parse(JSON.parse(readFileSync(join(MODELS, id, "quality.json"), "utf8"))),
  shifts: modelShifts.parse(JSON.parse(readFileSync(join(MODELS, id, "shifts.json"), "utf8"))),
});

describe("the cards of the networks", () => {
  it("are there for every network that ships", () => {
    expect(ids).to.deep.equal(["instrument-detector", "instrument-segmenter", "organ-segmenter", "out-of-body", "phase-classifier", "view-quality"]);
  });

  for (const id of ids) {
    it(`tell all of ${id}, with the figures of its quality.json`, () => {
      const { card, model, quality } = read(id);
      expect(lacks(card, model, quality)).to.deep.equal([]);
    });

    it(`have figures of the very weights of ${id}, whole test sets, and frames as PyTorch computed them`, () => {
      const { model, quality } = read(id);
      expect(quality.model).to.deep.equal({
        ...{ id, version: model.version, task: model.task, subject: model.subject, sha256: model.sha256, threshold: model.threshold },
      });
      expect(quality.dataset).to.include({ name: "drawn operations", split: "test", syntheticOnly: true });
      expect(quality.dataset.operations).to.be.at.least(12);
      expect(quality.golden?.agreeing).to.equal(quality.golden?.frames).and.be.greaterThan(0);
    });
  }

  for (const id of ids)
    it(`tell how ${id} does on another procedure and in fog, by the very weights`, () => {
      const { card, model, shifts } = read(id);
      expect(lacksOfShifts(card, shifts)).to.deep.equal([]);
      // Phases of another procedure are other phases.
      const other = id === "phase-classifier" ? [] : ["drawn operations, a laparoscopic-hysterectomy"];
      expect(shifts.shifts.map(({ dataset }) => dataset.name)).to.deep.equal([...other, "drawn operations, only frames with fog on the lens"]);
      for (const shift of shifts.shifts) expect([shift.model.sha256, shift.golden]).to.deep.equal([model.sha256, null]);
      expect(shifts.shifts.every(({ dataset }) => dataset.operations >= 8)).to.equal(true);
    });

  it("are found wanting where one leaves something out, or flatters", () => {
    const { card, model, quality, shifts } = read("view-quality");
    expect(lacks(card.replace(/^## Limits.*/ms, ""), model, quality)).to.deep.equal(["its limits"]);
    expect(lacks(card.replace("**Calibrated**", "**Fine**"), model, quality)).to.deep.equal(["its calibration"]);
    expect(lacks(card, { ...model, threshold: 0.4 }, quality)).to.deep.equal(["its threshold and why"]);
    const better = { ...quality, metrics: { ...quality.metrics, "mean-f1": { ...(quality.metrics["mean-f1"] as MetricEstimate), value: 0.99 } } };
    expect(lacks(card, model, better))
      .to.have.length(1)
      .and.match(/^the row \| mean-f1 \| 0\.990/);
    const shifted = shifts.shifts.map((shift) => ({ ...shift, metrics: { ...shift.metrics, "mean-f1": better.metrics["mean-f1"] as MetricEstimate } }));
    expect(lacksOfShifts(card, { ...shifts, shifts: shifted }))
      .to.have.length(1)
      .and.match(/^\| mean-f1 \| 0\.990/);
  });
});
