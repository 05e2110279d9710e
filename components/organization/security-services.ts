import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place } from "../place.ts";
import { regionalName } from "../regional-name.ts";

export interface SecurityServicesArgs {
  /** The audit account, in the home Region. */
  place: Place;
  /** Regions that anything may lie in, the home Region among them. */
  regions: readonly string[];
}

/** What GuardDuty watches beside the trail, flow and DNS logs that it always does, by parts of names. Servers and clusters there are none. */
export const guardDutyFeatures: Readonly<Record<string, string>> = {
  "s3-data-events": "S3_DATA_EVENTS",
  "lambda-network-logs": "LAMBDA_NETWORK_LOGS",
  "ebs-malware-protection": "EBS_MALWARE_PROTECTION",
};

/**
 * The services that watch the organisation, in the audit account alone.
 *
 * It must be made before the account becomes their administrator: that would switch them on by itself, and what is made here
 * would be there already (GuardDuty User Guide, "Managing GuardDuty accounts with AWS Organizations"; Security Hub User Guide,
 * "Integrating Security Hub with AWS Organizations").
 *
 * HIPAA 164.308(a)(1)(ii)(D), 164.308(a)(5)(ii)(B).
 */
export class SecurityServices extends PlatformComponent {
  /** GuardDuty's detectors, by Region. */
  readonly detectorIds: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { place, regions }: SecurityServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:SecurityServices", name, opts);
    if (!regions.includes(place.region)) this.reject("regions", `must contain the home Region, ${place.region}.`);
    this.detectorIds = Object.fromEntries(regions.map((region) => [region, this.#guardDuty(region, place)]));
    this.#securityHub();
    this.#macie();
    this.registerOutputs({ detectorIds: this.detectorIds });
  }

  #guardDuty(region: string, home: Place): pulumi.Output<string> {
    const childName = (suffix: string) => this.childName(regionalName(suffix, region, home));
    const { id } = new aws.guardduty.Detector(childName("guardduty"), { region, enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" }, this.child());
    for (const [suffix, feature] of Object.entries(guardDutyFeatures))
      new aws.guardduty.DetectorFeature(childName(`guardduty-${suffix}`), { region, detectorId: id, name: feature, status: "ENABLED" }, this.child());
    return id;
  }

  /** Without standards: a configuration policy sets them here as in every account, and then nobody else may (SecurityTooling). It brings other Regions, too. */
  #securityHub(): void {
    new aws.securityhub.Account(
      this.childName("securityhub"),
      { enableDefaultStandards: false, controlFindingGenerator: "SECURITY_CONTROL", autoEnableControls: true },
      this.child(),
    );
  }

  #macie(): void {
    new aws.macie2.Account(this.childName("macie"), { status: "ENABLED", findingPublishingFrequency: "FIFTEEN_MINUTES" }, this.child());
  }
}
