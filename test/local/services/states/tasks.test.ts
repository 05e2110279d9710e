import * as eventsSdk from "@aws-sdk/client-eventbridge";
import { SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import * as sqsSdk from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type OperationService, type RawService, ServiceError } from "../../../../local/wire/service.ts";
import { failure } from "../../../support/failure.ts";
import { functionService, jobServices, type Rig, startRig } from "./rig.ts";

const tokens: string[] = [];
const published: eventsSdk.PutEventsRequestEntry[] = [];
const sent: (string | undefined)[] = [];
const tagged: string[] = [];

const events: OperationService = {
  kind: "operations",
  signingName: "events",
  sdk: eventsSdk,
  operations: {
    async PutEvents({ Entries = [] }: eventsSdk.PutEventsCommandInput) {
      published.push(...Entries);
      const results = Entries.map(({ Source }) => (Source === "bad" ? { ErrorCode: "MalformedDetail" } : { EventId: "1" }));
      return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
    },
  },
};
const sqs: OperationService = {
  kind: "operations",
  signingName: "sqs",
  sdk: sqsSdk,
  operations: {
    async SendMessage({ MessageBody }: sqsSdk.SendMessageCommandInput) {
      sent.push(MessageBody);
      const { createHash } = await import("node:crypto");
      return { MessageId: "m", MD5OfMessageBody: createHash("md5").update(MessageBody!).digest("hex") };
    },
  },
};
const s3: RawService = {
  kind: "raw",
  signingName: "s3",
  async handle({ method, path, query }) {
    tagged.push(`${method} ${path}?${query}`);
    if (path.endsWith("missing"))
      return { status: 404, headers: { "content-type": "application/xml" }, body: "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>" };
    if (path.endsWith("odd"))
      return { status: 400, headers: { "content-type": "application/xml" }, body: "<Error><Code>MalformedXML</Code><Message>no</Message></Error>" };
    return { status: 200, headers: { "x-amz-version-id": "v1" } };
  },
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const callback = (rest: object = {}) => ({
  A: {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
    Arguments: { FunctionName: "ask", Payload: { token: "{% $states.context.Task.Token %}" } },
    TimeoutSeconds: 20,
    End: true,
    ...rest,
  },
});
const job = (name: string, rest: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::mediaconvert:createJob.sync",
  Arguments: { Role: "r", Settings: {}, UserMetadata: { name } },
  TimeoutSeconds: 20,
  End: true,
  ...rest,
});
const processing = (name: string, rest: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::sagemaker:createProcessingJob.sync",
  Arguments: {
    ProcessingJobName: name,
    RoleArn: "arn:aws:iam::000000000000:role/job",
    AppSpecification: { ImageUri: "image" },
    ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 1 } },
  },
  TimeoutSeconds: 20,
  End: true,
  ...rest,
});

const container = (TaskDefinition: string, rest: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::ecs:runTask.sync",
  Arguments: {
    Cluster: "cluster",
    TaskDefinition,
    LaunchType: "FARGATE",
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ["subnet-0a"], AssignPublicIp: "DISABLED" } },
    Overrides: { ContainerOverrides: [{ Name: "main", Environment: [{ Name: "WORK", Value: "{% 'x' %}" }] }] },
  },
  TimeoutSeconds: 20,
  End: true,
  ...rest,
});

describe("tasks of state machines", () => {
  const jobs = jobServices();
  let rig: Rig;
  before(async () => {
    rig = await startRig({ services: [functionService({ ask: ({ token }: { token: string }) => tokens.push(token) }), events, sqs, s3, ...jobs.services] });
  });
  after(() => rig.close());
  beforeEach(() => {
    for (const list of [tokens, published, sent, tagged, jobs.created, jobs.cancelled]) list.length = 0;
  });

  describe("that wait for a job", () => {
    it("give the job as MediaConvert describes it", async () => {
      expect(await rig.states_({ A: job("render") })).to.deep.equal({ status: "SUCCEEDED", output: { Job: { Id: "render", Status: "COMPLETE" } } });
    });

    it("give a processing job as SageMaker describes it, tagged as Step Functions' own", async () => {
      expect(await rig.states_({ A: processing("frames") })).to.deep.equal({
        status: "SUCCEEDED",
        output: { ProcessingJobName: "frames", ProcessingJobStatus: "Completed" },
      });
    });

    it("give a task of ECS as the integration tells it, in capitals at every depth", async () => {
      expect(await rig.states_({ A: container("convert") })).to.deep.equal({
        status: "SUCCEEDED",
        output: { TaskArn: "arn:aws:ecs:us-east-1:000000000000:task/cluster/convert", LastStatus: "STOPPED", Containers: [{ Name: "main", ExitCode: 0 }] },
      });
    });

    it("fail when a container of ECS exits with anything but 0, or finds no place", async () => {
      const failed = await rig.states_({ A: container("FAIL") });
      expect(failed).to.include({ status: "FAILED", error: "States.TaskFailed" });
      expect(JSON.parse((failed as { cause: string }).cause)).to.deep.include({ Containers: [{ Name: "main", ExitCode: 1 }] });
      const full = await rig.states_({ A: container("FULL") });
      expect(full).to.deep.equal({ status: "FAILED", error: "ECS.AmazonECSException", cause: '{"Tasks":[],"Failures":[{"Reason":"RESOURCE:MEMORY"}]}' });
    });

    it("stop a task of ECS when their time is over", async () => {
      expect(await rig.states_({ A: container("HANG task", { TimeoutSeconds: 1 }) })).to.include({ status: "FAILED", error: "States.Timeout" });
      expect(jobs.cancelled).to.deep.equal(["HANG task"]);
    });

    it("fail with States.TaskFailed and the job as cause when the job fails", async () => {
      expect(await rig.states_({ A: job("FAIL") })).to.deep.equal({ status: "FAILED", error: "States.TaskFailed", cause: '{"Id":"FAIL","Status":"ERROR"}' });
    });

    it("submit a job anew for each attempt", async () => {
      const Retry = [{ ErrorEquals: ["States.TaskFailed"], MaxAttempts: 2 }];
      expect(await rig.states_({ A: job("FAIL again", { Retry }) })).to.include({ error: "States.TaskFailed" });
      expect(jobs.created).to.deep.equal(["FAIL again", "FAIL again", "FAIL again"]);
    });

    it("cancel the job when their time is over", async () => {
      expect(await rig.states_({ A: job("HANG", { TimeoutSeconds: 1 }) })).to.include({ status: "FAILED", error: "States.Timeout" });
      expect(jobs.cancelled).to.deep.equal(["HANG"]);
    });

    it("cancel the job when a sibling fails or the execution is stopped", async () => {
      const branches = [
        { StartAt: "A", States: { A: processing("HANG-1") } },
        { StartAt: "W", States: { W: { Type: "Wait", Seconds: 30, Next: "B" }, B: { Type: "Fail", Error: "Bad" } } },
      ];
      expect(await rig.states_({ P: { Type: "Parallel", Branches: branches, End: true } })).to.include({ error: "Bad" });
      expect(jobs.cancelled).to.deep.equal(["HANG-1"]);
      await rig.put({ StartAt: "A", States: { A: processing("HANG-2") } });
      const executionArn = await rig.start();
      await until(() => jobs.created.includes("HANG-2"));
      await rig.client.send(new StopExecutionCommand({ executionArn, error: "Operator", cause: "enough" }));
      expect(await rig.end(executionArn)).to.deep.include({ status: "ABORTED", error: "Operator", cause: "enough" });
      expect(jobs.cancelled).to.deep.equal(["HANG-1", "HANG-2"]);
    });
  });

  describe("that wait for a job of a service in trouble", () => {
    /** Each operation is carried out and its answer lost, so many times in a row. */
    const lossy = (services: OperationService[], losses: number): OperationService[] =>
      services.map((service) => {
        const left = new Map<string, number>();
        const operations = Object.entries(service.operations).map(([name, run]): [string, typeof run] => [
          name,
          async (given, call) => {
            const answer = await run(given, call);
            const rest = left.get(name) ?? losses;
            left.set(name, rest - 1);
            if (rest > 0) throw new ServiceError("InternalServerError", "The answer is lost.", 500);
            return answer;
          },
        ]);
        return { ...service, operations: Object.fromEntries(operations) };
      });
    const inTrouble = async (states: Record<string, object>, losses: number): Promise<{ outcome: unknown; created: string[]; cancelled: string[] }> => {
      const own = jobServices(20);
      const troubled = await startRig({ services: lossy(own.services, losses) });
      try {
        return { outcome: await troubled.states_(states), created: own.created, cancelled: own.cancelled };
      } finally {
        await troubled.close();
      }
    };
    // Who retries would have the work done twice.
    const Retry = [{ ErrorEquals: ["States.ALL"], MaxAttempts: 2, IntervalSeconds: 1 }];

    for (const [kind, state] of Object.entries({
      MediaConvert: job("once", { Retry }),
      SageMaker: processing("once", { Retry }),
      ECS: container("once", { Retry }),
    }))
      it(`start a job of ${kind} once and wait for it, whatever answers are lost`, async () => {
        const { outcome, created } = await inTrouble({ A: state }, 4);
        expect(outcome).to.include({ status: "SUCCEEDED" });
        expect(created).to.deep.equal(["once"]);
      });

    it("cancel it all the same", async () => {
      const { outcome, cancelled } = await inTrouble({ A: job("HANG", { TimeoutSeconds: 3 }) }, 3);
      expect(outcome).to.include({ status: "FAILED", error: "States.Timeout" });
      expect(new Set(cancelled)).to.deep.equal(new Set(["HANG"]));
    });

    it("fail as the service fails if the trouble does not pass", async () => {
      expect((await inTrouble({ A: job("lost") }, 1000)).outcome).to.deep.equal({
        status: "FAILED",
        error: "MediaConvert.MediaConvertException",
        cause: "The answer is lost. (InternalServerError)",
      });
    });
  });

  describe("that wait for a callback", () => {
    it("go on with the output that comes back, once", async () => {
      await rig.put({ StartAt: "A", States: callback() });
      const executionArn = await rig.start();
      await until(() => tokens.length === 1);
      const taskToken = tokens[0]!;
      await rig.client.send(new SendTaskSuccessCommand({ taskToken, output: '{"answer":42}' }));
      expect(JSON.parse((await rig.end(executionArn)).output!)).to.deep.equal({ answer: 42 });
      const second = await rig.start();
      await until(() => tokens.length === 2);
      await rig.client.send(new SendTaskSuccessCommand({ taskToken: tokens[1]!, output: "null" }));
      expect(await rig.end(second)).to.include({ status: "SUCCEEDED", output: "null" });
      expect(await failure(rig.client.send(new SendTaskSuccessCommand({ taskToken, output: "{}" })))).to.include({ name: "TaskTimedOut" });
      expect(await failure(rig.client.send(new SendTaskHeartbeatCommand({ taskToken: "other" })))).to.include({ name: "InvalidToken" });
    });

    it("fail as the callback says", async () => {
      await rig.put({ StartAt: "A", States: callback() });
      const executionArn = await rig.start();
      await until(() => tokens.length === 1);
      expect(await failure(rig.client.send(new SendTaskSuccessCommand({ taskToken: tokens[0]!, output: "no json" })))).to.include({
        name: "InvalidOutput",
      });
      await rig.client.send(new SendTaskFailureCommand({ taskToken: tokens[0]!, error: "Human.No", cause: "refused" }));
      expect(await rig.end(executionArn)).to.deep.include({ status: "FAILED", error: "Human.No", cause: "refused" });
    });

    it("fail with States.HeartbeatTimeout, which States.Timeout matches, when no heartbeat comes", async () => {
      const Catch = [{ ErrorEquals: ["States.Timeout"], Output: "{% $states.errorOutput.Error %}", Next: "B" }];
      const result = await rig.states_({ ...callback({ HeartbeatSeconds: 1, Catch }), B: { Type: "Succeed" } });
      expect(result).to.deep.equal({ status: "SUCCEEDED", output: "States.HeartbeatTimeout" });
    });

    it("go on after a restart with an answer that came before, without asking twice", async () => {
      await rig.put({ StartAt: "A", States: callback() });
      const executionArn = await rig.start();
      await until(() => tokens.length === 1);
      // That the function was asked is known once its answer came back.
      while (!(await rig.history(executionArn)).some(({ type }) => type === "TaskSubmitted")) await new Promise((resolve) => setTimeout(resolve, 5));
      await rig.restart();
      await rig.client.send(new SendTaskSuccessCommand({ taskToken: tokens[0]!, output: "1" }));
      expect(await rig.end(executionArn)).to.deep.include({ status: "SUCCEEDED", output: "1" });
      expect(tokens).to.have.length(1);
    });
  });

  describe("that send", () => {
    const put = (Detail: unknown, Source = "surgical.analysis") => ({
      A: {
        Type: "Task",
        Resource: "arn:aws:states:::events:putEvents",
        Arguments: { Entries: [{ Source, DetailType: "CaseAnalysed", Detail }] },
        TimeoutSeconds: 5,
        End: true,
      },
    });

    it("events, with an object as detail", async () => {
      expect(await rig.states_(put({ caseId: "{% $states.input.id %}" }), { id: "c" })).to.include({ status: "SUCCEEDED" });
      expect(published).to.deep.equal([{ Source: "surgical.analysis", DetailType: "CaseAnalysed", Detail: '{"caseId":"c"}' }]);
    });

    it("events, and fail if the bus refuses one", async () => {
      expect(await rig.states_(put({}, "bad"))).to.include({ status: "FAILED", error: "EventBridge.FailedEntry" });
    });

    it("messages, with an object as body", async () => {
      const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/q";
      const states = {
        A: { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", Arguments: { QueueUrl, MessageBody: { a: "{% 1 %}" } }, TimeoutSeconds: 5, End: true },
      };
      expect(await rig.states_(states)).to.include({ status: "SUCCEEDED" });
      expect(sent).to.deep.equal(['{"a":1}']);
    });
  });

  describe("that call the SDK", () => {
    const tagging = (Key: string) => ({
      A: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:s3:putObjectTagging",
        Arguments: { Bucket: "bucket", Key, Tagging: { TagSet: [{ Key: "run", Value: "1" }] } },
        TimeoutSeconds: 5,
        End: true,
      },
    });

    it("give the answer, without what is the SDK's own", async () => {
      expect(await rig.states_(tagging("key"))).to.deep.equal({ status: "SUCCEEDED", output: { VersionId: "v1" } });
      expect(tagged).to.deep.equal(["PUT /bucket/key?tagging="]);
    });

    it("name errors by service and exception, and those without a model by the service's general one", async () => {
      const { A } = tagging("missing");
      const get = { A: { ...A, Resource: "arn:aws:states:::aws-sdk:s3:getObject", Arguments: { Bucket: "bucket", Key: "missing" } } };
      expect(await rig.states_(get)).to.deep.equal({ status: "FAILED", error: "S3.NoSuchKeyException", cause: "no (NoSuchKey)" });
      expect(await rig.states_(tagging("odd"))).to.deep.equal({ status: "FAILED", error: "S3.S3Exception", cause: "no (MalformedXML)" });
    });

    it("refuse computed parameters that the operation lacks", async () => {
      const { A } = tagging("key");
      expect(await rig.states_({ A: { ...A, Arguments: "{% {'Bucket': 'b', 'key': 'k'} %}" } })).to.deep.equal({
        status: "FAILED",
        error: "States.Runtime",
        cause: "s3:putObjectTagging has no parameter key.",
      });
      expect(await rig.states_({ A: { ...A, Arguments: "{% 'text' %}" } })).to.deep.equal({
        status: "FAILED",
        error: "States.Runtime",
        cause: 'The arguments of s3:putObjectTagging are "text"; they must be an object.',
      });
    });
  });

  it("may do only what the machine's role may, the watching of jobs included", async () => {
    const strict = await startRig({ services: [functionService({ f: () => 1 }), ...jobs.services], actions: ["mediaconvert:*"] });
    try {
      const invoke = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Arguments: { FunctionName: "f" }, TimeoutSeconds: 5, End: true };
      expect(await strict.states_({ A: invoke })).to.deep.equal({
        status: "FAILED",
        error: "Lambda.AWSLambdaException",
        cause:
          "arn:aws:iam::000000000000:role/machine is not authorized to perform lambda:InvokeFunction on arn:aws:lambda:us-east-1:000000000000:function:f: no policy of the role or of the resource allows it. (AccessDeniedException)",
      });
      expect(await strict.states_({ A: job("unseen") })).to.deep.include({ status: "FAILED", error: "States.Permissions" });
      expect(jobs.created).to.deep.equal([]);
      strict.iam.putRolePolicy("arn:aws:iam::000000000000:role/machine", "rule", {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            Resource: "arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForMediaConvertJobRule",
          },
        ],
      });
      expect(await strict.states_({ A: job("seen") })).to.include({ status: "SUCCEEDED" });
    } finally {
      await strict.close();
    }
  });

  it("fail by the service's general error where nobody implements it, and as a client's where nothing listens", async () => {
    const get = (service: string) => ({
      A: { Type: "Task", Resource: `arn:aws:states:::aws-sdk:${service}:getSegmentDetection`, Arguments: { JobId: "j" }, TimeoutSeconds: 20, End: true },
    });
    expect(await rig.states_(get("rekognition"))).to.deep.equal({
      status: "FAILED",
      error: "Rekognition.RekognitionException",
      cause: 'The local cloud does not implement the service "rekognition". (NotImplemented)',
    });
    const lone = await startRig({ endpoint: "http://127.0.0.1:9" });
    try {
      expect(await lone.states_(get("rekognition"))).to.include({ status: "FAILED", error: "Rekognition.SdkClientException" });
    } finally {
      await lone.close();
    }
  });
});
