import { type Catcher, errorMessage, expression, type FunctionTarget, invoke, type StateMachineDefinition } from "../analysis/asl.ts";

export interface ModelPromotionDefinitionArgs {
  readonly promoteModel: FunctionTarget;
  /** Ids of the networks that are looked for. */
  readonly models: readonly string[];
}

const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Output: { status: "FAILED", model: "{% $states.input.model %}", reasons: [expression(errorMessage)] },
  Next: "Looked",
};
const wrong = "$outcomes[status in ['REFUSED', 'FAILED']]";

/**
 * Offers here what the account before approved and proved, network by network. One that can't be offered keeps no other from it; the execution
 * then fails in the end with every reason, so that people are told.
 */
export const modelPromotionDefinition = ({ promoteModel, models }: ModelPromotionDefinitionArgs): StateMachineDefinition => ({
  Comment: "Registers here, to be approved, the versions that the account before approved and has used for some days.",
  QueryLanguage: "JSONata",
  TimeoutSeconds: 4 * 3600,
  StartAt: "LookAtNetworks",
  States: {
    LookAtNetworks: {
      Type: "Map",
      Items: models.map((model) => ({ model })),
      MaxConcurrency: 2,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "PromoteModel",
        States: {
          PromoteModel: invoke(
            promoteModel,
            { model: "{% $states.input.model %}" },
            { Output: "{% $states.result.Payload %}", Catch: [fails], Next: "Looked" },
          ),
          Looked: { Type: "Succeed" },
        },
      },
      Assign: { outcomes: "{% $states.result %}" },
      Next: "IsAllRight",
    },
    IsAllRight: { Type: "Choice", Choices: [{ Condition: expression(`$count(${wrong}) = 0`), Next: "Done" }], Default: "Incomplete" },
    Done: { Type: "Succeed", Output: { outcomes: "{% $outcomes %}" } },
    Incomplete: { Type: "Fail", Error: "PromotionIncomplete", Cause: expression(`$join(${wrong}.(model & ': ' & $join(reasons, ' ')), ' ')`) },
  },
});
