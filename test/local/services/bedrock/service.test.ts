import { ApplyGuardrailCommand, BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect } from "chai";
import { localDrafter } from "../../../../local/services/bedrock/drafter.ts";
import { createBedrock } from "../../../../local/services/bedrock/service.ts";
import { createIam } from "../../../../local/services/iam/iam.ts";
import { Faults } from "../../../../local/services/seams.ts";
import { startWire } from "../../../../local/wire/server.ts";
import { failure } from "../../../support/failure.ts";

const arn = "arn:aws:bedrock:us-east-1:000000000000:guardrail/g1";
const kmsKeyArn = "arn:aws:kms:us-east-1:000000000000:key/1";
const item = { id: "segment-1", kind: "segment", type: "phase", label: "Clipping", span: { startSeconds: 1.2, endSeconds: 62 } };

describe("local Bedrock", () => {
  const faults = new Faults();
  let wire: Awaited<ReturnType<typeof startWire>>;
  let client: BedrockRuntimeClient;
  /** May do the same, but for using the guardrail's key. */
  let withoutKey: BedrockRuntimeClient;

  before(async () => {
    const iam = createIam();
    const trustPolicy = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    };
    const roleArn = "arn:aws:iam::000000000000:role/drafter";
    iam.putRole({
      arn: roleArn,
      trustPolicy,
    });
    const behind = { StringEquals: { "bedrock:GuardrailIdentifier": `${arn}:1` } };
    const model = `arn:aws:bedrock:us-east-1::foundation-model/${localDrafter}`;
    iam.putRolePolicy(roleArn, "ask", {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "bedrock:InvokeModel", Resource: model, Condition: behind },
        { Effect: "Allow", Action: "bedrock:ApplyGuardrail", Resource: arn },
        { Effect: "Allow", Action: "kms:Decrypt", Resource: kmsKeyArn },
      ],
    });
    const keyless = "arn:aws:iam::000000000000:role/keyless";
    iam.putRole({ arn: keyless, trustPolicy });
    iam.putRolePolicy(keyless, "ask", {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "bedrock:InvokeModel", Resource: model },
        { Effect: "Allow", Action: "bedrock:ApplyGuardrail", Resource: arn },
      ],
    });
    const bedrock = createBedrock({ region: "us-east-1", faults });
    bedrock.putGuardrail({ id: "g1", arn, kmsKeyArn });
    bedrock.putGuardrailVersion(arn, "1");
    wire = await startWire({ iam, port: 0, log: () => undefined, services: [bedrock.service] });
    const clientOf = (role: string) =>
      new BedrockRuntimeClient({
        ...{ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.credentialsOf(role), maxAttempts: 1 },
        requestHandler: new NodeHttpHandler(),
      });
    client = clientOf(roleArn);
    withoutKey = clientOf(keyless);
  });
  after(() => wire.close());

  const ask = (changes: Partial<ConverseCommandInput> = {}, by = client) =>
    by.send(
      new ConverseCommand({
        modelId: localDrafter,
        system: [{ text: "Write in English (en)." }],
        messages: [{ role: "user", content: [{ text: `<evidence>${JSON.stringify([item])}</evidence>` }] }],
        guardrailConfig: { guardrailIdentifier: "g1", guardrailVersion: "1" },
        ...changes,
      }),
    );
  const draft = async () => (await ask()).output?.message?.content?.[0]?.text ?? "";

  it("writes a sentence for each thing that is somewhere, citing it", async () => {
    expect(JSON.parse(await draft())).to.deep.equal({ sections: [{ id: "course", sentences: [{ text: "Clipping: 0:01 to 1:02.", cites: ["segment-1"] }] }] });
  });

  it("refuses calls without the guardrail that the role is bound to, and what it does not implement", async () => {
    for (const guardrailConfig of [undefined, { guardrailIdentifier: "g1", guardrailVersion: "2" }])
      expect((await failure(ask({ guardrailConfig }))).name).to.equal("AccessDeniedException");
    expect((await failure(ask({ modelId: "amazon.nova-lite-v1:0" }))).name).to.equal("AccessDeniedException");
    expect((await failure(ask({ requestMetadata: { a: "b" } }))).message).to.include("Converse.requestMetadata");
  });

  it("refuses who may not use the guardrail's key", async () => {
    expect((await failure(ask({}, withoutKey))).message).to.include("kms:Decrypt");
    const apply = new ApplyGuardrailCommand({ guardrailIdentifier: "g1", guardrailVersion: "1", source: "INPUT", content: [{ text: { text: "a" } }] });
    expect((await failure(withoutKey.send(apply))).message).to.include("kms:Decrypt");
  });

  it("puts texts past a guardrail, which holds back what it is told to", async () => {
    const apply = (guardrailVersion = "1") =>
      client.send(new ApplyGuardrailCommand({ guardrailIdentifier: arn, guardrailVersion, source: "OUTPUT", content: [{ text: { text: "a" } }] }));
    expect((await apply()).action).to.equal("NONE");
    faults.add((service, job) => service === "bedrock" && job === "apply-guardrail", "asked for");
    expect((await apply()).action).to.equal("GUARDRAIL_INTERVENED");
    expect((await failure(apply("9"))).message).to.include('of version "9"');
  });

  it("takes a schema that structured outputs take, and tells all that is wrong with another", async () => {
    const held = (schema: object, name = "report") =>
      ask({ outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { name, schema: JSON.stringify(schema) } } } } });
    const list = { type: "array", items: { type: "string" } };
    const good = { type: "object", properties: { a: list }, required: ["a"], additionalProperties: false };
    expect((await held(good)).stopReason).to.equal("end_turn");
    expect((await failure(held({ type: "object", properties: { a: { ...list, maxItems: 2 } } }))).message).to.include(
      "schema must set additionalProperties to false; schema.a has maxItems",
    );
    expect((await failure(held(good, "a report"))).message).to.include("jsonSchema.name");
  });

  it("errs where it is told to", async () => {
    const next = (job: string) => faults.add((service, asked) => service === "bedrock" && asked === job, "asked for");
    next("throttle");
    expect((await failure(ask())).name).to.equal("ThrottlingException");
    next("fail");
    expect((await failure(ask())).name).to.equal("ModelErrorException");
    next("guardrail");
    expect((await ask()).stopReason).to.equal("guardrail_intervened");
    next("malformed");
    expect(await draft()).to.equal('{"sections": [');
    next("wrong-number");
    expect(await draft()).to.include("1:02 to 1:02");
    next("unknown-id");
    expect(await draft()).to.include("segment-999999");
    expect(await draft()).to.include('"segment-1"');
  });
});
