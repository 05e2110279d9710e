import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { ReadResourceRequest, RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { ArgumentLog } from "./argument-log.ts";
import type { DeployedResource, Warning } from "./deployment.ts";
import { checkOptions } from "./options.ts";
import { enumerate, type Problem, subjectOf } from "./problem.ts";
import type { Properties, Provider, ProviderReference } from "./provider.ts";
import { isProvider, providerUrn, type Recorded, readRegistration, stackType } from "./registration.ts";
import { checkInputs } from "./schema/check.ts";
import type { Schemas } from "./schema/schemas.ts";
import { misprintedValues, unknownPaths } from "./unknowns.ts";
import { urnOf } from "./urn.ts";
import { decodeProperties } from "./values.ts";

export interface RecorderOptions {
  readonly project: string;
  readonly stack: string;
  readonly provider: Provider;
  readonly schemas: Schemas;
  /** Outputs of the stack that a StackReference names. */
  readonly outputsOf: (reference: string) => Promise<Properties>;
  readonly onResource?: ((resource: DeployedResource) => void) | undefined;
}

type Callback = (error: unknown, response: unknown) => void;

/** The parts of Pulumi's mock monitor that are wrapped. */
interface Monitor {
  registerResource(request: RegisterResourceRequest, callback: Callback): Promise<void>;
  readResource(request: ReadResourceRequest, callback: Callback): Promise<void>;
  registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback): void;
  newUrn(parent: string, type: string, name: string): string;
}

/** What a refused resource answers: nothing, so that all its outputs stay unknown. */
const refused: pulumi.runtime.MockResourceResult = { id: "", state: {} };

/**
 * Stands where the engine stands while a program runs: hears of every registration, checks it, has the provider
 * create it and remembers both. Nothing is thrown into the program for a refused resource: it is noted and its outputs
 * stay unknown, as in a preview, so that one run finds all there is to find.
 */
export class Recorder implements pulumi.runtime.Mocks {
  readonly resources: Recorded[] = [];
  readonly problems: Problem[] = [];
  readonly warnings: Warning[] = [];
  outputs: Properties = {};
  readonly #options: RecorderOptions;
  readonly #byUrn = new Map<string, Recorded>();
  /** URNs whose outputs are unknown for a reason that has been noted. */
  readonly #refused = new Set<string>();
  readonly #request = new AsyncLocalStorage<RegisterResourceRequest | ReadResourceRequest>();
  #closed = false;
  /** Registrations and calls so far, and those that the provider has not answered yet. */
  events = 0;
  underWay = 0;

  readonly arguments: ArgumentLog;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.arguments = new ArgumentLog(this.problems, options.schemas);
  }

  /** Puts the recorder around the monitor that `setMocks` installed: the mocks alone hear neither of parents nor of options. */
  attach(monitor: Monitor): void {
    const { registerResource, readResource } = monitor;
    monitor.newUrn = (parent, type, name) => this.#urn(parent, type, name);
    monitor.registerResource = (request, callback) => this.#request.run(request, () => registerResource.call(monitor, request, callback));
    monitor.readResource = (request, callback) => this.#request.run(request, () => readResource.call(monitor, request, callback));
    monitor.registerResourceOutputs = (request, callback) => {
      const outputs = decodeProperties(request.getOutputs()?.toJavaScript());
      const resource = this.#byUrn.get(request.getUrn());
      if (resource !== undefined) resource.outputs = outputs;
      if (resource?.type === stackType) this.outputs = outputs;
      callback(null, {});
    };
  }

  /** Ends the recording. A program that still registers something has lost track of it. */
  close(): void {
    this.#closed = true;
    if (this.problems.length > 0) return;
    for (const { type, name, urn, outputs } of this.resources.filter((resource) => !resource.custom)) {
      for (const path of unknownPaths(outputs, "")) {
        this.#note(type === stackType ? `stack "${this.#options.stack}"` : subjectOf(type, name), urn, path, "is an output that nothing computes.");
      }
    }
  }

  /** Part of Pulumi's mocks: answers one registration. */
  async newResource(args: pulumi.runtime.MockResourceArgs): Promise<pulumi.runtime.MockResourceResult> {
    const request = this.#request.getStore();
    if (request === undefined || this.#closed) throw new Error(`${subjectOf(args.type, args.name)} was registered after the program had ended.`);
    return this.#during(() => ("getProperties" in request ? this.#read(request) : this.#register(request)));
  }

  /** Part of Pulumi's mocks: answers one function call. */
  async call({ token, inputs, provider }: pulumi.runtime.MockCallArgs): Promise<Properties> {
    const subject = `function ${token}`;
    const fail = (reason: string): never => {
      this.#note(subject, undefined, "", reason);
      // Pulumi's runtime shows the `details` of a failed call.
      throw Object.assign(new Error(reason), { details: `${subject}: ${reason}` });
    };
    if (provider === undefined || provider === "") return fail("has no explicit provider; give it `provider`, or a `parent` that has one.");
    try {
      return await this.#during(() => this.#options.provider.invoke(token, decodeProperties(inputs), this.#providerOf(provider)));
    } catch (error) {
      return fail((error as Error).message);
    }
  }

  async #during<T>(work: () => Promise<T>): Promise<T> {
    this.events++;
    this.underWay++;
    try {
      return await work();
    } finally {
      this.underWay--;
    }
  }

  async #read(request: ReadResourceRequest): Promise<pulumi.runtime.MockResourceResult> {
    const subject = subjectOf(request.getType(), request.getName());
    const urn = this.#urn(request.getParent(), request.getType(), request.getName());
    if (request.getType() !== "pulumi:pulumi:StackReference") {
      this.#note(subject, urn, "", "reads a resource that this program does not make; nothing exists offline, so pass its values through the configuration.");
      return refused;
    }
    const { name } = decodeProperties(request.getProperties()?.toJavaScript()) as { name: string };
    try {
      const outputs = await this.#options.outputsOf(name);
      return { id: name, state: { name, outputs, secretOutputNames: [] } };
    } catch (error) {
      this.#note(subject, urn, "name", (error as Error).message);
      return refused;
    }
  }

  async #register(request: RegisterResourceRequest): Promise<pulumi.runtime.MockResourceResult> {
    const resource = readRegistration(request, this.#urn(request.getParent(), request.getType(), request.getName()), this.#options.schemas);
    const known = this.problems.length;
    if (this.#byUrn.has(resource.urn)) {
      this.#problem(resource, "", `has the URN of another resource (${resource.urn}); two resources of one type and parent need two names.`);
    } else {
      this.#byUrn.set(resource.urn, resource);
      this.resources.push(resource);
    }
    for (const { path, reason } of checkOptions(request, this.#options.schemas, this.#byUrn)) this.#problem(resource, path, reason);
    if (!resource.custom && !request.getRemote()) return { id: undefined, state: {} };

    const provider = this.#explicitProvider(request, resource);
    const complete = this.#check(resource);
    if (!complete || this.problems.length > known) {
      this.#refused.add(resource.urn);
      return refused;
    }
    return this.#create(resource, provider);
  }

  /** Everything that is wrong with the inputs. False if some of them are unknown, so that nothing can be created. */
  #check(resource: Recorded): boolean {
    const { schemas, provider } = this.#options;
    const schema = schemas.resource(resource.type);
    if (schema === undefined) {
      this.#problem(resource, "", `is of a type that ${schemas.packages} do not have.`);
      return false;
    }
    for (const { path, reason, severity } of checkInputs(resource.type, resource.inputs, schemas)) {
      if (severity === "error") this.#problem(resource, path, reason);
      else this.warnings.push({ subject: subjectOf(resource.type, resource.name), urn: resource.urn, path, reason });
    }
    for (const { path, reason } of misprintedValues(resource.inputs, "")) this.#problem(resource, path, reason);

    let complete = true;
    for (const [property, value] of Object.entries(resource.inputs)) {
      const unknown = unknownPaths(value, property);
      if (unknown.length === 0) continue;
      complete = false;
      if (this.arguments.isMissing(resource, property)) continue;
      const sources = resource.propertyDependencies[property] ?? [];
      if (sources.some((urn) => this.#refused.has(urn))) continue;
      for (const path of unknown) this.#problem(resource, path, `reads an output that nothing computes${this.#uncomputed(sources)}.`);
    }
    if (complete) for (const { path, reason } of provider.check?.(resource.type, resource.inputs) ?? []) this.#problem(resource, path, reason);
    return complete;
  }

  async #create(resource: Recorded, provider: ProviderReference | undefined): Promise<pulumi.runtime.MockResourceResult> {
    const { type, name, urn, inputs } = resource;
    try {
      // The engine itself answers for providers: their state is what they were given.
      const created = isProvider(type)
        ? { id: createHash("sha256").update(urn).digest("hex").slice(0, 32), outputs: {} }
        : await this.#options.provider.create({ type, name, urn, inputs, provider });
      const outputs: Properties = { ...inputs, ...created.outputs };
      // What the provider may leave out is absent, not unknown.
      const absent = (this.#options.schemas.resource(type)?.optionalOutputs ?? []).filter((output) => outputs[output] === undefined);
      resource.outputs = outputs;
      if (resource.custom) resource.id = created.id;
      this.#options.onResource?.(resource);
      return { id: created.id, state: { ...outputs, ...Object.fromEntries(absent.map((output) => [output, null])) } };
    } catch (error) {
      this.#problem(resource, "", (error as Error).message);
      this.#refused.add(urn);
      return refused;
    }
  }

  /** The provider that the resource was given, itself or through its parents. Having none is a problem: the ambient account would be used. */
  #explicitProvider(request: RegisterResourceRequest, resource: Recorded): ProviderReference | undefined {
    if (isProvider(resource.type)) return undefined;
    const reference = request.getRemote() ? (request.getProvidersMap().get("aws") ?? "") : request.getProvider();
    if (reference !== "") return this.#providerOf(reference);
    this.#problem(resource, "", "has no explicit provider; give it `provider`, or a `parent` that has one.");
    return undefined;
  }

  #providerOf(reference: string): ProviderReference {
    const urn = providerUrn(reference);
    return { urn, inputs: this.#byUrn.get(urn)?.inputs ?? {} };
  }

  /** `: one of aws:kms/key:Key "data" (the provider left out arn)` for the resources that an unknown value comes from. */
  #uncomputed(urns: readonly string[]): string {
    const sources = urns.flatMap((urn) => {
      const source = this.#byUrn.get(urn);
      if (source === undefined) return [];
      const missing = (this.#options.schemas.resource(source.type)?.outputs ?? []).filter((output) => source.outputs[output] === undefined);
      return missing.length === 0 ? [] : [`${subjectOf(source.type, source.name)} (the provider left out ${enumerate(missing)})`];
    });
    return sources.length === 0 ? "" : `: one of ${sources.join(" or ")}`;
  }

  #urn(parent: string, type: string, name: string): string {
    return urnOf({ stack: this.#options.stack, project: this.#options.project, parent, type, name });
  }

  #problem({ type, name, urn }: Recorded, path: string, reason: string): void {
    this.#note(subjectOf(type, name), urn, path, reason);
  }

  #note(subject: string, urn: string | undefined, path: string, reason: string): void {
    this.problems.push({ subject, urn, path, reason });
  }
}
