import { randomUUID } from "node:crypto";
import * as sdk from "@aws-sdk/client-sfn";
import type { OperationService } from "../../wire/service.ts";
import { createOutbox } from "../outbox.ts";
import type { EventBus } from "../seams.ts";
import { createExecutions, type ExecutionsOptions, type ExecutionTransition, revisionOf } from "./executions.ts";
import { parseDefinition } from "./lint.ts";
import { statesOperations } from "./operations.ts";
import { openStore } from "./store.ts";
import { createTokens } from "./tokens.ts";

export type { ExecutionTransition } from "./executions.ts";

export interface StatesOptions extends Omit<ExecutionsOptions, "waitScale"> {
  /** Folder of the service's state. */
  readonly dir: string;
  /** Takes what EventBridge is told of executions. */
  readonly publish: EventBus["publish"];
  /** Multiplies Wait states and pauses between retries; 1 is AWS's time. */
  readonly waitScale?: number;
}

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  /** Amazon States Language, JSONata mode, as JSON text. */
  readonly definition: string;
  readonly roleArn: string;
}

/**
 * Step Functions: standard workflows in JSONata mode. Every transition is journaled before the next begins, so that
 * `start()` of a later process goes on where this one ended, however it ended.
 */
export function createStates({ dir, publish, waitScale = 1, ...options }: StatesOptions) {
  const store = openStore(dir);
  const outbox = createOutbox("Step Functions", store.database, publish, options.log);
  const tokens = createTokens(store);
  const executions = createExecutions(store, outbox, tokens, { ...options, waitScale });
  const service: OperationService = { kind: "operations", signingName: "states", sdk, operations: statesOperations(store, tokens, executions) };

  return {
    service,

    /** Creates the state machine, or updates it; executions that run keep the definition they started with. Throws with every fault of the definition. */
    async putStateMachine({ arn, name, definition, roleArn }: StateMachine): Promise<void> {
      try {
        await parseDefinition(definition);
      } catch (error) {
        throw new Error(`State machine ${name}: ${(error as Error).message}`);
      }
      store
        .sql(
          `INSERT INTO machines VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (arn) DO UPDATE SET definition = excluded.definition, role_arn = excluded.role_arn, revision = excluded.revision`,
        )
        .run(arn, name, definition, roleArn, Date.now(), revisionOf(definition, roleArn));
    },

    /** Starts an execution as EventBridge does for a target of the rule: in the target's role. */
    async startFor(roleArn: string, machineArn: string, input: string, ruleArn: string): Promise<void> {
      const role = options.authorizer.assume("events.amazonaws.com", roleArn, { "aws:SourceArn": ruleArn, "aws:SourceAccount": options.accountId });
      options.authorizer.authorize(role, "states:StartExecution", machineArn);
      const machine = store.machine(machineArn);
      if (machine === undefined) throw new Error(`State Machine Does Not Exist: '${machineArn}'`);
      executions.start(machine, randomUUID(), input);
    },

    /** Calls the listener at every transition of every execution; gives the function that ends it. */
    onTransition: (listener: (transition: ExecutionTransition) => void): (() => void) => executions.onTransition(listener),

    /** Goes on with the executions that an earlier process left running, and tells what it could not tell of them. */
    async start(): Promise<void> {
      await executions.resume();
      outbox.start();
    },

    /** Suspends all executions; `start()` of the next process goes on with them. */
    async close(): Promise<void> {
      await executions.close();
      await outbox.close();
      store.close();
    },
  };
}
