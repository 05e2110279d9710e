import { setTimeout as sleep } from "node:timers/promises";
import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { type CloudWatchLogsClient, GetQueryResultsCommand, paginateDescribeLogGroups, StartQueryCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeProcessingJobCommand, paginateListProcessingJobs, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import { coresOf, type FunctionUse, type JobUse } from "./hints.ts";

export interface Period {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** Logs Insights looks through so many groups at once. (CloudWatch Logs quotas) */
const groupsAtOnce = 50;
/** `platform.report` is what Lambda itself says of each invocation (Lambda developer guide, "Lambda Telemetry API Event schema reference"). */
const reports = `filter type = "platform.report"
| stats count(*) as invocations, max(record.metrics.maxMemoryUsedMB) as used, max(record.metrics.memorySizeMB) as memory, avg(record.metrics.billedDurationMs) as billed by @log`;

/** What was recorded of every function of a stack. `pollMilliseconds`: between two looks at a query that runs. */
export async function recordedFunctions(logs: CloudWatchLogsClient, stack: string, period: Period, pollMilliseconds = 1000): Promise<FunctionUse[]> {
  const prefix = `/aws/lambda/svp-${stack}-`;
  const groups: string[] = [];
  for await (const page of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix: prefix }))
    groups.push(...(page.logGroups ?? []).map((group) => group.logGroupName as string));
  const found: FunctionUse[] = [];
  for (let i = 0; i < groups.length; i += groupsAtOnce) {
    const [startTime, endTime] = [Math.floor(period.from / 1000), Math.ceil(period.to / 1000)];
    const { queryId } = await logs.send(new StartQueryCommand({ logGroupNames: groups.slice(i, i + groupsAtOnce), queryString: reports, startTime, endTime }));
    for (const row of await resultsOf(logs, queryId as string, pollMilliseconds)) {
      const { "@log": log = "", invocations, used, memory, billed } = row;
      // `@log` is the account's number, a colon, and the group's name.
      const name = log.slice(log.indexOf("/aws/lambda/") + "/aws/lambda/".length);
      found.push({ name, memoryMb: Number(memory), usedMb: Math.ceil(Number(used)), billedMs: Number(billed), invocations: Number(invocations) });
    }
  }
  return found;
}

async function resultsOf(logs: CloudWatchLogsClient, queryId: string, pollMilliseconds: number): Promise<Record<string, string>[]> {
  for (;;) {
    const { status, results = [] } = await logs.send(new GetQueryResultsCommand({ queryId }));
    if (status === "Complete") return results.map((row) => Object.fromEntries(row.map(({ field, value }) => [field, value])));
    if (status !== "Running" && status !== "Scheduled") throw new Error(`The query of the functions' logs ended as ${status}.`);
    await sleep(pollMilliseconds);
  }
}

/** Kind of a processing job by its name: `svp-<run>-<job>-<attempt>-<redrives>` of analyses, `svp-<kind>-...` of others. */
export const kindOf = (name: string): string => /^svp-.{17}-(.+)-\d+-\d+$/.exec(name)?.[1] ?? /^svp-([a-z]+)-/.exec(name)?.[1] ?? name;

const metrics = { cpu: "CPUUtilization", memory: "MemoryUtilization", gpu: "GPUUtilization" } as const;

/** What was recorded of the processing jobs that ended in a period, by kind and type of instance. */
export async function recordedJobs(sagemaker: SageMakerClient, cloudwatch: CloudWatchClient, period: Period): Promise<JobUse[]> {
  const jobs: { kind: string; instanceType: string; hours: number; name: string }[] = [];
  const wanted = {
    NameContains: "svp-",
    StatusEquals: "Completed",
    CreationTimeAfter: new Date(period.from),
    CreationTimeBefore: new Date(period.to),
  } as const;
  for await (const page of paginateListProcessingJobs({ client: sagemaker }, wanted))
    for (const { ProcessingJobName: name = "" } of page.ProcessingJobSummaries ?? []) {
      const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
      const instanceType = job.ProcessingResources?.ClusterConfig?.InstanceType;
      const [start, end] = [job.ProcessingStartTime?.getTime(), job.ProcessingEndTime?.getTime()];
      if (instanceType === undefined || start === undefined || end === undefined) continue;
      jobs.push({ name, instanceType, kind: kindOf(name), hours: (end - start) / 3_600_000 });
    }
  const groups = Map.groupBy(jobs, ({ kind, instanceType }) => `${kind} ${instanceType}`);
  const uses: JobUse[] = [];
  for (const group of groups.values()) {
    const { kind, instanceType } = group[0] as (typeof group)[number];
    const names = group.map(({ name }) => name);
    const [cpu, memory, gpu] = [
      mean(await ofJobs(cloudwatch, names, metrics.cpu, "Average", period)),
      highest(await ofJobs(cloudwatch, names, metrics.memory, "Maximum", period)),
      mean(await ofJobs(cloudwatch, names, metrics.gpu, "Average", period)),
    ];
    const hours = group.reduce((sum, job) => sum + job.hours, 0);
    uses.push({ kind, instanceType, jobs: group.length, hours, cpu: cpu === undefined ? undefined : cpu / coresOf(instanceType), memory, gpu });
  }
  return uses;
}

/** GetMetricData takes so many queries at once. (API reference) */
const queriesAtOnce = 500;

/** Values of a metric of jobs, an hour each: namespace and dimension as SageMaker's developer guide has them ("SageMaker AI jobs and endpoint metrics"). */
async function ofJobs(cloudwatch: CloudWatchClient, names: readonly string[], MetricName: string, Stat: string, { from, to }: Period): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < names.length; i += queriesAtOnce) {
    const MetricDataQueries: MetricDataQuery[] = names.slice(i, i + queriesAtOnce).map((name, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: { Namespace: "/aws/sagemaker/ProcessingJobs", MetricName, Dimensions: [{ Name: "Host", Value: `${name}/algo-1` }] },
        ...{ Period: 3600, Stat },
      },
    }));
    let NextToken: string | undefined;
    do {
      const answer = await cloudwatch.send(new GetMetricDataCommand({ MetricDataQueries, StartTime: new Date(from), EndTime: new Date(to), NextToken }));
      values.push(...(answer.MetricDataResults ?? []).flatMap((result) => result.Values ?? []));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
  }
  return values;
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
const highest = (values: readonly number[]): number | undefined => (values.length === 0 ? undefined : Math.max(...values));
