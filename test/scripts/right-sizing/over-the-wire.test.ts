import * as cloudwatchSdk from "@aws-sdk/client-cloudwatch";
import * as logsSdk from "@aws-sdk/client-cloudwatch-logs";
import * as lambdaSdk from "@aws-sdk/client-lambda";
import * as sagemakerSdk from "@aws-sdk/client-sagemaker";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect } from "chai";
import { createIam } from "../../../local/services/iam/iam.ts";
import { startWire } from "../../../local/wire/server.ts";
import type { Operation } from "../../../local/wire/service.ts";
import { kindOf, recordedFunctions, recordedJobs } from "../../../scripts/right-sizing/recorded.ts";
import { reportIn, tuneMemory, tuningTable } from "../../../scripts/right-sizing/tuning.ts";
import { failure } from "../../support/failure.ts";

const period = { from: Date.parse("2026-11-13T00:00:00Z"), to: Date.parse("2026-11-27T00:00:00Z") };
const prices = { gbSecond: 0.0000133334, million: 0.2 };

/** A service that answers as it is told, behind HTTP: what is asked of it is kept. */
async function answering(signingName: string, sdk: object, answers: Record<string, (input: never) => object>) {
  const asked: { name: string; input: never }[] = [];
  const operations: Record<string, Operation> = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      async (input) => {
        asked.push({ name, input: input as never });
        return answer(input as never);
      },
    ]),
  );
  const iam = createIam();
  const role = "arn:aws:iam::000000000000:role/reader";
  iam.putRole({
    arn: role,
    trustPolicy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }] },
  });
  const wire = await startWire({ iam, port: 0, log: () => undefined, services: [{ kind: "operations", signingName, sdk, operations }] });
  const settings = {
    endpoint: wire.endpoint,
    region: "us-east-1",
    credentials: iam.credentialsOf(role),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  };
  return { asked, settings, close: () => wire.close() };
}

describe("What is recorded of functions", () => {
  it("is read from what Lambda says in their logs, fifty groups at once", async () => {
    const names = Array.from({ length: 51 }, (_, i) => `/aws/lambda/svp-dev-f${i}`);
    let looks = 0;
    const logs = await answering("logs", logsSdk, {
      DescribeLogGroups: () => ({ logGroups: names.map((logGroupName) => ({ logGroupName })) }),
      StartQuery: () => ({ queryId: "q" }),
      GetQueryResults: () => {
        looks++;
        if (looks === 1) return { status: "Running", results: [] };
        const fields = { "@log": "111111111111:/aws/lambda/svp-dev-f0", invocations: "120", used: "301.2", memory: "512", billed: "80.5" };
        return { status: "Complete", results: looks === 2 ? [Object.entries(fields).map(([field, value]) => ({ field, value }))] : [] };
      },
    });
    try {
      const found = await recordedFunctions(new logsSdk.CloudWatchLogsClient(logs.settings), "dev", period, 0);
      expect(found).to.deep.equal([{ name: "svp-dev-f0", memoryMb: 512, usedMb: 302, billedMs: 80.5, invocations: 120 }]);
      const queries = logs.asked.filter(({ name }) => name === "StartQuery").map(({ input }) => input as { logGroupNames: string[]; startTime: number });
      expect(queries.map(({ logGroupNames }) => logGroupNames.length)).to.deep.equal([50, 1]);
      expect(queries[0]?.startTime).to.equal(period.from / 1000);
    } finally {
      await logs.close();
    }
  });

  it("is not made up if the query fails", async () => {
    const logs = await answering("logs", logsSdk, {
      DescribeLogGroups: () => ({ logGroups: [{ logGroupName: "/aws/lambda/svp-dev-f" }] }),
      StartQuery: () => ({ queryId: "q" }),
      GetQueryResults: () => ({ status: "Failed", results: [] }),
    });
    try {
      const error = await failure(recordedFunctions(new logsSdk.CloudWatchLogsClient(logs.settings), "dev", period, 0));
      expect(error.message).to.equal("The query of the functions' logs ended as Failed.");
    } finally {
      await logs.close();
    }
  });
});

describe("What is recorded of jobs", () => {
  it("knows their kind by their names", () => {
    const names = ["svp-0123456789abcdef0-gate-0-0", "svp-0123456789abcdef0-frame-analysis-1-0", "svp-trial-5d9b1f0e-0-0", "other"];
    expect(names.map(kindOf)).to.deep.equal(["gate", "frame-analysis", "trial", "other"]);
  });

  it("is read from CloudWatch by kind and type of instance, each core of the hundred that SageMaker counts", async () => {
    const started = new Date("2026-11-20T10:00:00Z");
    const sagemaker = await answering("sagemaker", sagemakerSdk, {
      ListProcessingJobs: () => ({
        ProcessingJobSummaries: [0, 1].map((i) => ({
          ...{ ProcessingJobName: `svp-0123456789abcdef${i}-gate-0-0`, ProcessingJobArn: "arn", ProcessingJobStatus: "Completed", CreationTime: started },
        })),
      }),
      DescribeProcessingJob: ({ ProcessingJobName }: { ProcessingJobName: string }) => ({
        ...{ ProcessingJobName, ProcessingJobArn: "arn", ProcessingJobStatus: "Completed", CreationTime: started },
        ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: "ml.c5.xlarge", VolumeSizeInGB: 50 } },
        ...{ AppSpecification: { ImageUri: "image" }, ProcessingStartTime: started, ProcessingEndTime: new Date(started.getTime() + 1_800_000) },
      }),
    });
    const values: Record<string, number[]> = { CPUUtilization: [200, 120], MemoryUtilization: [30, 42], GPUUtilization: [] };
    type Query = { MetricDataQueries: { Id: string; MetricStat: { Metric: { MetricName: string; Dimensions: { Value: string }[] } } }[] };
    const cloudwatch = await answering("monitoring", cloudwatchSdk, {
      GetMetricData: ({ MetricDataQueries: queries }: Query) => ({
        MetricDataResults: queries.map(({ Id, MetricStat: { Metric } }, i) => ({ Id, Values: values[Metric.MetricName]?.slice(i, i + 1) ?? [] })),
      }),
    });
    try {
      const jobs = await recordedJobs(new sagemakerSdk.SageMakerClient(sagemaker.settings), new cloudwatchSdk.CloudWatchClient(cloudwatch.settings), period);
      expect(jobs).to.deep.equal([{ kind: "gate", instanceType: "ml.c5.xlarge", jobs: 2, hours: 1, cpu: 40, memory: 42, gpu: undefined }]);
      const first = cloudwatch.asked[0]?.input as unknown as Query;
      expect(first.MetricDataQueries[0]?.MetricStat.Metric.Dimensions).to.deep.equal([{ Name: "Host", Value: "svp-0123456789abcdef0-gate-0-0/algo-1" }]);
    } finally {
      await sagemaker.close();
      await cloudwatch.close();
    }
  });
});

describe("Tuning of memory", () => {
  /** A Lambda whose invocations take as long as the memory says, and which keeps what was done to the function. */
  async function lambda(billed: (memory: number) => number, fails = false) {
    const state = { memory: 1024, versions: new Map<string, number>(), published: 0 };
    const configuration = (memory: number) => ({ FunctionName: "f", MemorySize: memory, State: "Active", LastUpdateStatus: "Successful" });
    const wire = await answering("lambda", lambdaSdk, {
      GetFunctionConfiguration: ({ Qualifier }: { Qualifier?: string }) => configuration(Qualifier ? (state.versions.get(Qualifier) as number) : state.memory),
      GetFunction: () => ({ Configuration: configuration(state.memory) }),
      UpdateFunctionConfiguration: ({ MemorySize }: { MemorySize: number }) => {
        state.memory = MemorySize;
        return configuration(MemorySize);
      },
      PublishVersion: () => {
        const Version = String(++state.published);
        state.versions.set(Version, state.memory);
        return { ...configuration(state.memory), Version };
      },
      DeleteFunction: ({ Qualifier }: { Qualifier: string }) => {
        if (!state.versions.delete(Qualifier)) throw new Error("The function itself must not be deleted.");
        return {};
      },
      Invoke: ({ Qualifier }: { Qualifier: string }) => {
        if (fails) return { StatusCode: 200, FunctionError: "Unhandled", Payload: Buffer.from('{"errorType":"InvalidInput","errorMessage":"No case."}') };
        const memory = state.versions.get(Qualifier) as number;
        const report = { type: "platform.report", record: { metrics: { billedDurationMs: billed(memory), maxMemoryUsedMB: 120 } } };
        return {
          StatusCode: 200,
          LogResult: Buffer.from(`{"type":"platform.start"}\n${JSON.stringify(report)}\n`).toString("base64"),
          Payload: Buffer.from("{}"),
        };
      },
    });
    return { ...wire, state, client: new lambdaSdk.LambdaClient(wire.settings) };
  }
  const args = { functionName: "f", payload: "{}", sizes: [256, 1024], runs: 3, prices };

  it("measures each size on a version of its own, and leaves the function as it was", async () => {
    const { client, state, asked, close } = await lambda((memory) => 200_000 / memory);
    try {
      const measured = await tuneMemory(client, args);
      const dollars = (memory: number, ms: number) => 0.2 + (memory / 1024) * (ms / 1000) * prices.gbSecond * 1e6;
      expect(measured).to.deep.equal([
        { memoryMb: 256, billedMs: 781.25, usedMb: 120, millionDollars: dollars(256, 781.25) },
        { memoryMb: 1024, billedMs: 195.3125, usedMb: 120, millionDollars: dollars(1024, 195.3125) },
      ]);
      expect([state.memory, state.versions.size, asked.filter(({ name }) => name === "Invoke").length]).to.deep.equal([1024, 0, 8]);
    } finally {
      await close();
    }
  });

  it("puts the memory back and says why if the function fails on the payload", async () => {
    const { client, state, close } = await lambda(() => 1, true);
    try {
      expect((await failure(tuneMemory(client, args))).message).to.equal("f fails on this payload: InvalidInput: No case.");
      expect([state.memory, state.versions.size]).to.deep.equal([1024, 0]);
    } finally {
      await close();
    }
  });

  it("reads reports in both formats of logs, and does without none", () => {
    const text = "REPORT RequestId: 1\tDuration: 12.3 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t";
    expect(reportIn(text)).to.deep.equal({ billedMs: 13, usedMb: 70 });
    expect(() => reportIn('{"type":"platform.start"}')).to.throw("Lambda gave no report of the invocation; the function's systemLogLevel must be INFO.");
  });

  it("names the cheapest and the fastest", () => {
    const one = { usedMb: 120 };
    const table = tuningTable([
      { ...one, memoryMb: 256, billedMs: 900, millionDollars: 3.2 },
      { ...one, memoryMb: 1024, billedMs: 200, millionDollars: 2.87 },
      { ...one, memoryMb: 3008, billedMs: 190, millionDollars: 7.64 },
    ]);
    expect(table.split("\n").map((line) => line.replace(/ {2,}/g, " | "))).to.deep.equal([
      "256 MB | 900 ms | 120 MB used | $3.20 a million",
      "1024 MB | 200 ms | 120 MB used | $2.87 a million | cheapest",
      "3008 MB | 190 ms | 120 MB used | $7.64 a million | fastest",
      "",
    ]);
  });
});
