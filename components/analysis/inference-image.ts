import type * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "../security/policy.ts";

/** The image of the serving container. */
export interface InferenceImage {
  /** Image by digest. */
  readonly uri: pulumi.Input<string>;
  /** ARN of the repository that holds it, in the shared account. */
  readonly repositoryArn: pulumi.Input<string>;
}

/** Statements that let SageMaker fetch the image as a role. A registry token names no resource. */
export const allowPull = ({ repositoryArn }: InferenceImage): Statement[] => [
  allow("SignInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
  allow("PullImage", ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], [repositoryArn]),
];
