import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Enums, Models } from "@cyclonedx/cyclonedx-library";
import { packageFolders } from "../../models/serving/copy-packages.ts";
import { baseImage, bomOf } from "./bom.ts";

/** A package as package-lock.json has it. */
interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly resolved?: string;
}

/** What only whoever built the image knows. */
export interface Built {
  /** Digest of the base image, `sha256:...`. */
  readonly baseDigest?: string;
  /** Version of the ffmpeg that Debian had that day, such as `7:5.1.9-0+deb12u1`. */
  readonly ffmpegVersion?: string;
}

/** What the Dockerfile of the serving container copies and installs. Throws an Error where it does so in a way that is not known here. */
export function contentsOf(dockerfile: string): { base: string; packages: string[]; withDependencies: string[]; system: string[] } {
  const base = [...dockerfile.matchAll(/^FROM (\S+)(?: AS \S+)?$/gm)].at(-1)?.[1];
  const packages = /cp -r (.*) \/app\/node_modules\//.exec(dockerfile)?.[1]?.match(/(?<=node_modules\/)\S+/g);
  const withDependencies = /node copy-packages\.ts node_modules \/app\/node_modules (.*) \\$/m.exec(dockerfile)?.[1]?.split(" ");
  const system = /apt-get install -y --no-install-recommends (.*) \\$/m.exec(dockerfile)?.[1]?.split(" ");
  if (!base || !packages || !withDependencies || !system)
    throw new Error("The Dockerfile of the serving container copies or installs in a way that its bill of materials can't read.");
  return { base, packages, withDependencies, system };
}

/** Places in package-lock.json of all packages in the image, sorted: those that are copied, and what lies within their folders. */
export async function packagesInImage(root: string, dockerfile: string): Promise<string[]> {
  const { packages, withDependencies } = contentsOf(dockerfile);
  const folders = [...packages, ...(await packageFolders(join(root, "node_modules"), withDependencies))].map((folder) => `node_modules/${folder}`);
  return Object.keys(readLock(root))
    .filter((place) => folders.some((folder) => place === folder || place.startsWith(`${folder}/node_modules/`)))
    .sort();
}

const readLock = (root: string): Record<string, Locked> =>
  (JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Record<string, Locked> }).packages;

/** The bill of materials of the serving container (CycloneDX): base image, Debian's packages that are asked for, and every package of npm in it. */
export async function servingBom(root: string, built: Built = {}): Promise<Models.Bom> {
  const dockerfile = readFileSync(join(root, "models/serving/Dockerfile"), "utf8");
  const { base, system } = contentsOf(dockerfile);
  const lock = readLock(root);
  return bomOf(root, "serving", [
    baseImage(base, built.baseDigest),
    ...system.map((one) => debian(one, one === "ffmpeg" ? built.ffmpegVersion : undefined)),
    ...(await packagesInImage(root, dockerfile)).map((place) => fromNpm(place, lock[place] as Locked)),
  ]);
}

function debian(name: string, version: string | undefined): Models.Component {
  const component = new Models.Component(Enums.ComponentType.Application, name, { bomRef: `deb/${name}`, ...(version !== undefined && { version }) });
  component.purl = `pkg:deb/debian/${name}${version === undefined ? "" : `@${encodeURIComponent(version)}`}?distro=bookworm`;
  if (version === undefined) component.properties.add(new Models.Property("svp:version", "not told: Debian's of the day of the build"));
  component.properties.add(new Models.Property("svp:brings", "its dependencies among Debian's packages, which a scan of the image lists"));
  return component;
}

function fromNpm(place: string, { version, integrity, license, resolved }: Locked): Models.Component {
  const path = place.split("node_modules/").at(-1) as string;
  const [group, name] = path.startsWith("@") ? (path.split("/") as [string, string]) : [undefined, path];
  const component = new Models.Component(Enums.ComponentType.Library, name, { version, bomRef: place, ...(group && { group }) });
  component.purl = `pkg:npm/${group === undefined ? "" : `${encodeURIComponent(group)}/`}${name}@${version}`;
  const [algorithm, digest] = (integrity ?? "").split("-");
  if (algorithm === "sha512" && digest) component.hashes.set(Enums.HashAlgorithm["SHA-512"], Buffer.from(digest, "base64").toString("hex"));
  if (license !== undefined) component.licenses.add(/ (OR|AND|WITH) /.test(license) ? new Models.LicenseExpression(license) : new Models.SpdxLicense(license));
  if (resolved !== undefined) component.externalReferences.add(new Models.ExternalReference(resolved, Enums.ExternalReferenceType.Distribution));
  return component;
}
