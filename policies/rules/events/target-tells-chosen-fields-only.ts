import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { revealingWord } from "../../data/revealing-words.ts";
import { isGiven, knownText } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";

/** Parts of an event that hold everything: the event, its detail, and what somebody asked for and was given. */
const wholes = /^\$(\.detail)?(\.(requestParameters|responseElements|userIdentity|findings))?$/;

/**
 * A target is told the fields that it needs. A topic, whose messages people read, gets no event as it is, and no transformer hands on
 * an event whole or fields about a patient.
 */
export const targetTellsChosenFieldsOnly: StackValidationPolicy = {
  name: "events-target-tells-chosen-fields-only",
  description: "Targets of EventBridge rules must be handed chosen fields where people read them, and never fields about a patient.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.502(b)", "164.514(b)(2)(i)", "164.312(e)(1)"),
  tags: ["events", "phi"],
  remediationSteps: "Set inputTransformer with inputPaths that name single fields, none of them about a person.",
  validateStack: (args, report) =>
    judgeAll(args, report, { types: ["aws:cloudwatch/eventTarget:EventTarget"], noun: "Target" }, (target, say) => {
      const { inputTransformer, inputPath, input } = target.props as Target;
      if (isTopic(target) && !isGiven(target.props, "inputTransformer") && !isGiven(target.props, "input")) {
        say("sends whole events to a topic; it must set inputTransformer.");
      }
      const paths = [...Object.entries(inputTransformer?.inputPaths ?? {}), ...(inputPath === undefined ? [] : [["inputPath", inputPath] as const])];
      for (const [name, path] of paths) {
        if (wholes.test(path)) say(`hands on ${path} whole; it must name single fields.`);
        const word = revealingWord(name) ?? revealingWord(path);
        if (word !== undefined) say(`hands on ${name} (${path}), which tells of a patient by "${word}".`);
      }
      for (const text of [inputTransformer?.inputTemplate, input]) {
        const word = text === undefined ? undefined : revealingWord(text.replaceAll(/<[^>]*>/g, ""));
        if (word !== undefined) say(`has a text that tells of a patient by "${word}".`);
      }
    }),
};

interface Target {
  readonly inputTransformer?: { readonly inputPaths?: Readonly<Record<string, string>>; readonly inputTemplate?: string };
  readonly inputPath?: string;
  readonly input?: string;
}

const isTopic = (target: PolicyResource): boolean =>
  target.propertyDependencies["arn"]?.some(({ type }) => type === "aws:sns/topic:Topic") === true ||
  knownText(target.props, "arn")?.startsWith("arn:aws:sns:") === true;
