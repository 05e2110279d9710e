import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { credentials } from "@grpc/grpc-js";
import type { EnforcementLevel, Policies } from "@pulumi/policy";
import rpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type { AnalyzeResponse, AnalyzerInfo, ConfigureAnalyzerRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { Deployment } from "../deployment.ts";
import { type Analyzer, judge, type PolicyReport } from "./analyzer.ts";
import { type PolicyConfig, type RuleConfig, reconcile } from "./config.ts";
import { Empty, toStruct } from "./protobuf.ts";

/** A policy pack in a process of its own that answers the Analyzer protocol, as beside the Pulumi CLI. */
export interface PolicyServer extends AsyncDisposable {
  /** Name, version and rules of the pack, as it tells the engine. */
  info(): Promise<AnalyzerInfo.AsObject>;
  /** Configures the pack and has it judge a deployment. `rules` are those that the pack serves. */
  evaluate(rules: Policies, deployment: Deployment, config?: PolicyConfig): Promise<PolicyReport>;
}

/** The script by which Pulumi's language host starts a pack. */
const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");

/** Starts the pack in `folder` as the Pulumi CLI does. Rejects with what it printed if it does not start. */
export async function startPolicyServer(folder: string): Promise<PolicyServer> {
  // The address is the engine's, which a pack without a CLI has no use for.
  const child = spawn(process.execPath, [runner, "127.0.0.1:0", folder], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const port = await portOf(child, folder);
  const client = new rpc.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    async info() {
      return (await answer<AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done))).toObject();
    },
    async evaluate(rules, deployment, config = {}) {
      const configs = reconcile(rules, config);
      await answer<unknown>((done) => client.configure(configuration(configs), done));
      const analyzer: Analyzer = {
        analyze: (request) => answer<AnalyzeResponse>((done) => client.analyze(request, done)),
        analyzeStack: (request) => answer<AnalyzeResponse>((done) => client.analyzeStack(request, done)),
      };
      return judge(analyzer, deployment, rules, configs);
    },
    async [Symbol.asyncDispose]() {
      client.close();
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

/** The first line that the pack prints is its port. */
async function portOf(child: ChildProcess, folder: string): Promise<number> {
  const complaints = text(child.stderr!);
  const lines = createInterface({ input: child.stdout! });
  const { value: line } = (await lines[Symbol.asyncIterator]().next()) as { value: string | undefined };
  const port = Number(line);
  if (Number.isInteger(port) && port > 0) return port;
  child.kill();
  throw new Error(`The policy pack in ${folder} did not start: ${line ?? ""}${await complaints}`);
}

function answer<Response>(ask: (done: (error: Error | null, response: Response) => void) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => ask((error, response) => (error ? reject(error) : resolve(response))));
}

function configuration(configs: ReadonlyMap<string, RuleConfig>): ConfigureAnalyzerRequest {
  const request = new proto.ConfigureAnalyzerRequest();
  for (const [rule, { enforcementLevel, properties }] of configs) {
    request.getPolicyconfigMap().set(rule, new proto.PolicyConfig().setEnforcementlevel(levels[enforcementLevel]).setProperties(toStruct(properties)));
  }
  return request;
}

const levels: Readonly<Record<EnforcementLevel, proto.EnforcementLevel>> = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  remediate: proto.EnforcementLevel.REMEDIATE,
  disabled: proto.EnforcementLevel.DISABLED,
};
