import { endpointModelsPrefix, experimentsPrefix, trainingPrefix } from "../../../contracts/keys.ts";
import { type StaleSweep, sweepRequest } from "../../../contracts/stale.ts";
import { TryAgain } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import {
  type Folder,
  type FoundConfiguration,
  type FoundModel,
  type FoundVersion,
  type Stale,
  staleConfigurations,
  staleEndpointFiles,
  staleExperimentFiles,
  staleModels,
  staleTrainingFiles,
  undecidedVersions,
} from "./core.ts";

export interface Deps {
  serving: {
    /** Configurations that endpoints of the account use. */
    inUse(): Promise<ReadonlySet<string>>;
    /** All configurations of the account. */
    configurations(): Promise<readonly FoundConfiguration[]>;
    /** Models whose names say that the platform made them. */
    models(): Promise<readonly FoundModel[]>;
    removeConfiguration(name: string): Promise<void>;
    removeModel(name: string): Promise<void>;
  };
  registry: {
    /** Every version of a network. */
    versions(model: string): Promise<readonly FoundVersion[]>;
    reject(arn: string, reason: string): Promise<void>;
  };
  /** The models bucket. */
  files: {
    /** Folders right below a prefix. */
    folders(prefix: string): AsyncIterable<string>;
    folder(prefix: string): Promise<Folder>;
    uri(prefix: string): string;
    /** Each can be read back as long as the bucket keeps what was deleted. */
    remove(keys: readonly string[]): Promise<void>;
  };
  /** Whether a version is being put into use, or back, just now. */
  isDeploying(): Promise<boolean>;
  /** What names of configurations made for endpoints begin with. */
  configurationPrefix: string;
  /** Ids of the networks that training is for. */
  networks: readonly string[];
  /** Days for which nothing is stale, and for which a version waits for somebody's word. */
  days: { readonly stale: number; readonly undecided: number };
  /** What one sweep removes, at most. */
  most: number;
  now(): Date;
}

const dayMs = 24 * 3600 * 1000;

/**
 * Finds what learning and deploying left behind and nothing uses, and removes it if it is asked to. What the registry holds as approved or waiting, what
 * endpoints use, the networks in use and the versions before them, and datasets are never among it. What can't be judged hinders only experiments, as it may
 * have come of any; it fails the sweep at its end, so that somebody is told.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<StaleSweep> => {
    const { remove } = parseInput(sweepRequest, event);
    const sweep = new Sweep(deps, remove);
    const loaded = await sweep.search("endpoints", () => sweepServing(deps, sweep));
    const versions: (readonly FoundVersion[] | undefined)[] = [];
    for (const model of deps.networks) versions.push(await sweep.search(model, () => sweepTraining(deps, sweep, model)));
    if (loaded !== undefined && versions.every((found) => found !== undefined))
      await sweep.search("experiments", () => sweepExperiments(deps, sweep, { loaded, versions: versions.flat() }));
    return sweep.end();
  };

/** What was found so far, in the order in which it was. */
class Sweep {
  readonly #deps: Deps;
  readonly #remove: boolean;
  readonly #found: Stale[] = [];
  readonly #faults: string[] = [];
  #removed = 0;
  #isCut = false;

  constructor(deps: Deps, remove: boolean) {
    this.#deps = deps;
    this.#remove = remove;
  }

  /** Time before which something must be from. */
  before(days: number): Date {
    return new Date(this.#deps.now().getTime() - days * dayMs);
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** What a search gives; undefined if it failed, or if no more may be taken. */
  async search<T>(what: string, of: () => Promise<T>): Promise<T | undefined> {
    if (this.#isCut) return undefined;
    try {
      return await of();
    } catch (error) {
      this.#faults.push(`${what}: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Removes something, or would. False if it stays. */
  async take(stale: Stale): Promise<boolean> {
    if (this.#found.length === this.#deps.most) {
      this.#isCut = true;
      return false;
    }
    this.#found.push(stale);
    if (!this.#remove) return true;
    try {
      await this.#act(stale);
      this.#removed++;
      return true;
    } catch (error) {
      this.#faults.push(`${stale.name}: ${(error as Error).message}`);
      return false;
    }
  }

  async #act({ kind, name, reason, keys }: Stale): Promise<void> {
    const { serving, registry, files } = this.#deps;
    if (kind === "endpoint-configuration") return serving.removeConfiguration(name);
    if (kind === "model") return serving.removeModel(name);
    if (kind === "undecided-version") return registry.reject(name, reason);
    return files.remove(keys);
  }

  end(): StaleSweep {
    log("stale artefacts swept", { foundCount: this.#found.length, removedCount: this.#removed, faultCount: this.#faults.length });
    const [first] = this.#faults;
    if (first !== undefined)
      throw new TryAgain(`${this.#faults.length === 1 ? "Something" : `${this.#faults.length} things`} could not be swept; the first: ${first}`);
    return { found: this.#found.map(({ keys: _, ...told }) => told), removed: this.#removed, isCut: this.#isCut };
  }
}

/**
 * What endpoints left behind: first configurations, then the models that only those named, then the files that only those loaded. Gives the folders that
 * models load which stay; undefined if that can't be told now.
 */
async function sweepServing({ serving, files, isDeploying, configurationPrefix, days }: Deps, sweep: Sweep): Promise<ReadonlySet<string> | undefined> {
  // An endpoint may go back to what it was on before.
  if (await isDeploying()) return undefined;
  const before = sweep.before(days.stale);
  const [inUse, configurations, models] = [await serving.inUse(), await serving.configurations(), await serving.models()];
  const gone = new Set<string>();
  const own = configurations.filter(({ name }) => name.startsWith(configurationPrefix));
  for (const stale of staleConfigurations(own, inUse, before)) if (await sweep.take(stale)) gone.add(stale.name);
  const kept = configurations.filter(({ name }) => !gone.has(name));
  for (const stale of staleModels(models, kept, before)) if (await sweep.take(stale)) gone.add(stale.name);
  const loaded = new Set(models.flatMap(({ name, folder }) => (folder === undefined || gone.has(name) ? [] : [folder])));
  for await (const prefix of files.folders(endpointModelsPrefix)) {
    if (sweep.isCut) break;
    const stale = staleEndpointFiles(await files.folder(prefix), loaded, files.uri(prefix), before);
    if (stale) await sweep.take(stale);
  }
  return loaded;
}

/** What trainings of a network left behind, and candidates that nobody said anything of. Gives the network's versions. */
async function sweepTraining({ registry, files, days }: Deps, sweep: Sweep, model: string): Promise<readonly FoundVersion[]> {
  const versions = await registry.versions(model);
  for (const stale of undecidedVersions(versions, sweep.before(days.undecided), days.undecided)) await sweep.take(stale);
  for await (const prefix of files.folders(`${trainingPrefix}${model}/`)) {
    if (sweep.isCut) break;
    const stale = staleTrainingFiles(await files.folder(prefix), versions, sweep.before(days.stale));
    if (stale) await sweep.take(stale);
  }
  return versions;
}

/** What experiments left behind. An experiment's folder does not say of which network it is: `versions` are those of all. */
async function sweepExperiments({ files, days }: Deps, sweep: Sweep, kept: { loaded: ReadonlySet<string>; versions: readonly FoundVersion[] }): Promise<void> {
  for await (const batch of files.folders(experimentsPrefix))
    for await (const prefix of files.folders(batch)) {
      if (sweep.isCut) return;
      const stale = staleExperimentFiles(await files.folder(prefix), { ...kept, uri: files.uri(prefix) }, sweep.before(days.stale));
      if (stale) await sweep.take(stale);
    }
}
