import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Enums, Models } from "@cyclonedx/cyclonedx-library";
import { baseImage, bomOf } from "./bom.ts";
import type { Built } from "./serving.ts";

/** A package of Python by its exact version. */
interface Pinned {
  readonly name: string;
  readonly version: string;
}

/** The base image of the training container, and the file of what it installs. Throws an Error where the Dockerfile does so in a way that is not known here. */
export function trainingContents(dockerfile: string): { base: string; requirements: string } {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)(?: AS \S+)?$/gm)].map(([, base]) => base as string);
  const installed = [...dockerfile.matchAll(/^RUN pip install .*-r (\S+)$/gm)].map(([, file]) => file as string);
  const copied = installed[0] !== undefined && new RegExp(`^COPY (\\S*/${installed[0].replaceAll(".", "\\.")}) \\./$`, "m").exec(dockerfile)?.[1];
  if (bases.length !== 1 || installed.length !== 1 || !copied || /apt-get|npm|conda/.test(dockerfile.replace(/^#.*$/gm, "")))
    throw new Error("The Dockerfile of the training container installs in a way that its bill of materials can't read.");
  return { base: bases[0] as string, requirements: copied };
}

/** Packages that a file of requirements names. Throws an Error that names every line without an exact version. */
export function pinnedIn(requirements: string): Pinned[] {
  const lines = requirements.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const found = lines.map((line) => /^([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)$/.exec(line.trim()));
  const loose = lines.filter((_, i) => found[i] === null);
  if (loose.length > 0) throw new Error(`The training container must name what it installs by exact version (name==version), not as ${loose.join(", ")}.`);
  return found.map((one) => ({ name: one?.[1] as string, version: one?.[2] as string }));
}

/** The bill of materials of the training container (CycloneDX): its base image, and the packages of Python that it asks for. */
export async function trainingBom(root: string, { baseDigest }: Pick<Built, "baseDigest"> = {}): Promise<Models.Bom> {
  const { base, requirements } = trainingContents(readFileSync(join(root, "models/training/Dockerfile"), "utf8"));
  return bomOf(root, "training", [baseImage(base, baseDigest), ...pinnedIn(readFileSync(join(root, requirements), "utf8")).map(fromPyPi)]);
}

function fromPyPi({ name, version }: Pinned): Models.Component {
  const component = new Models.Component(Enums.ComponentType.Library, name, { version, bomRef: `pypi/${name}` });
  // Names of PyPI are the same in any case, and with any of -_. between words. (purl specification, type pypi)
  component.purl = `pkg:pypi/${name.toLowerCase().replaceAll("_", "-")}@${encodeURIComponent(version)}`;
  component.properties.add(new Models.Property("svp:brings", "its dependencies, as pip finds them on the day of the build; a scan of the image lists them"));
  return component;
}
