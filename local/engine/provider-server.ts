import { isDeepStrictEqual } from "node:util";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type {
  CheckRequest,
  ConfigureRequest,
  ConstructRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  InvokeRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty, toStruct } from "../deploy/policy/protobuf.ts";
import type { Properties, Provider, ProviderReference } from "../deploy/provider.ts";
import { checkInputs } from "../deploy/schema/check.ts";
import { openSchemas } from "../deploy/schema/schemas.ts";
import { decodeProperties, unknownValue } from "../deploy/values.ts";
import { constructImage } from "./construct.ts";
import { replacedBy } from "./replacements.ts";

/** The provider that the local cloud has, in Pulumi's own protocol: the engine attaches to it by `PULUMI_DEBUG_PROVIDERS`. */
export interface ProviderServers extends AsyncDisposable {
  /** Of the package `aws`, and of `awsx` with its remote components. */
  readonly ports: { readonly aws: number; readonly awsx: number };
  /** What the engine has asked for since the start, by kind of call and URN: tells what an update really did. */
  readonly calls: readonly EngineCall[];
}

export interface EngineCall {
  readonly kind: "create" | "update" | "delete";
  readonly urn: string;
}

type Method = (call: Call<never>, done: Answer<never>) => void;

type Call<Request> = ServerUnaryCall<Request, unknown>;
type Answer<T> = sendUnaryData<T>;
type Message = { toJavaScript(): Record<string, unknown> } | undefined;

const plain = (message: Message): Record<string, unknown> => decodeProperties(message?.toJavaScript());

/** Serves a provider to an engine. */
export async function serveProvider(provider: Provider): Promise<ProviderServers> {
  const calls: EngineCall[] = [];
  const explicit = new Map<string, ProviderReference>();
  const servers = [methods(provider, "aws", explicit, calls), methods(provider, "awsx", explicit, calls)].map((handlers) => {
    const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    server.addService(rpc.ResourceProviderService, handlers as never);
    return server;
  });
  const [aws, awsx] = (await Promise.all(servers.map(listen))) as [number, number];
  return {
    ports: { aws, awsx },
    calls,
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.forceShutdown();
    },
  };
}

const listen = (server: Server): Promise<number> =>
  new Promise((listening, failed) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => (error ? failed(error) : listening(port)));
  });

/** The protocol's methods for one package. `explicit` holds the providers of the program that the engine has configured, by URN. */
function methods(provider: Provider, pack: "aws" | "awsx", explicit: Map<string, ProviderReference>, calls: EngineCall[]): Record<string, Method> {
  const schemas = openSchemas();
  /** The engine opens a connection for each explicit provider, and says over it which one it is. */
  const configured = new Map<string, ProviderReference>();

  const check = (type: string, inputs: Properties): { path: string; reason: string }[] => [
    ...checkInputs(type, inputs, schemas).filter(({ severity }) => severity === "error"),
    ...(provider.check?.(type, inputs) ?? []),
  ];

  const create = async (call: Call<unknown>, request: { type: string; name: string; urn: string; inputs: Properties }) =>
    provider.create({ ...request, provider: configured.get(call.getPeer()) });

  /** State before anything is made: what the provider computes is not known yet. */
  const planned = (type: string, inputs: Properties, before: Properties = {}): Properties => {
    const outputs = (schemas.resource(type)?.outputs ?? []).filter((output) => inputs[output] === undefined);
    return { ...inputs, ...Object.fromEntries(outputs.map((output) => [output, output in before ? before[output] : unknownValue])) };
  };

  const handlers: Record<string, Method> = {};
  /** Adds a method; what it throws becomes the call's error, in words. */
  const on = <Request, Response>(method: string, work: (call: Call<Request>) => Response | Promise<Response>): void => {
    handlers[method] = ((call: Call<Request>, done: Answer<Response>) => {
      Promise.resolve()
        .then(() => work(call))
        .then(
          (response) => done(null, response),
          (error: Error) => done({ code: status.UNKNOWN, details: error.message }),
        );
    }) as never;
  };

  // What makes components must take secrets as such; of what does not, the engine itself keeps track.
  const acceptSecrets = pack === "awsx";
  on("handshake", () => new proto.ProviderHandshakeResponse().setAcceptSecrets(acceptSecrets));
  on("attach", () => new Empty());
  on("getPluginInfo", () => new plugins.PluginInfo().setVersion("0.0.0"));
  on("checkConfig", ({ request }: Call<CheckRequest>) => new proto.CheckResponse().setInputs(request.getNews()));
  on("diffConfig", ({ request }: Call<DiffRequest>) => difference(plain(request.getOldInputs()), plain(request.getNews()), []));
  on("configure", (call: Call<ConfigureRequest>) => {
    const type = call.request.getType() ?? "";
    const inputs = schemas.parseProviderInputs(type, plain(call.request.getArgs()));
    const reference = { urn: call.request.getUrn() ?? "", inputs };
    configured.set(call.getPeer(), reference);
    explicit.set(reference.urn, reference);
    return new proto.ConfigureResponse().setSupportspreview(true).setAcceptsecrets(acceptSecrets);
  });
  on("invoke", async (call: Call<InvokeRequest>) => {
    const result = await provider.invoke(call.request.getTok(), plain(call.request.getArgs()), configured.get(call.getPeer()));
    return new proto.InvokeResponse().setReturn(toStruct(result));
  });
  on("check", ({ request }: Call<CheckRequest>) => {
    const response = new proto.CheckResponse().setInputs(request.getNews());
    for (const { path, reason } of check(request.getType(), plain(request.getNews())))
      response.addFailures(new proto.CheckFailure().setProperty(path).setReason(reason));
    return response;
  });
  on("diff", ({ request }: Call<DiffRequest>) => difference(plain(request.getOldInputs()), plain(request.getNews()), replacedBy(request.getType())));
  on("create", async (call: Call<CreateRequest>) => {
    const { request } = call;
    const [type, name, urn] = [request.getType(), request.getName(), request.getUrn()];
    const inputs = plain(request.getProperties());
    if (request.getPreview()) return new proto.CreateResponse().setProperties(toStruct(planned(type, inputs)));
    calls.push({ kind: "create", urn });
    const { id, outputs } = await create(call, { type, name, urn, inputs });
    return new proto.CreateResponse().setId(id).setProperties(toStruct(outputs));
  });
  on("update", async (call: Call<UpdateRequest>) => {
    const { request } = call;
    const [type, name, urn] = [request.getType(), request.getName(), request.getUrn()];
    const inputs = plain(request.getNews());
    if (request.getPreview()) return new proto.UpdateResponse().setProperties(toStruct(planned(type, inputs, plain(request.getOlds()))));
    calls.push({ kind: "update", urn });
    const { outputs } = await create(call, { type, name, urn, inputs });
    return new proto.UpdateResponse().setProperties(toStruct(outputs));
  });
  on("delete", ({ request }: Call<DeleteRequest>) => {
    calls.push({ kind: "delete", urn: request.getUrn() });
    return new Empty();
  });
  on("read", ({ request }: Call<ReadRequest>) => {
    const response = new proto.ReadResponse().setId(request.getId()).setProperties(request.getProperties());
    return response.setInputs(request.getInputs());
  });
  on("construct", ({ request }: Call<ConstructRequest>) => {
    const reference = request.getProvidersMap().get("aws") ?? "";
    const chosen = explicit.get(reference.slice(0, reference.lastIndexOf("::")));
    return constructImage(request, (resource) => provider.create({ ...resource, provider: chosen }));
  });
  on("cancel", () => new Empty());
  for (const method of ["parameterize", "getSchema", "call", "list", "getMapping", "getMappings"])
    handlers[method] ??= ((_: never, done: Answer<never>) =>
      done({ code: status.UNIMPLEMENTED, details: `This provider does not implement ${method}.` })) as never;

  return handlers;
}

/** What changes between two sets of inputs, and which changes AWS can make only by a new resource. */
function difference(before: Properties, after: Properties, replacing: readonly string[]): InstanceType<typeof proto.DiffResponse> {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !isDeepStrictEqual(before[key], after[key])).sort();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  return new proto.DiffResponse()
    .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(changed)
    .setReplacesList(changed.filter((key) => replacing.includes(key)));
}
