import { hasLocalNvme } from "../../data/local-nvme-families.ts";
import { at, isComputed, isObject } from "../../expressions.ts";
import { isCustomerKey, isGiven } from "../../given.ts";

/** Where the settings of a kind of job lie, by their names in SageMaker's API. */
interface Shape {
  /** What holds the settings of the network; empty where the job itself does. */
  readonly network?: string;
  /** The key of what the job writes. */
  readonly output?: string;
  /** What holds the instance types; the first that is there. */
  readonly clusters?: readonly string[];
  readonly images?: readonly string[];
  /** Whether containers of one job may talk with one another. */
  readonly talks?: boolean;
}

const shapes = {
  processing: {
    network: "NetworkConfig",
    output: "ProcessingOutputConfig.KmsKeyId",
    clusters: ["ProcessingResources.ClusterConfig"],
    images: ["AppSpecification.ImageUri"],
    talks: true,
  },
  training: {
    network: "",
    output: "OutputDataConfig.KmsKeyId",
    clusters: ["HyperParameterTuningResourceConfig", "ResourceConfig"],
    images: ["AlgorithmSpecification.TrainingImage"],
    talks: true,
  },
  // Runs a model, whose own network and image are judged where the model is made.
  transform: { output: "TransformOutput.KmsKeyId", clusters: ["TransformResources"] },
  model: { network: "", images: ["PrimaryContainer.Image"] },
  // The configuration of an endpoint: runs models, too. See problemsOfHosting.
  hosting: {},
  dataQuality: {
    network: "NetworkConfig",
    output: "DataQualityJobOutputConfig.KmsKeyId",
    clusters: ["JobResources.ClusterConfig"],
    images: ["DataQualityAppSpecification.ImageUri"],
    talks: true,
  },
  monitoring: {
    network: "NetworkConfig",
    output: "MonitoringOutputConfig.KmsKeyId",
    clusters: ["MonitoringResources.ClusterConfig"],
    images: ["MonitoringAppSpecification.ImageUri"],
    talks: true,
  },
} as const satisfies Readonly<Record<string, Shape>>;

/** Something that runs containers of SageMaker, wherever it is written down: a state of a machine, a step of a pipeline, a resource. */
export interface Job {
  /** `State "Train"`. */
  readonly subject: string;
  readonly kind: keyof typeof shapes;
  readonly settings: unknown;
  /** Names of settings: `KmsKeyId` in the API, `kmsKeyId` in resources. */
  readonly spelling: "api" | "resource";
  /** What a cluster that is computed may turn out to be, where that can be known. */
  readonly clustersOf?: (computed: unknown) => readonly unknown[];
}

/** The training jobs of a tuning job. */
export function trainingsOf(tuning: Omit<Job, "kind">): Job[] {
  const one = at(tuning.settings, spell(tuning, "TrainingJobDefinition"));
  const many = at(tuning.settings, spell(tuning, "TrainingJobDefinitions"));
  const found = [...(one === undefined ? [] : [one]), ...(Array.isArray(many) ? many : [])];
  return (found.length === 0 ? [undefined] : found).map((settings) => ({ ...tuning, kind: "training", settings }));
}

/** Everything that keeps a job from being cut off from networks and encrypted wherever it writes, as sentences without their subject. */
export const problemsOfJob = (job: Job): string[] => [
  ...problemsOfNetwork(job),
  ...problemsOfOutput(job),
  ...problemsOfClusters(job),
  ...problemsOfShell(job),
  ...problemsOfHosting(job),
];

/** The images that a job runs. */
export function imagesOf(job: Job): unknown[] {
  const { images = [] }: Shape = shapes[job.kind];
  return images.map((path) => at(job.settings, spell(job, path)));
}

const spell = ({ spelling }: Pick<Job, "spelling">, path: string): string =>
  spelling === "api" ? path : path.replace(/(^|\.)[A-Z]/g, (letters) => letters.toLowerCase());

function problemsOfNetwork(job: Job): string[] {
  const { network: path, talks = false }: Shape = shapes[job.kind];
  if (path === undefined) return [];
  const network = at(job.settings, spell(job, path));
  const named = (name: string): string => spell(job, path === "" ? name : `${path}.${name}`);
  const own = (name: string): string => spell(job, name);
  const flags = ["EnableNetworkIsolation", ...(talks ? ["EnableInterContainerTrafficEncryption"] : [])];
  const vpc = at(network, own("VpcConfig"));
  const lists = ["Subnets", "SecurityGroupIds"].filter((name) => !isList(vpc, own(name)));
  return [
    ...flags.filter((name) => at(network, own(name)) !== true).map((name) => `must set ${named(name)} to true`),
    ...lists.map((name) => `must set ${named(`VpcConfig.${name}`)}`),
  ];
}

const isList = (holder: unknown, key: string): boolean => {
  const value: unknown = isObject(holder) ? Object.getOwnPropertyDescriptor(holder, key)?.value : undefined;
  return Array.isArray(value) ? value.length > 0 : isObject(holder) && isGiven(holder, key) && !isComputed(value);
};

function problemsOfOutput(job: Job): string[] {
  const { output }: Shape = shapes[job.kind];
  if (output === undefined) return [];
  const path = spell(job, output);
  return isWrittenKey(at(job.settings, parentOf(path)), nameOf(path)) ? [] : [`must set ${path} to a customer-managed key, written out`];
}

/** A key that is computed could be one of AWS's. */
export const isWrittenKey = (holder: unknown, key: string): boolean =>
  isObject(holder) && isCustomerKey(holder, key) && !isComputed(Object.getOwnPropertyDescriptor(holder, key)?.value);

function problemsOfClusters(job: Job): string[] {
  const { clusters = [] }: Shape = shapes[job.kind];
  if (clusters.length === 0) return [];
  const own = clusters.map((path) => at(job.settings, spell(job, path))).find((cluster) => cluster !== undefined);
  const written = isObject(own) ? [own] : (job.clustersOf?.(own) ?? [undefined]);
  return [...new Set(written.flatMap((cluster) => problemsOfCluster(cluster, job)))];
}

/** Lists of instance types that one of is picked from, beside `InstanceType` itself. */
const choices = ["InstancePreferences", "InstanceGroups", "InstanceConfigs"];

function problemsOfCluster(cluster: unknown, job: Job): string[] {
  const type = spell(job, "InstanceType");
  const listed = choices.flatMap((name) => at(cluster, spell(job, name)) ?? []).map((choice) => at(choice, type));
  const types = [...(at(cluster, type) === undefined ? [] : [at(cluster, type)]), ...listed];
  return problemsOfVolumes(types, cluster, spell(job, "VolumeKmsKeyId"));
}

/**
 * A volume key is named exactly where the hardware does not encrypt (`policies/data/local-nvme-families.ts`), so the types that one key is
 * for must agree. `holder[key]` is that key.
 */
export function problemsOfVolumes(types: readonly unknown[], holder: unknown, key: string): string[] {
  if (types.length === 0 || !types.every(isInstanceType)) return ["names no instance type that can be judged"];
  const all = [...new Set(types)].join(", ");
  const local = types.filter(hasLocalNvme).length;
  if (local > 0 && local < types.length) return [`may run on ${all}, some of which refuse a volume key while others need one`];
  if (local === 0) return isWrittenKey(holder, key) ? [] : [`runs on ${all} and must set ${key} to a customer-managed key, written out`];
  return isObject(holder) && isGiven(holder, key) ? [`runs on ${all}, whose disks encrypt themselves, and must not set ${key}, which SageMaker refuses`] : [];
}

const isInstanceType = (value: unknown): value is string => typeof value === "string" && value.startsWith("ml.");

/** What an endpoint writes: its volumes, answers from a queue, and copies of what it was asked. */
function problemsOfHosting(job: Job): string[] {
  if (job.kind !== "hosting") return [];
  const own = (path: string): string => spell(job, path);
  const variants: unknown = at(job.settings, own("ProductionVariants"));
  const types = Array.isArray(variants) ? variants.map((variant) => at(variant, own("InstanceType"))) : [];
  const written = ["AsyncInferenceConfig.OutputConfig", "DataCaptureConfig"].filter(
    (path) => at(job.settings, own(path.split(".")[0] as string)) !== undefined,
  );
  return [
    ...problemsOfVolumes(types, job.settings, own("KmsKeyId")),
    ...written
      .filter((path) => !isWrittenKey(at(job.settings, own(path)), own("KmsKeyId")))
      .map((path) => `must set ${own(path)}.${own("KmsKeyId")} to a customer-managed key, written out`),
  ];
}

/** AWS Systems Manager opens a shell in a training container where remote debugging is on. */
function problemsOfShell(job: Job): string[] {
  const path = spell(job, "RemoteDebugConfig.EnableRemoteDebug");
  const value = at(job.settings, path);
  return value === undefined || value === false ? [] : [`must not set ${path}`];
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(".")));
const nameOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
