import { expect } from "chai";
import { matches } from "../../../../local/services/states/error.ts";

describe("ErrorEquals", () => {
  const cases: [wanted: string, error: string, holds: boolean][] = [
    ["Custom", "Custom", true],
    ["Custom", "custom", false],
    ["States.ALL", "Custom", true],
    ["States.ALL", "States.Timeout", true],
    ["States.ALL", "States.DataLimitExceeded", false],
    ["States.ALL", "States.Runtime", false],
    ["States.Runtime", "States.Runtime", false],
    ["States.DataLimitExceeded", "States.DataLimitExceeded", true],
    ["States.TaskFailed", "Lambda.Unknown", true],
    ["States.TaskFailed", "States.Timeout", false],
    ["States.TaskFailed", "States.HeartbeatTimeout", true],
    ["States.TaskFailed", "States.DataLimitExceeded", false],
    ["States.Timeout", "States.HeartbeatTimeout", true],
    ["States.HeartbeatTimeout", "States.Timeout", false],
  ];
  for (const [wanted, error, holds] of cases) {
    it(`${wanted} ${holds ? "matches" : "does not match"} ${error}`, () => {
      expect(matches([wanted], error)).to.equal(holds);
    });
  }
});
