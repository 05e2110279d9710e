/** Why a grant is there although no run on one machine uses it. A grant that none of these explains is to be removed. */
export interface Explanation {
  /** Roles, less `svp-<stack>-` and `-role`. */
  readonly role: RegExp;
  /** `service:Action (Statement)` */
  readonly grant: RegExp;
  readonly why: string;
}

const explain = (role: RegExp, grant: RegExp, why: string): Explanation => ({ role, grant, why });
const any = /./;
const whenConverted = "Only of a video that can't be read as it is: test/e2e/inputs.test.ts.";

export const explanations: readonly Explanation[] = [
  explain(any, /^(logs|xray):|^cloudwatch:PutMetricData/, "Telemetry is written to files here."),
  explain(any, /^ec2:.*\((JoinNetwork|CreateInterfaces|HandInterfacesOver|LookAtNetwork)\)/, "Nothing here is attached to a network."),
  explain(any, /\(KeepDeadLetters(Key)?\)$/, "Only asynchronous invocations that fail three times get there; test/local/services/lambda shows it."),
  explain(/^(network-flow|backup|trail|tooling-aggregator)$/, any, "Roles of AWS services that the local cloud does not have."),
  explain(
    /^(malware|image)-protection$/,
    /\((ManageRule|WatchRule|TellOfObjects|FindBucket|ProveOwnership|SealProof)\)$/,
    "The local GuardDuty hears of objects from the bus itself, without a rule of its own.",
  ),
  explain(/^malware-protection$/, /^s3:(GetObject \(Scan|(Get|Put)ObjectTagging \(Tag)\)$/, "The bucket keeps versions, so each object is named by its own."),
  explain(/^image-protection$/, any, "Single images are put there by others, not by an analysis: test/e2e/image-drop.test.ts."),
  explain(/^training-(job|pipeline)$/, any, "Training is started by people and pipelines, not by an analysis."),
  explain(/^github-/, any, "Taken by workflows on GitHub."),
  explain(/^(serve-|inference-)/, any, "The API answers people, not an analysis: test/e2e/api.test.ts."),
  explain(/^analyse-infer-dropped-image$/, any, "Single images are put there by others, not by an analysis: test/e2e/image-drop.test.ts."),
  explain(/^(backfill|ingest-prepare-backfill)$/, any, "A backfill is started by people: test/e2e/backfill.test.ts."),
  explain(/^ingest-follow-analysis$/, any, "Asked only of analyses that did not succeed, or are redriven: test/e2e/admission.test.ts."),
  explain(/^ingest-abort-upload$/, any, "Asked only by who gives an upload up: test/e2e/upload.test.ts."),
  explain(/^ingest-/, /^kms:Decrypt \((Find|Keep)UploadKey\)$/, "The local table is not encrypted."),
  explain(/^ingest-(start-analysis|release-lease)$/, /^kms:Decrypt \((TakeLeases|ReleaseLease)Key\)$/, "The local table is not encrypted."),
  explain(/^ingest-start-analysis$/, /\(DeferMessages(Key)?\)$/, "Asked only while every lease is taken: test/e2e/admission.test.ts."),
  explain(/^ingest-start-upload$/, /^(s3:AbortMultipartUpload|kms:Decrypt) \(StartUpload(Key)?\)$/, "Asked only when two requests begin the same upload."),
  explain(/^ingest-sign-parts$/, /^kms:Decrypt \(JoinParts\)$/, "The local S3 asks for it when parts are joined; AWS already when they arrive."),
  explain(/^ingest-complete-upload$/, /^kms:GenerateDataKey \(CompleteUploadKey\)$/, "The local S3 joins parts without a new data key."),
  explain(/^ingest-(list-parts|complete-upload)$/, /^s3:ListBucket \(SeeWhetherVideoIsThere\)$/, "Asked only of an upload that S3 has joined already."),
  explain(/^analyse-collect-labels$/, any, "Labels are switched off here: test/e2e/faults.test.ts switches them on."),
  explain(/^(case-deletion|delete-)/, any, "Cases are deleted by people, not by an analysis: test/e2e/redrive.test.ts."),
  explain(/^ingest-start-analysis$/, /\(RefuseVideo(Key)?\)$/, "Asked only of a video that the scan for malware did not find clean: test/e2e/scan.test.ts."),
  explain(/^ingest-start-analysis$/, /^kms:Decrypt \(SeeDeletionKey\)$/, "The local table is not encrypted."),
  explain(/^(dataset-build|learn-(plan|pick|label|seal)-)/, any, "Dataset versions are built by people, not by an analysis: test/e2e/export.test.ts."),
  explain(
    /^(model-deployment|learn-((rule-on|switch)-model|stage-endpoint-models))/,
    any,
    "Networks are approved by people, not by an analysis: test/e2e/deployment.test.ts.",
  ),
  explain(/^(experiments|learn-plan-experiments)/, any, "Experiments are started by people, not by an analysis."),
  explain(
    /^(drift-watch|retraining|learn-(measure-drift|measure-quality|(start|resume)-retrainings?|collect-corrections))/,
    any,
    "Networks are looked at by the clock, not by an analysis: test/e2e/drift.test.ts.",
  ),
  explain(/^learn-sweep-stale$/, any, "What learning left behind is looked for by the clock, not by an analysis: test/e2e/drift.test.ts."),
  explain(/^case-export/, any, "Exports answer people, not an analysis: test/e2e/export.test.ts."),
  explain(/^aggregate-measure-operation$/, /^kms:Decrypt \((Compare|Remember)MeasuresKey\)$/, "The local table is not encrypted."),
  explain(/^report-gather-evidence$/, /^s3:ListBucket \(NoticeMissingMeasures\)$/, "Asked only of an analysis without measures."),
  explain(
    /^case-report$/,
    /^kms:(Decrypt|GenerateDataKey) \((EncryptExecutions|EncryptLog|RecordReportKey)\)$/,
    "Executions and the local table are not encrypted.",
  ),

  explain(/^aggregate-merge-timeline$/, /^kms:Decrypt \(WriteCaseKey\)$/, "The local table is not encrypted."),
  explain(
    /^case-analysis$/,
    /^kms:(Decrypt|GenerateDataKey) \((EncryptExecutions|EncryptLog|MarkCaseKey)\)$/,
    "Executions and the local table are not encrypted.",
  ),
  explain(/^conversion-(task|execution)$/, any, whenConverted),
  explain(/^case-analysis$/, /\((RunTask|FollowTask|PassTaskRoles|FollowTaskEvents|ProbeCopies(Key)?)\)$/, whenConverted),
  explain(/^(case-analysis-preprocessing|prepare-index-source)$/, /\(ReadCopies(Key)?\)$/, whenConverted),
  explain(/^case-analysis-sagemaker$/, /^kms:CreateGrant \(EncryptVolume\)$/, "Jobs have no volume of their own here."),
  explain(
    /^(aggregate-merge-timeline|prepare-(decide-gate|search-pictures))$/,
    /^s3:ListBucket \(NoticeMissingResults\)$/,
    "Asked only when a branch left nothing behind.",
  ),
  explain(/^case-analysis-(preprocessing|sagemaker)$/, /^s3:AbortMultipartUpload/, "Asked only when writing fails half way."),
  explain(/^case-analysis$/, /^(mediaconvert:CancelJob|sagemaker:StopProcessingJob)/, "Asked only when an execution is stopped."),
  explain(/^case-analysis-sagemaker$/, /^ecr:BatchCheckLayerAvailability/, "A machine here has no layers of images."),
];
