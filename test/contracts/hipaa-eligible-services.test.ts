import { expect } from "chai";
import { hipaaEligible, isAllowedService } from "../../contracts/hipaa-eligible-services.ts";

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
});
