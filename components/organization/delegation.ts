import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place } from "../place.ts";
import { regionalName } from "../regional-name.ts";

export interface DelegationArgs {
  /** The management account, in the home Region. */
  place: Place;
  /** The account that watches all others. Its services must be on: SecurityServices. */
  auditAccountId: string;
  /** Regions that anything may lie in, the home Region among them. */
  regions: readonly string[];
}

/** Services that the organisation trusts to act in all its accounts, run by the audit account. */
const trusted = ["access-analyzer", "config", "config-multiaccountsetup", "guardduty", "macie", "malware-protection.guardduty", "securityhub"];

/** Services that name their administrator by the common way of Organizations; the rest have a way of their own. */
const delegated = ["access-analyzer", "config", "config-multiaccountsetup"];

/** Hands the watching of the organisation over from the management account, where nobody works, to the audit account. HIPAA 164.308(a)(3)(i). */
export class Delegation extends PlatformComponent {
  constructor(name: string, { place, auditAccountId, regions }: DelegationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:Delegation", name, opts);
    if (!regions.includes(place.region)) this.reject("regions", `must contain the home Region, ${place.region}.`);
    if (auditAccountId === place.accountId)
      this.reject("auditAccountId", "must not be the management account, which can't have Security Hub configure others.");
    const after = this.child({ dependsOn: this.#trustServices() });
    this.#delegate(auditAccountId, after);
    this.#nameAdministrators(auditAccountId, after);
    for (const region of regions) this.#nameGuardDutyAdministrator(auditAccountId, region, place, after);
    this.registerOutputs();
  }

  #trustServices(): pulumi.Resource[] {
    return trusted.map((service) => {
      const suffix = `trust-${service.replace(".", "-")}`;
      return new aws.organizations.AwsServiceAccess(this.childName(suffix), { servicePrincipal: `${service}.amazonaws.com` }, this.child());
    });
  }

  #delegate(accountId: string, after: pulumi.CustomResourceOptions): void {
    for (const service of delegated)
      new aws.organizations.DelegatedAdministrator(this.childName(service), { accountId, servicePrincipal: `${service}.amazonaws.com` }, after);
  }

  /** At home alone: Security Hub names the same one in the Regions linked to it (Security Hub User Guide, "Enabling central configuration"). */
  #nameAdministrators(adminAccountId: string, after: pulumi.CustomResourceOptions): void {
    new aws.securityhub.OrganizationAdminAccount(this.childName("securityhub"), { adminAccountId }, after);
    new aws.macie2.OrganizationAdminAccount(this.childName("macie"), { adminAccountId }, after);
  }

  /** Each Region has its own, which must be the same (GuardDuty User Guide, "Managing GuardDuty accounts with AWS Organizations"). */
  #nameGuardDutyAdministrator(adminAccountId: string, region: string, home: Place, after: pulumi.CustomResourceOptions): void {
    new aws.guardduty.OrganizationAdminAccount(this.childName(regionalName("guardduty", region, home)), { region, adminAccountId }, after);
  }
}
