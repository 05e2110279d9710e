import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Enums, Models, Spec } from "@cyclonedx/cyclonedx-library";

export const specification = Spec.Spec1dot6;

/** The bill of materials of one of this repository's containers, which holds these components. */
export function bomOf(root: string, image: string, components: readonly Models.Component[]): Models.Bom {
  const bom = new Models.Bom();
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name: string; version: string };
  bom.metadata.component = new Models.Component(Enums.ComponentType.Container, `${name}-${image}`, { version, bomRef: image });
  bom.metadata.tools.components.add(new Models.Component(Enums.ComponentType.Application, "npm run sbom"));
  for (const component of components) {
    bom.components.add(component);
    bom.metadata.component.dependencies.add(component.bomRef);
  }
  return bom;
}

/** `told` counts before the digest that the Dockerfile names: who built the image knows. */
export function baseImage(base: string, told: string | undefined): Models.Component {
  const [, image = "", tag = "", pinned] = /^([^:@]+):([^@]+)(?:@(.+))?$/.exec(base) ?? [];
  const digest = told ?? pinned;
  const component = new Models.Component(Enums.ComponentType.Container, image, { version: digest ?? tag, bomRef: `image/${base}` });
  component.purl = `pkg:docker/${image}@${encodeURIComponent(digest ?? tag)}`;
  if (digest !== undefined) component.hashes.set(Enums.HashAlgorithm["SHA-256"], digest.replace("sha256:", ""));
  else component.properties.add(new Models.Property("svp:digest", "not told: the tag moves, and only the build knows what it was"));
  return component;
}
