import { z } from "zod";
import { reportModels } from "../../components/analysis/report-models.ts";

/** A language model of a company other than AWS: reached only under its business associate agreement. HIPAA 164.308(b)(1), 164.504(e). */
const thirdParty = z.strictObject({
  vendor: z.string().min(1, "must name the company"),
  endpoint: z.url({ protocol: /^https$/, message: "must begin with https://" }),
  /** The key's secret: read when it is needed, never part of the configuration. */
  secretArn: z.string().regex(/^arn:aws:secretsmanager:/, "must be the ARN of a secret of Secrets Manager"),
  baaSignedOn: z.iso.date("must be the day on which its business associate agreement was signed: without one it must see no patient's data"),
});

/** What writes reports; absent: the template, which needs no model. */
export const reportWriter = z
  .strictObject({
    writer: z.enum(["template", "bedrock"]).default("template"),
    /** Model of Amazon Bedrock that drafts: one of `components/analysis/report-models.ts`. */
    modelId: z.string().optional(),
    /** How often a draft that the check refuses is written again before the template writes. */
    maxRedrafts: z.int().min(0).max(3).default(1),
    thirdParty: thirdParty.optional(),
  })
  .superRefine(({ writer, modelId, thirdParty }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const known = Object.keys(reportModels.regions);
    if (writer === "template" && modelId !== undefined) refuse("modelId", "must be left out where the template writes");
    if (writer === "bedrock" && (modelId === undefined || !known.includes(modelId))) refuse("modelId", `must be one of ${known.join(", ")}`);
    if (thirdParty !== undefined) refuse("thirdParty", "is not implemented: functions have no way to the internet, leave it out");
  });
export type ReportWriter = z.infer<typeof reportWriter>;

/** What a writer and the rest of an environment do not agree on. */
export function flawsOfWriter(
  report: ReportWriter | undefined,
  { region, dataClassification, endpoints }: { region: string; dataClassification: string; endpoints: readonly string[] },
): string[] {
  if (report?.writer !== "bedrock" || report.modelId === undefined) return [];
  const { modelId } = report;
  return [
    ...(reportModels.regions[modelId]?.includes(region) === false ? [`${modelId} is not offered in ${region} itself`] : []),
    ...(dataClassification === "phi" && reportModels.syntheticOnly.includes(modelId) ? [`${modelId} must see no patient's data`] : []),
    ...(endpoints.includes("bedrock-runtime") ? [] : ["svp:network.endpoints must hold bedrock-runtime: functions have no other way to the model"]),
  ];
}
