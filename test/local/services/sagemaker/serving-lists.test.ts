import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type * as sdk from "@aws-sdk/client-sagemaker";
import type { ListEndpointConfigsOutput, ListEndpointsOutput, ListModelsOutput } from "@aws-sdk/client-sagemaker";
import { expect } from "chai";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import type { Call } from "../../../../local/wire/service.ts";
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

  it("tell it in the order and of the time that is asked for, of endpoints ten a page", async () => {
    const name = async (input: object): Promise<(string | undefined)[]> => (await models({ NameContains: "sort-", ...input })).names;
    for (const model of ["sort-b", "sort-a"]) {
      await makeModel(model);
      await new Promise((wake) => setTimeout(wake, 2));
    }
    expect(await name({})).to.deep.equal(["sort-a", "sort-b"]);
    expect(await name({ SortOrder: "Ascending" })).to.deep.equal(["sort-b", "sort-a"]);
    expect(await name({ SortBy: "Name" })).to.deep.equal(["sort-b", "sort-a"]);
    expect(await name({ SortBy: "Name", SortOrder: "Ascending" })).to.deep.equal(["sort-a", "sort-b"]);
    // Times are Dates by the time that the wire has read them.
    const list = async (input: sdk.ListModelsInput): Promise<sdk.ModelSummary[]> => {
      const answer = await open.services[0].operations["ListModels"]?.({ NameContains: "sort-", ...input }, { authorize: () => undefined } as unknown as Call);
      return (answer as ListModelsOutput).Models ?? [];
    };
    const at = (await list({})).find(({ ModelName }) => ModelName === "sort-a")?.CreationTime;
    const since = async (input: sdk.ListModelsInput) => (await list(input)).map(({ ModelName }) => ModelName);
    expect(await since({ CreationTimeAfter: at })).to.deep.equal(["sort-a"]);
    expect(await since({ CreationTimeBefore: at })).to.deep.equal(["sort-b"]);
    for (let i = 0; i < 10; i++) open.putEndpoint({ name: `many-${i}`, arn: arn(`endpoint/many-${i}`), configName: "program" });
    const { Endpoints = [], NextToken } = await call<ListEndpointsOutput>("ListEndpoints", { SortBy: "Status", StatusEquals: "InService" });
    const rest = await call<ListEndpointsOutput>("ListEndpoints", { NextToken });
    expect([Endpoints.length, rest.Endpoints?.length, rest.NextToken]).to.deep.equal([10, 1, undefined]);
  });

  it("take no name that AWS refuses, and no configuration without one variant of a model that is there", async () => {
    const variant = { VariantName: "current", ModelName: "program-model", InstanceType: "ml.m5.large", InitialInstanceCount: 1 };
    const make = async (EndpointConfigName: string, ProductionVariants: object[]) =>
      (await failure(call("CreateEndpointConfig", { EndpointConfigName, ProductionVariants }))).message;
    expect(await make("a_b", [{ ...variant, VariantName: "-a", ModelName: "none" }])).to.equal(
      'EndpointConfigName is "a_b"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends. ' +
        'VariantName is "-a"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends. The model "none" does not exist.',
    );
    expect(await make(`a${"-".repeat(62)}a`, [])).to.match(/^EndpointConfigName is .*ProductionVariants is empty; it must have at least one\.$/);
    expect(await make("program", [variant])).to.equal(`Cannot create already existing endpoint configuration "${arn("endpoint-config/program")}".`);
    expect(await make("driver", [{ ...variant, InferenceAmiVersion: "newest" }])).to.match(
      /^InferenceAmiVersion is "newest"; it must be one of .*al2-ami-sagemaker-inference-gpu-2, .*\. InferenceAmiVersion can't be given for ml\.m5\.large, which/,
    );
    expect(await make("two", [variant, variant])).to.include("does not implement CreateEndpointConfig with 2 variants");
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
    const wrong = { SortBy: "Status", SortOrder: "Up", NextToken: "x", MaxResults: 101, NameContains: "a_b" };
    expect((await failure(call("ListModels", wrong))).message).to.equal(
      'SortBy is "Status"; it must be one of Name, CreationTime. SortOrder is "Up"; it must be Ascending or Descending. ' +
        'NextToken is "x", which no list gave. MaxResults is 101; it must be 1 to 100. NameContains is "a_b"; it must be 1 to 63 letters, digits and hyphens.',
    );
    expect((await failure(call("ListModels", { StatusEquals: "InService" }))).message).to.equal("The local cloud does not implement ListModels.StatusEquals.");
    cloud.deny = ({ action }) => action.startsWith("sagemaker:");
    for (const [operation, input] of Object.entries({
      ...{ ListModels: {}, ListEndpointConfigs: {}, ListEndpoints: {} },
      ...{ DeleteModel: { ModelName: "svp-a" }, DeleteEndpointConfig: { EndpointConfigName: "program" } },
    }))
      expect((await failure(call(operation, input))).message, operation).to.include(`sagemaker:${operation}`);
  });
});
