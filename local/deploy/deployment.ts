import type { Properties } from "./provider.ts";

/** One resource as the program registered it and the provider answered it. */
export interface DeployedResource {
  /** The real URN, with the types of all parents. */
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; undefined for the stack itself. */
  readonly parent: string | undefined;
  /** True for what a provider makes, false for a component. */
  readonly custom: boolean;
  /** As given, with secrets unwrapped. Assets and archives are in the engine's own form. */
  readonly inputs: Properties;
  /** The full state. For a component: what it registered as its outputs. */
  readonly outputs: Properties;
  /** URNs of every resource that it depends on, explicitly or through an input. */
  readonly dependencies: readonly string[];
  /** Input -> URNs of the resources whose outputs it was made from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** URN of the explicit provider. */
  readonly provider: string | undefined;
  readonly id: string | undefined;
}

/** Something worth telling that does not stop a deployment: a deprecated input, a value that the documentation does not list. */
export interface Warning {
  readonly subject: string;
  readonly urn: string;
  readonly path: string;
  readonly reason: string;
}

/** What one run of a stack's program registered. */
export interface Deployment {
  readonly project: string;
  readonly stack: string;
  /** In order of registration, the stack itself (`pulumi:pulumi:Stack`) first. */
  readonly resources: readonly DeployedResource[];
  /** The stack's outputs, secrets unwrapped. */
  readonly outputs: Properties;
  readonly findings: readonly Warning[];
}
