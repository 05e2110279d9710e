import { createStates } from "../../../../local/services/states/index.ts";
import { definition, input } from "./machine.ts";
import { accountId, machineArn, machineIam, region, roleArn } from "./rig.ts";

/** A process that runs Step Functions on a folder, against the wire of the test, until the execution has ended; the test kills it. */
const [, , dir = "", endpoint = ""] = process.argv;
const iam = machineIam();
const states = createStates({
  dir,
  region,
  accountId,
  endpoint: () => endpoint,
  authorizer: iam,
  publish: async () => undefined,
  log: (line) => console.error(line),
  waitScale: 0.02,
});
await states.putStateMachine({ arn: machineArn, name: "machine", definition: JSON.stringify(definition), roleArn });
await states.start();
const call = { caller: iam.administrator.caller, requestId: "r", authorize: () => undefined };
const start = { stateMachineArn: machineArn, name: "run", input: JSON.stringify(input) };
const { StartExecution, DescribeExecution } = states.service.operations;
const { executionArn } = (await StartExecution!(start, call).catch((error: Error) => {
  if (error.name !== "ExecutionAlreadyExists") throw error;
  return { executionArn: `arn:aws:states:${region}:${accountId}:execution:machine:run` };
})) as { executionArn: string };
for (;;) {
  const described = (await DescribeExecution!({ executionArn }, call)) as { status: string; output?: string; cause?: string };
  if (described.status !== "RUNNING") {
    process.stdout.write(JSON.stringify(described));
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await states.close();
