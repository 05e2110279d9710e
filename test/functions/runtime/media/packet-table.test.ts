import { readFileSync } from "node:fs";
import { expect } from "chai";
import { InvalidInput, NeedsConversion, TryAgain } from "../../../../functions/runtime/errors.ts";
import { memoryRanges } from "../../../../functions/runtime/media/byte-ranges.ts";
import { type PacketTable, readPacketTable } from "../../../../functions/runtime/media/packet-table.ts";
import { failure } from "../../../support/failure.ts";
import { ClipFolder, cutOff, decodedFrames, x264 } from "../../support/clips.ts";

const read = (file: string): Promise<PacketTable> => readPacketTable(memoryRanges(readFileSync(file)));

describe("readPacketTable", () => {
  let clips: ClipFolder;
  let plain: string;
  before(() => {
    clips = new ClipFolder();
    plain = clips.pictures("plain.mp4", "25", 2);
  });
  after(() => clips.remove());

  /** Copies the plain clip's packets into another file. */
  const remux = (name: string, before: string[], after: string[] = []): string => clips.make(name, ...before, "-i", plain, "-c", "copy", ...after);
  const expectDecoded = async (file: string, facts: Partial<PacketTable>): Promise<PacketTable> => {
    const table = await read(file);
    const decoded = decodedFrames(file);
    expect(table.pts.length).to.equal(decoded.count);
    expect([...table.pts]).to.deep.equal(decoded.pts);
    expect(table).to.deep.include(facts);
    return table;
  };

  it("reads an MP4 with B-frames", async () => {
    const facts = { container: "mp4", codec: "avc", width: 160, height: 120, rotation: 0, hiddenFrameCount: 0, audioTracks: 0 } as const;
    const table = await expectDecoded(plain, facts);
    expect(table.timebase).to.deep.equal({ num: 1, den: 12800 });
    expect(table.pts.length).to.equal(50);
    expect(table.lastDuration).to.equal(512);
  });

  it("reads MOV, Matroska, WebM and MPEG-TS", async () => {
    await expectDecoded(remux("plain.mov", []), { container: "mov" });
    await expectDecoded(remux("plain.mkv", []), { container: "mkv", timebase: { num: 1, den: 1000 } });
    await expectDecoded(remux("plain.ts", []), { container: "mpegts", timebase: { num: 1, den: 90000 } });
    const vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"];
    await expectDecoded(clips.make("vp9.webm", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1", ...vp9), { container: "webm", codec: "vp9" });
  });

  it("reads a fragmented MP4, and one whose table comes first", async () => {
    await expectDecoded(remux("fragments.mp4", [], ["-movflags", "frag_keyframe+empty_moov"]), { container: "mp4" });
    await expectDecoded(remux("faststart.mp4", [], ["-movflags", "faststart"]), { container: "mp4" });
  });

  it("reads a variable frame rate in both fine and coarse timebases", async () => {
    const drop = ["-vf", "select='not(eq(mod(n,7),3))*not(between(n,20,31))'", "-fps_mode", "vfr"];
    const variable = clips.pictures("variable.mp4", "30000/1001", 2, ...drop);
    await expectDecoded(variable, { timebase: { num: 1, den: 30000 } });
    await expectDecoded(clips.make("variable.mkv", "-i", variable, "-c", "copy"), { timebase: { num: 1, den: 1000 } });
  });

  it("keeps a start offset", async () => {
    const mp4 = await expectDecoded(remux("offset.mp4", ["-itsoffset", "3.7"]), { hiddenFrameCount: 0 });
    expect(mp4.pts[0]).to.equal(47360);
    const mkv = await expectDecoded(remux("offset.mkv", ["-itsoffset", "3.7"]), {});
    expect(mkv.pts[0]).to.equal(3700);
    await expectDecoded(remux("offset.ts", [], ["-output_ts_offset", "37.5"]), {});
  });

  it("goes on where the clock of an MPEG-TS starts again from 0", async () => {
    const wrapping = await expectDecoded(remux("wrap.ts", [], ["-output_ts_offset", "95441.3"]), {});
    expect(wrapping.pts[0]).to.be.lessThan(0);
    expect(wrapping.pts.at(-1)).to.be.greaterThan(0);
  });

  it("leaves out what an edit list hides at the start", async () => {
    // Frame 15 is wanted; the copy begins at the key frame before it, frame 12.
    const table = await expectDecoded(remux("cut-start.mp4", ["-ss", "0.6"]), { hiddenFrameCount: 3 });
    expect(table.pts.length).to.equal(35);
  });

  it("leaves out what an edit list hides at the end", async () => {
    const bytes = readFileSync(plain);
    bytes.writeUInt32BE(1500, bytes.indexOf("elst") + 12);
    await expectDecoded(clips.write("cut-end.mp4", bytes), { hiddenFrameCount: 12 });
  });

  it("refuses a track that is cut into several edits", async () => {
    const bytes = readFileSync(remux("delayed.mp4", ["-itsoffset", "1"]));
    // Its edit list is an empty edit and a real one; the empty one becomes real.
    bytes.writeInt32BE(0, bytes.indexOf("elst") + 16);
    const error = await failure(readPacketTable(memoryRanges(bytes)));
    expect(error).to.be.instanceOf(InvalidInput);
    expect(error.message).to.equal("The video is cut into 2 pieces by an edit list. Export it as one piece and upload that.");
  });

  it("starts at the first picture that can be decoded", async () => {
    const file = clips.write("joined-late.ts", readFileSync(remux("whole.ts", [])).subarray(188 * 100));
    const table = await expectDecoded(file, {});
    expect(table.pts.length).to.be.lessThan(50);
  });

  it("takes an MPEG-TS that breaks off", async () => {
    await expectDecoded(clips.write("broken-off.ts", cutOff(remux("whole-2.ts", []), 0.6)), {});
  });

  it("tells the displayed size: turned, stretched, interlaced", async () => {
    // ffmpeg's tag counts against the clock.
    await expectDecoded(remux("turned.mp4", [], ["-metadata:s:v:0", "rotate=270"]), { width: 120, height: 160, rotation: 90 });
    await expectDecoded(clips.pictures("stretched.mp4", "25", 0.2, "-vf", "setsar=2"), { width: 320, height: 120 });
    await expectDecoded(clips.pictures("narrowed.mp4", "25", 0.2, "-vf", "setsar=8/9"), { width: 142, height: 120 });
    const fields = ["-vf", "tinterlace=interleave_top,setfield=tff", "-flags", "+ildct+ilme"];
    await expectDecoded(clips.pictures("interlaced.ts", "50", 0.5, ...fields), { width: 160, height: 120 });
    await expectDecoded(clips.pictures("interlaced.mp4", "50", 0.5, ...fields), { width: 160, height: 120 });
  });

  it("reads one frame, an odd size, 10-bit HEVC, and counts sound tracks", async () => {
    await expectDecoded(clips.pictures("one.mp4", "25", 1, "-frames:v", "1"), {});
    await expectDecoded(clips.pictures("odd.mp4", "25", 0.4, "-vf", "scale=321:239,setsar=1", "-pix_fmt", "yuv444p"), { width: 321, height: 239 });
    const hevc = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p10le"];
    await expectDecoded(clips.make("hevc.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=0.4", ...hevc), { codec: "hevc" });
    const sound = ["-f", "lavfi", "-i", "sine=d=1", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1"];
    await expectDecoded(clips.make("sound.mp4", ...sound, ...x264, "-c:a", "aac"), { audioTracks: 1 });
  });

  it("reads the tables of a large file and little else", async () => {
    const whole = readFileSync(plain);
    const typeEnd = whole.readUInt32BE(0);
    const padding = 40 << 20;
    const paddingHeader = Buffer.from([0, 0, 0, 0, ...Buffer.from("free")]);
    paddingHeader.writeUInt32BE(padding);
    // After the file's type: a box that is skipped, the pictures, and the table at the very end.
    const head = Buffer.concat([whole.subarray(0, typeEnd), paddingHeader]);
    const byteAt = (at: number) => (at < head.length ? head[at] : at < typeEnd + padding ? 0 : whole[at - padding]) as number;
    let bytesRead = 0;
    const readCounted = async (start: number, end: number) => {
      bytesRead += end - start;
      return Uint8Array.from({ length: end - start }, (_, i) => byteAt(start + i));
    };
    expect((await readPacketTable({ size: whole.length + padding, read: readCounted })).pts).to.deep.equal((await read(plain)).pts);
    expect(bytesRead).to.be.lessThan(3 << 20);
  });

  it("doesn't blame the file for a service that was busy", async () => {
    const busy = new TryAgain("SlowDown");
    const error = await failure(readPacketTable({ size: 1000, read: () => Promise.reject(busy) }));
    expect(error).to.equal(busy);
  });

  it("calls a file damaged that its parser gives up on", async () => {
    const bytes = readFileSync(plain);
    bytes.fill(0xff, bytes.indexOf("stts") + 4, bytes.indexOf("stts") + 40);
    const error = await failure(readPacketTable(memoryRanges(bytes)));
    expect(error.name).to.equal("InvalidInput");
  });

  const refused: [string, () => string, RegExp][] = [
    ["an empty file", () => clips.write("empty.mp4", ""), /^The file is empty\.$/],
    [
      "text",
      () => clips.write("text.mp4", "Not a video.\n".repeat(500)),
      /^The file is not a video in MP4, MOV, Matroska, WebM or MPEG-TS, nor in a format that can be converted\.$/,
    ],
    [
      "an AVI whose end is missing",
      () => clips.write("no-end.avi", cutOff(clips.make("whole.avi", "-f", "lavfi", "-i", "testsrc2=d=1", "-c:v", "mpeg4"), 0.6)),
      /^The file is truncated: it says it is \d+ bytes long/,
    ],
    ["an MP4 without its table", () => clips.write("no-table.mp4", cutOff(plain, 0.6)), /^The file is truncated: its part "mdat" at byte \d+ needs \d+ bytes/],
    [
      "an MP4 whose end is missing",
      () => clips.write("no-end.mp4", cutOff(remux("table-first.mp4", [], ["-movflags", "faststart"]), 0.6)),
      /^The file is truncated: its part "mdat"/,
    ],
    [
      "a Matroska whose end is missing",
      () => clips.write("no-end.mkv", cutOff(remux("whole.mkv", []), 0.6)),
      /^The file is truncated: it says it is \d+ bytes long/,
    ],
  ];
  for (const [what, make, message] of refused) {
    it(`refuses ${what}`, async () => {
      const error = await failure(read(make()));
      expect(error).to.be.instanceOf(InvalidInput);
      expect(error.message).to.match(message);
    });
  }

  const drawn = ["-f", "lavfi", "-i", "testsrc2=d=0.4:r=25"];
  const unread = (kind: string) => `The file is ${kind}, not MP4, MOV, Matroska, WebM or MPEG-TS.`;
  const convertible: [string, () => string, string | RegExp][] = [
    ["AVI", () => clips.make("a.avi", ...drawn, "-c:v", "mpeg4"), unread("AVI")],
    ["an MPEG program stream", () => clips.make("a.mpg", ...drawn, "-c:v", "mpeg2video", "-f", "vob"), unread("an MPEG program stream")],
    ["MXF", () => clips.make("a.mxf", ...drawn, "-c:v", "mpeg2video"), unread("MXF")],
    ["Windows Media", () => clips.make("a.wmv", ...drawn, "-c:v", "wmv2"), unread("Windows Media")],
    ["Ogg", () => clips.make("a.ogv", ...drawn, "-c:v", "libtheora"), unread("Ogg")],
    ["AVI under another name", () => clips.write("b.mp4", readFileSync(clips.path("a.avi"))), unread("AVI")],
    ["an AVI that nobody closed", () => clips.write("open.avi", unclosed(readFileSync(clips.path("a.avi")))), unread("AVI")],
    [
      "a codec it doesn't know",
      () => clips.make("mpeg4.mp4", ...drawn, "-c:v", "mpeg4"),
      /^The video track's codec \(mp4v\) isn't one that is read as it is\.$/,
    ],
    ["MPEG-2 in a transport stream", () => clips.make("a.ts", ...drawn, "-c:v", "mpeg2video"), "The file holds no video track that can be read as it is."],
    [
      "sound alone, which the probe tells",
      () => clips.make("sound.m4a", "-f", "lavfi", "-i", "sine=d=0.2", "-c:a", "aac"),
      "The file holds no video track that can be read as it is.",
    ],
  ];
  for (const [what, make, message] of convertible) {
    it(`asks for ${what} to be converted`, async () => {
      const error = await failure(read(make()));
      expect(error).to.be.instanceOf(NeedsConversion);
      if (typeof message === "string") expect(error.message).to.equal(message);
      else expect(error.message).to.match(message);
    });
  }
});

/** As a recorder leaves it that lost its power: the size in the header was never written. */
function unclosed(avi: Buffer): Buffer {
  const bytes = Buffer.from(avi);
  bytes.writeUInt32LE(0, 4);
  return bytes;
}
