import { join } from "node:path";
import { expect } from "chai";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { analysisKey } from "../../contracts/keys.ts";
import type { PlatformClient } from "../../local/cli/client.ts";
import { StartedPlatform } from "../../local/cli/started-platform.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

/** States during which the power is cut, in the order of a run: a function, a conversion, the jobs side by side, what merges them. `npm run soak` cuts anywhere. */
const cuts = ["IndexSource", "Normalise", "AnalyseFrames", "MergeTimeline"];

describe("a power cut", function () {
  this.timeout(300_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clip: string;

  before(async () => {
    folder = await temporaryFolder();
    clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
  });
  after(() => folder.remove());

  const contentOf = async (client: PlatformClient, caseId: string): Promise<string> => {
    const item = await client.settled(caseId, () => undefined);
    expect(item.reasons).to.deep.equal([]);
    expect(item.status).to.equal("COMPLETE");
    const json = await client.object({ bucket: client.processedBucket, key: analysisKey(caseId, item.runId as string) });
    return analysisContract.parse(JSON.parse(json.toString())).provenance.contentSha256;
  };

  it("at any state of a run loses nothing: the run goes on and finds the same", async () => {
    const dataDir = join(folder.path, "data");
    let platform = await StartedPlatform.start(dataDir);
    try {
      const undisturbed = await contentOf(platform.client, await platform.client.upload(clip, () => undefined));
      const caseId = await platform.client.upload(clip, () => undefined);
      const reached: string[] = [];
      for (const cut of cuts) {
        const entered = await untilEntered(platform.client, caseId, cut);
        if (entered) reached.push(cut);
        await platform.kill();
        platform = await StartedPlatform.start(dataDir);
      }
      expect(reached, "states at which the power was cut").to.deep.equal(cuts);
      expect(await contentOf(platform.client, caseId)).to.equal(undisturbed);
      expect((await platform.client.cases()).length, "no case was made twice").to.equal(2);
    } finally {
      await platform.kill();
    }
  });
});

/** Waits until the case's run enters a state; false if the run ended before that was seen. */
async function untilEntered(client: PlatformClient, caseId: string, state: string): Promise<boolean> {
  for (;;) {
    const item = await client.case(caseId);
    if (item?.runId && (await client.statesEntered(item.runId)).includes(state)) return true;
    if (item && item.status !== "UPLOADING" && item.status !== "RUNNING") return false;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}
