import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place } from "../place.ts";
import { regionalName } from "../regional-name.ts";

export interface ConfigurationRecorderArgs {
  /** The account and its home Region. */
  place: Place;
  /** Other Regions in which anything may stand, such as copies of patients' data. */
  otherRegions: readonly string[];
  /** Bucket of the log archive, in another account. */
  archiveBucket: pulumi.Input<string>;
  archiveKeyArn: pulumi.Input<string>;
  /** First part of the keys that the archive lets Config write. */
  archivePrefix: string;
}

/** Records how every resource of the account is configured, in every Region where there may be any, and delivers it to the log archive. HIPAA 164.308(a)(1)(ii)(D), 164.312(b). */
export class ConfigurationRecorder extends PlatformComponent {
  /** Resolves once configuration is recorded in the home Region: rules can't be made before. */
  readonly recorderName: pulumi.Output<string>;

  constructor(name: string, args: ConfigurationRecorderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:ConfigurationRecorder", name, opts);

    // Config's own role has every permission to read that its new resource types need, and nobody else can take it.
    const role = new aws.iam.ServiceLinkedRole(this.childName("role"), { awsServiceName: "config.amazonaws.com" }, this.child());
    this.recorderName = this.#record(name, args.place.region, role.arn, args);
    for (const region of args.otherRegions) this.#record(this.childName(region), region, role.arn, args);
    this.registerOutputs({ recorderName: this.recorderName });
  }

  /** Gives the recorder's name once it is on. */
  #record(
    recorderName: string,
    region: string,
    roleArn: pulumi.Input<string>,
    { place, archiveBucket, archiveKeyArn, archivePrefix }: ConfigurationRecorderArgs,
  ): pulumi.Output<string> {
    const childName = (suffix: string): string => this.childName(regionalName(suffix, region, place));
    const recorder = new aws.cfg.Recorder(
      recorderName,
      {
        region,
        name: "default",
        roleArn,
        // Roles, users and policies are the same in every Region: recorded once, they cost once.
        recordingGroup: { allSupported: true, includeGlobalResourceTypes: region === place.region },
        recordingMode: { recordingFrequency: "CONTINUOUS" },
      },
      this.child(),
    );
    const channel = new aws.cfg.DeliveryChannel(
      childName("channel"),
      {
        region,
        name: "default",
        s3BucketName: archiveBucket,
        s3KeyPrefix: archivePrefix,
        s3KmsKeyArn: archiveKeyArn,
        snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
      },
      // A channel without a recorder is refused, and so is starting a recorder without a channel.
      this.child({ dependsOn: [recorder] }),
    );
    const status = new aws.cfg.RecorderStatus(childName("status"), { region, name: recorder.name, isEnabled: true }, this.child({ dependsOn: [channel] }));
    return pulumi.all([recorder.name, status.id]).apply(([named]) => named);
  }
}
