import { at, isObject } from "../../expressions.ts";

/** An output group of a transcoding job, with the settings of its kind: `HlsGroupSettings`, `FileGroupSettings` and so on. */
interface Output {
  /** `output group 1 (HLS)`. */
  readonly name: string;
  readonly destination: unknown;
}

/** Every output group of the settings of a transcoding job. */
export function outputsOf(settings: unknown): Output[] {
  const groups = at(settings, "OutputGroups");
  return (Array.isArray(groups) ? groups : []).map((group, index) => {
    const kinds = at(group, "OutputGroupSettings");
    const destination = isObject(kinds) ? Object.values(kinds).find(isObject) : undefined;
    return { name: `output group ${index + 1}`, destination };
  });
}
