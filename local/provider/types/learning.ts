import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, type Place, type ResourceType, uuidOf } from "../resource-type.ts";

/** A name that Terraform makes of a prefix: a time and a counter, 26 digits; here it stays the same from run to run. */
const generatedName = (prefix: unknown, place: Place): string => `${prefix ?? "terraform-"}${hexOf(place.urn, 26)}`;

/** Profiles are versioned; Lambda trusts a version. */
const profileVersion = (urn: string): string => hexOf(urn, 10);

const sagemaker =
  (kind: string, nameInput: string): ResourceType<Cloud>["computed"] =>
  (inputs, place) => {
    const name = String(inputs[nameInput]);
    return { id: name, arn: arn("sagemaker", place, `${kind}/${name}`) };
  };

/** Model registry, Studio, workforce, identities, code signing and ECS. Of these only the registry acts in the local cloud; functions are not signed there. */
export const learningTypes: Record<string, ResourceType<Cloud>> = {
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": {
    computed: sagemaker("model-package-group", "modelPackageGroupName"),
    live: (cloud, state) => cloud.sagemaker.putModelPackageGroup({ name: state["modelPackageGroupName"], arn: state["arn"] }),
  },
  "aws:sagemaker/pipeline:Pipeline": {
    computed: sagemaker("pipeline", "pipelineName"),
    live: (cloud, state) => cloud.sagemaker.putPipeline({ name: state["pipelineName"], definition: state["pipelineDefinition"], roleArn: state["roleArn"] }),
  },
  "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": { computed: (inputs) => ({ id: String(inputs["modelPackageGroupName"]) }) },
  "aws:sagemaker/domain:Domain": {
    computed: (inputs, place) => {
      const id = `d-${hexOf(place.urn, 12)}`;
      return {
        id,
        arn: arn("sagemaker", place, `domain/${id}`),
        homeEfsFileSystemId: `fs-${hexOf(place.urn, 17)}`,
        securityGroupIdForDomainBoundary: `sg-${hexOf(place.urn, 17)}`,
        url: `https://${id}.studio.${place.region}.sagemaker.aws`,
        ...(inputs["authMode"] === "SSO" && {
          singleSignOnManagedApplicationInstanceId: `ins-${hexOf(place.urn, 16)}`,
          singleSignOnApplicationArn: `arn:aws:sso::${place.accountId}:application/ssoins-${hexOf(place.urn, 16)}/apl-${hexOf(place.urn, 16)}`,
        }),
      };
    },
  },
  "aws:sagemaker/userProfile:UserProfile": {
    computed: (inputs, place) => {
      const profileArn = arn("sagemaker", place, `user-profile/${inputs["domainId"]}/${inputs["userProfileName"]}`);
      return { id: profileArn, arn: profileArn, homeEfsFileSystemUid: String(200_000 + Number.parseInt(hexOf(place.urn, 4), 16)) };
    },
  },
  // Recorded, as all that is closed to new customers: no job runs here.
  "aws:sagemaker/labelingJob:LabelingJob": {
    computed: (inputs, place) => ({
      ...sagemaker("labeling-job", "labelingJobName")(inputs, place),
      labelingJobArn: arn("sagemaker", place, `labeling-job/${inputs["labelingJobName"]}`),
    }),
  },
  "aws:sagemaker/workforce:Workforce": {
    computed: (inputs, place) => ({
      ...sagemaker("workforce", "workforceName")(inputs, place),
      subdomain: `${hexOf(place.urn, 10)}.labeling.${place.region}.sagemaker.aws`,
    }),
  },
  "aws:sagemaker/workteam:Workteam": {
    computed: (inputs, place) => {
      const name = String(inputs["workteamName"]);
      return {
        id: name,
        arn: arn("sagemaker", place, `workteam/private-crowd/${name}`),
        subdomain: `${hexOf(place.urn, 10)}.labeling.${place.region}.sagemaker.aws`,
      };
    },
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    computed: (inputs, place) => {
      const providerArn = `arn:aws:iam::${place.accountId}:oidc-provider/${String(inputs["url"]).replace("https://", "")}`;
      return { id: providerArn, arn: providerArn };
    },
  },
  // Recorded: nothing is built or deployed here.
  "aws:codebuild/project:Project": {
    computed: (inputs, place) => {
      const projectArn = arn("codebuild", place, `project/${inputs["name"]}`);
      return { id: projectArn, arn: projectArn, badgeUrl: "", publicProjectAlias: "" };
    },
  },
  "aws:codepipeline/pipeline:Pipeline": {
    computed: (inputs, place) => ({ id: String(inputs["name"]), arn: arn("codepipeline", place, String(inputs["name"])) }),
  },
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": {
    computed: (_inputs, place) => ({ id: place.accountId, registryId: place.accountId }),
  },
  "aws:signer/signingProfile:SigningProfile": {
    computed: (inputs, place) => {
      const name = typeof inputs["name"] === "string" ? inputs["name"] : generatedName(inputs["namePrefix"], place);
      const profileArn = arn("signer", place, `/signing-profiles/${name}`);
      const version = profileVersion(place.urn);
      return {
        id: name,
        name,
        arn: profileArn,
        version,
        versionArn: `${profileArn}/${version}`,
        platformDisplayName: "AWS Lambda",
        signatureValidityPeriod: inputs["signatureValidityPeriod"] ?? { value: 135, type: "MONTHS" },
        status: "Active",
        revocationRecords: [],
      };
    },
  },
  "aws:signer/signingJob:SigningJob": {
    computed: (inputs, place) => {
      const { bucket, prefix = "" } = inputs["destination"].s3;
      const jobId = uuidOf(`${place.urn} ${inputs["source"].s3.version}`);
      return {
        id: jobId,
        jobId,
        jobOwner: place.accountId,
        platformId: "AWSLambda-SHA384-ECDSA",
        platformDisplayName: "AWS Lambda",
        status: "Succeeded",
        signedObjects: [{ s3s: [{ bucket, key: `${prefix}${jobId}.zip` }] }],
        revocationRecords: [],
      };
    },
  },
  "aws:lambda/codeSigningConfig:CodeSigningConfig": {
    computed: (_inputs, place) => {
      const configId = `csc-${hexOf(place.urn, 17)}`;
      const configArn = arn("lambda", place, `code-signing-config:${configId}`);
      return { id: configArn, arn: configArn, configId };
    },
  },
};
