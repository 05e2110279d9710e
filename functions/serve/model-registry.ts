import { DescribeModelPackageCommand, ListModelPackagesCommand, type SageMakerClient, UpdateModelPackageCommand } from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import { type ModelDecision, modelId, type RegisteredVersion, registeredVersion } from "../../contracts/model-registry.ts";
import { NotFound } from "../runtime/errors.ts";
import { parseStored } from "../runtime/parse.ts";

/** Names of the registry's groups by the network whose versions each holds: what the functions are deployed with. */
export const modelGroups = z.record(modelId, z.string().min(1));
export type ModelGroups = z.infer<typeof modelGroups>;

/** A version, and the `s3://` location of what was measured of it, if it names one. */
export interface FoundVersion {
  readonly told: RegisteredVersion;
  readonly quality: string | null;
}

export interface Registry {
  /** The newest versions of a group, newest first, at most so many. */
  newest(group: string, most: number): Promise<FoundVersion[]>;
  /** One version. Throws NotFound if there is none. */
  version(group: string, version: number): Promise<RegisteredVersion>;
  /** Keeps what somebody decided about a version. */
  decide(group: string, version: number, decision: Pick<ModelDecision, "approval" | "reason">, facts: Readonly<Record<string, string>>): Promise<void>;
}

/** The registry in SageMaker. `arnPrefix` is that of every version of the account: `arn:...:model-package/`. */
export function sageMakerRegistry(client: SageMakerClient, arnPrefix: string): Registry {
  const arnOf = (group: string, version: number): string => `${arnPrefix}${group}/${version}`;
  async function find(group: string, number: number): Promise<FoundVersion> {
    const found = await client.send(new DescribeModelPackageCommand({ ModelPackageName: arnOf(group, number) })).catch((error: Error) => {
      if (error.name === "ValidationException" && /does not exist/i.test(error.message)) throw new NotFound("There is no such version.");
      throw error;
    });
    const told = {
      version: found.ModelPackageVersion,
      approval: found.ModelApprovalStatus,
      createdAt: found.CreationTime?.toISOString(),
      description: found.ModelPackageDescription ?? null,
      facts: found.CustomerMetadataProperties ?? {},
      reason: found.ApprovalDescription ?? null,
    };
    return {
      told: parseStored(registeredVersion, told, "A version in the model registry"),
      quality: found.ModelMetrics?.ModelQuality?.Statistics?.S3Uri ?? null,
    };
  }
  return {
    version: async (group, number) => (await find(group, number)).told,
    async newest(group, most) {
      const { ModelPackageSummaryList = [] } = await client.send(
        new ListModelPackagesCommand({ ModelPackageGroupName: group, SortBy: "CreationTime", SortOrder: "Descending", MaxResults: most }),
      );
      const versions: FoundVersion[] = [];
      // One after the other: SageMaker takes few such questions a second.
      for (const { ModelPackageVersion } of ModelPackageSummaryList) versions.push(await find(group, ModelPackageVersion as number));
      return versions;
    },
    async decide(group, number, { approval, reason }, facts) {
      await client.send(
        new UpdateModelPackageCommand({
          ModelPackageArn: arnOf(group, number),
          ModelApprovalStatus: approval,
          ApprovalDescription: reason,
          CustomerMetadataProperties: { ...facts },
        }),
      );
    },
  };
}
