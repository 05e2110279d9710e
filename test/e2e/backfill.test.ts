import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { CopyObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { sourceKey } from "../../contracts/keys.ts";
import type { BackfillResult } from "../../local/cli/client.ts";
import { StartedPlatform } from "../../local/cli/started-platform.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

const run = promisify(execFile);

describe("a backfill", function () {
  this.timeout(240_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: StartedPlatform;
  let dataDir: string;
  const videos = [1, 2].map(() => ({ caseId: randomUUID(), uploadId: randomUUID() }));
  const missing = { caseId: randomUUID(), uploadId: randomUUID() };

  before(async () => {
    folder = await temporaryFolder();
    dataDir = join(folder.path, "data");
    platform = await StartedPlatform.start(dataDir);
    const clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
    // An archive: copied into the bucket, which starts nothing.
    const { endpoint, region, credentials, outputs } = platform.session;
    const s3 = new S3Client({ endpoint, region, credentials });
    const bucket = outputs["rawBucket"] as string;
    for (const [i, file] of [clips.plain(), clips.text()].entries()) {
      const { caseId, uploadId } = videos[i] as (typeof videos)[number];
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `archive/${i}`, Body: readFileSync(file) }));
      await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: sourceKey(caseId, uploadId), CopySource: `${bucket}/archive/${i}` }));
    }
    s3.destroy();
  });
  after(async () => {
    await platform?.stop();
    await folder?.remove();
  });

  /** The command, as people give it; gives its exit code and what it printed. */
  async function backfill(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const command = ["local/cli/backfill.ts", ...args, "--data", dataDir];
    try {
      const { stdout, stderr } = await run(process.execPath, command, { cwd: root });
      return { code: 0, out: stdout, err: stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    }
  }

  it("of a whole archive analyses each video once, whatever comes of the others", async () => {
    const { code, out, err } = await backfill("--all", "--json");
    expect(code, err).to.equal(0);
    const { ended, failed } = JSON.parse(out) as BackfillResult;
    expect(failed).to.deep.equal([]);
    const statuses = Object.fromEntries(ended.map(({ caseId, status }) => [caseId, status]));
    expect(videos.map(({ caseId }) => statuses[caseId])).to.deep.equal(["COMPLETE", "REJECTED"]);
    for (const { caseId, runId, status } of ended) expect(await platform.client.case(caseId)).to.include({ runId, status });
    expect(err).to.include("1 complete, 1 rejected");
  });

  it("skips what is analysed already when it is given again, and tells what failed", async () => {
    const manifest = join(folder.path, "manifest.jsonl");
    writeFileSync(manifest, videos.map((item) => `${JSON.stringify(item)}\n`).join(""));
    const again = await backfill(manifest, "--json");
    expect(again.code, again.err).to.equal(0);
    expect((JSON.parse(again.out) as BackfillResult).ended.map(({ status }) => status)).to.deep.equal(["SKIPPED", "SKIPPED"]);
    // One of three is more than the twentieth that is tolerated.
    writeFileSync(manifest, `${JSON.stringify(missing)}\n`, { flag: "a" });
    const third = await backfill(manifest);
    expect(third.code).to.equal(1);
    expect(third.err).to.include("States.ExceedToleratedFailureThreshold");
  });

  it("tolerates the failure of one in twenty, and tells of it", async () => {
    const manifest = join(folder.path, "tolerated.jsonl");
    const lines = [...Array.from({ length: 20 }, () => videos[0]), missing];
    writeFileSync(manifest, lines.map((item) => `${JSON.stringify(item)}\n`).join(""));
    const { code, out, err } = await backfill(manifest);
    expect([code, out]).to.deep.equal([1, `Case ${missing.caseId} failed: There is no such video.\n`]);
    expect(err).to.include("1 failed, 20 skipped");
  });

  it("that was stopped half way ends whole when it is given again", async () => {
    const { client } = platform;
    const { endpoint, region, credentials, outputs } = platform.session;
    const s3 = new S3Client({ endpoint, region, credentials });
    const item = { caseId: randomUUID(), uploadId: randomUUID() };
    const bucket = outputs["rawBucket"] as string;
    await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: sourceKey(item.caseId, item.uploadId), CopySource: `${bucket}/archive/0` }));
    s3.destroy();
    const execution = await client.startBackfill([item]);
    while ((await client.case(item.caseId))?.status !== "RUNNING") await pause(50);
    const states = new SFNClient({ endpoint, region, credentials });
    await states.send(new StopExecutionCommand({ executionArn: execution }));
    states.destroy();
    const stopped = await client.settled(item.caseId, () => undefined);
    expect(stopped).to.deep.include({ status: "FAILED", reasons: ["The analysis was stopped before its end. It can be redriven."] });

    const manifest = join(folder.path, "stopped.jsonl");
    writeFileSync(manifest, `${JSON.stringify(item)}\n`);
    const { code, out, err } = await backfill(manifest, "--json");
    expect(code, err).to.equal(0);
    expect(JSON.parse(out)).to.deep.equal({ ended: [{ caseId: item.caseId, runId: stopped.runId, status: "COMPLETE" }], failed: [] });
    expect(await client.case(item.caseId)).to.deep.include({ status: "COMPLETE", runId: stopped.runId, reasons: [] });
    expect(await client.execution(stopped.runId as string)).to.deep.include({ status: "SUCCEEDED", redriveCount: 1 });
  });

  it("works on a stack of AWS's by what the Pulumi CLI tells of it and the credentials at hand, and gives its dead letters back", async () => {
    const { endpoint, region, credentials, outputs } = platform.session;
    const bin = join(folder.path, "bin");
    mkdirSync(bin);
    writeFileSync(join(folder.path, "outputs.json"), JSON.stringify(outputs));
    writeFileSync(
      join(bin, "pulumi"),
      `#!/bin/sh\n[ "$5" = prod ] || { echo "no stack named $5" >&2; exit 255; }\ncat "${join(folder.path, "outputs.json")}"\n`,
    );
    chmodSync(join(bin, "pulumi"), 0o755);
    const env = {
      ...{ PATH: `${bin}:${process.env["PATH"]}`, HOME: folder.path, AWS_ENDPOINT_URL: endpoint, AWS_REGION: region },
      ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: credentials.sessionToken },
    };
    const on = (command: string, ...args: string[]) =>
      run(process.execPath, [join("local/cli", command), ...args], { cwd: root, env }).catch((error: { code: number; stderr: string }) => error);
    const manifest = join(folder.path, "stack.jsonl");
    writeFileSync(manifest, `${JSON.stringify(videos[0])}\n`);
    const analysed = (await on("backfill.ts", manifest, "--stack", "prod", "--json")) as { stdout: string };
    expect((JSON.parse(analysed.stdout) as BackfillResult).ended.map(({ caseId, status }) => [caseId, status])).to.deep.equal([[videos[0]?.caseId, "SKIPPED"]]);
    expect((await on("cases.ts", "redrive", "--dead-letters", "--stack", "prod")) as object).to.deep.include({ stdout: "0 uploads are tried again.\n" });
    expect(await on("cases.ts", "list", "--stack", "nova")).to.deep.include({
      ...{ code: 1, stderr: 'The Pulumi CLI does not tell the outputs of stack "nova": no stack named nova\n' },
    });
    expect(((await on("backfill.ts", "--all", "--stack", "prod", "--data", dataDir)) as { code: number }).code).to.equal(2);
    expect(((await on("cases.ts", "reanalyse", missing.caseId, "--stack", "prod")) as { code: number }).code).to.equal(2);
  });

  it("refuses a manifest with every line that is wrong, and words that make no sense", async () => {
    const manifest = join(folder.path, "wrong.jsonl");
    writeFileSync(manifest, `{"caseId":"x"}\n${JSON.stringify(missing)}\nno JSON\n`);
    const wrong = await backfill(manifest);
    expect(wrong.code).to.equal(1);
    expect(wrong.err).to.include('- Line 1 is not {"caseId": UUID, "uploadId": UUID}.\n- Line 3 is not');
    expect((await backfill()).code).to.equal(2);
    expect((await backfill(manifest, "--all")).code).to.equal(2);
  });
});
