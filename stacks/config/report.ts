import { z } from "zod";

/** A language model of a company other than AWS: reached only under its business associate agreement. HIPAA 164.308(b)(1), 164.504(e). */
const thirdParty = z.strictObject({
  vendor: z.string().min(1, "must name the company"),
  endpoint: z.url({ protocol: /^https$/, message: "must begin with https://" }),
  /** The key's secret: read when it is needed, never part of the configuration. */
  secretArn: z.string().regex(/^arn:aws:secretsmanager:/, "must be the ARN of a secret of Secrets Manager"),
  baaSignedOn: z.iso.date("must be the day on which its business associate agreement was signed: without one it must see no patient's data"),
});

/**
 * What writes reports; absent: the template, which needs no model. No model is called yet, so that naming one is an error that
 * says so, beside whatever else is wrong with it, and never a report that quietly comes from the template.
 */
export const reportWriter = z
  .strictObject({ bedrockModelId: z.string().min(1).optional(), thirdParty: thirdParty.optional() })
  .superRefine(({ bedrockModelId, thirdParty }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (bedrockModelId !== undefined) refuse("bedrockModelId", "is not implemented: reports are written by the template only, leave it out");
    if (thirdParty !== undefined) refuse("thirdParty", "is not implemented: reports are written by the template only, leave it out");
  });
