import { DescribeExecutionCommand, type DescribeExecutionCommandOutput, type IncludedData, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";

/** ARN of an execution, by its name. */
export const executionArnOf = (stateMachineArn: string, name: string): string => `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;

/**
 * Starts an execution of a name of its own. False if there was one: it keeps its name for 90 days after its end, so that what asks again starts no
 * second one.
 */
export async function startNamed(states: SFNClient, stateMachineArn: string, name: string, input: unknown): Promise<boolean> {
  try {
    await states.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return true;
  } catch (error) {
    if ((error as Error).name === "ExecutionAlreadyExists") return false;
    throw error;
  }
}

/** How an execution stands; undefined if there is none of the name, or none any more: Step Functions keeps them 90 days after their end. */
export async function describeNamed(
  states: SFNClient,
  stateMachineArn: string,
  name: string,
  includedData?: IncludedData,
): Promise<DescribeExecutionCommandOutput | undefined> {
  try {
    return await states.send(new DescribeExecutionCommand({ executionArn: executionArnOf(stateMachineArn, name), includedData }));
  } catch (error) {
    if ((error as Error).name === "ExecutionDoesNotExist") return undefined;
    throw error;
  }
}
