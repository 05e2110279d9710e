import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { groundTruth } from "../../../contracts/ground-truth.ts";

const run = promisify(execFile);
const CLI = join(import.meta.dirname, "../../../models/synthetic/cli.ts");

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}
const sample = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
  run(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error) => error as Outcome,
  );

describe("npm run sample", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sample-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("explains itself", async () => {
    const { code, stdout } = await sample(["--help"]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/--seed N/);
  });

  it("names every mistake at once", async () => {
    const { code, stderr } = await sample([
      "--size",
      "641x359",
      "--fps",
      "0",
      "--seed",
      "1.5",
      "--seconds",
      "",
      "--out",
      "x.mov",
      "--procedure",
      "splenectomy",
    ]);
    expect(code).to.equal(2);
    expect(stderr.trim().split("\n")).to.deep.equal([
      '--size must be WIDTHxHEIGHT, even numbers from 64 to 4096, not "641x359".',
      '--fps must be frames per second from 1 to 120, as 25, 29.97 or 30000/1001, not "0".',
      '--out must end in .mp4, but "x.mov" does not.',
      '--procedure must be laparoscopic-cholecystectomy or laparoscopic-hysterectomy, not "splenectomy".',
      '--seconds must be a number from 0.1 to 36000, not "".',
      '--seed must be a whole number from 0 to 2147483647, not "1.5".',
      "See --help.",
    ]);
  });

  it("refuses an unknown option and two destinations", async () => {
    expect((await sample(["--frames", "x"])).code).to.equal(2);
    expect((await sample(["--frames-only", folder, "--out", "x.mp4"])).stderr).to.match(/exclude each other/);
  });

  it("writes a video of exactly the planned frames and its ground truth", async () => {
    const file = join(folder, "an operation.mp4");
    const { code, stderr } = await sample(["--out", file, "--seconds", "2", "--fps", "29.97", "--size", "128x72", "--seed", "3"]);
    expect(code, stderr).to.equal(0);
    const truth = groundTruth.parse(JSON.parse(await readFile(join(folder, "an operation.truth.json"), "utf8")));
    expect(truth.media).to.deep.equal({ width: 128, height: 72, frameRate: { num: 30000, den: 1001 }, frameCount: 60 });
    expect(truth.origin.seed).to.equal(3);
    const { stdout } = await run("ffprobe", [
      "-v",
      "error",
      "-count_frames",
      "-show_entries",
      "stream=codec_name,width,height,r_frame_rate,nb_read_frames,pix_fmt",
      "-of",
      "csv=p=0",
      file,
    ]);
    expect(stdout.trim()).to.equal("h264,128,72,yuv420p,30000/1001,60");
  });

  it("writes raw frames for training", async () => {
    const { code } = await sample(["--frames-only", folder, "--seconds", "2", "--fps", "5", "--size", "128x72"]);
    expect(code).to.equal(0);
    expect((await readdir(folder)).sort()).to.deep.equal(["frames.rgb", "truth.json"]);
    expect((await stat(join(folder, "frames.rgb"))).size).to.equal(10 * 128 * 72 * 3);
  });

  it("draws another procedure where one is named, and says which", async () => {
    const { code } = await sample(["--frames-only", folder, "--procedure", "laparoscopic-hysterectomy", "--seconds", "2", "--fps", "5", "--size", "128x72"]);
    expect(code).to.equal(0);
    const truth = groundTruth.parse(JSON.parse(await readFile(join(folder, "truth.json"), "utf8")));
    expect(truth.origin).to.include({ procedure: "laparoscopic-hysterectomy" });
    expect(truth.segments.map(({ label }) => label)).to.include("Suturing");
    expect(truth.instrumentLabels).to.deep.equal(["Grasper", "LigaSure", "DissectingForceps", "Hook", "NeedleDriver", "Irrigator"]);
  });

  it("writes what each pixel shows, too, where masks are asked for", async () => {
    const { code } = await sample(["--frames-only", folder, "--masks", "--seconds", "2", "--fps", "5", "--size", "128x72"]);
    expect(code).to.equal(0);
    expect((await readdir(folder)).sort()).to.deep.equal(["frames.rgb", "masks.gray", "truth.json"]);
    const masks = await readFile(join(folder, "masks.gray"));
    expect(masks.length).to.equal(10 * 128 * 72);
    const { maskLabels = [] } = groundTruth.parse(JSON.parse(await readFile(join(folder, "truth.json"), "utf8")));
    expect(maskLabels).to.have.length(18);
    expect(Math.max(...masks)).to.be.at.most(maskLabels.length);
    expect(new Set(Array.from(masks, (kind) => maskLabels[kind - 1]))).to.include("Liver");
    expect((await sample(["--masks"])).stderr).to.contain("--masks goes with --frames-only: a video has no place for them.");
  });

  it("fails in words, and leaves nothing behind, without ffmpeg", async () => {
    const { code, stderr } = await sample(["--out", join(folder, "x.mp4"), "--seconds", "1", "--size", "128x72"], { FFMPEG_PATH: join(folder, "none") });
    expect(code).to.equal(1);
    expect(stderr).to.match(/ffmpeg was not found.*apt-get install/s);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("says why when ffmpeg gives up, or the folder can't be written", async () => {
    const broken = await sample(["--out", join(folder, "x.mp4"), "--seconds", "1", "--size", "128x72"], { FFMPEG_PATH: "/bin/false" });
    expect([broken.code, broken.stderr.trim()]).to.deep.equal([1, `ffmpeg could not encode ${join(folder, "x.mp4")} (exit code 1):`]);
    const blocked = await sample(["--frames-only", join(import.meta.filename, "x"), "--seconds", "1", "--size", "128x72"]);
    expect(blocked.code).to.equal(1);
    expect(blocked.stderr).to.match(/ENOTDIR/);
  });
});
