import { expect } from "chai";
import { Playback } from "../../../web/data/playback.ts";

describe("leave to have a video", () => {
  const minutes = (count: number): number => count * 60_000;

  it("is asked for once, anew before it runs out, and again after a failure", async () => {
    let now = 0;
    let asked = 0;
    let isDown = false;
    const playback = new Playback(
      async () => {
        asked++;
        if (isDown) throw new Error("down");
        return { until: new Date(now + minutes(15)).toISOString() };
      },
      () => now,
    );
    await Promise.all([playback.granted(), playback.granted()]);
    now = minutes(12) - 1;
    await playback.granted();
    expect(asked).to.equal(1);
    now = minutes(12);
    isDown = true;
    expect(await playback.granted().catch((error: Error) => error.message)).to.equal("down");
    isDown = false;
    await playback.granted();
    await playback.granted();
    expect(asked).to.equal(3);
  });
});
