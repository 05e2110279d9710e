import * as pulumi from "@pulumi/pulumi";

/** Base of every component: fixes the type token, the names of children and their parent. */
export abstract class PlatformComponent extends pulumi.ComponentResource {
  readonly #kind: string;
  readonly #name: string;

  protected constructor(kind: `svp:${string}:${string}`, name: string, opts: pulumi.ComponentResourceOptions | undefined) {
    super(kind, name, {}, opts);
    this.#kind = kind;
    this.#name = name;
  }

  /** Logical name of a child: always prefixed with the name of its component. */
  protected childName(suffix: string): string {
    return `${this.#name}-${suffix}`;
  }

  /** Options of a child: parented here, so it takes its provider from the component. */
  protected child(more: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { ...more, parent: this };
  }

  /** Stops the deployment, naming this component, the wrong property and what it must be. */
  protected reject(property: string, reason: string): never {
    throw new pulumi.ResourceError(`${this.#kind} "${this.#name}": ${property} ${reason}`, this, true);
  }
}
