import type { AnalyserResult } from "../../contracts/analyser-result.ts";

/** What differs between jobs of a service. */
interface ServiceJob {
  readonly analyser: string;
  readonly producer: { readonly id: string; readonly name: string; readonly version: string | undefined };
  readonly kind: AnalyserResult["outputs"][number]["kind"];
  readonly frameCount: number;
  readonly file: string;
}

/** The account of an analyser that is a service: it tells neither a digest, nor which frames it looked at, nor what it cost in processor time. */
export const serviceResult = ({ analyser, producer, kind, frameCount, file }: ServiceJob): AnalyserResult => ({
  schema: "analyser-result/1.0",
  analyser,
  outputs: [
    {
      producer: {
        id: producer.id,
        kind: "service",
        name: producer.name,
        version: producer.version ?? "unknown",
        digest: null,
        dataset: null,
        threshold: null,
        calibration: null,
        syntheticOnly: false,
      },
      status: "SUCCEEDED",
      error: null,
      kind,
      subject: null,
      labels: [],
      file,
      framesDone: frameCount,
      framesWanted: frameCount,
    },
  ],
  usage: { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 },
});
