import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ListEndpointConfigsOutput, ListEndpointsOutput, ListModelsOutput } from "@aws-sdk/client-sagemaker";
import { expect } from "chai";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import { failure } from "../../../support/failure.ts";
import { account, createFolderCloud, type FolderCloud, jobRole, jobServiceOptions, noAlarms, region } from "../folder-store.ts";
import { imageUri } from "./requests.ts";

const context = fileURLToPath(new URL("container", import.meta.url));
const arn = (resource: string): string => `arn:aws:sagemaker:${region}:${account}:${resource}`;

describe("Lists of models, configurations and endpoints", () => {
  let cloud: FolderCloud;
  let open: SageMaker;
  before(async () => {
    cloud = await createFolderCloud();
    open = createSageMaker({ ...(await jobServiceOptions(cloud, join(cloud.folder, "sagemaker"))), publish: async () => {}, alarms: noAlarms, waitScale: 0 });
    open.putImage({ imageUri, context, dockerfile: join(context, "Dockerfile") });
    open.putModel({ name: "program-model", arn: arn("model/program-model"), roleArn: jobRole, image: imageUri, environment: {} });
    open.putEndpointConfig({ name: "program", modelName: "program-model", variantName: "current" });
    open.putEndpoint({ name: "inference", arn: arn("endpoint/inference"), configName: "program" });
  });
  after(async () => {
    await open.close();
    await cloud.remove();
  });
  beforeEach(() => {
    cloud.deny = () => false;
  });
  const call = <Output>(operation: string, input: object): Promise<Output> => cloud.call<Output>(open.services[0], operation, input);
  const S3DataSource = { S3Uri: "s3://models/endpoint-models/a/", S3DataType: "S3Prefix", CompressionType: "None" };
  const makeModel = (ModelName: string) =>
    call("CreateModel", { ModelName, ExecutionRoleArn: jobRole, PrimaryContainer: { Image: imageUri, ModelDataSource: { S3DataSource } } });
  const models = async (input: object) => {
    const { Models = [], NextToken } = await call<ListModelsOutput>("ListModels", input);
    return { names: Models.map(({ ModelName }) => ModelName), NextToken };
  };

  it("tell what there is, newest first, by a part of its name, a page at a time", async () => {
    const began = Date.now();
    for (const name of ["svp-a", "svp-b"]) await makeModel(name);
    expect((await models({ NameContains: "svp-" })).names).to.have.members(["svp-a", "svp-b"]);
    const first = await models({ MaxResults: 2 });
    expect([first.names.length, (await models({ MaxResults: 2, NextToken: first.NextToken })).names]).to.deep.equal([2, ["program-model"]]);
    const { Models: [made] = [] } = await call<ListModelsOutput>("ListModels", { NameContains: "svp-a" });
    expect(made?.ModelArn).to.equal(arn("model/svp-a"));
    expect(made?.CreationTime?.getTime()).to.be.within(began, Date.now());
    const { EndpointConfigs } = await call<ListEndpointConfigsOutput>("ListEndpointConfigs", {});
    expect(EndpointConfigs).to.deep.equal([{ EndpointConfigName: "program", EndpointConfigArn: arn("endpoint-config/program"), CreationTime: new Date(0) }]);
    const { Endpoints = [] } = await call<ListEndpointsOutput>("ListEndpoints", {});
    expect(Endpoints.map(({ EndpointName, EndpointArn, EndpointStatus }) => [EndpointName, EndpointArn, EndpointStatus])).to.deep.equal([
      ["inference", arn("endpoint/inference"), "InService"],
    ]);
  });

  it("lose what is deleted, and nothing that an endpoint uses", async () => {
    await makeModel("svp-gone");
    const variant = { VariantName: "current", ModelName: "svp-gone", InstanceType: "ml.m5.large", InitialInstanceCount: 1 };
    await call("CreateEndpointConfig", { EndpointConfigName: "svp-gone", ProductionVariants: [variant] });
    await call("DeleteEndpointConfig", { EndpointConfigName: "svp-gone" });
    await call("DeleteModel", { ModelName: "svp-gone" });
    expect((await models({ NameContains: "svp-gone" })).names).to.deep.equal([]);
    expect((await failure(call("DeleteModel", { ModelName: "svp-gone" }))).message).to.equal(`Could not find model "${arn("model/svp-gone")}".`);
    expect((await failure(call("DeleteEndpointConfig", { EndpointConfigName: "svp-gone" }))).message).to.include("Could not find endpoint configuration");
    expect((await failure(call("DeleteEndpointConfig", { EndpointConfigName: "program" }))).message).to.include("of what the endpoint inference uses");
  });

  it("are refused to who may not, and in ways that are not implemented", async () => {
    for (const input of [{ SortBy: "Name" }, { CreationTimeBefore: new Date() }])
      expect((await failure(call("ListModels", input))).message).to.include("ListModels");
    cloud.deny = ({ action }) => action.startsWith("sagemaker:");
    for (const [operation, input] of Object.entries({
      ...{ ListModels: {}, ListEndpointConfigs: {}, ListEndpoints: {} },
      ...{ DeleteModel: { ModelName: "svp-a" }, DeleteEndpointConfig: { EndpointConfigName: "program" } },
    }))
      expect((await failure(call(operation, input))).message, operation).to.include(`sagemaker:${operation}`);
  });
});
