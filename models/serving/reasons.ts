import type { z } from "zod";

/** Every fault that a schema found, as one sentence without its full stop. */
export const reasons = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.length > 0 ? issue.path.join(".") : "the whole"}: ${issue.message}`).join("; ");
