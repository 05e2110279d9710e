import { expect } from "chai";
import { flawsOfWriter, reportWriter } from "../../stacks/config/report.ts";

const agreed = {
  vendor: "Example",
  endpoint: "https://llm.example.org/v1",
  secretArn: "arn:aws:secretsmanager:us-east-1:333333333333:secret:svp-prod-llm-AbCdEf",
  baaSignedOn: "2026-01-31",
};
const mistakes = (config: unknown) => reportWriter.safeParse(config).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
const third = (changes: object = {}) => ({ writer: "third-party", modelId: "large-1", thirdParty: { ...agreed, ...changes } });
const unsigned = "must be the day on which its business associate agreement was signed: without one it must see no patient's data";

describe("the configuration of the writer of reports", () => {
  it("needs none: the template writes", () => {
    expect(reportWriter.parse({})).to.deep.equal({ writer: "template", maxRedrafts: 1, pictures: 0 });
  });

  it("takes a third party with a signed agreement", () => {
    expect(reportWriter.parse(third())).to.deep.equal({ writer: "third-party", modelId: "large-1", maxRedrafts: 1, pictures: 0, thirdParty: agreed });
    expect(mistakes(third({ baaEndsOn: "2099-01-30", secretKeyArn: "arn:aws:kms:us-east-1:333333333333:key/1" }))).to.equal(undefined);
  });

  it("refuses a third party without a signed agreement, an https endpoint and a secret, with every mistake at once", () => {
    const { baaSignedOn: _, ...without } = agreed;
    expect(mistakes({ ...third(), thirdParty: without })).to.deep.equal([`thirdParty.baaSignedOn: ${unsigned}`]);
    expect(mistakes(third({ vendor: "", endpoint: "http://llm.example.org", secretArn: "sk-123", baaSignedOn: "soon" }))).to.deep.equal([
      "thirdParty.vendor: must name the company, in at most 64 letters and digits",
      "thirdParty.endpoint: must begin with https://",
      "thirdParty.secretArn: must be the ARN of a secret of Secrets Manager",
      `thirdParty.baaSignedOn: ${unsigned}`,
    ]);
    expect(mistakes(third({ endpoint: "https://user:key@llm.example.org" }))).to.deep.equal(["thirdParty.endpoint: must begin with https://"]);
    expect(mistakes(third({ secretArn: undefined, baaSignedOn: "2099-01-01", baaEndsOn: "2026-02-01" }))).to.deep.equal([
      "thirdParty.secretArn: must be the ARN of a secret of Secrets Manager",
      "thirdParty.baaSignedOn: must not be a day to come: nothing is sent before it is signed",
      "thirdParty.baaEndsOn: must not have passed: nothing is sent after it",
    ]);
  });

  it("refuses a third party that does not write, one that nobody names, models that are not listed, and a model where the template writes", () => {
    expect(mistakes({ thirdParty: agreed })).to.deep.equal(["thirdParty: must be left out where it does not write"]);
    expect(mistakes({ writer: "third-party" })).to.deep.equal([
      "modelId: must be what the third party calls its model",
      `thirdParty: must say who it is, and ${unsigned.replace("must be", "give")}`,
    ]);
    const listed = "modelId: must be one of amazon.nova-lite-v1:0, amazon.nova-pro-v1:0, openai.gpt-oss-120b-1:0, svp.local-drafter-v1:0";
    expect(mistakes({ writer: "bedrock" })).to.deep.equal([listed]);
    expect(mistakes({ writer: "bedrock", modelId: "global.any", maxRedrafts: 9 }))
      .to.have.length(2)
      .and.to.include(listed);
    expect(mistakes({ modelId: "amazon.nova-lite-v1:0" })).to.deep.equal(["modelId: must be left out where the template writes"]);
  });

  it("takes a model of the organisation's own with what serves it, and refuses all else, with every mistake at once", () => {
    const served = { version: "2", instanceType: "ml.g5.2xlarge", instances: 2 };
    const own = (changes: object = {}) => ({ writer: "sagemaker", modelId: "surgical-vlm", endpoint: { ...served, ...changes } });
    expect(reportWriter.parse({ ...own(), pictures: 8 })).to.deep.equal({
      ...{ writer: "sagemaker", modelId: "surgical-vlm", maxRedrafts: 1, pictures: 8, endpoint: { ...served, contextTokens: 24_576 } },
    });
    expect(mistakes({ writer: "sagemaker", modelId: "../other", thirdParty: agreed })).to.deep.equal([
      "thirdParty: must be left out where it does not write",
      "modelId: must be the folder of a model under language-models/, at most 63 letters, digits, points, colons and hyphens",
      "endpoint: must say which version is served, and on what",
    ]);
    expect(mistakes({ endpoint: served })).to.deep.equal(["endpoint: must be left out where no model of one's own writes"]);
    expect(mistakes(own({ version: "../1", instanceType: "ml.m5.large", instances: 0, contextTokens: 100 }))).to.deep.equal([
      "endpoint.version: must be the version's folder: at most 32 letters, digits, points and hyphens",
      'endpoint.instanceType: Invalid option: expected one of "ml.g5.xlarge"|"ml.g5.2xlarge"|"ml.g6.xlarge"',
      "endpoint.instances: Too small: expected number to be >=1",
      "endpoint.contextTokens: Too small: expected number to be >=8192",
    ]);
    const around = { region: "eu-west-1", dataClassification: "phi", endpoints: ["bedrock-runtime", "sagemaker.runtime"], nat: "none" };
    expect(flawsOfWriter(reportWriter.parse(own()), around)).to.deep.equal([]);
    expect(flawsOfWriter(reportWriter.parse({ ...own(), modelId: "svp.local-drafter-v1:0" }), { ...around, endpoints: [] })).to.deep.equal([
      "svp.local-drafter-v1:0 must see no patient's data",
      "svp:network.endpoints must hold bedrock-runtime: functions have no other way to the guardrail",
      "svp:network.endpoints must hold sagemaker.runtime: functions have no other way to the endpoint of the model",
    ]);
  });

  it("shows pictures to models that see, eight at most", () => {
    const nova = { writer: "bedrock", modelId: "amazon.nova-lite-v1:0" };
    expect(mistakes({ ...nova, pictures: 8 })).to.equal(undefined);
    expect(mistakes(third({}))).to.equal(undefined);
    expect(mistakes({ ...nova, pictures: 9 })).to.have.length(1);
    expect(mistakes({ ...nova, modelId: "openai.gpt-oss-120b-1:0", pictures: 1 })).to.deep.equal([
      "pictures: must be 0 for openai.gpt-oss-120b-1:0, which sees none",
    ]);
    expect(mistakes({ pictures: 1 })).to.deep.equal(["pictures: must be 0 where the template writes"]);
  });

  it("asks a server on the same machine without TLS and a key, for nobody's data only", () => {
    const local = reportWriter.parse(third({ endpoint: "http://127.0.0.1:11434/v1", secretArn: undefined }));
    const around = { region: "us-east-1", endpoints: ["bedrock-runtime", "lambda"], nat: "single" };
    expect(flawsOfWriter(local, { ...around, dataClassification: "synthetic" })).to.deep.equal([]);
    expect(flawsOfWriter(local, { ...around, dataClassification: "phi" })).to.deep.equal(["thirdParty.endpoint must begin with https:// for patients' data"]);
    expect(mistakes(third({ endpoint: "http://127.0.0.1.example.org/v1" }))).to.deep.equal(["thirdParty.endpoint: must begin with https://"]);
  });

  it("holds a third party against the rest of the environment, all at once", () => {
    const around = { region: "us-east-1", dataClassification: "phi", endpoints: ["bedrock-runtime", "lambda"], nat: "per-zone" };
    expect(flawsOfWriter(reportWriter.parse(third()), around)).to.deep.equal([]);
    expect(flawsOfWriter(reportWriter.parse(third()), { ...around, nat: "none", endpoints: [] })).to.deep.equal([
      "svp:network.nat must be single or per-zone: the function that asks the third party has no other way to it",
      "svp:network.endpoints must hold bedrock-runtime: functions have no other way to the guardrail",
      "svp:network.endpoints must hold lambda: functions have no other way to the one that asks the third party",
    ]);
  });

  it("holds a model against the rest of the environment, all at once", () => {
    const writer = (modelId: string) => reportWriter.parse({ writer: "bedrock", modelId });
    const good = { region: "us-east-1", dataClassification: "phi", endpoints: ["bedrock-runtime"], nat: "none" };
    expect(flawsOfWriter(writer("amazon.nova-lite-v1:0"), good)).to.deep.equal([]);
    expect(flawsOfWriter(reportWriter.parse({}), { ...good, endpoints: [] })).to.deep.equal([]);
    expect(flawsOfWriter(writer("svp.local-drafter-v1:0"), { ...good, region: "eu-west-1", endpoints: [] })).to.deep.equal([
      "svp.local-drafter-v1:0 is not offered in eu-west-1 itself",
      "svp.local-drafter-v1:0 must see no patient's data",
      "svp:network.endpoints must hold bedrock-runtime: functions have no other way to the model",
    ]);
  });
});
