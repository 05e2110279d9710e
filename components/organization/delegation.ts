import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";

export interface DelegationArgs {
  /** The account that watches all others. */
  auditAccountId: string;
}

/** Services that the organisation trusts to act in all its accounts, run by the audit account. */
const trusted = ["access-analyzer", "config", "config-multiaccountsetup", "guardduty", "macie", "malware-protection.guardduty", "securityhub"];

/** Services that name their administrator by the common way of Organizations; the rest have a way of their own. */
const delegated = ["access-analyzer", "config", "config-multiaccountsetup"];

/** Hands the watching of the organisation over from the management account, where nobody works, to the audit account. HIPAA 164.308(a)(3)(i). */
export class Delegation extends PlatformComponent {
  constructor(name: string, { auditAccountId }: DelegationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:Delegation", name, opts);

    const access = trusted.map(
      (service) =>
        new aws.organizations.AwsServiceAccess(
          this.childName(`trust-${service.replace(".", "-")}`),
          { servicePrincipal: `${service}.amazonaws.com` },
          this.child(),
        ),
    );
    const after = this.child({ dependsOn: access });
    for (const service of delegated) {
      new aws.organizations.DelegatedAdministrator(this.childName(service), { accountId: auditAccountId, servicePrincipal: `${service}.amazonaws.com` }, after);
    }
    new aws.guardduty.OrganizationAdminAccount(this.childName("guardduty"), { adminAccountId: auditAccountId }, after);
    new aws.securityhub.OrganizationAdminAccount(this.childName("securityhub"), { adminAccountId: auditAccountId }, after);
    new aws.macie2.OrganizationAdminAccount(this.childName("macie"), { adminAccountId: auditAccountId }, after);
    this.registerOutputs();
  }
}
