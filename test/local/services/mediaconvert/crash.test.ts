import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CreateJobResponse } from "@aws-sdk/client-mediaconvert";
import { expect } from "chai";
import { createMediaConvert, type MediaConvert } from "../../../../local/services/mediaconvert/service.ts";
import { ffmpeg, numberedFrames } from "../../media/clips.ts";
import { createFolderCloud, type FolderCloud, jobRole, jobServiceOptions } from "../folder-store.ts";
import { encoded, fileGroup, hlsGroup, settingsOf } from "./job-settings.ts";

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Processes that work inside a folder. Linux tells; elsewhere nobody is seen. */
async function processesIn(folder: string): Promise<string[]> {
  const ids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => "")));
  return ids.filter((_, i) => places[i]?.startsWith(folder));
}

describe("MediaConvert killed at work", () => {
  let cloud: FolderCloud;
  let service: MediaConvert | undefined;
  before(async () => {
    cloud = await createFolderCloud();
  });
  after(async () => {
    await service?.close();
    await cloud.remove();
  });

  it("leaves no transcoder behind, and makes the same outputs under the same id when it is started again", async () => {
    await mkdir(cloud.pathOf("raw", "case"), { recursive: true });
    await ffmpeg(...numberedFrames(50, 25), "-c:v", "libx264", "-preset", "ultrafast", "-f", "mp4", cloud.pathOf("raw", "case/source"));
    // Several renditions, so that there is time to be killed in.
    const groups = [fileGroup(encoded(640, 360)), hlsGroup(encoded(160, 90), 1), fileGroup(encoded(160, 90))];
    const request = { Role: jobRole, Settings: settingsOf("case/source", ...groups) };

    const script = fileURLToPath(new URL("killed-process.ts", import.meta.url));
    const killed = spawn(process.execPath, [script, cloud.folder, JSON.stringify(request)], { stdio: ["ignore", "pipe", "inherit"] });
    const said: string[] = [];
    for await (const line of createInterface({ input: killed.stdout })) if (said.push(line) === 2) break;
    const id = said.find((line) => line.startsWith("accepted "))?.slice("accepted ".length) as string;
    expect(said).to.have.members([`accepted ${id}`, `mediaconvert job ${id} RUNNING`]);
    const work = join(cloud.folder, "mediaconvert", "work", id);
    while (process.platform === "linux" && (await processesIn(work)).length === 0) await pause();
    killed.kill("SIGKILL");
    await new Promise((resolve) => killed.once("close", resolve));
    while ((await processesIn(work)).length > 0) await pause();
    expect(await readdir(cloud.pathOf("lake", "")).catch(() => [])).to.deep.equal([]);

    service = createMediaConvert(await jobServiceOptions(cloud, join(cloud.folder, "mediaconvert")));
    expect(service.jobs.get(id)?.state).to.equal("RUNNING");
    service.start();
    expect((await service.jobs.settled(id)).state).to.equal("SUCCEEDED");

    const read = async (): Promise<string[]> => {
      const names = ["analysis/analysis.m3u8", "analysis/analysis_video_00001.ts", "analysis/analysis_video_00002.ts", "review/review.mp4"];
      return Promise.all(names.map(async (name) => (await readFile(cloud.pathOf("lake", `case/${name}`))).toString("base64")));
    };
    const afterCrash = await read();
    const again = await cloud.call<CreateJobResponse>(service.service, "CreateJob", request);
    await service.jobs.settled(again.Job?.Id as string);
    expect(await read()).to.deep.equal(afterCrash);
  });
});
