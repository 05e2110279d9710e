import * as pulumi from "@pulumi/pulumi";

/** Where the page's scripts may connect to, beside the site itself. */
export interface PageConnections {
  /** Origin that videos are uploaded to. */
  readonly uploads: pulumi.Input<string>;
  /** Origin of signed links to results. */
  readonly results: pulumi.Input<string>;
  /** Origin of the sign-in pages. */
  readonly signIn: pulumi.Input<string>;
}

/** The page runs its own scripts and nothing else, connects only where it must, shows what it put together itself (`blob:`), and can't be framed. */
export const contentSecurityPolicy = ({ uploads, results, signIn }: PageConnections): pulumi.Output<string> =>
  pulumi.interpolate`default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ${uploads} ${results} ${signIn}; media-src 'self' blob:; img-src 'self' blob: ${results}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

/** Two years, what browsers ask of a site that is always to be reached over TLS. */
const strictTransportSeconds = 63_072_000;

/** Headers of every answer, whatever the origin says. */
export const securityHeaders = (policy: pulumi.Input<string>) => ({
  contentSecurityPolicy: { contentSecurityPolicy: policy, override: true },
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: "DENY", override: true },
  referrerPolicy: { referrerPolicy: "no-referrer", override: true },
  strictTransportSecurity: { accessControlMaxAgeSec: strictTransportSeconds, includeSubdomains: true, override: true },
});
