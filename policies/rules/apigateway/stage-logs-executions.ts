import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { restStage, settingsOfAllMethods, stage } from "./stages.ts";

const levels = ["ERROR", "INFO"];

/** REST and WebSocket APIs log what they did with a request. HTTP APIs can't; theirs is the log of access alone. */
export const stageLogsExecutions: StackValidationPolicy = {
  name: "apigateway-stage-logs-executions",
  description: "Stages of REST and WebSocket APIs must log their executions.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)"),
  tags: ["apigateway", "audit"],
  remediationSteps: 'Add MethodSettings for "*/*" with loggingLevel ERROR or INFO, or set defaultRouteSettings.loggingLevel.',
  validateStack: (args, report) => {
    const isSocket = (api: PolicyResource): boolean => api.type === "aws:apigatewayv2/api:Api" && api.props["protocolType"] === "WEBSOCKET";
    const where = (subject: PolicyResource): boolean =>
      subject.type === restStage || args.resources.some((api) => isSocket(api) && refersTo(subject, "apiId", api, ["id"]));
    judgeAll(args, report, { types: [restStage, stage], noun: "Stage", where }, (subject, say) => {
      const settings = subject.type === restStage ? settingsOfAllMethods(subject, args.resources) : subject.props["defaultRouteSettings"];
      const level = (settings as { loggingLevel?: string } | undefined)?.loggingLevel ?? "OFF";
      if (!levels.includes(level)) say(`logs executions at level ${level}; loggingLevel must be ${levels.join(" or ")}.`);
    });
  },
};
