import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { CommandError } from "../../../local/cli/command.ts";
import { isRefused } from "../../../local/cli/preview-report.ts";
import { previewStack } from "../../../local/cli/preview-stack.ts";
import { failure } from "../../support/failure.ts";

const root = fileURLToPath(new URL("../deploy/fixtures/two-stacks", import.meta.url));

describe("previewStack", () => {
  it("judges a stack by the pack, with the stack's own policy configuration", async () => {
    const { report } = await previewStack(root, "dev");
    expect(report.findings.map(({ rule, enforcementLevel, message }) => [rule, enforcementLevel, message])).to.deep.equal([
      ["cloudwatch-log-group-keeps-audit-trail", "mandatory", 'Log group "audit" keeps events 90 days; it must keep them 365.'],
    ]);
    expect(isRefused(report)).to.equal(true);
  });

  it("passes a stack that keeps every rule", async () => expect(isRefused((await previewStack(root, "shared")).report)).to.equal(false));

  for (const [stack, message] of [
    ["wrong", /fixture:retentionDays is "soon"/],
    ["missing-output", /Required output 'keyName' does not exist/],
  ] as const) {
    it(`says what is wrong with stack ${stack}, without a stack trace`, async () => {
      const error = await failure(previewStack(root, stack));
      expect(error).to.be.instanceOf(CommandError);
      expect(error.message).to.match(message);
    });
  }
});
