import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { agentHasGuardrail } from "../../../policies/rules/bedrock/agent-has-guardrail.ts";
import { contentIsEncryptedWithCustomerKey } from "../../../policies/rules/bedrock/content-is-encrypted-with-customer-key.ts";
import { guardrailTakesIdentifiersOut } from "../../../policies/rules/bedrock/guardrail-takes-identifiers-out.ts";
import { modelsAreApproved } from "../../../policies/rules/bedrock/models-are-approved.ts";
import { policyGrantsApprovedModelsOnly } from "../../../policies/rules/bedrock/policy-grants-approved-models-only.ts";
import { useOfModelsIsLogged } from "../../../policies/rules/bedrock/use-of-models-is-logged.ts";
import { bedrockCallsNameModelAndGuardrail } from "../../../policies/rules/sfn/bedrock-calls-name-model-and-guardrail.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const key = "arn:aws:kms:us-east-1:111111111111:key/k";
const roleArn = "arn:aws:iam::111111111111:role/r";
const nova = "amazon.nova-lite-v1:0";
const arn = (name: string, region = "us-east-1", kind = "foundation-model"): string =>
  `arn:aws:bedrock:${region}:${kind === "foundation-model" ? "" : "111111111111"}:${kind}/${name}`;

const policy =
  (statement: object): Program =>
  (opts) =>
    new aws.iam.Policy("p", { policy: JSON.stringify({ Statement: { Sid: "S", Effect: "Allow", Action: "bedrock:InvokeModel", ...statement } }) }, opts);
const agent =
  (change: Partial<aws.bedrock.AgentAgentArgs> = {}): Program =>
  (opts) =>
    new aws.bedrock.AgentAgent(
      "a",
      {
        agentName: "a",
        agentResourceRoleArn: roleArn,
        foundationModel: nova,
        customerEncryptionKeyArn: key,
        guardrailConfigurations: [{ guardrailIdentifier: "g", guardrailVersion: "1" }],
        ...change,
      } as aws.bedrock.AgentAgentArgs,
      opts,
    );
const profile =
  (copyFrom?: string): Program =>
  (opts) =>
    new aws.bedrock.InferenceProfile("i", { name: "i", ...(copyFrom && { modelSource: { copyFrom } }) }, opts);
const source =
  (change: object): Program =>
  (opts) =>
    new aws.bedrock.AgentDataSource(
      "d",
      {
        name: "d",
        knowledgeBaseId: "kb",
        dataSourceConfiguration: { type: "S3", s3Configuration: { bucketArn: "arn:aws:s3:::lake" } },
        ...change,
      } as aws.bedrock.AgentDataSourceArgs,
      opts,
    );
const job =
  (modelId: string, s3EncryptionKeyId?: string): Program =>
  (opts) =>
    new aws.bedrockmodel.InvocationJob(
      "j",
      {
        jobName: "j",
        modelId,
        roleArn,
        inputDataConfig: { s3InputDataConfig: { s3Uri: "s3://lake/in/" } },
        outputDataConfig: { s3OutputDataConfig: { s3Uri: "s3://lake/out/", ...(s3EncryptionKeyId && { s3EncryptionKeyId }) } },
      },
      opts,
    );

const kinds = [
  "ADDRESS",
  "AGE",
  "DRIVER_ID",
  "EMAIL",
  "IP_ADDRESS",
  "LICENSE_PLATE",
  "NAME",
  "PHONE",
  "US_PASSPORT_NUMBER",
  "US_SOCIAL_SECURITY_NUMBER",
  "VEHICLE_IDENTIFICATION_NUMBER",
];
const guardrail =
  (name: object = {}, change: object = {}): Program =>
  (opts) =>
    new aws.bedrock.Guardrail(
      "g",
      {
        name: "g",
        blockedInputMessaging: "no",
        blockedOutputsMessaging: "no",
        kmsKeyArn: key,
        sensitiveInformationPolicyConfig: { piiEntitiesConfigs: kinds.map((type) => ({ type, action: "ANONYMIZE", ...(type === "NAME" && name) })) },
        ...change,
      } as aws.bedrock.GuardrailArgs,
      opts,
    );
const lets = (what: string): string => `Guardrail "g" lets through ${what}; piiEntitiesConfigs must block or mask them both ways.`;

const everything = { textDataDeliveryEnabled: true, imageDataDeliveryEnabled: true, videoDataDeliveryEnabled: true, embeddingDataDeliveryEnabled: true };
const logged =
  (loggingConfig?: object, used: Program = policy({ Resource: arn(nova) })): Program =>
  (opts) => {
    used(opts);
    new aws.s3.Bucket("calls", { bucket: "calls" }, opts);
    if (loggingConfig) new aws.bedrockmodel.InvocationLoggingConfiguration("l", { loggingConfig }, opts);
  };

const call =
  (operation: string, Arguments: object): Program =>
  (opts) =>
    new aws.sfn.StateMachine(
      "m",
      { roleArn, definition: JSON.stringify({ States: { Ask: { Type: "Task", Resource: `arn:aws:states:::${operation}`, Arguments, End: true } } }) },
      opts,
    );
const asked = { ModelId: nova, GuardrailIdentifier: "g", GuardrailVersion: "1" };

describe("rules of Bedrock", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [
      policyGrantsApprovedModelsOnly,
      "accepts approved models and profiles of the geography, and what is made of them",
      policy({ Resource: [arn(nova), arn(`us.${nova}`, "us-east-1", "inference-profile"), arn("x", "us-east-1", "application-inference-profile")] }),
    ],
    [policyGrantsApprovedModelsOnly, "accepts other actions", policy({ Action: "bedrock:ListFoundationModels", Resource: "*" })],
    [policyGrantsApprovedModelsOnly, "accepts denials", policy({ Effect: "Deny", Resource: "*" })],
    ...[
      [arn("*"), "none of the approved models"],
      [arn("openai.gpt-5"), "none of the approved models"],
      ["*", "none of the approved models"],
    ].map(([Resource, what]): [Policies[number], string, Program, string] => [
      policyGrantsApprovedModelsOnly,
      `refuses ${Resource}`,
      policy({ Resource }),
      `"p" names ${Resource}, which is ${what} (S).`,
    ]),
    ...[
      arn(`global.${nova}`, "us-east-1", "inference-profile"),
      arn(`eu.${nova}`, "eu-west-1", "inference-profile"),
      arn(nova, "*"),
      arn(nova, "eu-west-1"),
    ].map((Resource): [Policies[number], string, Program, string] => [
      policyGrantsApprovedModelsOnly,
      `refuses ${Resource}`,
      policy({ Action: "bedrock:Invoke*", Resource }),
      `"p" names ${Resource}, which answers outside us (S).`,
    ]),
    [
      policyGrantsApprovedModelsOnly,
      "refuses all but some",
      policy({ NotResource: arn(nova) }),
      `"p" names all but ${arn(nova)}, which is none of the approved models (S).`,
    ],

    [modelsAreApproved, "accepts an approved model", agent()],
    [modelsAreApproved, "accepts profiles and jobs of such", job(`us.${nova}`)],
    [modelsAreApproved, "accepts sources that are read without a model", source({})],
    [modelsAreApproved, "refuses another model", agent({ foundationModel: "openai.gpt-5" }), '"a" names openai.gpt-5, which is none of the approved models.'],
    [
      modelsAreApproved,
      "refuses a global profile",
      profile(arn(`global.${nova}`, "us-east-1", "inference-profile")),
      `"i" names ${arn(`global.${nova}`, "us-east-1", "inference-profile")}, which answers outside us.`,
    ],
    [modelsAreApproved, "refuses a profile of nothing", profile(), '"i" names no model.'],
    [
      modelsAreApproved,
      "refuses a model that reads documents",
      source({
        vectorIngestionConfiguration: {
          parsingConfiguration: { parsingStrategy: "BEDROCK_FOUNDATION_MODEL", bedrockFoundationModelConfiguration: { modelArn: arn("x.y") } },
        },
      }),
      `"d" names ${arn("x.y")}, which is none of the approved models.`,
    ],

    [contentIsEncryptedWithCustomerKey, "accepts keys", agent()],
    [contentIsEncryptedWithCustomerKey, "accepts keys of guardrails", guardrail()],
    [contentIsEncryptedWithCustomerKey, "accepts keys further in", job(nova, key)],
    [
      contentIsEncryptedWithCustomerKey,
      "refuses none",
      agent({ customerEncryptionKeyArn: undefined } as unknown as aws.bedrock.AgentAgentArgs),
      '"a" has no customer-managed key; customerEncryptionKeyArn must name one.',
    ],
    [
      contentIsEncryptedWithCustomerKey,
      "refuses none of guardrails",
      guardrail({}, { kmsKeyArn: undefined }),
      '"g" has no customer-managed key; kmsKeyArn must name one.',
    ],
    [
      contentIsEncryptedWithCustomerKey,
      "refuses none further in",
      job(nova),
      '"j" has no customer-managed key; outputDataConfig.s3OutputDataConfig.s3EncryptionKeyId must name one.',
    ],
    [
      contentIsEncryptedWithCustomerKey,
      "refuses none where nothing holds it",
      source({}),
      '"d" has no customer-managed key; serverSideEncryptionConfiguration.kmsKeyArn must name one.',
    ],

    [agentHasGuardrail, "accepts one", agent()],
    [agentHasGuardrail, "refuses none", agent({ guardrailConfigurations: [] }), 'Agent "a" has no guardrail; guardrailConfigurations must name one.'],

    [guardrailTakesIdentifiersOut, "accepts masks", guardrail()],
    [guardrailTakesIdentifiersOut, "accepts blocks", guardrail({ action: "BLOCK" })],
    [guardrailTakesIdentifiersOut, "refuses one way only", guardrail({ outputEnabled: false }), lets("NAME")],
    [guardrailTakesIdentifiersOut, "refuses looking on", guardrail({ inputAction: "NONE" }), lets("NAME")],
    [guardrailTakesIdentifiersOut, "refuses nothing", guardrail({}, { sensitiveInformationPolicyConfig: undefined }), lets(kinds.join(", "))],
    [
      guardrailTakesIdentifiersOut,
      "accepts help from the geography",
      guardrail({}, { crossRegionConfig: { guardrailProfileIdentifier: "us.guardrail.v1:0" } }),
    ],
    [
      guardrailTakesIdentifiersOut,
      "refuses help from elsewhere",
      guardrail({}, { crossRegionConfig: { guardrailProfileIdentifier: "eu.guardrail.v1:0" } }),
      'Guardrail "g" works in the Regions of eu.guardrail.v1:0; crossRegionConfig must stay within us.',
    ],

    [useOfModelsIsLogged, "accepts everything in a bucket", logged({ ...everything, s3Config: { bucketName: "calls" } })],
    [
      useOfModelsIsLogged,
      "accepts a log group with a bucket for what is large",
      logged({ cloudwatchConfig: { logGroupName: "calls", roleArn, largeDataDeliveryS3Config: { bucketName: "calls" } } }),
    ],
    [
      useOfModelsIsLogged,
      "refuses none",
      logged(),
      'Account "account" may call models of Bedrock and logs no call; it must have an InvocationLoggingConfiguration.',
    ],
    [
      useOfModelsIsLogged,
      "knows agents, and policies within roles",
      logged(undefined, (opts) => {
        const inline = JSON.stringify({ Statement: { Effect: "Allow", Action: ["bedrock:InvokeModel"], Resource: "*" } });
        new aws.iam.Role("r", { assumeRolePolicy: "{}", inlinePolicies: [{ name: "i", policy: inline }] }, opts);
      }),
      'Account "account" may call models of Bedrock and logs no call; it must have an InvocationLoggingConfiguration.',
    ],
    [
      useOfModelsIsLogged,
      "refuses what is left out, and no bucket",
      logged({ videoDataDeliveryEnabled: false, imageDataDeliveryEnabled: false, cloudwatchConfig: { logGroupName: "calls", roleArn } }, agent()),
      'Account "account" logs calls of Bedrock into no bucket; s3Config.bucketName must name one.',
      'Account "account" logs calls of Bedrock without their image, video; every kind of data must be delivered.',
    ],
    [
      useOfModelsIsLogged,
      "refuses buckets of others",
      logged({ s3Config: { bucketName: "elsewhere" } }),
      'Account "account" logs calls of Bedrock into elsewhere, which is no bucket of the stack.',
    ],

    [bedrockCallsNameModelAndGuardrail, "accepts a model and a guardrail", call("bedrock:invokeModel", asked)],
    [
      bedrockCallsNameModelAndGuardrail,
      "accepts them of conversations",
      call("aws-sdk:bedrockruntime:converse", { ModelId: nova, GuardrailConfig: { GuardrailIdentifier: "g", GuardrailVersion: "2" } }),
    ],
    [
      bedrockCallsNameModelAndGuardrail,
      "refuses another model and no guardrail",
      call("bedrock:invokeModel", { ModelId: "openai.gpt-5" }),
      'State "Ask" names no guardrail; GuardrailIdentifier must be written out.',
      'State "Ask" names no version of a guardrail; GuardrailVersion must be a published one.',
      'State "Ask" names openai.gpt-5, which is none of the approved models.',
    ],
    [
      bedrockCallsNameModelAndGuardrail,
      "refuses what is computed, and drafts",
      call("aws-sdk:bedrockruntime:converse", {
        ModelId: "{% $model %}",
        GuardrailConfig: { GuardrailIdentifier: "{% $guardrail %}", GuardrailVersion: "DRAFT" },
      }),
      'State "Ask" names no guardrail; GuardrailConfig.GuardrailIdentifier must be written out.',
      'State "Ask" names no model.',
      'State "Ask" names version DRAFT of a guardrail; GuardrailConfig.GuardrailVersion must be a published one.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("have settings", async () => {
    const settings = { models: ["x.y"], geographies: ["eu"] };
    const elsewhere = arn("eu.x.y", "eu-west-1", "inference-profile");
    expect(
      await violations(policyGrantsApprovedModelsOnly, policy({ Resource: elsewhere }), { [policyGrantsApprovedModelsOnly.name]: settings }),
    ).to.deep.equal([]);
    expect(await violations(modelsAreApproved, profile(elsewhere), { [modelsAreApproved.name]: settings })).to.deep.equal([]);
    expect(
      await violations(bedrockCallsNameModelAndGuardrail, call("bedrock:invokeModel", { ...asked, ModelId: "eu.x.y" }), {
        [bedrockCallsNameModelAndGuardrail.name]: settings,
      }),
    ).to.deep.equal([]);
    const few = guardrail({}, { sensitiveInformationPolicyConfig: { piiEntitiesConfigs: [{ type: "NAME", action: "BLOCK" }] } });
    expect(await violations(guardrailTakesIdentifiersOut, few, { [guardrailTakesIdentifiersOut.name]: { entities: ["NAME"] } })).to.deep.equal([]);
  });

  it("apply where Bedrock is used", async () => {
    const nothing: Program = (opts) => new aws.s3.Bucket("b", {}, opts);
    for (const rule of [modelsAreApproved, contentIsEncryptedWithCustomerKey, useOfModelsIsLogged, policyGrantsApprovedModelsOnly, agentHasGuardrail])
      expect(await applications(rule, nothing), rule.name).to.equal(0);
    expect(await applications(useOfModelsIsLogged, policy({ Action: "*", Resource: "*" }))).to.equal(0);
    expect(await applications(bedrockCallsNameModelAndGuardrail, call("bedrock:createModelCustomizationJob", {}))).to.equal(0);
  });
});
