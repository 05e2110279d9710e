import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { lock, runningSession, type Session, writeSession } from "../../../local/cli/session.ts";
import { root } from "../../../local/root.ts";

const run = (command: string, ...args: string[]) => spawnSync(process.execPath, [join(root, "local/cli", `${command}.ts`), ...args], { encoding: "utf8" });

describe("the commands", () => {
  for (const command of ["start", "analyse", "preview"]) {
    it(`${command} --help explains itself and its exit codes`, () => {
      const { status, stdout } = run(command, "--help");
      expect(status).to.equal(0);
      expect(stdout).to.match(new RegExp(`^npm (run )?${command} --`));
      expect(stdout).to.match(/exit code/i);
    });

    it(`${command} ends with 2 on an option it does not have`, () => {
      const { status, stderr } = run(command, "--colour");
      expect(status).to.equal(2);
      expect(stderr).to.include("--colour");
    });
  }

  it("analyse ends with 2 without a video, and with 1 for a file that is not there", () => {
    expect(run("analyse").status).to.equal(2);
    const missing = run("analyse", "no-such-video.mp4");
    expect(missing.status).to.equal(1);
    expect(missing.stderr).to.equal("no-such-video.mp4 is not a file.\n");
  });

  it("verify-exports ends with 2 for two folders, and with 1 for one that holds no exports, before anything is installed", () => {
    expect(run("verify-exports", "test/local", "test/docs").status).to.equal(2);
    const { status, stdout, stderr } = run("verify-exports", "test/local");
    expect([status, stdout, stderr]).to.deep.equal([1, "", "test/local holds no folder that is called coco, csv, dicom-sr, fhir, parquet, webvtt.\n"]);
  });

  it("start ends with 2 for a port that is none", () => {
    const { status, stderr } = run("start", "--port", "http");
    expect(status).to.equal(2);
    expect(stderr).to.include('--port must be a number from 0 to 65535, not "http".');
  });
});

describe("a data folder", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "svp-session-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A process id that belonged to a process which has ended. */
  const endedPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;
  const session = (pid: number): Session => ({
    pid,
    endpoint: "http://127.0.0.1:1",
    api: "http://127.0.0.1:2/api",
    page: null,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c" },
    outputs: {},
  });

  it("belongs to one process at a time", () => {
    const holder = process.ppid;
    writeFileSync(join(folder, "lock"), String(holder));
    expect(() => lock(folder)).to.throw(`Another local cloud (process ${holder}) uses ${folder}.`);
  });

  it("is taken over from a process that was killed, and given back", () => {
    writeFileSync(join(folder, "lock"), String(endedPid()));
    const release = lock(folder);
    expect(readFileSync(join(folder, "lock"), "utf8")).to.equal(String(process.pid));
    release();
    expect(() => readFileSync(join(folder, "lock"))).to.throw("ENOENT");
  });

  it("tells of the session of a living process only", () => {
    expect(runningSession(folder)).to.equal(undefined);
    writeSession(folder, session(endedPid()));
    expect(runningSession(folder)).to.equal(undefined);
    writeSession(folder, session(process.pid));
    expect(runningSession(folder)).to.deep.equal(session(process.pid));
  });
});
