import { join } from "node:path";
import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, type Operation, ServiceError } from "../../wire/service.ts";
import { openDatabase, transaction } from "../database.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import { createOutbox, outboxSchema } from "../outbox.ts";
import type { EventBus } from "../seams.ts";
import { checkApproval, checkModelPackage } from "./model-package-check.ts";

export interface ModelPackageGroup {
  readonly name: string;
  readonly arn: string;
}

export interface ModelPackages {
  readonly operations: Readonly<Record<string, Operation>>;
  /** Makes a group known, as the program declares it. */
  putGroup(group: ModelPackageGroup): void;
  /** Starts to tell the bus, first what an earlier process left. */
  start(): void;
  close(): Promise<void>;
}

/** What is kept of a version, as `DescribeModelPackage` tells it, with times in milliseconds. */
interface Version {
  readonly group: string;
  readonly number: number;
  readonly request: sdk.CreateModelPackageInput;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS groups (name TEXT PRIMARY KEY, arn TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS versions (
    "group" TEXT NOT NULL, number INTEGER NOT NULL, token TEXT, value TEXT NOT NULL, PRIMARY KEY ("group", number)
  ) STRICT;
  ${outboxSchema}`;

const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);
const metadataContext = (input: { CustomerMetadataProperties?: Record<string, string> | undefined; ModelApprovalStatus?: string | undefined }) => ({
  ...(input.ModelApprovalStatus === undefined ? {} : { "sagemaker:ModelApprovalStatus": input.ModelApprovalStatus }),
});

/**
 * Versions of models in the groups that the program declares, and whether each is approved. A version is `Completed` once it is there: nothing
 * here validates or scans one. Versions outside groups are not implemented.
 */
export function createModelPackages(options: JobServiceOptions & { publish: EventBus["publish"] }): ModelPackages {
  const { region, account } = options;
  const database = openDatabase(join(options.folder, "model-packages"), schema);
  const outbox = createOutbox("SageMaker", database, options.publish, options.log);
  const putGroup = database.prepare("INSERT INTO groups VALUES (?, ?) ON CONFLICT DO UPDATE SET arn = excluded.arn");
  const groupOf = database.prepare("SELECT arn FROM groups WHERE name = ?");
  const put = database.prepare('INSERT INTO versions VALUES (?, ?, ?, ?) ON CONFLICT ("group", number) DO UPDATE SET value = excluded.value');
  const get = database.prepare('SELECT value FROM versions WHERE "group" = ? AND number = ?');
  const byToken = database.prepare('SELECT value FROM versions WHERE "group" = ? AND token = ?');
  const all = database.prepare('SELECT value FROM versions WHERE "group" = ? ORDER BY number');
  const last = database.prepare('SELECT coalesce(max(number), 0) AS number FROM versions WHERE "group" = ?');

  const prefix = `arn:aws:sagemaker:${region}:${account}:model-package/`;
  const arnOf = (group: string, version: number | string): string => `${prefix}${group}/${version}`;
  const groupArn = (group: string): string => `arn:aws:sagemaker:${region}:${account}:model-package-group/${group}`;
  const parse = (row: unknown): Version | undefined => (row === undefined ? undefined : JSON.parse((row as { value: string }).value));
  const needGroup = (name: string | undefined): string => {
    const group = name?.startsWith("arn:") ? name.split("/").at(-1) : name;
    if (group === undefined || groupOf.get(group) === undefined) throw invalid(`ModelPackageGroup ${groupArn(group ?? "")} does not exist.`);
    return group;
  };
  const needVersion = (arn: string | undefined): Version => {
    const [group = "", number = ""] = arn?.startsWith(prefix) ? arn.slice(prefix.length).split("/") : [];
    const found = parse(get.get(group, Number(number)));
    if (!found) throw invalid(`ModelPackage ${arn} does not exist.`);
    return found;
  };

  /** The change and the event that tells of it: both, or neither. (SageMaker Developer Guide, "SageMaker model package state change") */
  const keep = (version: Version, token?: string): void => {
    transaction(database, () => {
      put.run(version.group, version.number, token ?? null, JSON.stringify(version));
      const arn = arnOf(version.group, version.number);
      const { CreationTime, LastModifiedTime, ...described } = describeVersion(version);
      outbox.add({
        source: "aws.sagemaker",
        "detail-type": "SageMaker Model Package State Change",
        ...{ account, region },
        time: new Date(version.updatedAt).toISOString(),
        resources: [arn],
        detail: { ...described, CreationTime: new Date(version.createdAt).toISOString(), LastModifiedTime: new Date(version.updatedAt).toISOString() },
      });
    });
    outbox.wake();
  };

  function describeVersion({ group, number, request, createdAt, updatedAt }: Version): sdk.DescribeModelPackageOutput {
    const { ClientToken: _, ModelPackageGroupName: _group, ...told } = request;
    return {
      ...told,
      ModelPackageName: undefined,
      ModelPackageGroupName: group,
      ModelPackageVersion: number,
      ModelPackageArn: arnOf(group, number),
      CreationTime: new Date(createdAt),
      ModelPackageStatus: "Completed",
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      LastModifiedTime: new Date(updatedAt),
    } as sdk.DescribeModelPackageOutput;
  }

  async function create(input: sdk.CreateModelPackageInput, call: Call): Promise<sdk.CreateModelPackageOutput> {
    checkModelPackage(input);
    const group = (input.ModelPackageGroupName as string).split("/").at(-1) as string;
    for (const resource of [groupArn(group), arnOf(group, "*")]) call.authorize("sagemaker:CreateModelPackage", resource, metadataContext(input));
    needGroup(group);
    // Asked twice, SageMaker gives the same version.
    const again = input.ClientToken === undefined ? undefined : parse(byToken.get(group, input.ClientToken));
    if (again) return { ModelPackageArn: arnOf(group, again.number) };
    const { number } = last.get(group) as { number: number };
    const now = Date.now();
    // What SageMaker's Python SDK says where nobody says anything; the API reference tells no default.
    const request = { ...input, ModelApprovalStatus: input.ModelApprovalStatus ?? "PendingManualApproval" };
    keep({ group, number: number + 1, request, createdAt: now, updatedAt: now }, input.ClientToken);
    return { ModelPackageArn: arnOf(group, number + 1) };
  }

  async function update(input: sdk.UpdateModelPackageInput, call: Call): Promise<sdk.UpdateModelPackageOutput> {
    call.authorize("sagemaker:UpdateModelPackage", input.ModelPackageArn as string, metadataContext(input));
    assertImplemented("UpdateModelPackage", input, ["ModelPackageArn", "ModelApprovalStatus", "ApprovalDescription", "CustomerMetadataProperties"]);
    const version = needVersion(input.ModelPackageArn);
    if ((input.ApprovalDescription?.length ?? 0) > 1024) throw invalid("ApprovalDescription has more than 1024 characters.");
    checkApproval(input);
    const { ModelApprovalStatus, ApprovalDescription, CustomerMetadataProperties } = input;
    const request = {
      ...version.request,
      ...(ModelApprovalStatus === undefined ? {} : { ModelApprovalStatus }),
      ...(ApprovalDescription === undefined ? {} : { ApprovalDescription }),
      ...(CustomerMetadataProperties === undefined
        ? {}
        : { CustomerMetadataProperties: { ...version.request.CustomerMetadataProperties, ...CustomerMetadataProperties } }),
    };
    keep({ ...version, request, updatedAt: Date.now() });
    return { ModelPackageArn: input.ModelPackageArn };
  }

  async function describe(input: sdk.DescribeModelPackageInput, call: Call): Promise<sdk.DescribeModelPackageOutput> {
    assertImplemented("DescribeModelPackage", input, ["ModelPackageName"]);
    call.authorize("sagemaker:DescribeModelPackage", input.ModelPackageName as string);
    return describeVersion(needVersion(input.ModelPackageName));
  }

  async function list(input: sdk.ListModelPackagesInput, call: Call): Promise<sdk.ListModelPackagesOutput> {
    assertImplemented("ListModelPackages", input, ["ModelPackageGroupName", "ModelApprovalStatus", "SortBy", "SortOrder", "MaxResults", "NextToken"]);
    if (input.ModelPackageGroupName === undefined) throw invalid("ModelPackageGroupName is missing: only versions in groups are implemented.");
    call.authorize("sagemaker:ListModelPackages", arnOf(input.ModelPackageGroupName.split("/").at(-1) as string, "*"));
    const group = needGroup(input.ModelPackageGroupName);
    if (input.SortBy === "Name") throw invalid("Versions of a group are sorted by CreationTime.");
    const found = all
      .all(group)
      .map((row) => describeVersion(parse(row) as Version))
      .filter(({ ModelApprovalStatus }) => input.ModelApprovalStatus === undefined || ModelApprovalStatus === input.ModelApprovalStatus)
      .map(
        ({ ModelPackageArn, ModelPackageVersion, ModelPackageDescription, CreationTime, ModelPackageStatus, ModelApprovalStatus }) =>
          ({
            ...{ ModelPackageGroupName: group, ModelPackageArn, ModelPackageVersion, CreationTime, ModelPackageStatus, ModelApprovalStatus },
            ...(ModelPackageDescription === undefined ? {} : { ModelPackageDescription }),
          }) as sdk.ModelPackageSummary,
      );
    // (API reference, ListModelPackages: "The default is Ascending", by CreationTime; at most 100 on a page)
    if (input.SortOrder === "Descending") found.reverse();
    const begin = Number(input.NextToken ?? 0);
    const end = begin + (input.MaxResults ?? 100);
    return { ModelPackageSummaryList: found.slice(begin, end), ...(end < found.length ? { NextToken: String(end) } : {}) };
  }

  return {
    operations: { CreateModelPackage: create, UpdateModelPackage: update, DescribeModelPackage: describe, ListModelPackages: list },
    putGroup: ({ name, arn }) => void putGroup.run(name, arn),
    start: outbox.start,
    async close() {
      await outbox.close();
      database.close();
    },
  };
}
