import type * as pulumi from "@pulumi/pulumi";
import { longestVideoHours } from "../../contracts/conversion.ts";
import { scanUsd, startUsd } from "../../contracts/cost.ts";
import { pictureStepSeconds, picturesPerPart } from "../../contracts/gate.ts";
import { analyserPrefix, conversionKey, convertedVideoKey, toUri } from "../../contracts/keys.ts";
import type { Analyser } from "../../contracts/model.ts";
import { instanceHour, rekognitionThousandPictures } from "../../contracts/prices.ts";
import type { RunTaskArguments } from "../compute/fargate-task.ts";
import { analyserBranches, envelope, processingInputs, type ReviewBranchArgs, reviewBranch, type SegmentArgs } from "./analyse-branches.asl.ts";
import {
  type Catcher,
  caseId,
  errorMessage,
  expression,
  type FunctionTarget,
  invoke,
  request,
  retryBusy,
  runId,
  type State,
  type StateMachineDefinition,
  type TaskState,
  type Value,
  type Values,
} from "./asl.ts";
import {
  capacity,
  failedSeconds,
  isCapacityShort,
  located,
  type ProcessingArgs,
  processFrames,
  processingJob,
  runContainer,
  secondsOf,
  type TranscodingArgs,
  transcode,
  updateCase,
} from "./tasks.asl.ts";

export interface CaseAnalysisDefinitionArgs {
  readonly tableName: pulumi.Input<string>;
  readonly functions: ReviewBranchArgs["functions"] &
    Readonly<Record<"indexSource" | "admit" | "searchPictures" | "decideGate" | "mergeTimeline" | "measureOperation", FunctionTarget>>;
  readonly transcoding: TranscodingArgs;
  /** The task that converts what can't be read as it is. */
  readonly conversion: RunTaskArguments;
  readonly processing: ProcessingArgs;
  /** Present if an analyser has the mode endpoint. */
  readonly segments?: SegmentArgs | undefined;
  readonly rekognition: ReviewBranchArgs["rekognition"];
  /** Whether GuardDuty scans what is uploaded. */
  readonly scanned: boolean;
  /** The privacy gate's network; runs before all others. */
  readonly gate: Analyser;
  readonly analysers: readonly Analyser[];
}

/** Source and detail type of the event that tells the rest of the platform about a finished analysis. */
export const caseAnalysed = { source: "svp.case-analysis", detailType: "CaseAnalysed" } as const;

/** Longest life of an execution: a six-hour video with every retry. */
const longestExecutionSeconds = 24 * 3600;

/**
 * The case analysis: claim, prepare, privacy gate, analyse, merge, announce. States are named as the folders of
 * `functions/` are. Only locations and small summaries travel between them; a state takes the case's identifiers
 * from the execution's input.
 */
export function caseAnalysisDefinition(args: CaseAnalysisDefinitionArgs): StateMachineDefinition {
  const work = { ...claim(args), ...prepare(args), ...screen(args), ...analyse(args), ...conclude(args), ...endings(args) };
  return {
    Comment: "Analyses one version of one uploaded surgical video.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: longestExecutionSeconds,
    StartAt: "Begin",
    States: { ...work, ...resumption(work) },
  };
}

/** A failure that ends the analysis; what was made so far stays, and a redrive goes on in the state that failed. */
const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: {
    failure: { state: "{% $states.context.State.Name %}", redriveCount: "{% $states.context.Execution.RedriveCount %}", message: expression(errorMessage) },
  },
  Next: "MarkFailed",
};

/**
 * Redriving. Step Functions enters a Fail state again and fails again, but evaluates a Choice again ("Redriving executions",
 * "Redrive behavior of individual states"): so a failed analysis ends in a Choice that throws until the execution is redriven,
 * then takes the case again and goes on in the state that failed. What was done before is not done again.
 */
function resumption(work: Readonly<Record<string, State>>): Record<string, State> {
  const canFail = Object.entries(work).flatMap(([name, state]) => ("Catch" in state && state.Catch.includes(fails) && name !== "Claim" ? [name] : []));
  return {
    Failed: {
      Type: "Choice",
      Choices: [
        {
          Condition: "{% $states.context.Execution.RedriveCount > $failure.redriveCount ? true : $error($failure.message) %}",
          Output: { resume: "{% $failure.state %}" },
          Next: "Claim",
        },
      ],
    },
    Resume: { Type: "Choice", Choices: canFail.map((name) => ({ Condition: `{% $states.input.resume = '${name}' %}`, Next: name })), Default: "Probe" },
  };
}

/**
 * Variable `spent`: what the run has cost so far, US dollars, about (`contracts/cost.ts`). It is what a case has cost that ends without an
 * analysis; MergeTimeline counts anew from what every job left. A try that Step Functions repeated by itself is not counted, the last one is.
 */
const spentSoFar = (...more: string[]): string => expression(`$sum($append([$spent], [${more.join(", ")}]))`);

/** Throws for an instance type whose price nobody has stated. */
function secondUsdOf(instanceType: string): number {
  const hour = instanceHour[instanceType];
  if (hour === undefined) throw new Error(`No price is known for instance type ${instanceType}; add it to contracts/prices.ts.`);
  return hour / 3600;
}

/** Takes the case for this run. Asked twice by the same execution it succeeds twice; a second execution of the same run steps back, and so does any from a case that is deleted or being deleted. */
function claim({ tableName, scanned }: CaseAnalysisDefinitionArgs): Record<string, State> {
  const scan = scanned ? ` + ${request}.source.bytes * ${scanUsd(1)}` : "";
  return {
    // A state of its own, which can't fail: a redrive never enters it again.
    Begin: { Type: "Pass", Assign: { spent: expression(`${startUsd}${scan}`) }, Output: "{% $states.input %}", Next: "Claim" },
    Claim: updateCase(
      tableName,
      {
        set: [
          "#status = :running, runId = :run, executionArn = :execution, analysisRequest = :request, updatedAt = :now, reasons = :reasons, #list = :list",
          "createdAt = if_not_exists(createdAt, :started), fileName = if_not_exists(fileName, :unnamed)",
        ].join(", "),
        condition:
          "(attribute_not_exists(runId) OR runId <> :run OR executionArn = :execution) AND (attribute_not_exists(#status) OR NOT #status IN (:deleting, :deleted))",
        names: { "#list": "list" },
        values: {
          ":running": { S: "RUNNING" },
          ":deleting": { S: "DELETING" },
          ":deleted": { S: "DELETED" },
          ":execution": { S: "{% $states.context.Execution.Id %}" },
          // What an analysis is repeated with.
          ":request": { S: expression(`$string(${request})`) },
          ":started": { S: "{% $states.context.Execution.StartTime %}" },
          ":reasons": { L: [] },
          ":list": { S: "CASES" },
          ":unnamed": { S: "unnamed" },
        },
      },
      {
        Output: "{% $states.input %}",
        Catch: [{ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Next: "AlreadyClaimed" }, fails],
        Next: "Resume",
      },
    ),
    AlreadyClaimed: { Type: "Succeed", Output: { status: "ALREADY_CLAIMED" } },
  };
}

/**
 * Reads headers and packet tables, decides whether and how the video can be analysed, and makes the analysis rendition. A video that
 * can't be read as it is is converted, and what was read and decided of it is read and decided again of its copy.
 */
function prepare({ tableName, functions, transcoding, conversion, processing }: CaseAnalysisDefinitionArgs): Record<string, State> {
  // What is wrong with the video is for `admit` to judge; what is wrong with the platform ends the run.
  const unreadable = (error: string[], assign: string, next: string): Catcher => ({
    ErrorEquals: error,
    Assign: { [assign]: null, [`${assign}Error`]: expression(errorMessage) },
    Next: next,
  });
  const probe = (uri: string, next: string): TaskState => ({
    Type: "Task",
    Resource: "arn:aws:states:::aws-sdk:mediaconvert:probe",
    Arguments: { InputFiles: [{ FileUrl: expression(uri) }] },
    TimeoutSeconds: 300,
    Retry: [retryBusy("MediaConvert.TooManyRequestsException", "MediaConvert.InternalServerErrorException", "MediaConvert.ServiceQuotaExceededException")],
    Catch: [unreadable(["MediaConvert.BadRequestException", "MediaConvert.UnprocessableEntityException"], "probe", next), fails],
    Assign: { probe: "{% $states.result %}", probeError: null },
    Next: next,
  });
  const index = (copy: boolean, next: string, refused: string): TaskState =>
    invoke(
      functions.indexSource,
      { request: expression(request), ...(copy && { copy }) },
      { Assign: { index: "{% $states.result.Payload %}", indexError: null }, Catch: [unreadable(["InvalidInput"], "index", refused), fails], Next: next },
    );
  const admit = (plan: string, next: string): TaskState =>
    invoke(
      functions.admit,
      {
        request: expression(request),
        probe: "{% $probe %}",
        probeError: "{% $probeError %}",
        index: "{% $index %}",
        indexError: "{% $indexError %}",
      },
      {
        Assign: { plan: expression(plan), reasons: "{% $states.result.Payload.reasons %}", spent: spentSoFar("$states.result.Payload.stepsUsd.conversion") },
        Catch: [fails],
        Next: next,
      },
    );
  const rejects = { Condition: "{% $plan.verdict = 'REJECT' %}", Next: "MarkRejected" };
  const { processedBucket } = processing;
  return {
    Probe: probe(`'s3://' & ${request}.source.bucket & '/' & ${request}.source.key`, "IndexSource"),
    IndexSource: index(false, "Admit", "Admit"),
    Admit: admit("$states.result.Payload", "IsAdmitted"),
    IsAdmitted: { Type: "Choice", Choices: [rejects, { Condition: "{% $plan.verdict = 'CONVERT' %}", Next: "Convert" }], Default: "RecordForecast" },
    // Cents, and what the rest will cost can be told only afterwards.
    Convert: runContainer(
      conversion,
      {
        environment: {
          SOURCE_BUCKET: expression(`${request}.source.bucket`),
          SOURCE_KEY: expression(`${request}.source.key`),
          SOURCE_VERSION: expression(`${request}.source.versionId`),
          COPY_BUCKET: processedBucket,
          COPY_KEY: expression(located(convertedVideoKey)),
          OUTCOME_KEY: expression(located(conversionKey)),
        },
        // Where the headers tell no duration, it may be the longest.
        timeoutSeconds: `$max([3600, 3 * $ceil($plan.durationSeconds > 0 ? $plan.durationSeconds : ${longestVideoHours * 3600})])`,
      },
      { Catch: [fails], Next: "IndexCopy" },
    ),
    // Of a video that could not be converted there is no copy to be probed, only the reason.
    IndexCopy: index(true, "ProbeCopy", "AdmitCopy"),
    ProbeCopy: probe(
      located((c, r) => toUri(processedBucket, convertedVideoKey(c, r))),
      "AdmitCopy",
    ),
    // A copy has no timecode.
    AdmitCopy: admit("$merge([$states.result.Payload, {'startTimecode': $plan.startTimecode}])", "IsCopyAdmitted"),
    IsCopyAdmitted: { Type: "Choice", Choices: [rejects], Default: "RecordForecast" },
    // Before anything else costs money.
    RecordForecast: updateCase(
      tableName,
      {
        set: "forecastUsd = :forecast, forecastDetail = :detail, updatedAt = :now",
        condition: "runId = :run AND #status <> :deleting",
        values: {
          ":forecast": { N: "{% $string($plan.forecastUsd) %}" },
          ":detail": { S: expression(`$string({'runId': ${runId}, 'stepsUsd': $plan.stepsUsd, 'report': $plan.report})`) },
          ":deleting": { S: "DELETING" },
        },
      },
      { Catch: [fails], Next: "Normalise" },
    ),
    Normalise: transcode(
      transcoding,
      { purpose: "normalise", settings: "$plan.settings", durationSeconds: "$plan.durationSeconds" },
      { Assign: { spent: spentSoFar("$lookup($plan.stepsUsd, 'analysis-rendition')") }, Catch: [fails], Next: "IndexRendition" },
    ),
    IndexRendition: invoke(
      functions.indexRendition,
      { caseId: expression(caseId), runId: expression(runId), rendition: "analysis" },
      { Assign: { waited: { RetryCount: 0 } }, Catch: [fails], Next: "ScreenFrames" },
    ),
  };
}

/**
 * The privacy gate: fails closed. Without a verdict nothing else looks at the video. Pictures are searched for burnt-in text
 * once the network has told which of them show the inside of the patient: the others are nobody's to search.
 */
function screen({ functions, processing, rekognition, gate }: CaseAnalysisDefinitionArgs): Record<string, State> {
  const job = processingJob(gate, processing);
  const secondUsd = secondUsdOf(gate.instanceType);
  const outputUri = located((c, r) => toUri(processing.processedBucket, analyserPrefix(c, r, gate.id)));
  const searched = (status: "SUCCEEDED" | "FAILED" | "SKIPPED", error: Value = null): Values => ({ pictures: { status, error } });
  return {
    ScreenFrames: processFrames(
      processing,
      { ...job, id: `'${job.id}'`, outputUri, visits: "$waited.RetryCount" },
      processingInputs(processing.processedBucket),
      {
        Assign: {
          screening: envelope(gate.id, "SUCCEEDED", expression(outputUri)),
          ...searched("SKIPPED"),
          spent: spentSoFar(`${secondsOf("Processing", "$states.result", "0")} * ${secondUsd}`),
        },
        Catch: [
          {
            ErrorEquals: ["States.ALL"],
            Assign: {
              screening: envelope(gate.id, "FAILED", expression(outputUri), expression(errorMessage)),
              ...searched("SKIPPED"),
              spent: spentSoFar(`${failedSeconds("Processing", "0")} * ${secondUsd}`),
            },
            Next: "IsCapacityShort",
          },
        ],
        Next: rekognition.enabled ? "ScreenPictures" : "DecideGate",
      },
    ),
    // AWS has no such instance at the moment: nothing is wrong with the video, and a case in quarantine can't be redriven.
    IsCapacityShort: {
      Type: "Choice",
      Choices: [
        {
          Condition: isCapacityShort("$screening.error", "$waited.RetryCount"),
          Assign: { waited: { RetryCount: "{% $waited.RetryCount + 1 %}" } },
          Next: "WaitForCapacity",
        },
      ],
      Default: "DecideGate",
    },
    WaitForCapacity: { Type: "Wait", Seconds: capacity.waitSeconds, Next: "ScreenFrames" },
    ...(rekognition.enabled
      ? {
          ScreenPictures: {
            Type: "Map" as const,
            // One item for every started part of the video.
            Items: expression(`[0..$ceil($plan.durationSeconds / ${picturesPerPart * pictureStepSeconds}) - 1]`),
            // Each asks as often as this analysis may (`textCallsPerSecond`).
            MaxConcurrency: 1,
            ItemProcessor: {
              ProcessorConfig: { Mode: "INLINE" as const },
              StartAt: "SearchPictures",
              States: {
                SearchPictures: invoke(
                  functions.searchPictures,
                  { caseId: expression(caseId), runId: expression(runId), screening: "{% $screening %}", part: "{% $states.input %}" },
                  {
                    Output: { error: null, searched: "{% $states.result.Payload.searched %}" },
                    Catch: [{ ErrorEquals: ["States.ALL"], Output: { error: expression(errorMessage) }, Next: "PicturesSearched" }],
                    Next: "PicturesSearched",
                  },
                ),
                PicturesSearched: { Type: "Succeed" },
              },
            },
            // One part that nobody searched is as bad as all.
            Assign: {
              spent: spentSoFar(`$sum($append([], $states.result.searched)) * ${rekognitionThousandPictures / 1000}`),
              pictures: expression(
                "($failed := [$states.result[error != null]]; {'status': $count($failed) > 0 ? 'FAILED' : 'SUCCEEDED', 'error': $count($failed) > 0 ? $failed[0].error : null})",
              ),
            },
            Catch: [{ ErrorEquals: ["States.ALL"], Assign: searched("FAILED", expression(errorMessage)), Next: "DecideGate" }],
            Next: "DecideGate",
          },
        }
      : {}),
    DecideGate: invoke(
      functions.decideGate,
      { caseId: expression(caseId), runId: expression(runId), screening: "{% $screening %}", pictures: "{% $pictures %}" },
      {
        Assign: { gate: "{% $states.result.Payload.verdict %}", reasons: "{% $states.result.Payload.reasons %}" },
        Catch: [
          {
            ErrorEquals: ["States.ALL"],
            Assign: { reasons: [expression(`'The privacy gate could not decide. ' & ${errorMessage}`)] },
            Next: "MarkQuarantined",
          },
        ],
        Next: "IsGateOpen",
      },
    ),
    IsGateOpen: { Type: "Choice", Choices: [{ Condition: "{% $gate = 'OPEN' %}", Next: "Analyse" }], Default: "MarkQuarantined" },
  };
}

/** All branches side by side. Each catches its own failures and reports an envelope, so one never loses the work of the others. */
function analyse({ functions, transcoding, processing, segments, rekognition, analysers }: CaseAnalysisDefinitionArgs): Record<string, State> {
  const branches = [
    reviewBranch({ functions, transcoding, processedBucket: processing.processedBucket, rekognition }),
    ...analyserBranches(analysers, processing, segments),
  ];
  const secondPrices = JSON.stringify(Object.fromEntries(analysers.map(({ id, instanceType }) => [id, secondUsdOf(instanceType)])));
  const envelopes = branches.map((_, i) => `$append([], $states.result[${i}])`).reduce((all, those) => `$append(${all}, ${those})`);
  return {
    Analyse: {
      Type: "Parallel",
      Branches: branches,
      Assign: {
        envelopes: expression(envelopes),
        // What an analyser says itself; else what a branch was thought to cost, if it did its work, or the time of the job that failed.
        spent: expression(
          `($all := ${envelopes}; $sum($append([$spent], $map($all, function($e) { $e.costUsd != null ? $e.costUsd : $e.status = 'SUCCEEDED' ? $lookup($plan.stepsUsd, $e.analyser) : $exists($e.jobSeconds) and $e.jobSeconds != null ? $e.jobSeconds * $lookup(${secondPrices}, $e.analyser) : 0 }))))`,
        ),
      },
      Catch: [fails],
      Next: "MergeTimeline",
    },
  };
}

/** Merges, then measures, then tells: a pointer on the source and an event. None of these can undo a finished analysis; what failed is listed in the output. */
function conclude({ functions, scanned }: CaseAnalysisDefinitionArgs): Record<string, State> {
  const warn = (what: string, next: string): Catcher => ({
    ErrorEquals: ["States.ALL"],
    Assign: { warnings: expression(`$append($warnings, ['${what} ' & ${errorMessage}])`) },
    Next: next,
  });
  return {
    MergeTimeline: invoke(
      functions.mergeTimeline,
      {
        request: expression(request),
        startedAt: "{% $states.context.Execution.StartTime %}",
        verdict: "{% $plan.verdict %}",
        startTimecode: "{% $plan.startTimecode %}",
        forecastUsd: "{% $plan.forecastUsd %}",
        scannedBytes: scanned ? expression(`${request}.source.bytes`) : null,
        envelopes: "{% $envelopes %}",
      },
      { Assign: { merged: "{% $states.result.Payload %}", warnings: [] }, Catch: [fails], Next: "MeasureOperation" },
    ),
    MeasureOperation: invoke(
      functions.measureOperation,
      { caseId: expression(caseId), runId: expression(runId) },
      { Catch: [warn("The operation was not measured.", "ReadSourceTags")], Next: "ReadSourceTags" },
    ),
    ...tagSource({ Catch: [warn("The source was not tagged.", "AnnounceCaseAnalysed")], Next: "AnnounceCaseAnalysed" }),
    AnnounceCaseAnalysed: {
      Type: "Task",
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [
          {
            EventBusName: "default",
            Source: caseAnalysed.source,
            DetailType: caseAnalysed.detailType,
            Detail: {
              caseId: expression(caseId),
              runId: expression(runId),
              status: "{% $merged.status %}",
              analysisUri: "{% $merged.analysisUri %}",
            },
          },
        ],
      },
      TimeoutSeconds: 60,
      Retry: [retryBusy("States.TaskFailed")],
      Catch: [warn("The analysis was not announced.", "Analysed")],
      Next: "Analysed",
    },
    Analysed: { Type: "Succeed", Output: { status: "{% $merged.status %}", analysisUri: "{% $merged.analysisUri %}", warnings: "{% $warnings %}" } },
  };
}

/** An object has at most so many tags. (S3 User Guide, "Categorizing your objects using tags") */
const mostTags = 10;

/**
 * Tags, not metadata: changing metadata would write a new version and start the analysis again. Setting tags replaces all that
 * there were, so what others wrote, such as the result of the scan for malware, is read first and written again.
 */
function tagSource(rest: { readonly Catch: readonly Catcher[]; readonly Next: string }): Record<string, TaskState> {
  const tags: Record<string, string> = { "analysis-run": runId, "analysis-status": "$merged.status", "analysis-uri": "$merged.analysisUri" };
  const ours = `[${Object.entries(tags)
    .map(([key, value]) => `{'Key': '${key}', 'Value': ${value}}`)
    .join(", ")}]`;
  const merged = `$append($states.result.TagSet[$not(Key in $ours.Key)], $ours)`;
  const noRoom = `$error('It has no room for ${Object.keys(tags).length} tags beside those that others gave it.')`;
  const source = {
    Bucket: expression(`${request}.source.bucket`),
    Key: expression(`${request}.source.key`),
    VersionId: expression(`${request}.source.versionId`),
  };
  const common = { Type: "Task", TimeoutSeconds: 60, Retry: [retryBusy("S3.S3Exception", "S3.SdkClientException")] } as const;
  return {
    ReadSourceTags: {
      ...common,
      Resource: "arn:aws:states:::aws-sdk:s3:getObjectTagging",
      Arguments: source,
      Assign: { sourceTags: expression(`($ours := ${ours}; $all := ${merged}; $count($all) > ${mostTags} ? ${noRoom} : $all)`) },
      Catch: rest.Catch,
      Next: "TagSource",
    },
    TagSource: {
      ...common,
      Resource: "arn:aws:states:::aws-sdk:s3:putObjectTagging",
      Arguments: { ...source, Tagging: { TagSet: "{% $sourceTags %}" } },
      ...rest,
    },
  };
}

/** How a case ends that was not analysed: with every reason, listed, its upload kept. An older run never overwrites a newer one. */
function endings({ tableName }: CaseAnalysisDefinitionArgs): Record<string, State> {
  const mark = (status: "REJECTED" | "QUARANTINED" | "FAILED", reasons: Value, next: string, otherwise: Catcher): TaskState =>
    updateCase(
      tableName,
      {
        set: "#status = :status, reasons = :reasons, costUsd = :cost, updatedAt = :now",
        condition: "runId = :run AND #status <> :deleting",
        values: {
          ...{ ":status": { S: status }, ":reasons": { L: reasons }, ":deleting": { S: "DELETING" } },
          ":cost": { N: "{% $string($round($spent, 4)) %}" },
        },
      },
      { Catch: [{ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Next: next }, otherwise], Next: next },
    );
  const reasons = "{% [$reasons.{ 'S': $ }] %}";
  return {
    MarkRejected: mark("REJECTED", reasons, "Rejected", fails),
    Rejected: { Type: "Succeed", Output: { status: "REJECTED" } },
    MarkQuarantined: mark("QUARANTINED", reasons, "Quarantined", fails),
    Quarantined: { Type: "Succeed", Output: { status: "QUARANTINED" } },
    MarkFailed: mark("FAILED", [{ S: "{% $failure.message %}" }], "Failed", { ErrorEquals: ["States.ALL"], Next: "Failed" }),
  };
}
