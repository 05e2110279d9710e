import type { DeployedResource, Deployment } from "../deploy/deployment.ts";

/** What a picture of a stack shows: accounts, in them areas, in them components, and who uses whom. */
export interface Picture {
  readonly stack: string;
  readonly resourceCount: number;
  readonly road: readonly Step[];
  readonly accounts: readonly Account[];
  readonly uses: readonly Use[];
}

/** A step of the road that a video takes, and the functions of that step. */
export interface Step {
  readonly name: string;
  readonly functions: readonly string[];
}

export interface Account {
  /** Twelve digits, or nothing for what lies in no account. */
  readonly id: string;
  /** Names of the providers that stand for it: "workload". */
  readonly providers: readonly string[];
  readonly regions: readonly string[];
  readonly areas: readonly Area[];
}

export interface Area {
  readonly name: string;
  readonly cards: readonly Card[];
}

/** A component that the program makes at its top, with everything inside it. */
export interface Card {
  readonly urn: string;
  readonly name: string;
  /** The component's class in words: "case analysis". */
  readonly kind: string;
  readonly area: string;
  /** What is inside, by what it is called, most telling first: 3 queues, 1 table. */
  readonly counts: readonly Count[];
  /** How many resources are inside that serve those: roles, policies, logs, settings. */
  readonly minorCount: number;
  /** Names of the components inside, without the name of this one. */
  readonly parts: readonly string[];
  /** Used by so many that lines would hide the rest; shown as a mark on each user. */
  readonly isFoundation: boolean;
}

export interface Count {
  readonly what: string;
  readonly count: number;
}

export interface Use {
  readonly user: string;
  readonly used: string;
}

/** Areas from the ground up; what the list does not know comes last. */
export const areaOrder = [
  "organization",
  "identity",
  "security",
  "audit",
  "network",
  "operations",
  "compute",
  "data",
  "analysis",
  "experience",
  "learning",
  "other",
];
/** Areas whose components may be foundations. */
const groundAreas = new Set(["organization", "identity", "security", "audit", "network", "operations", "compute", "other"]);
/** Users from which a component of the ground is a foundation. */
const foundationUsers = 4;

/** The road of a video, in its order; functions are named after their step. */
const steps = ["ingest", "prepare", "analyse", "aggregate", "report", "serve", "learn"];

const stackType = "pulumi:pulumi:Stack";
const referenceType = "pulumi:pulumi:StackReference";
const isProvider = ({ type }: DeployedResource): boolean => type.startsWith("pulumi:providers:");

export function pictureOf({ stack, resources }: Pick<Deployment, "stack" | "resources">): Picture {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const top = (resource: DeployedResource): DeployedResource => {
    const parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
    return parent === undefined || parent.type === stackType ? resource : top(parent);
  };
  const own = resources.filter((resource) => resource.type !== stackType && !isProvider(resource));
  const groups = Map.groupBy(own, (resource) => top(resource).urn);
  const uses = usesOf(own, (urn) => {
    const resource = byUrn.get(urn);
    return resource === undefined || isProvider(resource) || resource.type === stackType ? undefined : top(resource).urn;
  });
  const users = Map.groupBy(uses, ({ used }) => used);
  const cards = [...groups].map(([urn, inside]) => {
    const card = cardOf(byUrn.get(urn)!, inside);
    return { ...card, isFoundation: groundAreas.has(card.area) && (users.get(urn)?.length ?? 0) >= foundationUsers };
  });
  return {
    stack,
    resourceCount: own.filter(({ custom, type }) => custom && type !== referenceType).length,
    road: roadOf(own),
    accounts: accountsOf(cards, groups, byUrn),
    uses,
  };
}

/** Component uses component, through any input of any resource inside: each pair once, in order of registration. */
function usesOf(resources: readonly DeployedResource[], owner: (urn: string) => string | undefined): Use[] {
  const found = new Map<string, Use>();
  for (const resource of resources) {
    const user = owner(resource.urn)!;
    for (const used of Object.values(resource.propertyDependencies).flat().map(owner)) {
      if (used !== undefined && used !== user) found.set(`${user} ${used}`, { user, used });
    }
  }
  return [...found.values()];
}

function cardOf(root: DeployedResource, inside: readonly DeployedResource[]): Omit<Card, "isFoundation"> {
  const made = inside.filter(({ custom, type }) => (custom || type.startsWith("awsx:")) && type !== referenceType);
  const named = Map.groupBy(made, ({ type, inputs }) => wordsOf(type, inputs));
  const counts = [...named].map(([what, { length }]) => ({ what, count: length }));
  const major = counts.filter(({ what }) => !isMinor(what));
  const [, area = "", cls = ""] = root.type.split(":");
  const isComponent = root.type.startsWith("svp:");
  return {
    urn: root.urn,
    name: root.name,
    kind: root.type === referenceType ? "another stack" : inWords(isComponent ? cls : root.type.slice(root.type.lastIndexOf(":") + 1)),
    area: isComponent ? area : "other",
    // A component that is nothing but roles and policies says how many.
    counts: (major.length > 0 ? major : counts).toSorted((a, b) => rank(a.what) - rank(b.what) || b.count - a.count || (a.what < b.what ? -1 : 1)),
    minorCount: major.length > 0 ? counts.filter(({ what }) => isMinor(what)).reduce((sum, { count }) => sum + count, 0) : 0,
    parts: inside.filter(({ type, parent }) => parent === root.urn && isPart(type)).map(({ name }) => withoutPrefix(name, root.name)),
  };
}

/** Roles are everywhere. */
const isPart = (type: string): boolean => type.startsWith("svp:") && !type.endsWith(":ServiceRole");
const withoutPrefix = (name: string, prefix: string): string => (name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name);

/** "stateMachine" and "StateMachine" are "state machine", "IPSet" is "IP set". */
export const inWords = (name: string): string =>
  name
    .replace(/v2$/i, "")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(" ")
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(" ");

/** Types whose own name says too little. */
const names: Readonly<Record<string, string>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm",
  "aws:kms/key:Key": "key",
  "aws:apigatewayv2/api:Api": "HTTP API",
  "aws:ec2/vpc:Vpc": "VPC",
  "aws:ec2/natGateway:NatGateway": "NAT gateway",
  "aws:ec2/eip:Eip": "public address",
  "aws:wafv2/webAcl:WebAcl": "web ACL",
  "aws:s3/bucketObjectv2:BucketObjectv2": "object",
  "aws:mediaconvert/queue:Queue": "MediaConvert queue",
  "aws:organizations/policy:Policy": "organization policy",
  "aws:iam/policy:Policy": "managed policy",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "OIDC provider",
  "aws:cfg/recorder:Recorder": "Config recorder",
  "aws:guardduty/detector:Detector": "GuardDuty detector",
  "aws:securityhub/account:Account": "Security Hub",
  "aws:macie2/account:Account": "Macie",
  "aws:accessanalyzer/analyzer:Analyzer": "access analyzer",
  "aws:backup/vault:Vault": "backup vault",
  "aws:backup/plan:Plan": "backup plan",
  "aws:cloudtrail/trail:Trail": "trail",
  "aws:ecr/repository:Repository": "image repository",
  "aws:sagemaker/domain:Domain": "Studio domain",
  "awsx:ecr:Image": "container image",
};

function wordsOf(type: string, inputs: DeployedResource["inputs"]): string {
  if (type === "aws:ec2/vpcEndpoint:VpcEndpoint") return inputs["vpcEndpointType"] === "Interface" ? "interface endpoint" : "gateway endpoint";
  return names[type] ?? inWords(type.slice(type.lastIndexOf(":") + 1));
}

/** Serves something else that is shown. */
const isMinor = (what: string): boolean =>
  /^(role|role policy|log group|alias|permission|integration|route|stage|object|managed policy|model|public address)$/.test(what) ||
  /(policy|attachment|association|configuration|status|acl rule|group rule|egress rule|ingress rule|subscription|notification|controls|access block|versioning|logging|target|entry|mapping|certificate validation|record)$/.test(
    what,
  );

/** What tells most of a component comes first. */
const telling = ["state machine", "function", "bucket", "table", "key", "VPC", "subnet", "endpoint", "HTTP API", "user pool", "distribution", "queue", "topic"];
const rank = (what: string): number => {
  const at = telling.indexOf(what);
  return at === -1 ? telling.length : at;
};

function roadOf(resources: readonly DeployedResource[]): Step[] {
  const functions = resources.filter(({ type }) => type === "aws:lambda/function:Function").map(({ name }) => name);
  return steps
    .map((name) => ({ name, functions: functions.filter((each) => each.startsWith(`${name}-`)).map((each) => each.slice(name.length + 1)) }))
    .filter((step) => step.functions.length > 0);
}

function accountsOf(cards: readonly Card[], groups: ReadonlyMap<string, readonly DeployedResource[]>, byUrn: ReadonlyMap<string, DeployedResource>): Account[] {
  const providersOf = (card: Card): DeployedResource[] =>
    (groups.get(card.urn) ?? []).flatMap(({ provider }) => (provider === undefined ? [] : (byUrn.get(provider) ?? [])));
  const placed = cards.map((card) => ({ card, providers: providersOf(card) }));
  // A component lies where most of it does; one that spans two Regions of an account lies in that account.
  const accountOf = (providers: readonly DeployedResource[]): string => {
    const counted = [...Map.groupBy(providers, idOf)].sort(([, a], [, b]) => b.length - a.length);
    return counted[0]?.[0] ?? "";
  };
  return [...Map.groupBy(placed, ({ providers }) => accountOf(providers))]
    .map(([id, members]): Account => {
      const providers = [...new Set(members.flatMap((member) => member.providers))].filter((provider) => idOf(provider) === id);
      const areas = Map.groupBy(
        members.map(({ card }) => card),
        ({ area }) => area,
      );
      return {
        id,
        providers: [...new Set(providers.map(({ name }) => name))].sort(),
        regions: [...new Set(providers.map(({ inputs }) => String(inputs["region"])))].sort(),
        areas: [...areas].map(([name, inside]) => ({ name, cards: inside })).sort((a, b) => areaRank(a.name) - areaRank(b.name) || (a.name < b.name ? -1 : 1)),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

const idOf = ({ inputs }: DeployedResource): string => String((inputs["allowedAccountIds"] as string[] | undefined)?.[0] ?? "");
const areaRank = (area: string): number => {
  const at = areaOrder.indexOf(area);
  return at === -1 ? areaOrder.length : at;
};
