import { credentials } from "@grpc/grpc-js";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import type { RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import resources from "@pulumi/pulumi/proto/resource_pb.js";
import { toStruct } from "../deploy/policy/protobuf.ts";
import type { Created, Properties } from "../deploy/provider.ts";
import { decodeProperties, unknownValue } from "../deploy/values.ts";

/**
 * Constructs `awsx.ecr.Image`, the one remote component that the program uses: the plugin of `awsx` registers the component with the
 * engine and builds the image; here the provider answers what an image that is built would have.
 */
export async function constructImage(
  request: ConstructRequest,
  create: (resource: { type: string; name: string; urn: string; inputs: Properties }) => Promise<Created>,
): Promise<InstanceType<typeof proto.ConstructResponse>> {
  const [type, name] = [request.getType(), request.getName()];
  if (type !== "awsx:ecr:Image") throw new Error(`This provider does not construct ${type}.`);
  const inputs = decodeProperties(request.getInputs()?.toJavaScript());
  const registration = new resources.RegisterResourceRequest()
    .setType(type)
    .setName(name)
    .setParent(request.getParent())
    .setCustom(false)
    .setRemote(false)
    .setAcceptsecrets(true)
    .setObject(request.getInputs())
    .setDependenciesList(request.getDependenciesList());
  request.getProvidersMap().forEach((reference, key) => {
    registration.getProvidersMap().set(key, reference);
  });
  const monitor = new rpc.ResourceMonitorClient(request.getMonitorendpoint(), credentials.createInsecure());
  try {
    const registered = await new Promise<RegisterResourceResponse>((resolve, reject) => {
      monitor.registerResource(registration, (error, response) => (error ? reject(error) : resolve(response)));
    });
    const urn = registered.getUrn();
    const imageUri = request.getDryrun() ? unknownValue : (await create({ type, name, urn, inputs })).outputs["imageUri"];
    const state = toStruct({ imageUri });
    await new Promise<void>((resolve, reject) => {
      monitor.registerResourceOutputs(new resources.RegisterResourceOutputsRequest().setUrn(urn).setOutputs(state), (error) =>
        error ? reject(error) : resolve(),
      );
    });
    return new proto.ConstructResponse().setUrn(urn).setState(state);
  } finally {
    monitor.close();
  }
}
