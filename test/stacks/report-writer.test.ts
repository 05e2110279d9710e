import { expect } from "chai";
import { flawsOfWriter, reportWriter } from "../../stacks/config/report.ts";

const agreed = {
  vendor: "Example",
  endpoint: "https://llm.example.org/v1",
  secretArn: "arn:aws:secretsmanager:us-east-1:333333333333:secret:llm-AbCdEf",
  baaSignedOn: "2026-01-31",
};
const mistakes = (config: unknown) => reportWriter.safeParse(config).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
const unwritten = "is not implemented: functions have no way to the internet, leave it out";

describe("the configuration of the writer of reports", () => {
  it("needs none: the template writes", () => {
    expect(reportWriter.parse({})).to.deep.equal({ writer: "template", maxRedrafts: 1 });
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

  it("refuses a third party, models that are not listed, and a model where the template writes", () => {
    expect(mistakes({ thirdParty: agreed })).to.deep.equal([`thirdParty: ${unwritten}`]);
    const listed = "modelId: must be one of amazon.nova-lite-v1:0, amazon.nova-pro-v1:0, svp.local-drafter-v1:0";
    expect(mistakes({ writer: "bedrock" })).to.deep.equal([listed]);
    expect(mistakes({ writer: "bedrock", modelId: "global.any", maxRedrafts: 9 }))
      .to.have.length(2)
      .and.to.include(listed);
    expect(mistakes({ modelId: "amazon.nova-lite-v1:0" })).to.deep.equal(["modelId: must be left out where the template writes"]);
  });

  it("holds a model against the rest of the environment, all at once", () => {
    const writer = (modelId: string) => reportWriter.parse({ writer: "bedrock", modelId });
    const good = { region: "us-east-1", dataClassification: "phi", endpoints: ["bedrock-runtime"] };
    expect(flawsOfWriter(writer("amazon.nova-lite-v1:0"), good)).to.deep.equal([]);
    expect(flawsOfWriter(reportWriter.parse({}), { ...good, endpoints: [] })).to.deep.equal([]);
    expect(flawsOfWriter(writer("svp.local-drafter-v1:0"), { ...good, region: "eu-west-1", endpoints: [] })).to.deep.equal([
      "svp.local-drafter-v1:0 is not offered in eu-west-1 itself",
      "svp.local-drafter-v1:0 must see no patient's data",
      "svp:network.endpoints must hold bedrock-runtime: functions have no other way to the model",
    ]);
  });
});
