import { credentials } from "@grpc/grpc-js";
import rpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { CheckResponse, ConfigureResponse, CreateResponse, DiffResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { expect } from "chai";
import { toStruct } from "../../../local/deploy/policy/protobuf.ts";
import { unknownValue } from "../../../local/deploy/values.ts";
import { type ProviderServers, serveProvider } from "../../../local/engine/provider-server.ts";
import { offlineProvider } from "../../../local/provider/offline.ts";

const type = "aws:kms/key:Key";
const urn = `urn:pulumi:dev::svp::${type}::data`;

describe("the local provider in Pulumi's protocol", () => {
  let servers: ProviderServers;
  let client: InstanceType<typeof rpc.ResourceProviderClient>;
  const ask = <Response>(call: (done: (error: Error | null, response: Response) => void) => unknown): Promise<Response> =>
    new Promise((resolve, reject) => call((error, response) => (error ? reject(error) : resolve(response))));

  before(async () => {
    servers = await serveProvider(offlineProvider());
    client = new rpc.ResourceProviderClient(`127.0.0.1:${servers.ports.aws}`, credentials.createInsecure());
    const args = toStruct({ region: "us-east-1", allowedAccountIds: '["111111111111"]' });
    await ask<ConfigureResponse>((done) =>
      client.configure(new proto.ConfigureRequest().setUrn("urn:provider").setType("pulumi:providers:aws").setArgs(args), done),
    );
  });
  after(async () => {
    client.close();
    await servers[Symbol.asyncDispose]();
  });

  const create = (preview: boolean) =>
    ask<CreateResponse>((done) =>
      client.create(
        new proto.CreateRequest()
          .setUrn(urn)
          .setType(type)
          .setName("data")
          .setProperties(toStruct({ enableKeyRotation: true }))
          .setPreview(preview),
        done,
      ),
    );

  it("makes a resource in the account and region of the connection's provider", async () => {
    const response = await create(false);
    const { arn, enableKeyRotation } = response.getProperties()?.toJavaScript() ?? {};
    expect(arn).to.equal(`arn:aws:kms:us-east-1:111111111111:key/${response.getId()}`);
    expect(enableKeyRotation).to.equal(true);
    expect(servers.calls.at(-1)).to.deep.equal({ kind: "create", urn });
  });

  it("makes nothing in a preview, and says that what is computed is unknown", async () => {
    const before = servers.calls.length;
    const response = await create(true);
    expect(response.getId()).to.equal("");
    expect(response.getProperties()?.toJavaScript()).to.include({ arn: unknownValue, enableKeyRotation: true });
    expect(servers.calls).to.have.length(before);
  });

  it("finds every input that is wrong", async () => {
    const response = await ask<CheckResponse>((done) =>
      client.check(
        new proto.CheckRequest()
          .setUrn(urn)
          .setType(type)
          .setNews(toStruct({ enableKeyRotation: "yes", colour: "red" })),
        done,
      ),
    );
    expect(response.getFailuresList().map((failure) => failure.getProperty())).to.have.members(["enableKeyRotation", "colour"]);
  });

  it("tells which changes need a new resource", async () => {
    const diff = (before: object, after: object, of = "aws:dynamodb/table:Table") =>
      ask<DiffResponse>((done) =>
        client.diff(
          new proto.DiffRequest()
            .setUrn(urn)
            .setType(of)
            .setOldInputs(toStruct({ ...before }))
            .setNews(toStruct({ ...after })),
          done,
        ),
      );
    const renamed = await diff({ name: "a", billingMode: "X" }, { name: "b", billingMode: "Y" });
    expect(renamed.getDiffsList()).to.deep.equal(["billingMode", "name"]);
    expect(renamed.getReplacesList()).to.deep.equal(["name"]);
    expect((await diff({ name: "a" }, { name: "a" })).getChanges()).to.equal(proto.DiffResponse.DiffChanges.DIFF_NONE);
  });

  it("names what it does not know or do", async () => {
    const unknownType = new proto.CreateRequest().setUrn(urn).setType("aws:nothing/nothing:Nothing").setProperties(toStruct({}));
    const refusal = await ask<CreateResponse>((done) => client.create(unknownType, done)).catch((error: Error) => error);
    expect((refusal as Error).message).to.contain("The local provider does not know the resource type aws:nothing/nothing:Nothing.");
    const schema = await ask<unknown>((done) => client.getSchema(new proto.GetSchemaRequest(), done)).catch((error: Error) => error);
    expect((schema as Error).message).to.contain("This provider does not implement getSchema.");
  });
});
