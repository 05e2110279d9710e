import { createRequire } from "node:module";
import type * as TypeScript from "typescript";
import type { InputProperty, InputType, ResourceSchema, Shape } from "./shape.ts";

/** Finds the values of an enum of the package: `lambda.Runtime`. */
export type EnumValues = (name: string) => readonly string[] | undefined;

let loaded: typeof TypeScript | undefined;
/** TypeScript takes a quarter of a second to load, and is needed only for declarations that no earlier run has read. */
const typescript = (): typeof TypeScript => {
  loaded ??= createRequire(import.meta.url)("typescript") as typeof TypeScript;
  return loaded;
};

const parse = (text: string): TypeScript.SourceFile => typescript().createSourceFile("declarations.d.ts", text, typescript().ScriptTarget.Latest, true);

/** The schema of a resource class, from its declaration file: `BucketArgs` are the inputs, the members of `Bucket` the outputs. */
export function readResource(text: string, className: string, enumValues: EnumValues): ResourceSchema {
  const ts = typescript();
  let inputs: Shape = {};
  const outputs: string[] = [];
  const optionalOutputs: string[] = [];
  parse(text).forEachChild((node) => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === `${className}Args`) inputs = readMembers(node.members, enumValues);
    if (!ts.isClassDeclaration(node) || node.name?.text !== className) return;
    for (const member of node.members) {
      if (!ts.isPropertyDeclaration(member) || member.type === undefined || !member.type.getText().startsWith("pulumi.Output<")) continue;
      (/\| undefined>$/.test(member.type.getText()) ? optionalOutputs : outputs).push(member.name.getText());
    }
  });
  return { inputs, outputs, optionalOutputs };
}

/** The shape of one interface, given as its text. */
export function readInterface(text: string, enumValues: EnumValues): Shape {
  const [node] = parse(text).statements;
  return node !== undefined && typescript().isInterfaceDeclaration(node) ? readMembers(node.members, enumValues) : {};
}

/** The values of the `export declare const Name: { readonly Key: "value" }` declarations of an enum file. */
export function readEnums(text: string): Record<string, string[]> {
  const ts = typescript();
  const enums: Record<string, string[]> = {};
  for (const statement of parse(text).statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, type } of statement.declarationList.declarations) {
      if (type === undefined || !ts.isTypeLiteralNode(type)) continue;
      enums[name.getText()] = type.members.flatMap((member) =>
        ts.isPropertySignature(member) && member.type !== undefined && ts.isLiteralTypeNode(member.type) && ts.isStringLiteral(member.type.literal)
          ? [member.type.literal.text]
          : [],
      );
    }
  }
  return enums;
}

function readMembers(members: TypeScript.NodeArray<TypeScript.TypeElement>, enumValues: EnumValues): Shape {
  const ts = typescript();
  const shape: Record<string, InputProperty> = {};
  for (const member of members) {
    if (!ts.isPropertySignature(member)) continue;
    const name = member.name.getText().replace(/^"|"$/g, "");
    const text = member.getFullText();
    const documentation = text.slice(0, text.indexOf("*/"));
    const documented = documentedValues(documentation);
    const conflictsWith = conflicts(documentation);
    shape[name] = {
      type: readType(member.type, enumValues),
      required: member.questionToken === undefined,
      ...(documented.length > 0 && { documented }),
      ...(conflictsWith.length > 0 && { conflictsWith }),
      ...(documentation.includes("@deprecated") && { deprecated: true }),
    };
  }
  return shape;
}

function readType(node: TypeScript.TypeNode | undefined, enumValues: EnumValues): InputType {
  const ts = typescript();
  if (node === undefined) return "any";
  if (ts.isArrayTypeNode(node)) return { list: readType(node.elementType, enumValues) };
  if (ts.isTypeLiteralNode(node)) {
    const [member] = node.members;
    return member !== undefined && ts.isIndexSignatureDeclaration(member) ? { map: readType(member.type, enumValues) } : "any";
  }
  if (ts.isUnionTypeNode(node))
    return oneOf(node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword).map((type) => readType(type, enumValues)));
  if (ts.isTypeReferenceNode(node)) return readReference(node, enumValues);
  if (node.kind === ts.SyntaxKind.StringKeyword) return "string";
  if (node.kind === ts.SyntaxKind.NumberKeyword) return "number";
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return "boolean";
  return "any";
}

function readReference(node: TypeScript.TypeReferenceNode, enumValues: EnumValues): InputType {
  const name = node.typeName.getText();
  if (name === "pulumi.Input") return readType(node.typeArguments?.[0], enumValues);
  if (name.startsWith("inputs.")) return { object: name.slice("inputs.".length) };
  if (name.startsWith("enums.")) {
    const values = enumValues(name.slice("enums.".length));
    return values === undefined ? "any" : { values };
  }
  if (name.startsWith("pulumi.asset.")) return "asset";
  // `ARN`, `Region` and the like are texts; a class (`string | Bucket`) arrives as the id of the resource.
  return /^[A-Z]\w*$/.test(name) ? "string" : "any";
}

/** A union; `string | Enum` is how the package writes an enum that may also be given as a text, so the enum alone stays. */
function oneOf(types: readonly InputType[]): InputType {
  const enums = types.filter((type) => typeof type === "object" && "values" in type);
  const kept = enums.length > 0 ? types.filter((type) => type !== "string") : [...new Set(types)];
  return kept.length === 1 ? kept[0]! : { oneOf: kept };
}

const quoted = "`[^`]+`(?:\\s*\\([^)]*\\))?";
const series = `((?:${quoted}(?:,?\\s*(?:and|or)?\\s*))+)`;
const values = new RegExp(`valid values(?: are| include| is)?:?\\s+${series}(.{0,12})`, "is");
const conflict = new RegExp(`conflicts with\\s+${series}`, "i");
const names = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

/** `Valid values: `A`, `B`.` of a comment; nothing where the sentence goes on ("or any multiple of 60") or others say more ("are also valid", "for CloudFront, the valid value is"). */
function documentedValues(documentation: string): string[] {
  if (documentation.includes("also valid") || (documentation.match(/valid values?\b/gi)?.length ?? 0) > 1) return [];
  const found = values.exec(documentation);
  return found !== null && /^\s*(\.|\*|$)/.test(found[2]!) ? names(found[1]!).map((name) => name.replace(/^"|"$/g, "")) : [];
}

/** Names that the comments take over from the Terraform provider and Pulumi renamed. */
const renamed: Readonly<Record<string, string>> = { filename: "code" };

function conflicts(documentation: string): string[] {
  const found = conflict.exec(documentation);
  return found === null ? [] : names(found[1]!).map((name) => renamed[name] ?? name);
}
