/** Property values as a program gives them and as a provider answers them: plain JSON values, and Pulumi assets and archives. */
export type Properties = Readonly<Record<string, unknown>>;

/** The explicit provider that a resource or an invoke was given: its URN and its own inputs (`region`, `allowedAccountIds`, `assumeRoles`, ...). */
export interface ProviderReference {
  readonly urn: string;
  readonly inputs: Properties;
}

/** One resource that the program registers, with every input resolved. */
export interface Registration {
  /** Type token: `aws:s3/bucket:Bucket`. */
  readonly type: string;
  readonly name: string;
  /** The real URN, with the types of all parents. Identifies the resource across runs. */
  readonly urn: string;
  readonly inputs: Properties;
  /** Undefined only for packages whose resources need none (`awsx`, whose components choose their own). */
  readonly provider: ProviderReference | undefined;
}

/** What is wrong with one input. `path` is as written in the program: `rules[0].expiration.days`; empty for the resource as a whole. */
export interface CheckFailure {
  readonly path: string;
  /** A sentence: found value and wanted value. */
  readonly reason: string;
}

export interface Created {
  /** Id as the AWS provider gives it: the bucket's name, the key's id, the role's name. */
  readonly id: string;
  /** The full state: every input, with the provider's defaults, and every computed output (`arn`, `bucket`, `url`, ...). */
  readonly outputs: Properties;
}

/** What stands behind a program that is run offline: answers as the AWS provider would. */
export interface Provider {
  /** Rules beyond the type declarations, such as name patterns. All failures of a resource at once. */
  check?(type: string, inputs: Properties): readonly CheckFailure[];
  /**
   * Makes the resource, idempotently by its URN, and answers its state. Rejects with a sentence where AWS would
   * refuse, and for a type that it does not know. Called once a run for each custom resource and each remote component
   * (`awsx:ecr:Image`), after all that its inputs depend on.
   */
  create(resource: Registration): Promise<Created>;
  /** Answers a function such as `aws:index/getCallerIdentity:getCallerIdentity`. Rejects for a token that it does not know. */
  invoke(token: string, args: Properties, provider: ProviderReference | undefined): Promise<Properties>;
}
