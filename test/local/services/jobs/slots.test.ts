import { expect } from "chai";
import { createSlots } from "../../../../local/services/jobs/slots.ts";

describe("createSlots", () => {
  const never = new AbortController().signal;

  it("gives out its places and then makes wait, in the order of asking", async () => {
    const slots = createSlots(1);
    const release = await slots.acquire(never);
    const order: string[] = [];
    const first = slots.acquire(never).then((give) => {
      order.push("first");
      give();
    });
    const second = slots.acquire(never).then((give) => {
      order.push("second");
      give();
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).to.deep.equal([]);
    release();
    await Promise.all([first, second]);
    expect(order).to.deep.equal(["first", "second"]);
  });

  it("takes a place back once only", async () => {
    const slots = createSlots(1);
    const release = await slots.acquire(never);
    release();
    release();
    await slots.acquire(never);
    let got = false;
    void slots.acquire(never).then(() => {
      got = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(got).to.equal(false);
  });

  it("forgets who stopped waiting", async () => {
    const slots = createSlots(1);
    const release = await slots.acquire(never);
    const abort = new AbortController();
    const waiting = slots.acquire(abort.signal).catch((error: Error) => error.message);
    abort.abort(new Error("No longer."));
    expect(await waiting).to.equal("No longer.");
    release();
    await slots.acquire(never);
  });

  it("gives nothing to who has stopped already", async () => {
    const refused = await createSlots(1)
      .acquire(AbortSignal.abort(new Error("Stopped.")))
      .catch((error: Error) => error.message);
    expect(refused).to.equal("Stopped.");
  });
});
