import type { ResourceValidation } from "@pulumi/policy";

/**
 * One validation out of those of several types, as `validateResourceOfType` makes them. Given a list of them, the policy server
 * calls a rule not applicable to what one of them is not about, although another judged it.
 */
export function either(...validations: readonly ResourceValidation[]): ResourceValidation {
  return async (args, report) => {
    // The type that `validateResourceOfType` marks a function with.
    const fitting = validations.filter((validation) => (validation as { __pulumiType?: string }).__pulumiType === args.type);
    if (fitting.length === 0) args.notApplicable("Another type of resource.");
    for (const validation of fitting) await validation(args, report);
  };
}
