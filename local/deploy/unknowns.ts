import { leaves, unknownValue } from "./values.ts";

/** Paths of the leaves that are not known. */
export function unknownPaths(value: unknown, path: string): string[] {
  return [...leaves(value, path)].filter(([, leaf]) => leaf === unknownValue).map(([at]) => at);
}

/** What an Output or a Promise turns into when it is put into a text: AWS would take the text without complaint. */
const misprints: readonly [found: RegExp, what: string][] = [
  [/Calling \[(toString|toJSON)\] on an \[Output<T>\] is not supported/, "an Output that was put into a text; use pulumi.interpolate or pulumi.jsonStringify"],
  [/\[object Promise\]/, "a Promise that was put into a text; await it, or use pulumi.output(...).apply"],
  [/\[object Object\]/, "an object that was put into a text; use pulumi.jsonStringify"],
];

/** Texts that hold the remains of an Output, a Promise or an object. */
export function misprintedValues(value: unknown, path: string): { path: string; reason: string }[] {
  return [...leaves(value, path)].flatMap(([at, leaf]) => {
    const misprint = typeof leaf === "string" ? misprints.find(([found]) => found.test(leaf)) : undefined;
    return misprint === undefined ? [] : [{ path: at, reason: `holds ${misprint[1]}.` }];
  });
}
