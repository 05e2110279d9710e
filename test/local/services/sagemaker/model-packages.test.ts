import { join } from "node:path";
import type { CreateModelPackageInput, CreateModelPackageOutput, DescribeModelPackageOutput, ListModelPackagesOutput } from "@aws-sdk/client-sagemaker";
import { expect } from "chai";
import { createModelPackages, type ModelPackages } from "../../../../local/services/sagemaker/model-packages.ts";
import type { BusEvent } from "../../../../local/services/seams.ts";
import type { OperationService } from "../../../../local/wire/service.ts";
import { failure } from "../../../support/failure.ts";
import { account, createFolderCloud, type FolderCloud, handlerRole, jobServiceOptions, region } from "../folder-store.ts";

const group = "svp-prod-phase-classifier";
const versionArn = (number: number | string, of = group): string => `arn:aws:sagemaker:${region}:${account}:model-package/${of}/${number}`;
const groupArn = `arn:aws:sagemaker:${region}:${account}:model-package-group/${group}`;
const candidate = (more: Partial<CreateModelPackageInput> = {}): CreateModelPackageInput => ({
  ModelPackageGroupName: group,
  ModelPackageDescription: "phase-classifier 1.1.0",
  InferenceSpecification: {
    Containers: [
      {
        Image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/inference@sha256:1",
        ModelDataSource: { S3DataSource: { S3Uri: "s3://models/training/run-1/model/", S3DataType: "S3Prefix", CompressionType: "None" } },
      },
    ],
    SupportedContentTypes: ["image/jpeg"],
    SupportedResponseMIMETypes: ["application/json"],
  },
  ModelMetrics: { ModelQuality: { Statistics: { ContentType: "application/json", S3Uri: "s3://models/training/run-1/quality.json" } } },
  CustomerMetadataProperties: { version: "1.1.0", sha256: "a".repeat(64) },
  ...more,
});

describe("Model packages", () => {
  let cloud: FolderCloud;
  let packages: ModelPackages;
  let folder: string;
  let events: BusEvent[];
  const open = async (): Promise<void> => {
    packages = createModelPackages({ ...(await jobServiceOptions(cloud, folder)), publish: async (event) => void events.push(event) });
    packages.putGroup({ name: group, arn: groupArn });
  };
  beforeEach(async () => {
    cloud = await createFolderCloud();
    folder = join(cloud.folder, "sagemaker");
    events = [];
    await open();
    packages.start();
  });
  afterEach(async () => {
    await packages.close();
    await cloud.remove();
  });
  const call = <Output>(operation: string, input: object): Promise<Output> =>
    cloud.call<Output>({ operations: packages.operations } as OperationService, operation, input);
  const create = (more: Partial<CreateModelPackageInput> = {}): Promise<CreateModelPackageOutput> => call("CreateModelPackage", candidate(more));
  const describeVersion = (number: number): Promise<DescribeModelPackageOutput> => call("DescribeModelPackage", { ModelPackageName: versionArn(number) });
  const list = (more: object = {}): Promise<ListModelPackagesOutput> => call("ListModelPackages", { ModelPackageGroupName: group, ...more });
  const numbers = async (more: object = {}) => (await list(more)).ModelPackageSummaryList?.map(({ ModelPackageVersion }) => ModelPackageVersion);
  const rule = (number: number, ModelApprovalStatus: string, ApprovalDescription?: string) =>
    call("UpdateModelPackage", { ModelPackageArn: versionArn(number), ModelApprovalStatus, ...(ApprovalDescription !== undefined && { ApprovalDescription }) });

  it("numbers versions, which wait for a person unless something else is asked", async () => {
    expect(await create()).to.deep.equal({ ModelPackageArn: versionArn(1) });
    expect(await create({ ModelApprovalStatus: "Approved" })).to.deep.equal({ ModelPackageArn: versionArn(2) });
    const { CreationTime, LastModifiedTime, ...told } = await describeVersion(1);
    expect(CreationTime).to.be.instanceOf(Date);
    expect(LastModifiedTime).to.deep.equal(CreationTime);
    const { InferenceSpecification, ModelMetrics, CustomerMetadataProperties } = candidate();
    expect(JSON.parse(JSON.stringify(told))).to.deep.equal({
      ...{ InferenceSpecification, ModelMetrics, CustomerMetadataProperties },
      ModelPackageDescription: "phase-classifier 1.1.0",
      ModelPackageGroupName: group,
      ModelPackageVersion: 1,
      ModelPackageArn: versionArn(1),
      ModelPackageStatus: "Completed",
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      ModelApprovalStatus: "PendingManualApproval",
    });
    expect((await describeVersion(2)).ModelApprovalStatus).to.equal("Approved");
  });

  it("gives the same version to who asks twice with one token, and another to another", async () => {
    expect(await create({ ClientToken: "one" })).to.deep.equal({ ModelPackageArn: versionArn(1) });
    expect(await create({ ClientToken: "one" })).to.deep.equal({ ModelPackageArn: versionArn(1) });
    expect(await create({ ClientToken: "two" })).to.deep.equal({ ModelPackageArn: versionArn(2) });
  });

  it("keeps what a person says of a version, also over a restart", async () => {
    await create();
    await rule(1, "Approved", "Better in every phase.");
    await packages.close();
    await open();
    packages.start();
    const { ModelApprovalStatus, ApprovalDescription } = await describeVersion(1);
    expect([ModelApprovalStatus, ApprovalDescription]).to.deep.equal(["Approved", "Better in every phase."]);
  });

  it("tells the bus of each change, also of one that happened before it could listen", async () => {
    await packages.close();
    await open();
    await create();
    await rule(1, "Rejected", "Misses instruments in smoke.");
    expect(events).to.have.length(0);
    packages.start();
    while (events.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const [created, rejected] = events as [BusEvent, BusEvent];
    expect([created.source, created["detail-type"], created.resources]).to.deep.equal([
      "aws.sagemaker",
      "SageMaker Model Package State Change",
      [versionArn(1)],
    ]);
    const { ModelPackageGroupName, ModelPackageVersion, ModelPackageArn, ModelApprovalStatus, ModelPackageStatus } = created.detail;
    expect([ModelPackageGroupName, ModelPackageVersion, ModelPackageArn, ModelApprovalStatus, ModelPackageStatus]).to.deep.equal([
      ...[group, 1, versionArn(1), "PendingManualApproval", "Completed"],
    ]);
    expect([rejected.detail["ModelApprovalStatus"], rejected.detail["ApprovalDescription"]]).to.deep.equal(["Rejected", "Misses instruments in smoke."]);
  });

  it("lists versions of a group, oldest first unless asked otherwise, by status and in pages", async () => {
    for (let i = 0; i < 3; i++) await create();
    await rule(2, "Approved");
    expect(await numbers()).to.deep.equal([1, 2, 3]);
    expect(await numbers({ SortOrder: "Descending" })).to.deep.equal([3, 2, 1]);
    expect(await numbers({ ModelApprovalStatus: "Approved" })).to.deep.equal([2]);
    const page = await list({ MaxResults: 2 });
    expect(page.ModelPackageSummaryList?.map(({ ModelPackageVersion }) => ModelPackageVersion)).to.deep.equal([1, 2]);
    expect(await numbers({ MaxResults: 2, NextToken: page.NextToken })).to.deep.equal([3]);
  });

  it("asks for leave on the version, on the group where one is made, with the status as condition", async () => {
    await create();
    await rule(1, "Approved");
    await list();
    expect(cloud.uses.map(({ caller, action, resource, context }) => [caller, action, resource, context])).to.deep.equal([
      [handlerRole, "sagemaker:CreateModelPackage", groupArn, {}],
      [handlerRole, "sagemaker:CreateModelPackage", versionArn("*"), {}],
      [handlerRole, "sagemaker:UpdateModelPackage", versionArn(1), { "sagemaker:ModelApprovalStatus": "Approved" }],
      [handlerRole, "sagemaker:ListModelPackages", versionArn("*"), undefined],
    ]);
    cloud.deny = ({ action }) => action === "sagemaker:UpdateModelPackage";
    expect((await failure(rule(1, "Rejected"))).name).to.equal("AccessDeniedException");
    expect((await describeVersion(1)).ModelApprovalStatus).to.equal("Approved");
  });

  it("refuses what AWS refuses, with all reasons, and names what it does not implement", async () => {
    const says = async (work: Promise<unknown>): Promise<string> => {
      const { name, message } = await failure(work);
      return `${name}: ${message}`;
    };
    expect(await says(call("DescribeModelPackage", { ModelPackageName: versionArn(9) }))).to.equal(
      `ValidationException: ModelPackage ${versionArn(9)} does not exist.`,
    );
    expect(await says(create({ ModelPackageGroupName: "other" }))).to.equal(
      `ValidationException: ModelPackageGroup arn:aws:sagemaker:${region}:${account}:model-package-group/other does not exist.`,
    );
    expect(
      await says(create({ Tags: [{ Key: "a", Value: "b" }], InferenceSpecification: { Containers: [] }, CustomerMetadataProperties: { a: "" } })),
    ).to.equal(
      'ValidationException: Tags can\'t be given with ModelPackageGroupName: a version has the tags of its group. InferenceSpecification.Containers has 0 entries; it must have 1 to 15. CustomerMetadataProperties.a is "", which is not allowed.',
    );
    expect(await says(create({ ValidationSpecification: { ValidationRole: "r", ValidationProfiles: [] } }))).to.match(
      /^NotImplemented: .*CreateModelPackage.ValidationSpecification/,
    );
    expect(await says(call("CreateModelPackage", { ModelPackageName: "alone" }))).to.match(/^NotImplemented: .*CreateModelPackage.ModelPackageName/);
    expect(await says(rule(1, "Approved"))).to.equal(`ValidationException: ModelPackage ${versionArn(1)} does not exist.`);
    expect(await numbers()).to.deep.equal([]);
  });
});
