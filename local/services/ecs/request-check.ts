import type { RunTaskRequest } from "@aws-sdk/client-ecs";
import { notImplemented, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";

const members = [
  "cluster",
  "taskDefinition",
  "launchType",
  "platformVersion",
  "enableExecuteCommand",
  "networkConfiguration",
  "overrides",
  "clientToken",
  "startedBy",
];

/** Everything that is wrong with a request to run a task, at once. Throws InvalidParameterException, or NotImplemented for what is right but not implemented. */
export function checkRunTask(input: RunTaskRequest): void {
  assertImplemented("RunTask", input, members);
  if (input.launchType !== "FARGATE") throw notImplemented(`RunTask.launchType ${input.launchType ?? "EC2"}`);
  if ((input.platformVersion ?? "LATEST") !== "LATEST") throw notImplemented(`RunTask.platformVersion ${input.platformVersion}`);
  if (input.enableExecuteCommand === true) throw notImplemented("RunTask.enableExecuteCommand true");
  const problems = [...checkNetwork(input), ...checkOverrides(input), ...checkTokens(input)];
  if (problems.length > 0) throw new ServiceError("InvalidParameterException", problems.join(" "));
}

/** Nothing here routes packets; what AWS would refuse is refused. */
function checkNetwork({ networkConfiguration }: RunTaskRequest): string[] {
  const vpc = networkConfiguration?.awsvpcConfiguration;
  if (vpc === undefined) return ["Network Configuration must be provided when networkMode 'awsvpc' is specified."];
  assertImplemented("RunTask.networkConfiguration.awsvpcConfiguration", vpc, ["subnets", "securityGroups", "assignPublicIp"]);
  const check = (name: "subnets" | "securityGroups", pattern: RegExp, most: number): string[] => {
    const ids = vpc[name] ?? [];
    return ids.length >= 1 && ids.length <= most && ids.every((id) => pattern.test(id))
      ? []
      : [`networkConfiguration.awsvpcConfiguration.${name} is ${JSON.stringify(ids)}; it must be 1 to ${most} ids.`];
  };
  return [...check("subnets", /^subnet-[0-9a-f]+$/, 16), ...check("securityGroups", /^sg-[0-9a-f]+$/, 5)];
}

/** ECS takes 8192 characters of overrides. (API reference, TaskOverride) */
const longestOverrides = 8192;

function checkOverrides({ overrides }: RunTaskRequest): string[] {
  if (overrides === undefined) return [];
  assertImplemented("RunTask.overrides", overrides, ["containerOverrides"]);
  for (const [i, override] of (overrides.containerOverrides ?? []).entries()) {
    assertImplemented(`RunTask.overrides.containerOverrides[${i}]`, override, ["name", "command", "environment"]);
  }
  const { length } = JSON.stringify(overrides);
  return length > longestOverrides ? [`overrides has ${length} characters; at most ${longestOverrides} are allowed.`] : [];
}

function checkTokens({ clientToken, startedBy }: RunTaskRequest): string[] {
  return [
    ...(clientToken !== undefined && !/^[\x21-\x7e]{1,64}$/.test(clientToken) ? ["clientToken must be 1 to 64 printable ASCII characters."] : []),
    ...(startedBy !== undefined && !/^[\w ./-]{1,128}$/.test(startedBy) ? ["startedBy must be 1 to 128 letters, digits, spaces and . / _ -."] : []),
  ];
}
