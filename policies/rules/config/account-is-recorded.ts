import type { StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";

/** In every account that may hold patients' data Config records how everything is configured, is switched on, and delivers it. */
export const accountIsRecorded: StackValidationPolicy = {
  name: "config-account-is-recorded",
  description: "Every account that may hold patients' data must have a Config recorder that is on and delivers to a bucket.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(8)", "164.310(d)(2)(iii)", "164.312(b)"),
  tags: ["config", "audit", "presence"],
  remediationSteps: "Add `ConfigurationRecorder`.",
  validateStack: (args, report) => {
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      const recorders = ofType(resources, "aws:cfg/recorder:Recorder");
      if (recorders.length === 0) return say("has no Config recorder.");
      const isOn = ofType(resources, "aws:cfg/recorderStatus:RecorderStatus").some(
        (status) => status.props["isEnabled"] === true && recorders.some((recorder) => refersTo(status, "name", recorder, ["name", "id"])),
      );
      if (!isOn) say("has a Config recorder that is off; a RecorderStatus must have isEnabled true.");
      const delivers = ofType(resources, "aws:cfg/deliveryChannel:DeliveryChannel").some(({ props }) => isGiven(props, "s3BucketName"));
      if (!delivers) say("has a Config recorder without a delivery channel.");
    });
  },
};
