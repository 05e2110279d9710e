/** The first parts of the keys that training reads and writes: what its roles are bound to. */
export const learningPrefixes = {
  /** Dataset versions, in the datasets bucket. */
  datasets: "datasets/",
  /** What a labelling job of Ground Truth is given, and what people answer, in the same. */
  labelling: "labelling/",
  /**
   * Checkpoints, measures and candidates, in the models bucket. Apart from the networks in use, so that no training job can change
   * what a case is analysed with: a candidate takes its place only once a person approved it.
   */
  training: "training/",
} as const;

/** SageMaker gives the jobs of a pipeline names of its own, which start so. */
export const pipelineJobPrefix = "pipelines-";
