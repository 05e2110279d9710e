import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { readDockerfile } from "../../../../local/services/sagemaker/dockerfile.ts";

describe("readDockerfile", () => {
  it("reads the last stage", () => {
    expect(
      readDockerfile(
        'FROM node AS build\nENTRYPOINT ["no"]\nENV A=1\n\nFROM node\n# ENV C=3\nWORKDIR /app\nENV B=2 \\\n    D="two words"\nENTRYPOINT ["node", "main.ts"]\nCMD ["serve"]\n',
      ),
    ).to.deep.equal({ base: "node", entrypoint: ["node", "main.ts"], command: ["serve"], environment: { B: "2", D: "two words" }, workingFolder: "/app" });
  });

  it("starts a stage from the one it is built on", () => {
    expect(readDockerfile('FROM --platform=linux/arm64 node AS base\nENTRYPOINT ["node"]\nCMD ["a"]\nENV A 1 2\nFROM base\nENV B=2')).to.deep.equal({
      base: "node",
      entrypoint: ["node"],
      command: ["a"],
      environment: { A: "1 2", B: "2" },
      workingFolder: "/",
    });
  });

  it("drops the base's command with its entry point", () => {
    expect(readDockerfile('FROM node AS base\nCMD ["a"]\nFROM base\nENTRYPOINT ["node"]').command).to.deep.equal([]);
  });

  it("puts build arguments where FROM names them, and refuses one that nothing gives", () => {
    const text = "ARG BASE=debian\nARG OTHER\nFROM $BASE AS a\nFROM $OTHER";
    expect(readDockerfile(text, { OTHER: "vllm" }).base).to.equal("vllm");
    expect(readDockerfile("ARG BASE=debian\nFROM $BASE").base).to.equal("debian");
    expect(readDockerfile("ARG BASE=debian\nFROM $BASE", { BASE: "alpine" }).base).to.equal("alpine");
    expect(() => readDockerfile(text)).to.throw("FROM $OTHER: no build argument says what OTHER is.");
  });

  it("refuses the shell form", () => {
    expect(() => readDockerfile("FROM node\nENTRYPOINT node main.ts")).to.throw(
      'ENTRYPOINT node main.ts: the local cloud implements the exec form only, ["program", "argument"].',
    );
  });

  it("reads the inference container's", async () => {
    const text = await readFile(new URL("../../../../models/serving/Dockerfile", import.meta.url), "utf8");
    const { entrypoint, environment } = readDockerfile(text);
    expect(entrypoint).to.deep.equal(["node", "models/serving/main.ts"]);
    expect(environment).to.include({ MODEL_DIR: "/opt/ml/model", EXIT_MESSAGE_FILE: "/opt/ml/output/message" });
  });
});
