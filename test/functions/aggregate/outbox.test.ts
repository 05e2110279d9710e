import { expect } from "chai";
import { outbox } from "../../../functions/aggregate/merge-timeline/outbox.ts";
import { failure } from "../../support/failure.ts";

describe("outbox", () => {
  it("writes four things at a time and waits for all of them", async () => {
    const out = outbox();
    let underWay = 0;
    let most = 0;
    let done = 0;
    for (let i = 0; i < 10; i++) {
      await out.add(async () => {
        most = Math.max(most, ++underWay);
        await new Promise((written) => setTimeout(written, 2));
        underWay--;
        done++;
      });
    }
    await out.finish();
    expect([most, done]).to.deep.equal([4, 10]);
  });

  it("tells of a write that failed, with the next one or in the end", async () => {
    const refused = async () => {
      throw new Error("No room.");
    };
    const out = outbox();
    await out.add(refused);
    expect((await failure(out.finish())).message).to.equal("No room.");
    const another = outbox();
    await another.add(refused);
    await new Promise((past) => setTimeout(past, 1));
    expect((await failure(another.add(async () => {}))).message).to.equal("No room.");
  });
});
