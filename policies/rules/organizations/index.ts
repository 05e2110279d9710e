import type { Policies } from "@pulumi/policy";
import { aiServicesLearnNothing } from "./ai-services-learn-nothing.ts";
import { guardrailsKeepAnalysisClinical } from "./guardrails-keep-analysis-clinical.ts";
import { guardrailsKeepWhatWatches } from "./guardrails-keep-what-watches.ts";
import { guardrailsKnowEveryIdentity } from "./guardrails-know-every-identity.ts";
import { guardrailsLeaveApprovedRegionsOnly } from "./guardrails-leave-approved-regions-only.ts";
import { guardrailsLeaveEligibleServicesOnly } from "./guardrails-leave-eligible-services-only.ts";
import { watchingIsDelegated } from "./watching-is-delegated.ts";

export const organizationsRules: Policies = [
  aiServicesLearnNothing,
  guardrailsKeepAnalysisClinical,
  guardrailsKeepWhatWatches,
  guardrailsKnowEveryIdentity,
  guardrailsLeaveApprovedRegionsOnly,
  guardrailsLeaveEligibleServicesOnly,
  watchingIsDelegated,
];
