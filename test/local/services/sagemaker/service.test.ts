import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  AddTagsOutput,
  CreateProcessingJobRequest,
  CreateTransformJobRequest,
  DescribeEndpointOutput,
  DescribeProcessingJobResponse,
  DescribeTransformJobResponse,
  ListProcessingJobsResponse,
  TransformInput,
} from "@aws-sdk/client-sagemaker";
import type { InvokeEndpointAsyncInput, InvokeEndpointAsyncOutput, InvokeEndpointInput, InvokeEndpointOutput } from "@aws-sdk/client-sagemaker-runtime";
import { expect } from "chai";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import { failure } from "../../../support/failure.ts";
import { account, createFolderCloud, type FolderCloud, handlerRole, jobRole, jobServiceOptions, kmsKeyArn, noAlarms, region } from "../folder-store.ts";
import { imageUri, processingRequest } from "./requests.ts";

const context = fileURLToPath(new URL("container", import.meta.url));
const arn = (resource: string): string => `arn:aws:sagemaker:${region}:${account}:${resource}`;

describe("SageMaker", () => {
  let cloud: FolderCloud;
  let open: SageMaker;
  let folder: string;
  const start = async (): Promise<SageMaker> => {
    const service = createSageMaker({ ...(await jobServiceOptions(cloud, folder)), publish: async () => {}, alarms: noAlarms, waitScale: 0 });
    return service;
  };
  before(async () => {
    cloud = await createFolderCloud();
    folder = join(cloud.folder, "sagemaker");
    open = await start();
    open.start();
    open.putImage({ imageUri, context, dockerfile: join(context, "Dockerfile") });
    await cloud.write("lake", "video/a.ts", "first");
    await cloud.write("lake", "video/deep/b.ts", "second");
    await cloud.write("models", "models/weights.txt", "heavy");
  });
  after(async () => {
    await open.close();
    await cloud.remove();
  });
  beforeEach(() => {
    cloud.uses.length = 0;
    cloud.deny = () => false;
  });

  const call = <Output>(operation: string, input: object): Promise<Output> => cloud.call<Output>(open.services[0], operation, input);
  const describeJob = (name: string): Promise<DescribeProcessingJobResponse> => call("DescribeProcessingJob", { ProcessingJobName: name });
  async function finish(name: string, more: Partial<CreateProcessingJobRequest> = {}): Promise<DescribeProcessingJobResponse> {
    await call("CreateProcessingJob", processingRequest({ ProcessingJobName: name, ...more }));
    await open.jobs.settled(name);
    return describeJob(name);
  }
  const behaviour = (name: string, more: Record<string, string> = {}): Partial<CreateProcessingJobRequest> => ({
    Environment: { BEHAVIOUR: name, OUTPUT_DIR: "/opt/ml/processing/output", ML_DIR: "/opt/ml", ...more },
  });
  const result = async (key: string): Promise<Record<string, unknown>> => JSON.parse(await readFile(cloud.pathOf("lake", key), "utf8"));

  describe("processing jobs", () => {
    it("bring inputs in, run the container in its context, and store outputs with the key", async () => {
      const job = await finish("copies");
      expect(job.FailureReason).to.equal(undefined);
      expect(job).to.deep.include({ ProcessingJobStatus: "Completed", ProcessingJobArn: arn("processing-job/copies"), RoleArn: jobRole });
      expect(await result("results/found.json")).to.deep.equal({ "a.ts": "first", "deep/b.ts": "second" });
      const { variables, folder: cwd } = (await result("results/deep/context.json")) as { variables: Record<string, string>; folder: string };
      expect(Object.keys(variables).sort()).to.deep.equal(["BEHAVIOUR", "BOTH", "FROM_IMAGE", "INPUT_DIR", "OUTPUT_DIR", "PATH", "TMPDIR"]);
      expect([variables["BOTH"], variables["FROM_IMAGE"], cwd]).to.deep.equal(["job", "an image", context]);
      expect(cloud.encryptedWith.get("lake/results/found.json")).to.equal(kmsKeyArn);
      expect(await readdir(join(folder, "work"))).to.deep.equal([]);
    });

    it("ask for every permission as the one who needs it", async () => {
      await finish("asks", { Tags: [{ Key: "run", Value: "1" }] });
      const repository = `arn:aws:ecr:${region}:${account}:repository/inference`;
      expect(cloud.uses.map(({ caller, action, resource }) => `${caller} ${action} ${resource}`)).to.deep.equal([
        `${handlerRole} sagemaker:CreateProcessingJob ${arn("processing-job/asks")}`,
        `${handlerRole} sagemaker:AddTags ${arn("processing-job/asks")}`,
        `${handlerRole} iam:PassRole ${jobRole}`,
        `sagemaker.amazonaws.com sts:AssumeRole ${jobRole}`,
        `${jobRole} ecr:GetAuthorizationToken *`,
        `${jobRole} ecr:BatchGetImage ${repository}`,
        `${jobRole} ecr:GetDownloadUrlForLayer ${repository}`,
        `${jobRole} s3:ListBucket arn:aws:s3:::lake`,
        `${jobRole} s3:GetObject arn:aws:s3:::lake/video/a.ts`,
        `${jobRole} s3:GetObject arn:aws:s3:::lake/video/deep/b.ts`,
        `${jobRole} s3:PutObject arn:aws:s3:::lake/results/deep/context.json`,
        `${jobRole} s3:PutObject arn:aws:s3:::lake/results/found.json`,
        `${handlerRole} sagemaker:DescribeProcessingJob ${arn("processing-job/asks")}`,
      ]);
      expect(cloud.uses[0]?.context).to.deep.equal({
        "sagemaker:InstanceTypes": ["ml.m5.large"],
        "sagemaker:MaxRuntimeInSeconds": "60",
        "sagemaker:NetworkIsolation": "true",
        "sagemaker:InterContainerTrafficEncryption": "true",
        "sagemaker:OutputKmsKeyArn": kmsKeyArn,
        "aws:TagKeys": ["run"],
        "aws:RequestTag/run": "1",
      });
      expect(cloud.uses[2]?.context).to.deep.equal({ "iam:PassedToService": "sagemaker.amazonaws.com" });
    });

    it("are judged by every type that they may fall back to, and by their network", async () => {
      const InstancePreferences = [{ InstanceType: "ml.c5.xlarge" as const }, { InstanceType: "ml.m5.xlarge" as const }];
      await finish("falls-back", {
        ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstancePreferences, VolumeSizeInGB: 50, VolumeKmsKeyId: kmsKeyArn } },
        NetworkConfig: { EnableNetworkIsolation: true, VpcConfig: { Subnets: ["subnet-0a", "subnet-0b"], SecurityGroupIds: ["sg-0c"] } },
      });
      expect(cloud.uses[0]?.context).to.deep.equal({
        "sagemaker:InstanceTypes": ["ml.c5.xlarge", "ml.m5.xlarge"],
        "sagemaker:MaxRuntimeInSeconds": "60",
        "sagemaker:NetworkIsolation": "true",
        "sagemaker:InterContainerTrafficEncryption": "false",
        "sagemaker:OutputKmsKeyArn": kmsKeyArn,
        "sagemaker:VolumeKmsKeyArn": kmsKeyArn,
        "sagemaker:VpcSecurityGroupIds": ["sg-0c"],
        "sagemaker:VpcSubnets": ["subnet-0a", "subnet-0b"],
      });
    });

    it("tell why a container failed, and store what it left", async () => {
      const job = await finish("fails", behaviour("fail"));
      expect(job).to.deep.include({
        ProcessingJobStatus: "Failed",
        FailureReason: "AlgorithmError: The lamp is off. | Nothing can be seen., exit code: 3",
        ExitMessage: "The picture is too dark.",
      });
      expect(await readFile(cloud.pathOf("lake", "results/half.json"), "utf8")).to.equal("{");
      expect(await readFile(join(folder, "logs", "fails.log"), "utf8")).to.equal("The lamp is off.\nNothing can be seen.\n");
    });

    it("tell the last lines of a container that complains on standard output", async () => {
      expect((await finish("complains", behaviour("complain"))).FailureReason).to.equal("AlgorithmError: Said where nobody looks., exit code: 1");
    });

    const failures: [what: string, name: string, more: Partial<CreateProcessingJobRequest>, action: string | undefined, reason: RegExp][] = [
      [
        "has no objects at its input",
        "empty",
        { ProcessingInputs: [{ InputName: "a", S3Input: { S3Uri: "s3://lake/none/", LocalPath: "/opt/ml/processing/a", S3DataType: "S3Prefix" } }] },
        undefined,
        /^ClientError: Data download failed: No S3 objects found under S3 URL "s3:\/\/lake\/none\/"\.$/,
      ],
      ["may not read", "blind", {}, "s3:GetObject", /^ClientError: .* may not s3:GetObject on /],
      ["may not write", "mute", {}, "s3:PutObject", /^ClientError: .* may not s3:PutObject on /],
      ["may not pull its image", "bare", {}, "ecr:BatchGetImage", /may not ecr:BatchGetImage on /],
      [
        "names no program",
        "lost",
        { AppSpecification: { ImageUri: imageUri, ContainerEntrypoint: ["/no/such/program"] } },
        undefined,
        /^(AlgorithmError: .*, exit code: (1|127)|ClientError: The container can't be started: .*)$/,
      ],
      [
        "runs too long",
        "slow",
        { ...behaviour("hang", { PID_FILE: "/opt/ml/pid" }), StoppingCondition: { MaxRuntimeInSeconds: 1 } },
        undefined,
        /^ClientError: The job ran longer than MaxRuntimeInSeconds, 1\.$/,
      ],
    ];
    for (const [what, name, more, action, reason] of failures) {
      it(`fail if one ${what}`, async () => {
        cloud.deny = (use) => use.action === action;
        const job = await finish(name, more);
        expect(job.ProcessingJobStatus).to.equal("Failed");
        expect(job.FailureReason).to.match(reason);
      });
    }

    it("are told to stop when their time is over, and store what they leave then", async () => {
      const job = await finish("overdue", { ...behaviour("leave"), StoppingCondition: { MaxRuntimeInSeconds: 2 } });
      expect(job.FailureReason).to.equal("ClientError: The job ran longer than MaxRuntimeInSeconds, 2.");
      expect(await readFile(cloud.pathOf("lake", "results/left.json"), "utf8")).to.equal("[]");
    });

    it("fail midway where a fault was put there, and store what they leave then", async () => {
      cloud.faults.add((service, job) => service === "sagemaker-midway" && job === "halfway", "AlgorithmError: The fan stopped.");
      await rm(cloud.pathOf("lake", "results/left.json"));
      expect((await finish("halfway", behaviour("leave"))).FailureReason).to.equal("AlgorithmError: The fan stopped.");
      expect(await readFile(cloud.pathOf("lake", "results/left.json"), "utf8")).to.equal("[]");
    });

    it("fail where a fault was put", async () => {
      cloud.faults.add((service, job) => service === "sagemaker" && job === "faulty", "AlgorithmError: The GPU melted.");
      expect((await finish("faulty")).FailureReason).to.equal("AlgorithmError: The GPU melted.");
    });

    it("stop at once, with all that they started", async () => {
      const pidFile = join(cloud.folder, "pid");
      await call("CreateProcessingJob", processingRequest({ ProcessingJobName: "stopped", ...behaviour("hang", { PID_FILE: pidFile }) }));
      let pid = "";
      while (pid === "") {
        await new Promise((resolve) => setTimeout(resolve, 10));
        pid = await readFile(pidFile, "utf8").catch(() => "");
      }
      await call("StopProcessingJob", { ProcessingJobName: "stopped" });
      await open.jobs.settled("stopped");
      expect((await describeJob("stopped")).ProcessingJobStatus).to.equal("Stopped");
      expect(() => process.kill(Number(pid), 0)).to.throw("ESRCH");
      expect((await failure(call("StopProcessingJob", { ProcessingJobName: "stopped" }))).message).to.equal(
        "The request was rejected because the processing job is in status Stopped.",
      );
    });

    it("refuse a second job of a name, an image that nobody declared, and a name that nobody gave", async () => {
      await finish("once");
      const again = await failure(call("CreateProcessingJob", processingRequest({ ProcessingJobName: "once" })));
      expect(`${again.name}: ${again.message}`).to.equal(
        `ResourceInUse: Job name must be unique within an AWS account and region, and a job with this name already exists (${arn("processing-job/once")})`,
      );
      const unknown = await failure(call("CreateProcessingJob", processingRequest({ ProcessingJobName: "other", AppSpecification: { ImageUri: "none" } })));
      expect(`${unknown.name}: ${unknown.message}`).to.equal("ValidationException: Requested image none not found.");
      expect((await failure(describeJob("none"))).message).to.equal("Could not find requested job with name: none");
    });

    it("are listed, oldest first unless asked otherwise, in pages", async () => {
      const { ProcessingJobSummaries: failed } = await call<ListProcessingJobsResponse>("ListProcessingJobs", {
        StatusEquals: "Failed",
        NameContains: "fault",
      });
      expect(failed?.map(({ ProcessingJobName, FailureReason }) => [ProcessingJobName, FailureReason])).to.deep.equal([
        ["faulty", "AlgorithmError: The GPU melted."],
      ]);
      const first = await call<ListProcessingJobsResponse>("ListProcessingJobs", { SortOrder: "Descending", MaxResults: 1 });
      const second = await call<ListProcessingJobsResponse>("ListProcessingJobs", { SortOrder: "Descending", MaxResults: 1, NextToken: first.NextToken });
      expect([first, second].map(({ ProcessingJobSummaries: [job] = [] }) => job?.ProcessingJobName)).to.deep.equal(
        open.jobs
          .list()
          .slice(-2)
          .reverse()
          .map(({ id }) => id),
      );
    });

    it("keep tags", async () => {
      await finish("tagged", {
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      });
      const ResourceArn = arn("processing-job/tagged");
      const { Tags } = await call<AddTagsOutput>("AddTags", { ResourceArn, Tags: [{ Key: "a", Value: "3" }] });
      expect(Tags).to.deep.equal([
        { Key: "b", Value: "2" },
        { Key: "a", Value: "3" },
      ]);
      expect(await call("ListTags", { ResourceArn })).to.deep.equal({ Tags });
    });

    it("run again from their beginning after a restart", async () => {
      const pidFile = join(cloud.folder, "pid-of-first-run");
      await call("CreateProcessingJob", processingRequest({ ProcessingJobName: "restarted", ...behaviour("hang", { PID_FILE: pidFile }) }));
      while (!(await readFile(pidFile, "utf8").catch(() => ""))) await new Promise((resolve) => setTimeout(resolve, 10));
      await open.close();
      open = await start();
      expect((await describeJob("restarted")).ProcessingJobStatus).to.equal("InProgress");
      const first = await readFile(pidFile, "utf8");
      open.start();
      while ((await readFile(pidFile, "utf8")) === first) await new Promise((resolve) => setTimeout(resolve, 10));
      await call("StopProcessingJob", { ProcessingJobName: "restarted" });
      expect((await open.jobs.settled("restarted")).state).to.equal("STOPPED");
    });
  });

  describe("endpoints", () => {
    before(() => {
      const model = { roleArn: jobRole, image: imageUri, modelDataPrefix: "s3://models/models/" };
      open.putModel({ ...model, name: "model", arn: arn("model/model"), environment: { MODEL_DIR: "/opt/ml/model" } });
      open.putModel({ ...model, name: "broken", arn: arn("model/broken"), environment: { BEHAVIOUR: "refuse" } });
      for (const name of ["model", "broken"]) {
        open.putEndpointConfig({ name: `${name}-config`, modelName: name, variantName: "current" });
        open.putEndpoint({ name: `${name}-endpoint`, arn: arn(`endpoint/${name}-endpoint`), configName: `${name}-config` });
      }
    });

    const invoke = async (body: string, more: Partial<InvokeEndpointInput> = {}): Promise<{ answer: Record<string, string>; output: InvokeEndpointOutput }> => {
      const operation = open.services[1].operations["InvokeEndpoint"] as (input: InvokeEndpointInput, call: object) => Promise<InvokeEndpointOutput>;
      const authorize = (action: string, resource: string): void => void cloud.uses.push({ caller: handlerRole, action, resource, context: undefined });
      const output = await operation(
        { EndpointName: "model-endpoint", Body: Buffer.from(body), ...more },
        { caller: { arn: handlerRole }, requestId: "request", authorize },
      );
      return { answer: JSON.parse(Buffer.from(output.Body ?? "").toString()), output };
    };

    it("hand a request to the container and its answer back", async () => {
      const { answer, output } = await invoke("\u0000\u0001", { ContentType: "image/x", Accept: "application/json", CustomAttributes: "model=a" });
      expect(answer).to.deep.include({ type: "image/x", accept: "application/json", attributes: "model=a", body: "0001", model: "heavy" });
      expect(output).to.deep.include({ ContentType: "application/json", InvokedProductionVariant: "current", CustomAttributes: "seen" });
      expect(cloud.uses[0]).to.deep.include({ action: "sagemaker:InvokeEndpoint", resource: arn("endpoint/model-endpoint") });
      expect(cloud.uses.some(({ caller, action }) => caller === jobRole && action === "s3:GetObject")).to.equal(true);
    });

    it("keep the container for the next request, and start another when it has died", async () => {
      const [first, second] = await Promise.all([invoke("a"), invoke("b")]);
      expect(second.answer["pid"]).to.equal(first.answer["pid"]);
      expect((await failure(invoke("crash"))).name).to.equal("ModelError");
      let third: { answer: Record<string, string> } | undefined;
      while (!third) third = await invoke("c").catch(() => undefined);
      expect(third.answer["pid"]).not.to.equal(first.answer["pid"]);
    });

    it("tell what a container objects to", async () => {
      const error = await failure(invoke("bad"));
      expect(`${error.name}: ${error.message}`).to.equal('ModelError: Received client error (400) from primary with message "No picture.".');
    });

    it("tell why a container does not come up", async () => {
      const error = await failure(invoke("a", { EndpointName: "broken-endpoint" }));
      expect(`${error.name}: ${error.message}`).to.equal(
        "ServiceUnavailable: The container of endpoint broken-endpoint ended before it was healthy: No weights. (exit code 2)",
      );
    });

    it("are described, and refused if there is none", async () => {
      const found = await call<DescribeEndpointOutput>("DescribeEndpoint", { EndpointName: "model-endpoint" });
      expect(found).to.deep.include({ EndpointStatus: "InService", EndpointConfigName: "model-config", EndpointArn: arn("endpoint/model-endpoint") });
      expect((await failure(call("DescribeEndpoint", { EndpointName: "none" }))).message).to.equal(`Endpoint none of account ${account} not found.`);
      expect((await failure(invoke("a", { EndpointName: "none" }))).name).to.equal("ValidationException");
      expect((await failure(invoke("a", { TargetModel: "x" }))).message).to.equal("The local cloud does not implement InvokeEndpoint.TargetModel.");
    });
  });

  describe("asynchronous endpoints", () => {
    before(async () => {
      const asynchronous = { outputPath: "s3://lake/answers/", failurePath: "s3://lake/failures/", kmsKeyArn };
      open.putModel({
        roleArn: jobRole,
        image: imageUri,
        modelDataPrefix: "s3://models/models/",
        name: "queued",
        arn: arn("model/queued"),
        environment: { MODEL_DIR: "/opt/ml/model" },
      });
      open.putEndpointConfig({ name: "queue-config", modelName: "queued", variantName: "current", asynchronous });
      open.putEndpoint({ name: "queue", arn: arn("endpoint/queue"), configName: "queue-config" });
      open.putEndpointConfig({ name: "at-once-config", modelName: "queued", variantName: "current" });
      open.putEndpoint({ name: "at-once", arn: arn("endpoint/at-once"), configName: "at-once-config" });
      await cloud.write("lake", "segments/good", "good");
      await cloud.write("lake", "segments/bad", "bad");
    });

    const ask = (segment: string, more: Partial<InvokeEndpointAsyncInput> = {}): Promise<InvokeEndpointAsyncOutput> =>
      cloud.call(open.services[1], "InvokeEndpointAsync", {
        ...{ EndpointName: "queue", InputLocation: `s3://lake/segments/${segment}`, ContentType: "video/x", Accept: "application/json" },
        ...more,
      });
    const keyOf = (uri: string | undefined): string => (uri ?? "").replace("s3://lake/", "");
    const settled = async (uri: string | undefined): Promise<string> => {
      for (const since = Date.now(); Date.now() - since < 60_000; await new Promise((resolve) => setTimeout(resolve, 10))) {
        const text = await readFile(cloud.pathOf("lake", keyOf(uri)), "utf8").catch(() => "");
        if (text !== "") return text;
      }
      throw new Error(`Nothing came to ${uri}.`);
    };

    it("answer with an object where they said, sealed, as the model's role", async () => {
      const { InferenceId, OutputLocation, FailureLocation } = await ask("good", { CustomAttributes: "model=a;step=5", S3OutputPathExtension: "case/run" });
      expect([OutputLocation, FailureLocation]).to.deep.equal([`s3://lake/answers/case/run/${InferenceId}.out`, `s3://lake/failures/${InferenceId}-error.out`]);
      expect(JSON.parse(await settled(OutputLocation))).to.include({
        type: "video/x",
        accept: "application/json",
        attributes: "model=a;step=5",
        model: "heavy",
      });
      expect(cloud.encryptedWith.get(`lake/${keyOf(OutputLocation)}`)).to.equal(kmsKeyArn);
      expect(cloud.uses[0]).to.deep.include({ caller: handlerRole, action: "sagemaker:InvokeEndpointAsync", resource: arn("endpoint/queue") });
      for (const [action, place] of [
        ["s3:GetObject", "segments/good"],
        ["s3:PutObject", keyOf(OutputLocation)],
      ])
        expect(cloud.uses).to.deep.include({ caller: jobRole, action, resource: `arn:aws:s3:::lake/${place}`, context: undefined });
    });

    it("tell what went wrong with an object, and answer the next", async () => {
      const bad = await ask("bad");
      const missing = await ask("missing");
      cloud.faults.add((service, input) => service === "sagemaker-asynchronous" && input.endsWith("/good"), "The GPU melted.");
      const faulty = await ask("good");
      const good = await ask("good");
      expect(await settled(bad.FailureLocation)).to.equal('Received client error (400) from primary with message "No picture.".');
      expect(await settled(missing.FailureLocation)).to.equal('The key "segments/missing" does not exist.');
      expect(await settled(faulty.FailureLocation)).to.equal("The GPU melted.");
      expect(await settled(good.OutputLocation)).to.contain("heavy");
    });

    it("answer what they were asked before a restart", async () => {
      await open.close();
      open = await start();
      const { OutputLocation } = await ask("good");
      await open.close();
      open = await start();
      open.start();
      expect(await settled(OutputLocation)).to.contain("heavy");
    });

    it("refuse what is wrong, all of it at once, and what they don't implement", async () => {
      const wrong = { InputLocation: "lake", CustomAttributes: "a b", S3OutputPathExtension: "../x", RequestTTLSeconds: 30, InvocationTimeoutSeconds: 4000 };
      const error = await failure(ask("good", wrong));
      expect(`${error.name}: ${error.message}`).to.equal(
        [
          'ValidationError: InputLocation is "lake"; it must be s3://bucket/key.',
          "CustomAttributes has 3 characters; it must be at most 1024 visible ASCII ones.",
          'S3OutputPathExtension is "../x"; it must be names joined by slashes.',
          "RequestTTLSeconds is 30; it must be 60 to 21600.",
          "InvocationTimeoutSeconds is 4000; it must be 1 to 3600.",
        ].join(" "),
      );
      expect((await failure(ask("good", { EndpointName: "at-once" }))).message).to.equal("Endpoint at-once is not asynchronous.");
      expect((await failure(ask("good", { Body: "x" as never }))).message).to.equal("The local cloud does not implement InvokeEndpointAsync.Body.");
      expect((await failure(ask("good", { Filename: "x" }))).message).to.equal("The local cloud does not implement InvokeEndpointAsync.Filename.");
      const atOnce = failure(cloud.call(open.services[1], "InvokeEndpoint", { EndpointName: "queue" }));
      expect((await atOnce).message).to.equal("Endpoint queue is asynchronous: use InvokeEndpointAsync.");
    });
  });

  describe("transform jobs", () => {
    const request = (TransformJobName: string, more: Partial<CreateTransformJobRequest> = {}): CreateTransformJobRequest => ({
      ...{ TransformJobName, ModelName: "transformer", MaxPayloadInMB: 1, BatchStrategy: "SingleRecord" },
      ModelClientConfig: { InvocationsMaxRetries: 1 },
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: "s3://lake/manifests/all" } },
        ContentType: "video/x",
        SplitType: "None",
      },
      TransformOutput: { S3OutputPath: `s3://lake/transformed/${TransformJobName}`, Accept: "application/json", AssembleWith: "None", KmsKeyId: kmsKeyArn },
      TransformResources: { InstanceType: "ml.m5.xlarge", InstanceCount: 1 },
      ...more,
    });
    const from = (manifest: string): Partial<CreateTransformJobRequest> => ({
      TransformInput: {
        ...request("x").TransformInput,
        DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: `s3://lake/manifests/${manifest}` } },
      },
    });
    const describeTransform = (TransformJobName: string): Promise<DescribeTransformJobResponse> => call("DescribeTransformJob", { TransformJobName });
    async function transform(name: string, more: Partial<CreateTransformJobRequest> = {}): Promise<DescribeTransformJobResponse> {
      await call("CreateTransformJob", request(name, more));
      await open.transformJobs.settled(name);
      return describeTransform(name);
    }
    before(async () => {
      const environment = { MODEL_DIR: "/opt/ml/model" };
      open.putModel({
        name: "transformer",
        arn: arn("model/transformer"),
        roleArn: jobRole,
        image: imageUri,
        modelDataPrefix: "s3://models/models/",
        environment,
      });
      for (const [name, text] of Object.entries({ one: "1", two: "2", bad: "bad", crash: "crash", huge: "x".repeat(2 ** 20 + 1) }))
        await cloud.write("lake", `pieces/${name}`, text);
      const manifest = (...names: string[]) => JSON.stringify([{ prefix: "s3://lake/pieces/" }, ...names]);
      for (const [name, text] of Object.entries({
        all: manifest("one", "two"),
        mixed: manifest("one", "bad", "huge", "missing", "two"),
        dying: manifest("crash", "two"),
        empty: manifest(),
        words: "words",
      }))
        await cloud.write("lake", `manifests/${name}`, text);
    });

    it("answer by a model that somebody made, once its role may be passed", async () => {
      const model = (ModelName: string, more: object = {}) => ({
        ...{ ModelName, ExecutionRoleArn: jobRole, EnableNetworkIsolation: true, VpcConfig: { Subnets: ["subnet-0a"], SecurityGroupIds: ["sg-0c"] } },
        PrimaryContainer: {
          ...{ Image: imageUri, Environment: { MODEL_DIR: "/opt/ml/model" } },
          ModelDataSource: { S3DataSource: { S3Uri: "s3://models/models/", S3DataType: "S3Prefix", CompressionType: "None" } },
        },
        ...more,
      });
      expect(await call("CreateModel", model("made"))).to.deep.equal({ ModelArn: arn("model/made") });
      expect(cloud.uses.map(({ action, resource }) => `${action} ${resource}`)).to.deep.equal([
        `sagemaker:CreateModel ${arn("model/made")}`,
        `iam:PassRole ${jobRole}`,
      ]);
      const job = await transform("by-made", { ModelName: "made" });
      expect([job.TransformJobStatus, job.ModelName]).to.deep.equal(["Completed", "made"]);
      const refused = async (request: object) => (await failure(call("CreateModel", request))).message;
      expect(await refused(model("made"))).to.equal(`Cannot create already existing model "${arn("model/made")}".`);
      expect(await refused(model("-", { PrimaryContainer: { ...model("x").PrimaryContainer, Image: "none" } }))).to.equal(
        'ModelName is "-"; it must be 1 to 63 letters, digits and hyphens. Requested image none not found.',
      );
      const packed = { S3DataSource: { S3Uri: "s3://models/a.tar.gz", S3DataType: "S3Object", CompressionType: "Gzip" } };
      expect(await refused(model("y", { PrimaryContainer: { Image: imageUri, ModelDataSource: packed } }))).to.include("ModelDataSource of S3Object, Gzip");
    });

    it("send each object of a manifest to the model's container, and store its answer, sealed", async () => {
      const job = await transform("all", { Environment: { WORK: "all" }, Tags: [{ Key: "run", Value: "1" }] });
      expect(job.FailureReason).to.equal(undefined);
      expect(job).to.deep.include({ TransformJobStatus: "Completed", TransformJobArn: arn("transform-job/all"), ModelName: "transformer" });
      expect(job.TransformEndTime).to.be.at.least(job.TransformStartTime!);
      for (const [name, body] of [
        ["one", "31"],
        ["two", "32"],
      ]) {
        expect(await result(`transformed/all/${name}.out`)).to.deep.include({ type: "video/x", accept: "application/json", body, model: "heavy" });
        expect(await result(`transformed/all/${name}.out`)).not.to.have.property("attributes");
        expect(cloud.encryptedWith.get(`lake/transformed/all/${name}.out`)).to.equal(kmsKeyArn);
      }
      const uses = cloud.uses.map(({ caller, action, resource }) => `${caller} ${action} ${resource}`);
      expect(uses.slice(0, 2)).to.deep.equal([
        `${handlerRole} sagemaker:CreateTransformJob ${arn("transform-job/all")}`,
        `${handlerRole} sagemaker:AddTags ${arn("transform-job/all")}`,
      ]);
      expect(uses).to.include.members([
        `${jobRole} s3:GetObject arn:aws:s3:::lake/manifests/all`,
        `${jobRole} s3:GetObject arn:aws:s3:::lake/pieces/one`,
        `${jobRole} s3:PutObject arn:aws:s3:::lake/transformed/all/one.out`,
      ]);
      expect(cloud.uses[0]?.context).to.deep.include({ "sagemaker:ModelArn": arn("model/transformer"), "sagemaker:InstanceTypes": "ml.m5.xlarge" });
    });

    it("fail in the end if an object does, and leave what was answered", async () => {
      const job = await transform("mixed", from("mixed"));
      expect(job).to.include({ TransformJobStatus: "Failed" });
      expect(job.FailureReason).to.equal('ClientError: 3 of 5 objects failed; the first: Received client error (400) from primary with message "No picture.".');
      expect(await result("transformed/mixed/two.out")).to.include({ body: "32" });
      expect(await readdir(cloud.pathOf("lake", "transformed/mixed"))).to.have.members(["one.out", "two.out"]);
      const dying = await transform("dying", from("dying"));
      expect(dying.FailureReason).to.match(/^ClientError: 1 of 2 objects failed; the first: Received no answer from the container of transform job dying/);
      expect(await result("transformed/dying/two.out")).to.include({ body: "32" });
    });

    it("fail for a manifest that is none, for a refusal, and where a fault was put", async () => {
      expect((await transform("empty", from("empty"))).FailureReason).to.match(/^ClientError: The manifest must be a prefix/);
      expect((await transform("words", from("words"))).FailureReason).to.match(/^ClientError: The manifest is no JSON: /);
      expect((await transform("absent", from("absent"))).FailureReason).to.equal('ClientError: The key "manifests/absent" does not exist.');
      cloud.faults.add((service, job) => service === "sagemaker" && job === "faulty-transform", "AlgorithmError: The GPU melted.");
      expect((await transform("faulty-transform")).FailureReason).to.equal("AlgorithmError: The GPU melted.");
      cloud.deny = ({ action }) => action === "s3:PutObject";
      expect((await transform("sealed")).FailureReason).to.match(/^ClientError: 2 of 2 objects failed; the first: .* may not s3:PutObject/);
    });

    it("stop, and are refused twice and where nothing is known of them", async () => {
      await call("CreateTransformJob", request("stopped-transform"));
      await call("StopTransformJob", { TransformJobName: "stopped-transform" });
      await open.transformJobs.settled("stopped-transform");
      expect(await describeTransform("stopped-transform")).to.include({ TransformJobStatus: "Stopped" });
      expect((await failure(call("StopTransformJob", { TransformJobName: "stopped-transform" }))).message).to.equal(
        "The request was rejected because the transform job is in status Stopped.",
      );
      expect((await failure(call("CreateTransformJob", request("stopped-transform")))).name).to.equal("ResourceInUse");
      expect((await failure(describeTransform("none"))).message).to.equal("Could not find requested job with name: none");
      expect((await failure(call("CreateTransformJob", request("x", { ModelName: "none" })))).message).to.equal('Could not find model "none".');
    });

    it("refuse what is wrong, all of it at once, and what they don't implement", async () => {
      const wrong = request("-", {
        MaxConcurrentTransforms: 101,
        ModelClientConfig: { InvocationsTimeoutInSeconds: 4000, InvocationsMaxRetries: 4 },
        Environment: { "a b": "x".repeat(10_241) },
        TransformInput: { DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: "lake" } } },
        TransformOutput: { S3OutputPath: "lake" },
        TransformResources: { InstanceType: "ml.g5.xlarge", InstanceCount: 0, VolumeKmsKeyId: kmsKeyArn, TransformAmiVersion: "newest" },
      });
      expect((await failure(call("CreateTransformJob", wrong))).message).to.equal(
        [
          'TransformJobName is "-"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.',
          "MaxConcurrentTransforms times MaxPayloadInMB is 101; at most 100 are allowed.",
          "ModelClientConfig.InvocationsTimeoutInSeconds is 4000; it must be 1 to 3600.",
          "ModelClientConfig.InvocationsMaxRetries is 4; it must be 0 to 3.",
          'Environment has the name "a b"; it must be letters, digits and underscores.',
          "Environment.a b has 10241 characters; at most 10240 are allowed.",
          'TransformInput.DataSource.S3DataSource.S3Uri is "lake"; it must be s3://bucket/key.',
          'TransformOutput.S3OutputPath is "lake"; it must be s3://bucket/prefix.',
          "TransformResources.InstanceCount is 0; it must be at least 1.",
          "TransformResources.VolumeKmsKeyId can't be given for ml.g5.xlarge: its local disks are encrypted by the instance itself.",
          'TransformResources.TransformAmiVersion is "newest"; it must be one of al2-ami-sagemaker-batch-gpu-470, al2-ami-sagemaker-batch-gpu-535.',
        ].join(" "),
      );
      const driver = { TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1, TransformAmiVersion: "al2-ami-sagemaker-batch-gpu-535" } } as const;
      expect((await failure(call("CreateTransformJob", request("driver", driver)))).message).to.equal(
        "TransformResources.TransformAmiVersion can't be given for ml.m5.large, which has no accelerator.",
      );
      const prefix = { DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: "s3://lake/pieces/" } } };
      for (const [more, what] of [
        [{ TransformInput: { ...prefix } }, "TransformInput.DataSource.S3DataSource.S3DataType S3Prefix"],
        [{ TransformInput: { ...(request("x").TransformInput as TransformInput), SplitType: "Line" } }, "TransformInput.SplitType Line"],
        [{ BatchStrategy: "MultiRecord" }, "CreateTransformJob.BatchStrategy MultiRecord"],
        [{ MaxPayloadInMB: 0 }, "CreateTransformJob.MaxPayloadInMB 0"],
        [{ DataProcessing: { InputFilter: "$" } }, "CreateTransformJob.DataProcessing"],
      ] as const)
        expect((await failure(call("CreateTransformJob", request("y", more)))).message).to.equal(`The local cloud does not implement ${what}.`);
    });

    it("run again from their beginning after a restart", async () => {
      await open.close();
      open = await start();
      await call("CreateTransformJob", request("restarted-transform"));
      await open.close();
      open = await start();
      expect(await describeTransform("restarted-transform")).to.include({ TransformJobStatus: "InProgress" });
      open.start();
      expect((await open.transformJobs.settled("restarted-transform")).state).to.equal("SUCCEEDED");
    });
  });
});
