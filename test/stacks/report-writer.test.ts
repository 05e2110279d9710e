import { expect } from "chai";
import { reportWriter } from "../../stacks/config/report.ts";

const agreed = {
  vendor: "Example",
  endpoint: "https://llm.example.org/v1",
  secretArn: "arn:aws:secretsmanager:us-east-1:333333333333:secret:llm-AbCdEf",
  baaSignedOn: "2026-01-31",
};
const mistakes = (config: unknown) => reportWriter.safeParse(config).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
const unwritten = "is not implemented: reports are written by the template only, leave it out";

describe("the configuration of the writer of reports", () => {
  it("needs none: the template writes", () => {
    expect(reportWriter.parse({})).to.deep.equal({});
  });

  it("refuses a third party without a signed agreement, an https endpoint and a secret, with every mistake at once", () => {
    const { baaSignedOn: _, ...unsigned } = agreed;
    expect(mistakes({ thirdParty: unsigned })).to.deep.equal([
      "thirdParty.baaSignedOn: must be the day on which its business associate agreement was signed: without one it must see no patient's data",
    ]);
    expect(mistakes({ thirdParty: { ...agreed, endpoint: "http://llm.example.org", secretArn: "sk-123", baaSignedOn: "soon" } })).to.deep.equal([
      "thirdParty.endpoint: must begin with https://",
      "thirdParty.secretArn: must be the ARN of a secret of Secrets Manager",
      "thirdParty.baaSignedOn: must be the day on which its business associate agreement was signed: without one it must see no patient's data",
      `thirdParty: ${unwritten}`,
    ]);
  });

  it("refuses every model by name, since none is called", () => {
    expect(mistakes({ bedrockModelId: "amazon.nova-lite-v1:0" })).to.deep.equal([`bedrockModelId: ${unwritten}`]);
    expect(mistakes({ thirdParty: agreed })).to.deep.equal([`thirdParty: ${unwritten}`]);
  });
});
