import { execFile } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { groundTruth } from "../../../contracts/ground-truth.ts";
import { painter } from "../../../models/synthetic/painter.ts";
import { planScenario } from "../../../models/synthetic/scenario.ts";
import { truthOf } from "../../../models/synthetic/truth.ts";

const SAMPLES = join(import.meta.dirname, "../../../samples");
const video = join(SAMPLES, "laparoscopy.mp4");
const truth = groundTruth.parse(JSON.parse(readFileSync(join(SAMPLES, "laparoscopy.truth.json"), "utf8")));

describe("the shipped sample", () => {
  it("is small and has every frame that its ground truth speaks of", async () => {
    expect(statSync(video).size).to.be.at.most(4 * 1024 * 1024);
    const { stdout } = await promisify(execFile)("ffprobe", [
      "-v",
      "error",
      "-count_packets",
      "-show_entries",
      "stream=width,height,r_frame_rate,nb_read_packets",
      "-of",
      "csv=p=0",
      video,
    ]);
    const { width, height, frameRate, frameCount } = truth.media;
    expect(stdout.trim()).to.equal(`${width},${height},${frameRate.num}/${frameRate.den},${frameCount}`);
  });

  it("shows all that can happen", () => {
    expect([...new Set(truth.events.map((e) => e.type))]).to.include.members(["smoke", "bleeding", "black", "freeze", "blur", "cut"]);
    expect(truth.events.filter((e) => e.type === "cut")).to.have.length(2);
    expect(truth.outOfBody).to.have.length(2);
    expect([...new Set(truth.instruments.flatMap(([, boxes]) => boxes.map(([label]) => label)))].sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
  });

  it("is what the generator draws today", () => {
    const scenario = planScenario({ seed: truth.origin.seed, seconds: truth.media.frameCount / 25, frameRate: truth.media.frameRate });
    const { paint } = painter(scenario, truth.media.width, truth.media.height);
    const frames = [20, 100, 185, 235, 385, 450];
    const boxes = Array.from({ length: scenario.frameCount }, (_, frame) => (frames.includes(frame) ? paint(frame) : []));
    const drawn = truthOf(scenario, truth.media.width, truth.media.height, boxes);
    expect(drawn).to.deep.equal({ ...truth, instruments: truth.instruments.filter(([frame]) => frames.includes(frame)) });
    expect(drawn.instruments).to.have.length(frames.length);
  });
});
