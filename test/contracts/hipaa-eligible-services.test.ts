import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { hipaaEligible, isAllowedService } from "../../contracts/hipaa-eligible-services.ts";

/** Modules of the AWS package that are not called as IAM calls their service. */
const iamPrefixes: Readonly<Record<string, string>> = {
  accessanalyzer: "access-analyzer",
  apigatewayv2: "apigateway",
  appautoscaling: "application-autoscaling",
  bedrockmodel: "bedrock",
  cfg: "config",
  cognito: "cognito-idp",
  costexplorer: "ce",
  sfn: "states",
  vpc: "ec2",
};

describe("HIPAA-eligible services", () => {
  const all = [...hipaaEligible.prefixes, ...hipaaEligible.plumbing];

  it("are named once, as IAM names them, from a dated source", () => {
    expect(new Set(all).size).to.equal(all.length);
    for (const prefix of all) expect(prefix).to.match(/^[a-z0-9-]+$/);
    expect(hipaaEligible.asOf).to.match(/^\d{4}-\d{2}-\d{2}$/);
  });

  it("hold every service that patients' data pass here, and none that is known not to be eligible", () => {
    const used =
      "s3 dynamodb kms lambda states sqs sns events mediaconvert rekognition sagemaker bedrock cognito-idp cloudfront wafv2 logs cloudtrail backup".split(" ");
    for (const prefix of used) expect(hipaaEligible.prefixes, prefix).to.include(prefix);
    for (const prefix of ["scheduler", "pipes", "synthetics", "rum"]) expect(isAllowedService(prefix), prefix).to.equal(false);
  });

  it("hold every service that the program makes resources of, and every one that its roles name", () => {
    const sources = globSync("{components,stacks}/**/*.ts").map((file) => readFileSync(file, "utf8"));
    const found = (pattern: RegExp) => new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map(([, service = ""]) => service)));
    const made = [...found(/new aws\.([a-z0-9]+)\.[A-Z]/g)].map((module) => iamPrefixes[module] ?? module);
    const named = found(/"([a-z][a-z0-9-]*):[A-Z][A-Za-z]+\*?"/g);
    named.delete("aws"); // keys of conditions
    expect(made).to.include.members(["s3", "sagemaker", "states"]);
    expect([...named]).to.include.members(["s3", "sagemaker", "rekognition"]);
    expect([...made, ...named].filter((service) => !isAllowedService(service))).to.deep.equal([]);
  });
});
