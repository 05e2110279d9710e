import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { ReportGuardrail } from "../../../components/analysis/report-guardrail.ts";
import { parts } from "../parts.ts";
import { inAccount, place } from "../place.ts";

describe("ReportGuardrail", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => void new ReportGuardrail("words", { place, key: parts(opts).keys.derived }, opts));
  });

  it("blocks what identifies a person, and words that are no surgeon's to read from a machine, under the platform's key", () => {
    const { inputs } = stack.one(aws.bedrock.Guardrail, "words");
    expect(inputs).to.deep.include({
      name: "svp-unit-words",
      kmsKeyArn: stack.one(aws.kms.Key, "keys-derived").outputs["arn"],
      blockedInputMessaging: "The guardrail held the question back.",
      blockedOutputsMessaging: "The guardrail held the answer back.",
    });
    const { piiEntitiesConfigs } = inputs["sensitiveInformationPolicyConfig"] as { piiEntitiesConfigs: { type: string; action: string }[] };
    expect(piiEntitiesConfigs.map(({ type }) => type)).to.include.members(["NAME", "ADDRESS", "AGE", "EMAIL", "PHONE", "US_SOCIAL_SECURITY_NUMBER"]);
    expect(new Set(piiEntitiesConfigs.map(({ action }) => action))).to.deep.equal(new Set(["BLOCK"]));
    const { topicsConfigs } = inputs["topicPolicyConfig"] as { topicsConfigs: { name: string; type: string; definition: string; examples: string[] }[] };
    expect(topicsConfigs.map(({ name, type }) => [name, type])).to.deep.equal([
      ["Diagnosis", "DENY"],
      ["Advice", "DENY"],
      ["Judgement", "DENY"],
    ]);
    // Limits of a topic (CreateGuardrail): 200 characters of definition, five examples of 100 characters.
    for (const { definition, examples } of topicsConfigs) {
      expect(definition.length).to.be.within(1, 200);
      expect(examples.length).to.be.within(1, 5);
      for (const example of examples) expect(example.length).to.be.within(1, 100);
    }
  });

  it("publishes a version, which is what is asked behind", () => {
    const { guardrailArn } = stack.one(aws.bedrock.Guardrail, "words").outputs;
    expect(stack.one(aws.bedrock.GuardrailVersion, "words-version").inputs).to.deep.equal({
      guardrailArn,
      description: "Used by the report",
      skipDestroy: false,
    });
  });
});
