import { expect } from "chai";
import { eventRate } from "../../../components/compute/event-rate.ts";

describe("eventRate", () => {
  it("counts in the singular and in the plural, as EventBridge reads it", () => {
    expect([eventRate(1, "day"), eventRate(7, "day"), eventRate(1, "hour"), eventRate(12, "hour")]).to.deep.equal([
      ...["rate(1 day)", "rate(7 days)", "rate(1 hour)", "rate(12 hours)"],
    ]);
  });
});
