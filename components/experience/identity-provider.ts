import * as pulumi from "@pulumi/pulumi";

/** A hospital's directory that its people sign in to. */
export type IdentityProvider =
  | {
      readonly kind: "SAML";
      /** 1 to 32 letters, digits, `-` or `_`: what people choose, and the start of their user names. */
      readonly name: string;
      /** Where the directory describes itself. */
      readonly metadataUrl: `https://${string}`;
    }
  | {
      readonly kind: "OIDC";
      /** 1 to 32 letters, digits, `-` or `_`: what people choose, and the start of their user names. */
      readonly name: string;
      readonly issuer: `https://${string}`;
      /** What the directory calls this platform. */
      readonly clientId: string;
      /** Kept as a secret in Pulumi's state. */
      readonly clientSecret: pulumi.Input<string>;
    };

interface ProviderInputs {
  providerName: string;
  providerType: string;
  providerDetails: Record<string, pulumi.Input<string>>;
  attributeMapping: Record<string, string>;
}

/** The directory as Cognito takes it. Of a person it fetches the e-mail address only. */
export function providerInputs(provider: IdentityProvider): ProviderInputs {
  const { kind: providerType, name: providerName } = provider;
  if (provider.kind === "SAML") {
    return {
      providerName,
      providerType,
      providerDetails: { MetadataURL: provider.metadataUrl, IDPSignout: "true", RequestSigningAlgorithm: "rsa-sha256" },
      attributeMapping: { email: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress" },
    };
  }
  return {
    providerName,
    providerType,
    providerDetails: {
      oidc_issuer: provider.issuer,
      client_id: provider.clientId,
      client_secret: pulumi.secret(provider.clientSecret),
      authorize_scopes: "openid email",
      attributes_request_method: "GET",
    },
    attributeMapping: { email: "email", username: "sub" },
  };
}
