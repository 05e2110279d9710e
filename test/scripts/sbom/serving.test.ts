import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Serialize, Validation } from "@cyclonedx/cyclonedx-library";
import { expect } from "chai";
import { root } from "../../../local/root.ts";
import { packageFolders } from "../../../models/serving/copy-packages.ts";
import { specification } from "../../../scripts/sbom/bom.ts";
import { contentsOf, servingBom } from "../../../scripts/sbom/serving.ts";

const dockerfile = readFileSync(join(root, "models/serving/Dockerfile"), "utf8");
const json = async (...built: Parameters<typeof servingBom> extends [string, ...infer Rest] ? Rest : never) =>
  new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(specification)).serialize(await servingBom(root, ...built), { sortLists: true });

describe("the serving container's bill of materials", () => {
  it("names every package that the Dockerfile copies, with version, digest and licence", async () => {
    const { components } = JSON.parse(await json()) as {
      components: { "bom-ref": string; group?: string; name: string; version: string; hashes?: unknown[]; licenses?: unknown[]; purl: string }[];
    };
    const { packages, withDependencies } = contentsOf(dockerfile);
    const copied = [...packages, ...(await packageFolders(join(root, "node_modules"), withDependencies))];
    const named = components.map((component) => component["bom-ref"]);
    expect(copied.filter((name) => !named.includes(`node_modules/${name}`))).to.deep.equal([]);
    expect(copied).to.include.members(["onnxruntime-node", "zod", "@aws-sdk/client-s3", "@aws-sdk/lib-storage"]);
    for (const component of components.filter(({ purl }) => purl.startsWith("pkg:npm/"))) {
      const path = join(root, component["bom-ref"], "package.json");
      expect((JSON.parse(readFileSync(path, "utf8")) as { version: string }).version, path).to.equal(component.version);
      expect(component.hashes, path).to.have.length(1);
      expect(component.licenses, path).to.have.length(1);
    }
    // What the platform has beside it does not run there.
    expect(named.filter((name) => /pulumi|react|mocha|sharp/.test(name))).to.deep.equal([]);
  });

  it("names the base image and ffmpeg, and says what only the build can tell", async () => {
    const parts = (text: string) =>
      (JSON.parse(text) as { components: { name: string; version?: string; purl: string; properties?: { name: string }[] }[] }).components.filter(
        ({ purl }) => !purl.startsWith("pkg:npm/"),
      );
    expect(parts(await json()).map(({ name, version, properties }) => [name, version, properties?.map((property) => property.name)])).to.deep.equal([
      ["ffmpeg", undefined, ["svp:brings", "svp:version"]],
      ["fonts-noto-cjk", undefined, ["svp:brings", "svp:version"]],
      ["node", /@(sha256:\S+) AS packages/.exec(dockerfile)?.[1], undefined],
    ]);
    const baseDigest = `sha256:${"ab".repeat(32)}`;
    const told = parts(await json({ baseDigest, ffmpegVersion: "7:5.1.9-0+deb12u1" }));
    expect(told.map(({ purl }) => purl)).to.deep.equal([
      "pkg:deb/debian/ffmpeg@7%3A5.1.9-0%2Bdeb12u1?distro=bookworm",
      "pkg:deb/debian/fonts-noto-cjk?distro=bookworm",
      `pkg:docker/node@sha256%3A${"ab".repeat(32)}`,
    ]);
  });

  it("keeps to the schema of CycloneDX", async () => {
    expect(await new Validation.JsonStrictValidator(specification.version).validate(await json())).to.equal(null);
  });

  it("refuses a Dockerfile that copies in another way", () => {
    expect(() => contentsOf(dockerfile.replace("cp -r ", "rsync "))).to.throw("in a way that its bill of materials can't read");
    expect(() => contentsOf(dockerfile.replaceAll("apt-get install", "apk add"))).to.throw("in a way that its bill of materials can't read");
  });
});
