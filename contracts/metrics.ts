/** What may become a metric: shares and means of a run, how far a network's have moved over many, and what keeps analyses from their end. No identifier of a case, a run or a person is among what a metric has. */
export type MetricName =
  | "CoveredShare"
  | "OutOfBodyShare"
  | "BlackShare"
  | "BlurShare"
  | "OverexposedShare"
  | "UnderexposedShare"
  | "LabelsPerFrame"
  | "MeanScore"
  | "ClassDrift"
  | "ScoreDrift"
  | "ExposureDrift"
  | "EmbeddingDrift"
  | "Agreement"
  | "StoppedAnalyses"
  | "HeldBackSeconds";

export const metricsNamespace = "SurgicalVideoPlatform";
