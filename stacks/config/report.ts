import { z } from "zod";
import { languageModelInstances, mostReportPictures } from "../../components/analysis/language-model-endpoint.ts";
import { reportModels } from "../../components/analysis/report-models.ts";

/** Plain HTTP is for a server on the reader's own machine, which no patient's data are shown to. */
const onThisMachine = /^http:\/\/127\.0\.0\.1(:\d+)?(\/|$)/;

const day = (message: string) => z.iso.date(message);
const unsigned = "must be the day on which its business associate agreement was signed: without one it must see no patient's data";

/** A language model of a company other than AWS: reached only under its business associate agreement. HIPAA 164.308(b)(1), 164.504(e). */
const thirdParty = z
  .strictObject({
    vendor: z.string().regex(/^[\w .,&()-]{1,64}$/, "must name the company, in at most 64 letters and digits"),
    /** Where its Chat Completions API is: `https://llm.example.org/v1`. */
    endpoint: z.string().refine((url) => /^https:\/\/[\w.-]+(:\d+)?(\/[\w./-]*)?$/.test(url) || onThisMachine.test(url), "must begin with https://"),
    /** The secret with its key, `svp-STACK-...` of the same account: read when it is needed, never part of the configuration. */
    secretArn: z
      .string()
      .regex(/^arn:aws:secretsmanager:/, "must be the ARN of a secret of Secrets Manager")
      .optional(),
    /** The customer's key that the secret is encrypted with, if it is not AWS's own. */
    secretKeyArn: z
      .string()
      .regex(/^arn:aws:kms:/, "must be the ARN of a key of KMS")
      .optional(),
    baaSignedOn: day(unsigned),
    /** The last day that the agreement holds, where it ends. */
    baaEndsOn: day("must be the last day that the agreement holds").optional(),
  })
  .superRefine(({ endpoint, secretArn, baaSignedOn, baaEndsOn }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (secretArn === undefined && !onThisMachine.test(endpoint)) refuse("secretArn", "must be the ARN of a secret of Secrets Manager");
    if (/^\d/.test(baaSignedOn) && baaSignedOn > today()) refuse("baaSignedOn", "must not be a day to come: nothing is sent before it is signed");
    if (baaEndsOn !== undefined && baaEndsOn < today()) refuse("baaEndsOn", "must not have passed: nothing is sent after it");
  });

/** The day, in UTC. */
const today = (): string => new Date().toISOString().slice(0, 10);

/** A language model of the organisation's own, in the models bucket under `language-models/{modelId}/{version}/`, and what runs it. */
const endpoint = z.strictObject({
  version: z.string().regex(/^[\w][\w.-]{0,31}$/, "must be the version's folder: at most 32 letters, digits, points and hyphens"),
  instanceType: z.enum(languageModelInstances),
  /** Instances that always run, and are paid for; two where patients' data are shown, as one may be lost. */
  instances: z.int().min(1).max(20),
  /** Tokens that question and answer have together, at most: evidence has some 12,000, an answer 5,000, and what a GPU has room for is less with a larger model. */
  contextTokens: z.int().min(8192).max(131_072).default(24_576),
});

/** What writes reports; absent: the template, which needs no model. */
export const reportWriter = z
  .strictObject({
    writer: z.enum(["template", "bedrock", "third-party", "sagemaker"]).default("template"),
    /** Model that drafts: of Amazon Bedrock one of `components/analysis/report-models.ts`, of a third party what that calls it, of one's own the name of its folder. */
    modelId: z.string().optional(),
    /** How often a draft that the check refuses is written again before the template writes. */
    maxRedrafts: z.int().min(0).max(3).default(1),
    /** Key frames that the model is shown with the evidence, at most, as thumbnails with all text and what is outside the patient covered. */
    pictures: z.int().min(0).max(mostReportPictures).default(0),
    thirdParty: thirdParty.optional(),
    /** Of a model of one's own: what serves it. */
    endpoint: endpoint.optional(),
  })
  .superRefine(({ writer, modelId, pictures, thirdParty, endpoint }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const known = Object.keys(reportModels.regions);
    if (writer === "template" && modelId !== undefined) refuse("modelId", "must be left out where the template writes");
    if (writer === "bedrock" && (modelId === undefined || !known.includes(modelId))) refuse("modelId", `must be one of ${known.join(", ")}`);
    if (writer === "template" && pictures > 0) refuse("pictures", "must be 0 where the template writes");
    if (writer === "bedrock" && pictures > 0 && known.includes(modelId ?? "") && !reportModels.seeing.includes(modelId ?? ""))
      refuse("pictures", `must be 0 for ${modelId}, which sees none`);
    if (writer === "third-party" && !/^[\w.:/-]{1,128}$/.test(modelId ?? "")) refuse("modelId", "must be what the third party calls its model");
    if (writer === "third-party" && thirdParty === undefined) refuse("thirdParty", `must say who it is, and ${unsigned.replace(/^must be/, "give")}`);
    if (writer !== "third-party" && thirdParty !== undefined) refuse("thirdParty", "must be left out where it does not write");
    if (writer === "sagemaker" && !/^[a-z0-9][\w.:-]{0,62}$/.test(modelId ?? ""))
      refuse("modelId", "must be the folder of a model under language-models/, at most 63 letters, digits, points, colons and hyphens");
    if (writer === "sagemaker" && endpoint === undefined) refuse("endpoint", "must say which version is served, and on what");
    if (writer !== "sagemaker" && endpoint !== undefined) refuse("endpoint", "must be left out where no model of one's own writes");
  });
export type ReportWriter = z.infer<typeof reportWriter>;

interface Surroundings {
  readonly region: string;
  readonly dataClassification: string;
  readonly endpoints: readonly string[];
  readonly nat: string;
}

/** What a writer and the rest of an environment do not agree on. */
export function flawsOfWriter(report: ReportWriter | undefined, { region, dataClassification, endpoints, nat }: Surroundings): string[] {
  if (report?.modelId === undefined) return [];
  const { writer, modelId, thirdParty } = report;
  const syntheticOnly = dataClassification === "phi" && reportModels.syntheticOnly.includes(modelId) ? [`${modelId} must see no patient's data`] : [];
  const unreached = (service: string, what: string) =>
    endpoints.includes(service) ? [] : [`svp:network.endpoints must hold ${service}: functions have no other way to ${what}`];
  if (writer === "sagemaker")
    return [...syntheticOnly, ...unreached("bedrock-runtime", "the guardrail"), ...unreached("sagemaker.runtime", "the endpoint of the model")];
  if (thirdParty === undefined)
    return [
      ...(reportModels.regions[modelId]?.includes(region) === false ? [`${modelId} is not offered in ${region} itself`] : []),
      ...syntheticOnly,
      ...unreached("bedrock-runtime", "the model"),
    ];
  return [
    ...(dataClassification === "phi" && onThisMachine.test(thirdParty.endpoint) ? ["thirdParty.endpoint must begin with https:// for patients' data"] : []),
    ...(nat === "none" ? ["svp:network.nat must be single or per-zone: the function that asks the third party has no other way to it"] : []),
    ...unreached("bedrock-runtime", "the guardrail"),
    ...unreached("lambda", "the one that asks the third party"),
  ];
}
