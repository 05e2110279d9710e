declare module "asl-validator" {
  /** Validates a definition in the Amazon States Language against its JSON schema. Adds QueryLanguage to the states it is given. */
  export default function validate(
    definition: object,
    options?: { checkPaths: boolean; checkArn: boolean },
  ): { isValid: boolean; errors: { Message: string }[] };
}
