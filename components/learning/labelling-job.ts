import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { datasetsPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import { allow } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { learningPrefixes } from "./prefixes.ts";

export interface LabellingJobArgs {
  place: Place;
  /** Holds the pictures, and takes what people say of them. */
  datasets: EncryptedBucket;
  /** The team of a PrivateWorkforce. */
  workteamArn: pulumi.Input<string>;
  /** What people are asked, in one line and in a paragraph: of instruments, never of a patient. */
  title: string;
  description: string;
  /** Keys in the datasets bucket, below `labelling/`. */
  files: {
    /** Pictures and the boxes to begin with: `npm run dataset -- show NAME --manifest FILE`. */
    manifest: string;
    /** Classes, as Ground Truth reads them (`document-version` 2018-11-28). */
    categories: string;
    /** What people work in: Ground Truth's template for bounding boxes. */
    template: string;
  };
  /** People that look at each picture. */
  peoplePerPicture: number;
}

/**
 * AWS's accounts whose functions prepare the pictures of a job that adjusts boxes, and join what people say (SageMaker API reference,
 * HumanTaskConfig.PreHumanTaskLambdaArn and AnnotationConsolidationConfig, read in @aws-sdk/client-sagemaker 3.1142.0).
 */
const accounts: Readonly<Record<string, string>> = {
  "us-east-1": "432418664414",
  "us-east-2": "266458841044",
  "us-west-2": "081040173940",
  "ca-central-1": "918755190332",
  "eu-west-1": "568282634449",
  "eu-west-2": "487402164563",
  "eu-central-1": "203001061592",
  "ap-northeast-1": "477331159723",
  "ap-northeast-2": "845288260483",
  "ap-south-1": "565803892007",
  "ap-southeast-1": "377565633583",
  "ap-southeast-2": "454466003867",
};

/** Seconds that a person may take for a picture, and that a picture waits for a person: the most that the API lets a private team have is ten days. */
const pictureSeconds = 600;
const waitingSeconds = 10 * 24 * 3600;
const mostPeople = 9;

/**
 * A Ground Truth job in which our own experts adjust the boxes of a dataset version. Only for accounts that still have Ground Truth, which is closed to
 * new customers: no stack makes one unless it is told to, and our own page does the same. HIPAA 164.308(b)(1), 164.312(a)(1), (a)(2)(iv).
 */
export class LabellingJob extends PlatformComponent {
  readonly jobName: pulumi.Output<string>;

  constructor(name: string, args: LabellingJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:LabellingJob", name, opts);
    const { place, datasets, files } = args;
    const account = accounts[place.region];
    if (account === undefined) this.reject("place", `must be a Region that has Ground Truth: ${Object.keys(accounts).join(", ")}, not ${place.region}.`);
    if (!(Number.isInteger(args.peoplePerPicture) && args.peoplePerPicture >= 1 && args.peoplePerPicture <= mostPeople))
      this.reject("peoplePerPicture", `must be 1 to ${mostPeople}, not ${args.peoplePerPicture}.`);
    for (const [file, key] of Object.entries(files))
      if (!key.startsWith(learningPrefixes.labelling)) this.reject("files", `must lie below ${learningPrefixes.labelling}, where ${file} does not: "${key}".`);

    const ofAws = (kind: "PRE" | "ACS") => `arn:aws:lambda:${place.region}:${account}:function:${kind}-AdjustmentBoundingBox`;
    const role = new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "sagemaker.amazonaws.com",
        statements: [
          ...datasets.allow("ReadPictures", ["s3:GetObject"], datasetsPrefix),
          ...datasets.allow("WriteLabels", ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], learningPrefixes.labelling),
          datasets.allowList("ListLabels", learningPrefixes.labelling),
          allow(
            "WriteLog",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [regionalArn(place, "logs", "log-group:/aws/sagemaker/LabelingJobs:*")],
          ),
        ],
      },
      { parent: this },
    );
    const job = new aws.sagemaker.LabelingJob(
      name,
      {
        labelingJobName: physicalName(place, name),
        // A reference's name must end with `-ref`, a label's must not.
        labelAttributeName: "adjusted-boxes",
        roleArn: role.arn,
        labelCategoryConfigS3Uri: datasets.uri(files.categories),
        // Nothing is said of what the pictures show: that is for who may see patients' data, and our own team may.
        inputConfig: { dataSource: { s3DataSource: { manifestS3Uri: datasets.uri(files.manifest) } } },
        outputConfig: { s3OutputPath: datasets.uri(`${learningPrefixes.labelling}answers/`), kmsKeyId: datasets.key.arn },
        humanTaskConfig: {
          workteamArn: args.workteamArn,
          taskTitle: args.title,
          taskDescription: args.description,
          numberOfHumanWorkersPerDataObject: args.peoplePerPicture,
          taskTimeLimitInSeconds: pictureSeconds,
          taskAvailabilityLifetimeInSeconds: waitingSeconds,
          preHumanTaskLambdaArn: ofAws("PRE"),
          annotationConsolidationConfig: { annotationConsolidationLambdaArn: ofAws("ACS") },
          uiConfig: { uiTemplateS3Uri: datasets.uri(files.template) },
        },
      },
      this.child(),
    );
    this.jobName = job.labelingJobName;
    this.registerOutputs({ jobName: this.jobName });
  }
}
