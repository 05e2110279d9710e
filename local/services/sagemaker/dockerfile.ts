/** What of a Dockerfile decides how its image runs. */
export interface ImageConfig {
  /** The image from elsewhere that it is built on. */
  readonly base: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingFolder: string;
}

const nothing: Omit<ImageConfig, "base"> = { entrypoint: [], command: [], environment: {}, workingFolder: "/" };

/** The exec form of ENTRYPOINT and CMD. */
function words(instruction: string, text: string): string[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed) && parsed.every((word) => typeof word === "string")) return parsed;
  } catch {
    // Not JSON: the shell form.
  }
  throw new Error(`${instruction} ${text}: the local cloud implements the exec form only, ["program", "argument"].`);
}

/** `A=1 B="two words"`, or `A 1`. */
function variables(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([A-Za-z_]\w*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)];
  if (pairs.length > 0) return Object.fromEntries(pairs.map(([, name, quoted, plain]) => [name, quoted?.replace(/\\(.)/g, "$1") ?? plain ?? ""]));
  const [name, ...value] = text.split(/\s+/) as [string, ...string[]];
  return { [name]: value.join(" ") };
}

/** What follows FROM, with build arguments in their places: those that were given, or what ARG says before. */
function resolved(text: string, given: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_whole, braced?: string, plain?: string) => {
    const name = braced ?? (plain as string);
    const value = given[name];
    if (value === undefined) throw new Error(`FROM ${text}: no build argument says what ${name} is.`);
    return value;
  });
}

/** Reads how the last stage of a Dockerfile runs. A stage built on an earlier one starts from that one's settings. */
export function readDockerfile(text: string, buildArguments: Readonly<Record<string, string>> = {}): ImageConfig {
  const lines = text
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replace(/\\\n/g, " ")
    .split("\n");
  const stages = new Map<string, ImageConfig>();
  let stage: string | undefined;
  let image: ImageConfig = { ...nothing, base: "scratch" };
  const before: Record<string, string> = {};
  for (const line of lines) {
    const [, instruction, rest] = /^\s*([A-Za-z]+)\s+(.*\S)\s*$/.exec(line) ?? [];
    if (instruction === undefined || rest === undefined) continue;
    switch (instruction.toUpperCase()) {
      case "ARG": {
        const [, name, value] = /^(\w+)=(\S*)$/.exec(rest) ?? [];
        if (name !== undefined && value !== undefined) before[name] = value;
        break;
      }
      case "FROM": {
        const [, base = "", name] = /^(?:--\S+\s+)*(\S+)(?:\s+[Aa][Ss]\s+(\S+))?$/.exec(resolved(rest, { ...before, ...buildArguments })) ?? [];
        image = stages.get(base) ?? { ...nothing, base };
        stage = name;
        break;
      }
      case "ENTRYPOINT":
        // A new entry point drops the command that the base image had.
        image = { ...image, entrypoint: words("ENTRYPOINT", rest), command: [] };
        break;
      case "CMD":
        image = { ...image, command: words("CMD", rest) };
        break;
      case "ENV":
        image = { ...image, environment: { ...image.environment, ...variables(rest) } };
        break;
      case "WORKDIR":
        image = { ...image, workingFolder: rest };
        break;
    }
    if (stage !== undefined) stages.set(stage, image);
  }
  return image;
}
