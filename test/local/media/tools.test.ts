import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findMediaTools, whatIsLacking } from "../../../local/media/tools.ts";

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing was thrown",
    (error: Error) => error.message,
  );

const filters = ["blackframe", "blurdetect", "bwdif", "fps", "freezedetect", "overlay", "scale", "scdet", "settb"]
  .map((name) => ` T.. ${name}   V->V   Something.`)
  .join("\n");
const encoders = " V....D libx264   H.264";

describe("findMediaTools", () => {
  it("finds both programs on the PATH", async () => {
    const tools = await findMediaTools();
    expect(tools.ffmpeg).to.match(/\/ffmpeg$/);
    expect(tools.ffprobe).to.match(/\/ffprobe$/);
  });

  it("takes the programs that FFMPEG_PATH and FFPROBE_PATH name", async () => {
    const { ffmpeg, ffprobe } = await findMediaTools();
    expect(await findMediaTools({ PATH: "", FFMPEG_PATH: ffmpeg, FFPROBE_PATH: ffprobe })).to.deep.equal({ ffmpeg, ffprobe });
  });

  it("says how to install them, and all that is missing", async () => {
    expect(await messageOf(findMediaTools({ PATH: "/nowhere", FFPROBE_PATH: "ffprobe" }))).to.equal(
      'ffmpeg is not on the PATH, and FFMPEG_PATH is not set. FFPROBE_PATH is "ffprobe", which is not the absolute path of a program. ' +
        "Install them with `apt-get install -y ffmpeg`, or set FFMPEG_PATH and FFPROBE_PATH to the two programs.",
    );
  });

  it("refuses a program that is no ffmpeg of use", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tools-"));
    try {
      const path = join(folder, "ffmpeg");
      await writeFile(path, "#!/bin/sh\necho 'ffmpeg version 4.4.2-0ubuntu'\n", { mode: 0o755 });
      expect(await messageOf(findMediaTools({ FFMPEG_PATH: path, FFPROBE_PATH: path }))).to.match(
        /^ffmpeg is version 4\.4; 5\.1 or newer is needed\. This ffmpeg lacks the filter blackframe\./,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("whatIsLacking", () => {
  it("is content with a release from 5.1 on that has everything", () => {
    for (const version of ["5.1.9-0+deb12u1", "n7.0", "8.0.1"])
      expect(whatIsLacking(`ffmpeg version ${version} Copyright`, filters, encoders)).to.deep.equal([]);
  });

  it("judges a build without a release number by what it can do", () => {
    expect(whatIsLacking("ffmpeg version N-112345-gabcdef", filters, encoders)).to.deep.equal([]);
    expect(whatIsLacking("ffmpeg version N-112345-gabcdef", filters.replace("scdet", "other"), "")).to.deep.equal([
      "This ffmpeg lacks the filter scdet.",
      "This ffmpeg lacks the encoder libx264.",
    ]);
  });

  it("refuses 5.0", () => {
    expect(whatIsLacking("ffmpeg version 5.0.3", filters, encoders)).to.deep.equal(["ffmpeg is version 5.0; 5.1 or newer is needed."]);
  });
});
