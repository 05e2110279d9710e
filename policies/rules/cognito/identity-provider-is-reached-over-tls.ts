import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A hospital's directory describes itself and is asked over TLS, and knows whom a request to sign in is from. */
export const identityProviderIsReachedOverTls: ResourceValidationPolicy = {
  name: "cognito-identity-provider-is-reached-over-tls",
  description: "Identity providers of Cognito user pools must be reached over TLS, and get signed requests where they speak SAML.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(d)", "164.312(e)(1)", "164.312(e)(2)(i)"),
  tags: ["cognito", "transit"],
  remediationSteps: "Give SignIn's identityProviders https addresses, or set them and RequestSigningAlgorithm in providerDetails.",
  validateResource: validateResourceOfType(aws.cognito.IdentityProvider, (provider, args, report) => {
    const details = provider.providerDetails;
    for (const [key, value] of Object.entries(details)) {
      if (/^http:/i.test(value)) report(`Identity provider "${args.name}" has providerDetails.${key} ${value}; it must be https.`);
    }
    if (provider.providerType === "SAML" && details["RequestSigningAlgorithm"] !== "rsa-sha256") {
      report(`Identity provider "${args.name}" gets requests that nobody signed; providerDetails.RequestSigningAlgorithm must be rsa-sha256.`);
    }
  }),
};
