import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { knownText } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { functions } from "./functions.ts";

interface Config {
  readonly levels: readonly string[];
}

/** Finer levels would log what a function works on; coarser ones would hide what it did. */
const defaults: Config = { levels: ["INFO", "WARN"] };

/**
 * A function logs to a group that the program makes, and that so has a key and a period: left alone, Lambda makes one without
 * either. Its lines are JSON, which can be searched and masked (Lambda Developer Guide, "Configuring advanced logging controls").
 */
export const functionLogsToGroupOfItsOwn: StackValidationPolicy = {
  name: "lambda-function-logs-to-group-of-its-own",
  description: "Lambda functions must log JSON to a log group that the program makes, neither more nor less than what happened.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.312(a)(2)(iv)", "164.502(b)"),
  tags: ["lambda", "audit", "phi"],
  remediationSteps: "Use PlatformFunction, or set loggingConfig with logFormat JSON, logGroup, applicationLogLevel INFO and systemLogLevel WARN.",
  configSchema: { properties: { levels: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaults.levels] } } },
  validateStack: (args, report) => {
    const { levels } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    const groups = args.resources.filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
    judgeAll(args, report, functions, (fn, say) => {
      if (!groups.some((group) => isLogOf(group, fn))) say("logs to no group of the program; it must set loggingConfig.logGroup.");
      const { logFormat, applicationLogLevel, systemLogLevel } = (fn.props["loggingConfig"] ?? {}) as Logging;
      if (logFormat !== "JSON") say(`logs ${logFormat ?? "Text"}; loggingConfig.logFormat must be JSON.`);
      for (const [key, level] of Object.entries({ applicationLogLevel, systemLogLevel })) {
        if (level === undefined || !levels.includes(level)) say(`has loggingConfig.${key} ${level ?? "unset"}; it must be ${levels.join(" or ")}.`);
      }
    });
  },
};

interface Logging {
  readonly logFormat?: string;
  readonly applicationLogLevel?: string;
  readonly systemLogLevel?: string;
}

/** The group stands within `loggingConfig`. */
const isLogOf = (group: PolicyResource, fn: PolicyResource): boolean =>
  fn.propertyDependencies["loggingConfig"]?.some(({ urn }) => urn === group.urn) === true ||
  (knownText(group.props, "name") ?? "") === knownText(fn.props["loggingConfig"] as object | undefined, "logGroup");
