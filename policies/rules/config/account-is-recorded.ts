import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { accountsOf, ofType, regionOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { isGiven, judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";

/**
 * In every account, and every Region of it in which the stack makes anything, Config records how everything is configured, is switched
 * on, and delivers it: also where no patients' data are, for who gets in there is next door.
 */
export const accountIsRecorded: StackValidationPolicy = {
  name: "config-account-is-recorded",
  description: "Every account must have, in each Region that is used, a Config recorder that is on and delivers to a bucket.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(8)", "164.310(d)(2)(iii)", "164.312(b)"),
  tags: ["config", "audit", "presence"],
  remediationSteps: "Add `ConfigurationRecorder` for the Region.",
  validateStack: ({ resources, notApplicable }, report) => {
    const accounts = accountsOf(resources);
    if (accounts.length === 0) notApplicable("The stack makes nothing in an account.");
    judgeEach(accounts, (account) => {
      for (const [region, made] of Map.groupBy(account.resources, regionOf)) {
        const wrong = problemOf(made);
        if (wrong !== undefined) report(`Account "${account.name}" ${wrong} in ${region ?? "a Region that is not known"}.`, account.urn);
      }
    });
  },
};

/** What is wrong with how a Region of an account is recorded. */
function problemOf(resources: readonly PolicyResource[]): string | undefined {
  const recorders = ofType(resources, "aws:cfg/recorder:Recorder");
  if (recorders.length === 0) return "has no Config recorder";
  const isOn = ofType(resources, "aws:cfg/recorderStatus:RecorderStatus").some(
    (status) => status.props["isEnabled"] === true && recorders.some((recorder) => refersTo(status, "name", recorder, ["name", "id"])),
  );
  if (!isOn) return "has a Config recorder without a RecorderStatus with isEnabled true";
  const delivers = ofType(resources, "aws:cfg/deliveryChannel:DeliveryChannel").some(({ props }) => isGiven(props, "s3BucketName"));
  return delivers ? undefined : "has a Config recorder without a delivery channel";
}
