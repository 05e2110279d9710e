import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly idleMinutes?: number;
  readonly longestMinutes?: number;
}

/** An hour, the least that SageMaker knows, and a working day for whoever asks for more. */
const idleMinutes = 60;
const longestMinutes = 480;

/** An open notebook that nobody looks at ends, whichever application it is; nobody can set a longer time than the domain allows. */
export const domainStopsIdleNotebooks: ResourceValidationPolicy = {
  name: "sagemaker-domain-stops-idle-notebooks",
  description: "SageMaker domains must stop notebooks that nobody uses.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(2)(iii)"),
  tags: ["sagemaker", "sessions"],
  remediationSteps: "Set appLifecycleManagement.idleSettings of jupyterLabAppSettings and codeEditorAppSettings, as our Studio does.",
  configSchema: {
    properties: {
      idleMinutes: { type: "integer", minimum: 60, default: idleMinutes },
      longestMinutes: { type: "integer", minimum: 60, default: longestMinutes },
    },
  },
  validateResource: validateResourceOfType(aws.sagemaker.Domain, ({ defaultUserSettings }, args, report) => {
    const { idleMinutes: idle = idleMinutes, longestMinutes: longest = longestMinutes } = args.getConfig<Config>();
    for (const application of ["jupyterLabAppSettings", "codeEditorAppSettings"] as const) {
      const settings = defaultUserSettings?.[application]?.appLifecycleManagement?.idleSettings;
      const say = (wrong: string): void => report(`Domain "${args.name}" ${wrong} (${application}).`);
      if (settings?.lifecycleManagement !== "ENABLED") say("never stops idle notebooks; idleSettings.lifecycleManagement must be ENABLED");
      else {
        const { idleTimeoutInMinutes: usual, maxIdleTimeoutInMinutes: most } = settings;
        if (usual === undefined || usual > idle) say(`stops notebooks after ${usual ?? "no"} idle minutes; idleTimeoutInMinutes must be at most ${idle}`);
        if (most === undefined || most > longest) say(`lets people wait ${most ?? "any"} idle minutes; maxIdleTimeoutInMinutes must be at most ${longest}`);
      }
    }
  }),
};
