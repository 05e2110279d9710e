import { expect } from "chai";
import type { ImportFormat } from "../../../../contracts/exports.ts";
import type { Aspect } from "../../../../functions/runtime/interchange/format.ts";
import { formats } from "../../../../functions/runtime/interchange/formats.ts";
import { readers } from "../../../../functions/runtime/interchange/readers.ts";
import type { Scene } from "../../../../functions/runtime/interchange/scene.ts";
import { drawnScene, exported, factsFound, factsOf, given, handedBack, operationOf } from "./support.ts";

describe("formats there and back", () => {
  let scene: Scene;
  let facts: Awaited<ReturnType<typeof factsOf>>;
  before(async () => {
    scene = await drawnScene();
    facts = await factsOf(scene);
  });

  it("are tried with an operation that has something of everything", () => {
    for (const aspect of ["boxes", "scores", "tracks", "masks", "segments", "events"] as const) expect(facts[aspect], aspect).to.have.length.greaterThan(6);
    expect(facts.lookedAt).to.have.length(600);
    expect(facts.tracks as string[], "boxes of no track").to.satisfy((tracks: string[]) => tracks.some((track) => track.endsWith(": -1")));
  });

  for (const [format, names] of Object.entries(handedBack) as [ImportFormat, string[]][]) {
    it(`${format} keeps what it says it keeps, and nothing else`, async () => {
      const found = factsFound(readers[format](given(await exported(format, scene), ...names), operationOf(scene)));
      const { keeps } = formats[format];
      for (const aspect of Object.keys(found) as (keyof typeof found & Aspect)[]) {
        if (keeps.includes(aspect)) expect(found[aspect], aspect).to.deep.equal(facts[aspect]);
        else expect(found[aspect], `${aspect} is said to be lost`).not.to.deep.equal(facts[aspect]);
      }
    });

    it(`${format} tells of a span what lies in it, in frames of the operation`, async () => {
      const part = await drawnScene(100, 260);
      const found = factsFound(readers[format](given(await exported(format, part), ...names), operationOf(part)));
      const wanted = await factsOf(part);
      for (const aspect of Object.keys(found) as (keyof typeof found & Aspect)[]) {
        if (formats[format].keeps.includes(aspect)) expect(found[aspect], aspect).to.deep.equal(wanted[aspect]);
      }
    });
  }
});
