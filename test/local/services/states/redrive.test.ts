import { expect } from "chai";
import { notRedrivable } from "../../../../local/services/states/redrive.ts";
import type { ExecutionRow, ExecutionStatus } from "../../../../local/services/states/store.ts";

const day = 86_400_000;
const now = 1000 * day;

describe("a redrive", () => {
  const reason = (status: ExecutionStatus, { stopped = now as number | null, started = now - day, events = 10 } = {}) =>
    notRedrivable({ status, stopped, started } as ExecutionRow, events, now);

  for (const status of ["FAILED", "TIMED_OUT", "ABORTED"] as const)
    it(`may be of what is ${status}, for 14 days from its end, a year from its start, and with less than 24,999 events`, () => {
      expect(reason(status)).to.equal(undefined);
      expect(reason(status, { stopped: now - 14 * day, started: now - 365 * day, events: 24_998 })).to.equal(undefined);
      expect(reason(status, { stopped: now - 14 * day - 1, started: now - 20 * day })).to.equal("Execution redrivable period exceeded");
      expect(reason(status, { started: now - 365 * day - 1 })).to.equal("Execution has exceeded the max execution time");
      expect(reason(status, { events: 24_999 })).to.equal("Execution history event limit exceeded");
    });

  it("may not be of what runs or succeeded", () => {
    expect(reason("RUNNING", { stopped: null })).to.equal("Execution is RUNNING and cannot be redriven");
    expect(reason("SUCCEEDED")).to.equal("Execution is SUCCEEDED and cannot be redriven");
  });
});
