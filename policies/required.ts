import type { PolicyConfigSchema } from "@pulumi/policy";

/**
 * Setting of a rule that asks for something that only one stack of an organisation has, such as its trail: the other stacks
 * say in `policies/config/` that it is not theirs to have.
 */
export const requiredSchema: PolicyConfigSchema = { properties: { required: { type: "boolean", default: true } } };

/** Ends a rule as not applicable where the stack's configuration says that it is not asked for here. */
export function onlyWhereRequired(
  args: { getConfig<T extends object>(): T; notApplicable(reason?: string): never },
  otherwise = "Another stack of the organisation has it.",
): void {
  const { required = true } = args.getConfig<{ required?: boolean }>();
  if (!required) args.notApplicable(otherwise);
}
