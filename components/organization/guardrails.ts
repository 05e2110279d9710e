import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import {
  aiOptOutText,
  allowedRegionsOnly,
  analysisStaysClinical,
  auditStays,
  eligibleServicesOnly,
  identitiesAreKnown,
  policyText,
} from "./service-control-policies.ts";

export interface GuardrailsArgs {
  /** The management account. */
  place: Place;
  /** Accounts that the guardrails hold in, by name. The management account is never among them: they don't hold there. */
  accounts: Readonly<Record<string, string>>;
  /** Regions that anything may lie in. */
  regions: readonly string[];
  /** Name of the role that deploys: it alone may change what the guardrails protect. */
  deployRole: string;
}

/**
 * What nobody in the platform's accounts may do, whoever allows it: service-control policies, and the opt-out from AWS's use
 * of what its AI services are shown. HIPAA 164.308(a)(1)(ii)(B), 164.308(b)(1).
 *
 * The organisation must have both types of policy enabled (`aws organizations enable-policy-type`).
 */
export class Guardrails extends PlatformComponent {
  /** Resolves once every account has opted out. */
  readonly aiOptOutPolicyId: pulumi.Output<string>;

  constructor(name: string, args: GuardrailsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:Guardrails", name, opts);
    if (Object.values(args.accounts).includes(args.place.accountId))
      this.reject("accounts", "must not hold the management account, where guardrails don't hold.");
    if (args.regions.length === 0) this.reject("regions", "must name at least one Region.");
    const { deployRole } = args;

    // An account takes five at most, AWS's own that allows everything among them.
    const policies = {
      "eligible-services": { description: "HIPAA-eligible services only", content: policyText(eligibleServicesOnly()) },
      "allowed-regions": { description: "Allowed Regions only", content: policyText(allowedRegionsOnly(args.regions)) },
      "audit-and-identity": {
        description: "What watches stays; nobody is anonymous",
        content: policyText([...auditStays(deployRole), ...identitiesAreKnown(deployRole)]),
      },
      "clinical-analysis": { description: "No faces; isolated jobs", content: policyText(analysisStaysClinical()) },
    };
    for (const [suffix, policy] of Object.entries(policies)) this.#policy(suffix, "SERVICE_CONTROL_POLICY", policy, args);
    const optOut = this.#policy(
      "ai-opt-out",
      "AISERVICES_OPT_OUT_POLICY",
      { description: "AWS's AI services keep and use nothing", content: aiOptOutText() },
      args,
    );

    this.aiOptOutPolicyId = pulumi.all([optOut.policy.id, ...optOut.attachments.map(({ id }) => id)]).apply(([id]) => id as string);
    this.registerOutputs({ aiOptOutPolicyId: this.aiOptOutPolicyId });
  }

  #policy(
    suffix: string,
    type: "SERVICE_CONTROL_POLICY" | "AISERVICES_OPT_OUT_POLICY",
    { description, content }: { description: string; content: string },
    { place, accounts }: GuardrailsArgs,
  ): { policy: aws.organizations.Policy; attachments: aws.organizations.PolicyAttachment[] } {
    const policy = new aws.organizations.Policy(this.childName(suffix), { name: physicalName(place, suffix), type, description, content }, this.child());
    const attachments = Object.entries(accounts).map(
      ([account, targetId]) => new aws.organizations.PolicyAttachment(this.childName(`${suffix}-${account}`), { policyId: policy.id, targetId }, this.child()),
    );
    return { policy, attachments };
  }
}
