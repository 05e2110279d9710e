import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const description = {
  version: "1.0.0",
  sha256: "0".repeat(64),
  dataset: "none: for this test",
  syntheticOnly: true,
  subject: "instrument",
  calibration: null,
  input: { name: "pixels", width: 64, height: 64, fit: "stretch" },
  labels: ["label"],
  threshold: 0.5,
};
const segmentation = { task: "segmentation", outputs: { classes: "classes", confidence: "confidence" }, regions: "whole", leastCells: 1 };
const models: Record<string, object> = {
  "out-of-body": { ...description, name: "Out of body", task: "frame-classification", outputs: { scores: "scores" } },
  "phase-classifier": { ...description, name: "Phases", subject: "phase", task: "frame-classification", outputs: { scores: "scores" } },
  "view-quality": { ...description, name: "View", subject: "view", task: "frame-classification", outputs: { scores: "scores" } },
  "instrument-segmenter": { ...description, name: "Outlines", ...segmentation },
  "organ-segmenter": { ...description, name: "Organs", subject: "structure", ...segmentation },
  "instrument-detector": { ...description, name: "Instruments", task: "object-detection", outputs: { boxes: "boxes", scores: "scores", classes: "classes" } },
};

/**
 * This project in a folder of its own, with networks that nothing runs: what the program makes of them does not depend
 * on the weights that are shipped. `replace` gives files other content.
 */
export function projectFolder(replace: Record<string, string> = {}): { root: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), "svp-project-"));
  for (const entry of readdirSync(".")) {
    if (entry in replace) continue;
    if (["components", "contracts", "functions", "node_modules", "package.json", "stacks", "Pulumi.yaml"].includes(entry))
      symlinkSync(resolve(entry), join(root, entry));
    else if (/^Pulumi\..*yaml$/.test(entry)) writeFileSync(join(root, entry), withoutPage(readFileSync(entry, "utf8")));
  }
  mkdirSync(join(root, "models"));
  symlinkSync(resolve("models/serving"), join(root, "models/serving"));
  for (const [id, model] of Object.entries(models)) {
    mkdirSync(join(root, "models", id));
    writeFileSync(join(root, "models", id, "model.json"), JSON.stringify({ id, ...model }));
    writeFileSync(join(root, "models", id, "model.onnx"), "not a network");
  }
  for (const [file, content] of Object.entries(replace)) writeFileSync(join(root, file), withoutPage(content));
  return { root, remove: () => rmSync(root, { recursive: true }) };
}

/** What the page is built into is named after its content, which changes with every word of it. */
const withoutPage = (config: string): string => config.replace("page: built", "page: elsewhere");
