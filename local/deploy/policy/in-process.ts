import type { Policies, ResourceValidation } from "@pulumi/policy";
import * as policyServer from "@pulumi/policy/server.js";
import type { AnalyzeRequest, AnalyzeResponse, AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { listenToJudgements } from "../../../policies/judgements.ts";
import type { Deployment } from "../deployment.ts";
import { judge, type PolicyReport } from "./analyzer.ts";
import { type PolicyConfig, type RuleConfig, reconcile } from "./config.ts";

type Handler<Request> = (call: { request: Request }, callback: (error: Error | null | undefined, response: AnalyzeResponse) => void) => void;
type HandlerOf<Request> = (pack: string, version: string, level: string, rules: Policies) => Handler<Request>;

/** The functions with which the policy server answers the engine. Exported by the package, though not in its type declarations. */
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = policyServer as unknown as {
  makeAnalyzeRpcFun: HandlerOf<AnalyzeRequest>;
  makeAnalyzeStackRpcFun: HandlerOf<AnalyzeStackRequest>;
};

/** What the rules found, and what those about the whole stack looked at one by one. */
export interface InProcessReport extends PolicyReport {
  /** Rule -> URNs. Absent for rules about single resources, which the engine itself hands over one by one. */
  readonly judged: Readonly<Record<string, readonly string[]>>;
}

/**
 * Judges a deployment by rules, in this process, with the policy server's own functions: what is unknown, not
 * applicable or disabled is treated as there. Throws where a rule itself throws.
 */
export async function evaluatePolicies(rules: Policies, deployment: Deployment, config: PolicyConfig = {}): Promise<InProcessReport> {
  const configs = reconcile(rules, config);
  const judged = new Map<string, Set<string>>();
  const configured = rules.map((rule) => withConfig(rule, configs.get(rule.name)!, judged));
  const handled = [makeAnalyzeRpcFun, makeAnalyzeStackRpcFun].map((make) => make("in-process", "0.0.0", "mandatory", configured)) as [
    Handler<AnalyzeRequest>,
    Handler<AnalyzeStackRequest>,
  ];
  const report = await judge({ analyze: promised(handled[0]), analyzeStack: promised(handled[1]) }, deployment, rules, configs);
  return { ...report, judged: Object.fromEntries([...judged].map(([rule, urns]) => [rule, [...urns]])) };
}

/** The rule with its level and settings: the server's functions know only those that were sent to a server. */
function withConfig(rule: Policies[number], { enforcementLevel, properties }: RuleConfig, judged: Map<string, Set<string>>): Policies[number] {
  const getConfig = <T extends object>(): T => properties as T;
  if ("validateStack" in rule) {
    const urns = new Set<string>();
    judged.set(rule.name, urns);
    const validateStack: typeof rule.validateStack = (args, report) =>
      listenToJudgements(
        (urn) => urns.add(urn),
        () => rule.validateStack({ ...args, getConfig }, report),
      );
    return { ...rule, enforcementLevel, validateStack };
  }
  // The copy keeps the type that `validateResourceOfType` marks a function with.
  const bind = (validate: ResourceValidation): ResourceValidation =>
    Object.assign((...[args, report]: Parameters<ResourceValidation>) => validate({ ...args, getConfig }, report), validate);
  const { validateResource } = rule;
  if (validateResource === undefined) return { ...rule, enforcementLevel };
  return { ...rule, enforcementLevel, validateResource: Array.isArray(validateResource) ? validateResource.map(bind) : bind(validateResource) };
}

function promised<Request>(handler: Handler<Request>): (request: Request) => Promise<AnalyzeResponse> {
  return (request) => new Promise((resolve, reject) => handler({ request }, (error, response) => (error ? reject(error) : resolve(response))));
}
