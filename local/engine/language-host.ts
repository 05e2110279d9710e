import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { Server, ServerCredentials, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from "@grpc/grpc-js";
import rpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type { RunPluginRequest, RunRequest } from "@pulumi/pulumi/proto/language_pb.js";
import proto from "@pulumi/pulumi/proto/language_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import { Empty } from "../deploy/policy/protobuf.ts";

/**
 * Pulumi's language host for Node: what the engine starts as `pulumi-language-nodejs ENGINE-ADDRESS` to run a program or a policy
 * pack. It starts the very runners that `@pulumi/pulumi` ships. The host that comes with the Pulumi CLI has no Go module of
 * its own in the registries; it does the same, and looks for a program's plugins as well, which nothing here wants to be downloaded.
 */
const [engine = ""] = process.argv.slice(2).filter((arg) => !arg.startsWith("-"));

const require = createRequire(import.meta.url);
const runners = { program: require.resolve("@pulumi/pulumi/cmd/run"), analyzer: require.resolve("@pulumi/pulumi/cmd/run-policy-pack") };

/** Exit code of a runner that has told the user what is wrong (`@pulumi/pulumi/cmd/run`). */
const toldTheUser = 32;

type Answer<T> = sendUnaryData<T>;
const unimplemented = (what: string) => (_: unknown, done: Answer<never>) =>
  done({ code: status.UNIMPLEMENTED, details: `This language host does not implement ${what}.` });

function run({ request }: ServerUnaryCall<RunRequest, unknown>, done: Answer<InstanceType<typeof proto.RunResponse>>): void {
  const info = request.getInfo();
  const flags: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engine],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["parallel", String(request.getParallel())],
  ];
  const child = spawn(
    process.execPath,
    [
      runners.program,
      ...flags.filter(([, value]) => value !== "").map(([flag, value]) => `--${flag}=${value}`),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      // For "." the runner takes package.json's main.
      info?.getEntryPoint() || ".",
      ...request.getArgsList(),
    ],
    {
      cwd: info?.getProgramDirectory() ?? request.getPwd(),
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        // Node strips the types itself, as Pulumi.yaml asks.
        PULUMI_NODEJS_TYPESCRIPT: "false",
      },
    },
  );
  child.once("error", (error) => done({ code: status.INTERNAL, details: error.message }));
  child.once("close", (code) => {
    const response = new proto.RunResponse();
    if (code === toldTheUser) response.setBail(true);
    else if (code !== 0) response.setError(`The program ended with exit code ${code}.`);
    done(null, response);
  });
}

function runPlugin(call: ServerWritableStream<RunPluginRequest, InstanceType<typeof proto.RunPluginResponse>>): void {
  const { request } = call;
  if (request.getKind() !== "analyzer") {
    call.emit("error", { code: status.UNIMPLEMENTED, details: `This language host runs policy packs, no plugins of kind "${request.getKind()}".` });
    return;
  }
  const env = Object.fromEntries(request.getEnvList().map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]));
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const child = spawn(process.execPath, [runners.analyzer, ...request.getArgsList(), folder], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (chunk: Buffer) => call.write(new proto.RunPluginResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk: Buffer) => call.write(new proto.RunPluginResponse().setStderr(chunk)));
  child.once("close", (code) => {
    call.write(new proto.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
  call.once("cancelled", () => child.kill());
}

const server = new Server();
server.addService(rpc.LanguageRuntimeService, {
  handshake: (_: unknown, done: Answer<unknown>) => done(null, new proto.LanguageHandshakeResponse()),
  getPluginInfo: (_: unknown, done: Answer<unknown>) => done(null, new plugins.PluginInfo().setVersion("0.0.0")),
  getRequiredPackages: (_: unknown, done: Answer<unknown>) => done(null, new proto.GetRequiredPackagesResponse()),
  getRequiredPlugins: (_: unknown, done: Answer<unknown>) => done(null, new proto.GetRequiredPluginsResponse()),
  getProgramDependencies: (_: unknown, done: Answer<unknown>) => done(null, new proto.GetProgramDependenciesResponse()),
  runtimeOptionsPrompts: (_: unknown, done: Answer<unknown>) => done(null, new proto.RuntimeOptionsResponse()),
  about: (_: unknown, done: Answer<unknown>) => done(null, new proto.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  cancel: (_: unknown, done: Answer<unknown>) => done(null, new Empty()),
  run,
  runPlugin,
  installDependencies: unimplemented("InstallDependencies"),
  template: unimplemented("Template"),
  generateProgram: unimplemented("GenerateProgram"),
  generateProject: unimplemented("GenerateProject"),
  generatePackage: unimplemented("GeneratePackage"),
  pack: unimplemented("Pack"),
  link: unimplemented("Link"),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
});
