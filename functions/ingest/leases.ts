import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { WorkClass } from "../../contracts/case.ts";
import { workClass } from "../../contracts/case.ts";
import { isWritten, unlessRefused } from "../runtime/conditional-write.ts";
import { parseStored } from "../runtime/parse.ts";

/**
 * Leases: how many analyses of a class run at a time, so that the account's quotas hold work back instead of failing it. One
 * item for each class holds its leases, so that a conditional write counts and takes in one step.
 */
export interface Leases {
  /** Takes a lease for a run, once however often it is asked: `new`, or `held` if the run has one. False if all are taken. */
  take(workClass: WorkClass, runId: string): Promise<"new" | "held" | false>;
  /** Gives back whatever lease a run has. */
  release(runId: string): Promise<void>;
}

/** A lease that nobody gave back counts for so long: an execution lives a day at most, and an hour is left for its end to be told. */
export const leaseSeconds = 25 * 3600;

/** Runs that hold a lease, and when each runs out, in seconds since 1970. */
const leaseItem = z.object({ class: z.string(), leases: z.record(z.string(), z.number()) });

export interface LeaseSettings {
  readonly tableName: string;
  /** Most leases at a time. */
  readonly caps: Partial<Record<WorkClass, number>>;
  /** Milliseconds since 1970. @default the machine's clock */
  readonly now?: () => number;
}

/** Leases in DynamoDB. */
export function tableLeases(table: DynamoDBDocumentClient, { tableName, caps, now = Date.now }: LeaseSettings): Leases {
  const seconds = (): number => Math.floor(now() / 1000);

  /** False if the condition doesn't hold. */
  async function update(of: WorkClass, runId: string, change: string, condition: string, values?: Record<string, number>): Promise<boolean> {
    return isWritten(
      table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { class: of },
          UpdateExpression: change,
          ConditionExpression: condition,
          ExpressionAttributeNames: { "#leases": "leases", "#run": runId },
          ...(values && { ExpressionAttributeValues: values }),
        }),
      ),
    );
  }

  /** The leases of a class; its item is made if it is not there yet. */
  async function held(of: WorkClass): Promise<Record<string, number>> {
    for (;;) {
      const { Item } = await table.send(new GetCommand({ TableName: tableName, Key: { class: of }, ConsistentRead: true }));
      if (Item) return parseStored(leaseItem, Item, "An item of the lease table").leases;
      await unlessRefused(
        table.send(
          new PutCommand({
            TableName: tableName,
            Item: { class: of, leases: {} },
            ConditionExpression: "attribute_not_exists(#class)",
            ExpressionAttributeNames: { "#class": "class" },
          }),
        ),
      );
    }
  }

  return {
    async take(of, runId) {
      const cap = caps[of];
      if (cap === undefined) throw new Error(`There is no number of leases for the class ${of}.`);
      const leases = await held(of);
      for (const [run, until] of Object.entries(leases)) {
        // Only as it was read: the run may have taken a new one.
        if (until < seconds()) await update(of, run, "REMOVE #leases.#run", "#leases.#run = :until", { ":until": until });
      }
      const isNew = await update(of, runId, "SET #leases.#run = :until", "attribute_not_exists(#leases.#run) AND size(#leases) < :cap", {
        ":until": seconds() + leaseSeconds,
        ":cap": cap,
      });
      if (isNew) return "new";
      return Object.hasOwn(await held(of), runId) && "held";
    },

    async release(runId) {
      // The end of an execution doesn't say which class it was of.
      for (const of of workClass.options) await update(of, runId, "REMOVE #leases.#run", "attribute_exists(#leases.#run)");
    },
  };
}
