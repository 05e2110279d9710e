import { type MetricName, metricsNamespace } from "../../contracts/metrics.ts";

/** Producers are named as models are: words joined by hyphens, which no patient's name, date or file is. */
const producerName = /^[a-z][a-z0-9-]{1,30}$/;

/**
 * Writes metrics as a line of the log, in CloudWatch's embedded metric format (CloudWatch User Guide, "Specification: Embedded
 * metric format"), which CloudWatch Logs turns into metrics: no further call, no further grant. `producer` is their one
 * dimension. Throws for a producer whose name could be anything.
 */
export function emitMetrics(values: Readonly<Partial<Record<MetricName, number>>>, producer?: string): void {
  if (producer !== undefined && !producerName.test(producer))
    throw new Error("A producer's name must be lower-case words joined by hyphens to become a dimension.");
  const names = Object.keys(values);
  if (names.length === 0) return;
  const directive = {
    Namespace: metricsNamespace,
    Dimensions: [producer === undefined ? [] : ["Producer"]],
    Metrics: names.map((Name) => ({ Name, Unit: "None" })),
  };
  const line = { _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] }, ...(producer === undefined ? {} : { Producer: producer }), ...values };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
