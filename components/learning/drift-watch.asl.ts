import { driftDetectedType, learningSource } from "../../contracts/drift.ts";
import { type Catcher, errorMessage, expression, type FunctionTarget, invoke, retryBusy, type State, type StateMachineDefinition } from "../analysis/asl.ts";

export interface DriftWatchDefinitionArgs {
  readonly measureDrift: FunctionTarget;
  readonly measureQuality: FunctionTarget;
  /** Lets the networks learn for which enough was corrected meanwhile. */
  readonly resumeRetrainings: FunctionTarget;
}

const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { failure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: "Failed",
};
const asked = { execution: "{% $states.context.Execution.Name %}" };

/**
 * Looks at all networks in use: whether what they see has moved, and whether people still agree. What is wrong is announced, an event for each
 * network; what is wrong still, and waited for corrections, goes on once there are enough. A network that could not be judged fails the execution at its end, so that people are told.
 */
export function driftWatchDefinition({ measureDrift, measureQuality, resumeRetrainings }: DriftWatchDefinitionArgs): StateMachineDefinition {
  return {
    Comment: "Tells which networks should learn anew.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: 2 * 3600,
    StartAt: "MeasureDrift",
    States: {
      MeasureDrift: invoke(measureDrift, asked, { Assign: { drift: "{% $states.result.Payload %}" }, Catch: [fails], Next: "MeasureQuality" }),
      MeasureQuality: invoke(measureQuality, asked, {
        Assign: {
          announcements: "{% $append($append([], $drift.announcements), $states.result.Payload.announcements) %}",
          open: "{% $append($append([], $drift.open), $states.result.Payload.open) %}",
          faults: "{% $append($append([], $drift.faults), $states.result.Payload.faults) %}",
        },
        Catch: [fails],
        Next: "Announce",
      }),
      Announce: {
        Type: "Map",
        Items: "{% $append([], $announcements) %}",
        MaxConcurrency: 1,
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "AnnounceDrift", States: { AnnounceDrift: announceDrift } },
        Catch: [fails],
        Next: "ResumeRetrainings",
      },
      ResumeRetrainings: invoke(
        resumeRetrainings,
        { open: "{% $append([], $open) %}" },
        {
          Assign: { faults: "{% $append($append([], $faults), $states.result.Payload.faults) %}" },
          Output: { announced: "{% $count($announcements) %}", resumed: "{% $count($states.result.Payload.resumed) %}" },
          Catch: [fails],
          Next: "WereAllJudged",
        },
      ),
      WereAllJudged: { Type: "Choice", Choices: [{ Condition: "{% $count($faults) = 0 %}", Next: "Looked" }], Default: "NotAllJudged" },
      Looked: { Type: "Succeed" },
      NotAllJudged: { Type: "Fail", Error: "NotAllJudged", Cause: "{% $join($append([], $faults), ' ') %}" },
      Failed: { Type: "Fail", Error: "{% $failure.error %}", Cause: "{% $failure.message %}" },
    },
  };
}

const announceDrift: State = {
  Type: "Task",
  Resource: "arn:aws:states:::events:putEvents",
  Arguments: { Entries: [{ EventBusName: "default", Source: learningSource, DetailType: driftDetectedType, Detail: "{% $states.input %}" }] },
  TimeoutSeconds: 60,
  Retry: [retryBusy("States.TaskFailed")],
  Catch: [],
  End: true,
};
