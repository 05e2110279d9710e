import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";

export interface ConfigurationRecorderArgs {
  /** Bucket of the log archive, in another account. */
  archiveBucket: pulumi.Input<string>;
  archiveKeyArn: pulumi.Input<string>;
  /** First part of the keys that the archive lets Config write. */
  archivePrefix: string;
}

/** Records how every resource of the account is configured, and delivers it to the log archive. HIPAA 164.308(a)(1)(ii)(D), 164.312(b). */
export class ConfigurationRecorder extends PlatformComponent {
  /** Resolves once configuration is recorded: rules can't be made before. */
  readonly recorderName: pulumi.Output<string>;

  constructor(name: string, args: ConfigurationRecorderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:ConfigurationRecorder", name, opts);

    // Config's own role has every permission to read that its new resource types need, and nobody else can take it.
    const role = new aws.iam.ServiceLinkedRole(this.childName("role"), { awsServiceName: "config.amazonaws.com" }, this.child());
    const recorder = new aws.cfg.Recorder(
      name,
      {
        name: "default",
        roleArn: role.arn,
        recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
        recordingMode: { recordingFrequency: "CONTINUOUS" },
      },
      this.child(),
    );
    const channel = new aws.cfg.DeliveryChannel(
      this.childName("channel"),
      {
        name: "default",
        s3BucketName: args.archiveBucket,
        s3KeyPrefix: args.archivePrefix,
        s3KmsKeyArn: args.archiveKeyArn,
        snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
      },
      // A channel without a recorder is refused, and so is starting a recorder without a channel.
      this.child({ dependsOn: [recorder] }),
    );
    const status = new aws.cfg.RecorderStatus(this.childName("status"), { name: recorder.name, isEnabled: true }, this.child({ dependsOn: [channel] }));

    this.recorderName = pulumi.all([recorder.name, status.id]).apply(([recorderName]) => recorderName);
    this.registerOutputs({ recorderName: this.recorderName });
  }
}
