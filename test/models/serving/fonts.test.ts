import { existsSync } from "node:fs";
import { expect } from "chai";
import { glyphsOf } from "../../../models/serving/annotation/fonts.ts";
import { Picture } from "../../../models/serving/annotation/picture.ts";

const { signal } = new AbortController();
const ffmpeg = { ...(process.env["FFMPEG_PATH"] && { FFMPEG_PATH: process.env["FFMPEG_PATH"] }) };
const white = { y: 235, u: 128, v: 128 };
const black = { y: 16, u: 128, v: 128 };

describe("glyphs of a font", () => {
  it("are those of labels in any script, and none of what the font lacks; none at all without it", async () => {
    const isThere = existsSync("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc");
    const found = await glyphsOf([..."膽囊管é'\\:%{\ue001"], 18, ffmpeg, signal);
    expect([...found.keys()].join("")).to.equal(isThere ? "膽囊管é'\\:%{" : "");
    for (const [character, glyph] of found) {
      expect(glyph.length).to.equal(18 * 18);
      expect(
        glyph.some((shade) => shade > 120),
        character,
      ).to.equal(true);
    }
    const shapes = [...found.values()].map((glyph) => glyph.join(" "));
    expect(new Set(shapes).size).to.equal(shapes.length);
    expect((await glyphsOf([..."膽"], 18, { ...ffmpeg, FONT_FILE: "/there/is/none.ttf" }, signal)).size).to.equal(0);
  });

  it("are drawn beside letters of dots, each as wide as a line is high", () => {
    const picture = new Picture(320, 180);
    const side = picture.glyphSize;
    expect(side).to.equal(18);
    expect(picture.textSize("膽囊")).to.deep.equal(picture.textSize("??"));
    const glyph = new Uint8Array(side * side).fill(255, 0, side * 4);
    picture.glyphs = new Map([["膽", glyph]]);
    const { width } = picture.textSize("A");
    expect(picture.textSize("A膽").width).to.equal(width + side);
    picture.text("A膽", 0, 0, black, white);
    const luma = (x: number, y: number) => picture.bytes[y * 320 + x];
    const inside = [luma(width + 1, 0), luma(width + side - 1, 3), luma(width + 1, 4)];
    expect(inside).to.deep.equal([235, 235, 16]);
    // The last line of pixels that fits, and nothing beyond the picture.
    picture.text("膽".repeat(30), 0, 170, black, white);
    expect(luma(319, 162)).to.equal(235);
  });
});
