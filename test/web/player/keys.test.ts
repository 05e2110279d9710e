import { expect } from "chai";
import { commandOf, keyMap } from "../../../web/player/keys.ts";

const stroke = (key: string, more = {}) => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

describe("keys of the player", () => {
  it("do what the help says, in either case", () => {
    expect(commandOf(stroke(" "))).to.equal("play");
    expect([commandOf(stroke("f")), commandOf(stroke("F"))]).to.deep.equal(["next-frame", "next-frame"]);
    expect([commandOf(stroke("ArrowLeft", { shiftKey: true })), commandOf(stroke("ArrowLeft"))]).to.deep.equal(["back", undefined]);
    // Shift is on the way to ? on most keyboards.
    expect([commandOf(stroke("?", { shiftKey: true })), commandOf(stroke("?"))]).to.deep.equal(["help", "help"]);
  });

  it("leave the browser's own alone", () => {
    for (const modifier of ["ctrlKey", "metaKey", "altKey"]) expect(commandOf(stroke("f", { [modifier]: true }))).to.equal(undefined);
    for (const key of ["Tab", "Enter", "Escape", "x", "F5"]) expect(commandOf(stroke(key)), key).to.equal(undefined);
    expect(commandOf(stroke("f", { shiftKey: true }))).to.equal(undefined);
  });

  it("are given once each", () => {
    expect(new Set(keyMap.map(([, keys]) => keys)).size).to.equal(keyMap.length);
    expect(new Set(keyMap.map(([command]) => command)).size).to.equal(keyMap.length);
  });
});
