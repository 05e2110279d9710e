/** A statement of the boundary. Only a Deny may say what it is not about. */
export interface BoundaryStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Actions of a service. */
export const actions = (service: string, names: readonly string[]): string[] => names.map((name) => `${service}:${name}`);

export const allow = (Sid: string, service: string, names: readonly string[], Resource: readonly string[]): BoundaryStatement => ({
  Sid,
  Effect: "Allow",
  Action: actions(service, names),
  Resource,
});
