import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at, isComputed, isObject, literalStart } from "../../expressions.ts";
import { outputsOf } from "./media-convert.ts";
import { judgeTasks, type Task } from "./tasks.ts";

/** Gives an output to whoever asks, or to every customer of AWS. */
const open = ["PUBLIC_READ", "AUTHENTICATED_READ"];

const isAboutVideos = ({ service, operation }: Task): boolean => service === "mediaconvert" && ["createJob", "probe"].includes(operation);

/**
 * Videos stay in the lake: inputs and outputs are objects of S3, and no output is given away by an access list. Settings that a function
 * works out are bound by what the job's role may do, and by the buckets, which know no access lists.
 */
export const mediaConvertJobsKeepOutputsPrivate: ResourceValidationPolicy = {
  name: "sfn-media-convert-jobs-keep-outputs-private",
  description: "MediaConvert jobs and probes of a state machine must read and write videos in S3, and must not open outputs to the public.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.502(b)"),
  tags: ["sfn", "mediaconvert", "public-access"],
  remediationSteps: "Leave S3Settings.AccessControl out, and start every FileInput, FileUrl and Destination with s3://.",
  validateResource: judgeTasks({ wanted: isAboutVideos, without: "no task of MediaConvert" }, ({ arguments: given }, say) => {
    const settings = given["Settings"];
    const files = [...listed(given["InputFiles"], "FileUrl"), ...listed(at(settings, "Inputs"), "FileInput")];
    for (const [where, value] of files) if (!literalStart(value).startsWith("s3://")) say(`reads ${where} from ${String(value)}; it must start with s3://`);
    if (!isObject(settings) || isComputed(settings)) return;
    for (const { name, destination } of outputsOf(settings)) {
      const target = at(destination, "Destination");
      if (!literalStart(target).startsWith("s3://")) say(`writes ${name} to ${String(target ?? "nowhere")}; Destination must start with s3://`);
      const access = at(destination, "DestinationSettings.S3Settings.AccessControl.CannedAcl");
      if (isComputed(access) || open.includes(String(access))) say(`gives ${name} the access list ${String(access)}; CannedAcl must be left out`);
    }
  }),
};

/** The values of a key in a list of objects, with their place. */
const listed = (list: unknown, key: string): [where: string, value: unknown][] =>
  (Array.isArray(list) ? list : []).map((item, index) => [`${key} ${index + 1}`, at(item, key)]);
