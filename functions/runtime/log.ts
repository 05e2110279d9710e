/** What may be logged: opaque identifiers, counts, durations and names of states and errors. Never file names, object keys or free text. */
export type Facts = Readonly<Record<`${string}Id` | `${string}Count` | `${string}Ms` | "status" | "errorName", string | number>>;

/** Writes one JSON line for CloudWatch Logs. `message` is a constant sentence of the program. */
export function log(message: string, facts: Partial<Facts> = {}): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), message, ...facts })}\n`);
}
