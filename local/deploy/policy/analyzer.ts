import type { EnforcementLevel, Policies, Severity } from "@pulumi/policy";
import type { AnalyzeRequest, AnalyzeResponse, AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { DeployedResource, Deployment } from "../deployment.ts";
import { toStruct } from "./protobuf.ts";

/** The part of Pulumi's Analyzer protocol that judges. */
export interface Analyzer {
  analyze(request: AnalyzeRequest): Promise<AnalyzeResponse>;
  analyzeStack(request: AnalyzeStackRequest): Promise<AnalyzeResponse>;
}

/** One violation of a rule, or one rule that could not be judged. */
export interface PolicyFinding {
  readonly rule: string;
  readonly enforcementLevel: EnforcementLevel;
  readonly severity: Severity | undefined;
  /** URN of the resource; undefined for a finding about the stack as a whole. */
  readonly urn: string | undefined;
  readonly message: string;
}

export interface PolicyReport {
  /** In order of rule, resource and message. */
  readonly findings: readonly PolicyFinding[];
  /** Rule -> URNs of the resources (of the stack, for a rule about the whole) that it was applied to. A rule without any has proven nothing. */
  readonly applied: Readonly<Record<string, readonly string[]>>;
}

const validationsOf = (rule: Policies[number]): number => ("validateStack" in rule ? 1 : [rule.validateResource ?? []].flat().length);

/** Has an analyzer judge a deployment as the engine does: the inputs of each resource, then the state of all. */
export async function judge(
  analyzer: Analyzer,
  deployment: Deployment,
  rules: Policies,
  levels: ReadonlyMap<string, { enforcementLevel: EnforcementLevel }>,
): Promise<PolicyReport> {
  const active = rules.filter(({ name }) => levels.get(name)?.enforcementLevel !== "disabled");
  const applied: Record<string, string[]> = Object.fromEntries(rules.map(({ name }) => [name, []]));
  const stackUrn = deployment.resources[0]?.urn ?? "";
  const findings: PolicyFinding[] = [];

  const take = (response: AnalyzeResponse, judged: Policies, urn: string | undefined): void => {
    // A rule with a validation for each of several types is called not applicable once for each of the others.
    const notApplicable = Map.groupBy(response.getNotApplicableList(), (entry) => entry.getPolicyName());
    for (const rule of judged) if ((notApplicable.get(rule.name)?.length ?? 0) < validationsOf(rule)) applied[rule.name]!.push(urn ?? stackUrn);
    for (const diagnostic of response.getDiagnosticsList()) {
      // The server puts the rule's description before the message of a violation, and the pack into that of a rule that could not run.
      const prefix = `${diagnostic.getDescription()}\n`;
      const message = diagnostic.getMessage().replace(/ from policy pack '[^']*'/, "");
      findings.push({
        rule: diagnostic.getPolicyname(),
        enforcementLevel: enforcementLevels[diagnostic.getEnforcementlevel()]!,
        severity: severities[diagnostic.getSeverity()],
        urn: diagnostic.getUrn() || urn,
        message: message.startsWith(prefix) ? message.slice(prefix.length) : message,
      });
    }
  };

  const resourceRules = active.filter((rule) => !("validateStack" in rule));
  for (const request of resourceRequests(deployment)) take(await analyzer.analyze(request), resourceRules, request.getUrn());
  const stackRules = active.filter((rule) => "validateStack" in rule);
  take(await analyzer.analyzeStack(stackRequest(deployment)), stackRules, undefined);
  return { findings: inOrder(findings), applied };
}

/** In order of rule, resource and message. */
export const inOrder = (findings: readonly PolicyFinding[]): PolicyFinding[] => [...findings].sort((a, b) => compare(keyOf(a), keyOf(b)));

/** What the engine asks of each resource: to judge its inputs. */
export function* resourceRequests({ resources }: Deployment): Generator<AnalyzeRequest> {
  const byUrn = urnsOf(resources);
  for (const resource of resources) yield requestFor(resource, byUrn);
}

/** What the engine asks at the end: to judge the state of all resources. */
export function stackRequest({ resources }: Deployment): AnalyzeStackRequest {
  const byUrn = urnsOf(resources);
  return new proto.AnalyzeStackRequest().setResourcesList(resources.map((resource) => stateOf(resource, byUrn)));
}

const urnsOf = (resources: Deployment["resources"]): ByUrn => new Map(resources.map((resource) => [resource.urn, resource]));

type ByUrn = ReadonlyMap<string, DeployedResource>;

function requestFor(resource: DeployedResource, byUrn: ByUrn): AnalyzeRequest {
  const provider = providerOf(resource, byUrn);
  const request = new proto.AnalyzeRequest()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(resource.urn)
    .setProperties(toStruct(resource.inputs))
    .setOptions(optionsOf(resource));
  return provider === undefined ? request : request.setProvider(provider);
}

function stateOf(resource: DeployedResource, byUrn: ByUrn): InstanceType<typeof proto.AnalyzerResource> {
  const provider = providerOf(resource, byUrn);
  const state = new proto.AnalyzerResource()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(resource.urn)
    .setProperties(toStruct(resource.outputs))
    .setOptions(optionsOf(resource))
    .setParent(resource.parent ?? "")
    .setDependenciesList([...resource.dependencies]);
  for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
    state.getPropertydependenciesMap().set(property, new proto.AnalyzerPropertyDependencies().setUrnsList([...urns]));
  }
  return provider === undefined ? state : state.setProvider(provider);
}

const optionsOf = ({ protect, ignoreChanges, parent }: DeployedResource): InstanceType<typeof proto.AnalyzerResourceOptions> =>
  new proto.AnalyzerResourceOptions()
    .setProtect(protect)
    .setIgnorechangesList([...ignoreChanges])
    .setParent(parent ?? "");

function providerOf({ provider: urn }: DeployedResource, byUrn: ByUrn): InstanceType<typeof proto.AnalyzerProviderResource> | undefined {
  const provider = urn === undefined ? undefined : byUrn.get(urn);
  return (
    provider && new proto.AnalyzerProviderResource().setType(provider.type).setName(provider.name).setUrn(provider.urn).setProperties(toStruct(provider.inputs))
  );
}

const enforcementLevels: Readonly<Record<number, EnforcementLevel>> = {
  [proto.EnforcementLevel.ADVISORY]: "advisory",
  [proto.EnforcementLevel.MANDATORY]: "mandatory",
  [proto.EnforcementLevel.REMEDIATE]: "remediate",
  [proto.EnforcementLevel.DISABLED]: "disabled",
};

const severities: Readonly<Record<number, Severity>> = {
  [proto.PolicySeverity.POLICY_SEVERITY_LOW]: "low",
  [proto.PolicySeverity.POLICY_SEVERITY_MEDIUM]: "medium",
  [proto.PolicySeverity.POLICY_SEVERITY_HIGH]: "high",
  [proto.PolicySeverity.POLICY_SEVERITY_CRITICAL]: "critical",
};

const keyOf = ({ rule, urn, message }: PolicyFinding): string => `${rule}\n${urn ?? ""}\n${message}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
