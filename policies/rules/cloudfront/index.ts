import type { Policies } from "@pulumi/policy";
import { answersCarrySecurityHeaders } from "./answers-carry-security-headers.ts";
import { behaviorKeepsNothingAboutCases } from "./behavior-keeps-nothing-about-cases.ts";
import { bucketOriginIsSignedFor } from "./bucket-origin-is-signed-for.ts";
import { distributionIsBehindFirewall } from "./distribution-is-behind-firewall.ts";
import { distributionLogsAccess } from "./distribution-logs-access.ts";
import { distributionNamesRootObject } from "./distribution-names-root-object.ts";
import { distributionServesNamedCountries } from "./distribution-serves-named-countries.ts";
import { distributionServesOverTlsOnly } from "./distribution-serves-over-tls-only.ts";
import { distributionSpeaksModernTls } from "./distribution-speaks-modern-tls.ts";
import { videosNeedSignedCookies } from "./videos-need-signed-cookies.ts";

export const cloudfrontRules: Policies = [
  answersCarrySecurityHeaders,
  behaviorKeepsNothingAboutCases,
  bucketOriginIsSignedFor,
  distributionIsBehindFirewall,
  distributionLogsAccess,
  distributionNamesRootObject,
  distributionServesNamedCountries,
  distributionServesOverTlsOnly,
  distributionSpeaksModernTls,
  videosNeedSignedCookies,
];
