import type * as pulumi from "@pulumi/pulumi";
import type { Catalogue } from "../../models/catalogue.ts";
import type { InferenceImage } from "../analysis/inference-image.ts";
import { Workflow } from "../analysis/workflow.ts";
import { PlatformComponent } from "../component.ts";
import { eventRate } from "../compute/event-rate.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { physicalName, regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow } from "../security/policy.ts";
import { LearningSchedule } from "./learning-schedule.ts";
import { modelPromotionDefinition } from "./model-promotion.asl.ts";
import { learningPrefixes } from "./prefixes.ts";
import { promotionSourceRoleArn } from "./promotion-source.ts";

/** The environment that versions come from. */
export interface PromotionFrom {
  readonly accountId: string;
  /** Name of its stack. */
  readonly stack: string;
}

export interface ModelPromotionArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  catalogue: Catalogue;
  /** What the versions run in here. */
  image: InferenceImage;
  from: PromotionFrom;
  /** Days that a version must have been approved and in use there. */
  provenDays: number;
  /** Hours between two looks. */
  everyHours: number;
}

/**
 * Fetches versions of networks from the account before this one, as its role `model-promotion-source`, and registers them here to be approved.
 * It can neither approve one nor write there. HIPAA 164.308(a)(4)(ii)(B), 164.312(c)(1).
 */
export class ModelPromotion extends PlatformComponent {
  readonly workflow: Workflow;

  constructor(name: string, args: ModelPromotionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:ModelPromotion", name, opts);
    const { settings, keys, lake, from, everyHours, provenDays } = args;
    const { place } = settings;
    const { models } = lake;
    if (from.accountId === place.accountId) this.reject("from.accountId", "must be another account than this one.");
    const sourceRole = promotionSourceRoleArn(from);

    const promoteModel = new PlatformFunction(
      {
        settings,
        handler: "learn/promote-model",
        description: "Offers here a version of a network that the account before approved and proved",
        timeoutSeconds: 300,
        memoryMb: 3008,
        environment: {
          ...{ MODELS_BUCKET: models.bucket, GROUP_PREFIX: physicalName(place, ""), IMAGE_URI: args.image.uri },
          ...{ SOURCE_ROLE: sourceRole, SOURCE_BUCKET: `svp-${from.stack}-${from.accountId}-models`, PROVEN_DAYS: String(provenDays) },
        },
        statements: [
          allow("ReadThere", ["sts:AssumeRole"], [sourceRole]),
          ...models.allow("KeepPromoted", ["s3:GetObject", "s3:PutObject"], `${learningPrefixes.training}promoted/`),
          models.allowNoticingAbsence("NoticeWhatWasOffered"),
          allow(
            "OfferVersions",
            ["sagemaker:CreateModelPackage"],
            ["model-package-group", "model-package"].map((kind) => regionalArn(place, "sagemaker", `${kind}/${physicalName(place, "*")}`)),
            { StringEquals: { "sagemaker:ModelApprovalStatus": "PendingManualApproval" } },
          ),
        ],
      },
      { parent: this },
    );
    this.workflow = new Workflow(
      name,
      {
        ...{ settings, keys, jobs: [], what: "The promotion of networks" },
        definition: modelPromotionDefinition({ promoteModel, models: args.catalogue.models.map(({ model }) => model.id) }),
        statements: [promoteModel.allowInvoke("PromoteModel")],
      },
      { parent: this },
    );
    new LearningSchedule(
      this.childName("schedule"),
      {
        place,
        description: "Versions of networks are looked for in the account before",
        schedule: eventRate(everyHours, "hour"),
        target: { arn: this.workflow.stateMachineArn, allowStart: this.workflow.allowStart("StartPromotion") },
        deadLetterArn: settings.deadLetters.arn,
      },
      { parent: this },
    );
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }
}
