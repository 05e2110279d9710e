import { BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect } from "chai";
import { createBedrock, localDrafter } from "../../../../local/services/bedrock/service.ts";
import { createIam } from "../../../../local/services/iam/iam.ts";
import { Faults } from "../../../../local/services/seams.ts";
import { startWire } from "../../../../local/wire/server.ts";
import { failure } from "../../../support/failure.ts";

const arn = "arn:aws:bedrock:us-east-1:000000000000:guardrail/g1";
const item = { id: "segment-1", kind: "segment", type: "phase", label: "Clipping", span: { startSeconds: 1.2, endSeconds: 62 } };

describe("local Bedrock", () => {
  const faults = new Faults();
  let wire: Awaited<ReturnType<typeof startWire>>;
  let client: BedrockRuntimeClient;

  before(async () => {
    const iam = createIam();
    const roleArn = "arn:aws:iam::000000000000:role/drafter";
    iam.putRole({
      arn: roleArn,
      trustPolicy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }] },
    });
    const behind = { StringEquals: { "bedrock:GuardrailIdentifier": `${arn}:1` } };
    const model = `arn:aws:bedrock:us-east-1::foundation-model/${localDrafter}`;
    iam.putRolePolicy(roleArn, "ask", {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "bedrock:InvokeModel", Resource: model, Condition: behind },
        { Effect: "Allow", Action: "bedrock:ApplyGuardrail", Resource: arn },
      ],
    });
    const bedrock = createBedrock({ region: "us-east-1", faults });
    bedrock.putGuardrail({ id: "g1", arn });
    bedrock.putGuardrailVersion(arn, "1");
    wire = await startWire({ iam, port: 0, log: () => undefined, services: [bedrock.service] });
    client = new BedrockRuntimeClient({
      ...{ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.credentialsOf(roleArn), maxAttempts: 1 },
      requestHandler: new NodeHttpHandler(),
    });
  });
  after(() => wire.close());

  const ask = (changes: Partial<ConverseCommandInput> = {}) =>
    client.send(
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

  it("errs where it is told to", async () => {
    const next = (job: string) => faults.add((service, asked) => service === "bedrock" && asked === job, "asked for");
    next("throttle");
    expect((await failure(ask())).name).to.equal("ThrottlingException");
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
