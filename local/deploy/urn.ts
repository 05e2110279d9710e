const rootStackType = "pulumi:pulumi:Stack";

/** The URN that the engine gives a resource: its type is qualified by the types of all its parents, except the stack's own. */
export function urnOf({ stack, project, parent, type, name }: { stack: string; project: string; parent: string; type: string; name: string }): string {
  const parentType = parent === "" ? "" : qualifiedType(parent);
  const qualified = parentType === "" || parentType === rootStackType ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

/** `svp:data:Bucket$aws:s3/bucket:Bucket` of a URN; empty if it has none. */
export function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

/** Whether a text has the form of a URN. */
export function isUrn(text: string): boolean {
  return /^urn:pulumi:[^:]+::[^:]+::.+?::.+$/.test(text);
}
