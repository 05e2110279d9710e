import { expect } from "chai";
import { admission, Busy } from "../../../models/serving/admission.ts";
import { failure } from "../../support/failure.ts";

describe("admission of requests", () => {
  it("lets so many in, the next in line when one leaves, and turns others away", async () => {
    const door = admission(2, 1);
    const [one] = await Promise.all([door.enter(), door.enter()]);
    let third = false;
    const waiting = door.enter().then((leave) => {
      third = true;
      return leave;
    });
    const refused = await failure(door.enter());
    expect(refused).to.be.instanceOf(Busy);
    expect(refused.message).to.equal("2 requests are under way and 1 wait.");
    expect(third).to.equal(false);
    one();
    // Who leaves twice frees one place only.
    one();
    const leaveThird = await waiting;
    let fourth = false;
    const last = door.enter().then((leave) => {
      fourth = true;
      return leave;
    });
    await Promise.resolve();
    expect(fourth).to.equal(false);
    leaveThird();
    (await last)();
  });
});
