import * as eventbridge from "@aws-sdk/client-eventbridge";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as mediaconvert from "@aws-sdk/client-mediaconvert";
import { CreateJobCommand, type CreateJobCommandInput, GetJobCommand, type Job, ListJobsCommand, MediaConvertClient } from "@aws-sdk/client-mediaconvert";
import * as rekognition from "@aws-sdk/client-rekognition";
import { GetSegmentDetectionCommand, RekognitionClient } from "@aws-sdk/client-rekognition";
import * as sagemaker from "@aws-sdk/client-sagemaker";
import { DescribeTransformJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as runtime from "@aws-sdk/client-sagemaker-runtime";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import * as sfn from "@aws-sdk/client-sfn";
import { DescribeExecutionCommand, ListStateMachinesCommand, SFNClient, StartExecutionCommand, type StartExecutionCommandInput } from "@aws-sdk/client-sfn";
import * as sqs from "@aws-sdk/client-sqs";
import { GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { createIam } from "../../../local/services/iam/iam.ts";
import { Faults } from "../../../local/services/seams.ts";
import { startWire, type Wire } from "../../../local/wire/server.ts";
import { type Call, type OperationService, ServiceError } from "../../../local/wire/service.ts";
import { failure } from "../../support/failure.ts";

const iam = createIam();
const role = "arn:aws:iam::000000000000:role/worker";
iam.putRole({
  arn: role,
  trustPolicy: { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" } },
});

const time = new Date("2026-11-21T09:00:00.250Z");
const seen: { input?: { MessageAttributes?: unknown }; call?: Call } = {};
const note = (input: object, call: Call) => Object.assign(seen, { input, call });
const operations = (signingName: string, sdk: object, table: OperationService["operations"]): OperationService => ({
  kind: "operations",
  signingName,
  sdk,
  operations: table,
});

const services = [
  operations("states", sfn, {
    StartExecution: async (input, call) => {
      note(input, call);
      if (input.name === "twice") throw new ServiceError("ExecutionAlreadyExists", "The execution exists.");
      if (input.name === "denied") call.authorize("states:StartExecution", input.stateMachineArn);
      if (input.name === "broken") throw new TypeError("a bug");
      if (input.name === "lies") return { executionArn: "arn", startDate: "yesterday" };
      return { executionArn: "arn:execution", startDate: time };
    },
    DescribeExecution: async () => ({ executionArn: "arn:execution", stateMachineArn: "arn:machine", status: "RUNNING", startDate: time, output: undefined }),
  }),
  operations("sqs", sqs, {
    SendMessage: async (input, call) => {
      note(input, call);
      return { MessageId: "1", MD5OfMessageBody: "5d41402abc4b2a76b9719d911017c592" };
    },
    GetQueueUrl: async () => {
      throw new ServiceError("QueueDoesNotExist", "There is no such queue.");
    },
    PurgeQueue: async () => ({}),
  }),
  operations("events", eventbridge, {
    PutEvents: async (input, call) => {
      note(input, call);
      return { FailedEntryCount: 0, Entries: [{ EventId: "1" }] };
    },
  }),
  operations("lambda", lambda, {
    Invoke: async (input, call) => {
      note(input, call);
      return { StatusCode: 200, ExecutedVersion: "$LATEST", FunctionError: "Unhandled", Payload: Buffer.from('{"ok":true}') };
    },
  }),
  operations("mediaconvert", mediaconvert, {
    CreateJob: async (input, call) => {
      note(input, call);
      return { Job: { Id: "1", Role: input.Role, Settings: input.Settings, CreatedAt: time } satisfies Job };
    },
    GetJob: async (input, call) => {
      note(input, call);
      throw new ServiceError("NotFoundException", `There is no job ${input.Id}.`, 404);
    },
    ListJobs: async (input, call) => {
      note(input, call);
      return { Jobs: [] };
    },
  }),
  operations("sagemaker", sagemaker, { DescribeTransformJob: async (input) => ({ TransformJobName: input.TransformJobName, CreationTime: time }) }),
  operations("sagemaker", runtime, {
    InvokeEndpoint: async (input, call) => {
      note(input, call);
      if (input.EndpointName === "fails") throw new ServiceError("ModelError", "Received client error (400).", 424, { OriginalStatusCode: 400 });
      return { Body: Buffer.concat([input.Body, Buffer.from([0, 255])]), ContentType: "application/x-npy", CustomAttributes: "a=b" };
    },
  }),
  operations("rekognition", rekognition, { GetSegmentDetection: async () => ({ JobStatus: "SUCCEEDED", Segments: [{ Type: "SHOT", StartFrameNumber: 0 }] }) }),
];

describe("the wire", () => {
  let wire: Wire;
  const lines: string[] = [];
  const faults = new Faults();
  const config = (credentials = iam.administrator.credentials) => ({ region: "us-east-1", endpoint: wire.endpoint, credentials, maxAttempts: 1 });
  const states = () => new SFNClient(config());

  before(async () => {
    wire = await startWire({ services, iam, log: (line) => lines.push(line), refusal: (service, operation) => faults.refusal(service, operation) });
  });
  after(() => wire.close());

  it("refuses the next calls that a fault was put on, as the service would, and serves those after", async () => {
    const left = faults.refuse((service, operation) => service === "states" && operation === "StartExecution", "ExecutionLimitExceeded", "Too many run.", 2);
    const start = () => states().send(new StartExecutionCommand({ stateMachineArn: "arn:machine", name: "one", input: "{}" }));
    expect(await states().send(new DescribeExecutionCommand({ executionArn: "arn" }))).to.include({ status: "RUNNING" });
    for (const still of [1, 0]) {
      expect(await failure(start())).to.include({ name: "ExecutionLimitExceeded", message: "Too many run." });
      expect(left.left).to.equal(still);
    }
    expect((await start()).executionArn).to.equal("arn:execution");
  });

  describe("each protocol, through the SDK's own client", () => {
    it("serves Step Functions (awsJson1.0)", async () => {
      const answer = await states().send(new StartExecutionCommand({ stateMachineArn: "arn:machine", name: "one", input: "{}" }));
      expect({ ...answer, $metadata: undefined }).to.deep.equal({ executionArn: "arn:execution", startDate: time, $metadata: undefined });
      expect(seen.input).to.deep.equal({ stateMachineArn: "arn:machine", name: "one", input: "{}" });
      expect(seen.call?.caller).to.deep.equal(iam.administrator.caller);
      expect(await states().send(new DescribeExecutionCommand({ executionArn: "arn" })))
        .to.include({ status: "RUNNING" })
        .and.not.to.have.property("output");
    });

    it("serves SQS (awsJson1.0), blobs and errors with their query names included", async () => {
      const client = new SQSClient(config());
      const answer = await client.send(
        new SendMessageCommand({
          QueueUrl: `${wire.endpoint}/queue`,
          MessageBody: "hello",
          MessageAttributes: { bytes: { DataType: "Binary", BinaryValue: Buffer.from([1, 2]) } },
        }),
      );
      expect(answer.MessageId).to.equal("1");
      expect(seen.input?.MessageAttributes).to.deep.equal({ bytes: { DataType: "Binary", BinaryValue: Buffer.from([1, 2]) } });
      const error = await failure(client.send(new GetQueueUrlCommand({ QueueName: "none" })));
      expect(error).to.be.instanceOf(sqs.QueueDoesNotExist);
      expect(error).to.include({ name: "QueueDoesNotExist", message: "There is no such queue.", Code: "AWS.SimpleQueueService.NonExistentQueue" });
      expect(await client.send(new PurgeQueueCommand({ QueueUrl: "url" }))).to.have.keys("$metadata");
    });

    it("serves EventBridge (awsJson1.1), timestamps included", async () => {
      const answer = await new EventBridgeClient(config()).send(
        new PutEventsCommand({ Entries: [{ Time: time, Source: "s", DetailType: "d", Detail: "{}" }] }),
      );
      expect(answer.Entries).to.deep.equal([{ EventId: "1" }]);
      expect(seen.input).to.deep.equal({ Entries: [{ Time: time, Source: "s", DetailType: "d", Detail: "{}" }] });
    });

    it("serves Lambda (restJson1): label, header, payload and status", async () => {
      const answer = await new LambdaClient(config()).send(
        new InvokeCommand({ FunctionName: "arn:aws:lambda:us-east-1:1:function:f", InvocationType: "Event", Qualifier: "1", Payload: Buffer.from("[1]") }),
      );
      expect(seen.input).to.deep.equal({
        FunctionName: "arn:aws:lambda:us-east-1:1:function:f",
        InvocationType: "Event",
        Qualifier: "1",
        Payload: Buffer.from("[1]"),
      });
      expect(answer).to.include({ StatusCode: 200, FunctionError: "Unhandled", ExecutedVersion: "$LATEST" });
      expect(Buffer.from(answer.Payload as Uint8Array).toString()).to.equal('{"ok":true}');
    });

    it("serves MediaConvert (restJson1): renamed members in the body, query, errors", async () => {
      const client = new MediaConvertClient(config());
      const settings = { OutputGroups: [{ Outputs: [{ VideoDescription: { Width: 960 } }] }] };
      const answer = await client.send(new CreateJobCommand({ Role: "arn:role", Settings: settings, UserMetadata: { case: "1" }, ClientRequestToken: "t" }));
      expect(seen.input).to.deep.equal({ Role: "arn:role", Settings: settings, UserMetadata: { case: "1" }, ClientRequestToken: "t" });
      expect(answer.Job).to.deep.equal({ Id: "1", Role: "arn:role", Settings: settings, CreatedAt: new Date("2026-11-21T09:00:00.250Z") });
      const error = await failure(client.send(new GetJobCommand({ Id: "a/b" })));
      expect(error).to.be.instanceOf(mediaconvert.NotFoundException);
      expect(error.message).to.equal("There is no job a/b.");
      await client.send(new ListJobsCommand({ MaxResults: 5, Status: "COMPLETE" }));
      expect(seen.input).to.deep.equal({ MaxResults: 5, Status: "COMPLETE" });
    });

    it("serves SageMaker and SageMaker Runtime under their one signing name", async () => {
      const job = await new SageMakerClient(config()).send(new DescribeTransformJobCommand({ TransformJobName: "j" }));
      expect(job.CreationTime).to.deep.equal(time);
      const answer = await new SageMakerRuntimeClient(config()).send(
        new InvokeEndpointCommand({ EndpointName: "e", Body: Buffer.from([1]), ContentType: "application/x-image" }),
      );
      expect(seen.input).to.deep.equal({ EndpointName: "e", Body: Buffer.from([1]), ContentType: "application/x-image" });
      expect(Buffer.from(answer.Body as Uint8Array)).to.deep.equal(Buffer.from([1, 0, 255]));
      expect(answer).to.include({ ContentType: "application/x-npy", CustomAttributes: "a=b" });
      const error = await failure(new SageMakerRuntimeClient(config()).send(new InvokeEndpointCommand({ EndpointName: "fails", Body: Buffer.from([1]) })));
      expect(error).to.be.instanceOf(runtime.ModelError);
      expect(error).to.include({ message: "Received client error (400).", OriginalStatusCode: 400 });
    });

    it("serves Rekognition (awsJson1.1)", async () => {
      const answer = await new RekognitionClient(config()).send(new GetSegmentDetectionCommand({ JobId: "1" }));
      expect(answer.Segments).to.deep.equal([{ Type: "SHOT", StartFrameNumber: 0 }]);
    });
  });

  describe("what it refuses", () => {
    it("an input that doesn't fit the schema, with every reason and its path", async () => {
      const wrong = { name: 5, input: "{}" } as object as StartExecutionCommandInput;
      const error = await failure(states().send(new StartExecutionCommand(wrong)));
      expect(error).to.include({ name: "ValidationException" });
      expect(error.message).to.equal("name must be a string; it is a number. stateMachineArn is missing.");
      const job = { Role: "r", Settings: { OutputGroups: [{ Outputs: [{ VideoDescription: { Width: "960" } }] }] } } as object as CreateJobCommandInput;
      const refused = await failure(new MediaConvertClient(config()).send(new CreateJobCommand(job)));
      expect(refused.message).to.equal("Settings.OutputGroups[0].Outputs[0].VideoDescription.Width must be a number; it is a string.");
    });

    it("a member that the SDK's client would drop, sent by another client", async () => {
      const body = JSON.stringify({ role: "r", settings: { outputGroups: [], frameRate: 25 }, name: "n" });
      const answer = await signedFetch(wire.endpoint, "/2017-08-29/jobs?x=1", "mediaconvert", body);
      expect(answer.status).to.equal(400);
      expect(answer.json).to.deep.equal({
        message:
          "Query parameter x is not a member of CreateJobRequest. Settings.frameRate is not a member of JobSettings. name is not a member of CreateJobRequest.",
      });
    });

    it("operations and services that nobody implements, by name", async () => {
      expect(await failure(states().send(new ListStateMachinesCommand({})))).to.include({
        name: "NotImplemented",
        message: "The local cloud does not implement states:ListStateMachines.",
      });
      const answer = await signedFetch(wire.endpoint, "/", "kms", "{}");
      expect(answer).to.deep.equal({ status: 501, json: { __type: "NotImplemented", message: 'The local cloud does not implement the service "kms".' } });
      const path = await signedFetch(wire.endpoint, "/2099/jobs", "mediaconvert", "{}");
      expect(path.json).to.deep.equal({ message: "The local cloud does not implement mediaconvert: POST /2099/jobs." });
    });

    it("a call that IAM does not allow", async () => {
      const client = new SFNClient(config(iam.credentialsOf(role)));
      const error = await failure(client.send(new StartExecutionCommand({ stateMachineArn: "arn:aws:states:us-east-1:0:m", name: "denied" })));
      expect(error).to.include({
        name: "AccessDeniedException",
        message: `${role} is not authorized to perform states:StartExecution on arn:aws:states:us-east-1:0:m: no policy of the role or of the resource allows it.`,
      });
    });

    it("modelled errors as their classes", async () => {
      expect(await failure(states().send(new StartExecutionCommand({ stateMachineArn: "m", name: "twice" })))).to.be.instanceOf(sfn.ExecutionAlreadyExists);
    });

    it("to answer with what a service should not have said, or how it broke", async () => {
      for (const [name, cause] of [
        ["broken", "TypeError: a bug"],
        ["lies", "startDate must be a Date; it is a string."],
      ] as const) {
        lines.length = 0;
        const error = await failure(states().send(new StartExecutionCommand({ stateMachineArn: "m", name })));
        expect(error.name).to.equal("InternalFailure");
        expect(error.message).not.to.include(cause);
        expect(lines.join()).to.include(cause);
      }
    });

    it("a service whose operation the SDK lacks, at start", async () => {
      const error = await failure(startWire({ services: [operations("states", sfn, { StartIt: async () => ({}) })], iam, log: () => {} }));
      expect(error.message).to.equal('Service "states": the SDK has no operation StartIt.');
    });
  });

  it("closes with calls under way", async () => {
    let entered: () => void = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const hanging = operations("states", sfn, { StartExecution: () => new Promise(() => entered()) });
    const other = await startWire({ services: [hanging], iam, log: () => {} });
    const client = new SFNClient({ ...config(), endpoint: other.endpoint });
    const call = failure(client.send(new StartExecutionCommand({ stateMachineArn: "m" })));
    await inside;
    await other.close();
    expect(await call).to.be.instanceOf(Error);
    expect(await failure(fetch(other.endpoint))).to.be.instanceOf(TypeError);
  });
});

/** A POST signed as the administrator, for what no SDK client would send. */
async function signedFetch(endpoint: string, path: string, service: string, body: string) {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const { Sha256 } = await import("@smithy/core/checksum");
  const url = new URL(path, endpoint);
  const signer = new SignatureV4({ service, region: "us-east-1", credentials: iam.administrator.credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: "POST",
    protocol: "http:",
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
    body,
  });
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, json: (await response.json()) as unknown };
}
