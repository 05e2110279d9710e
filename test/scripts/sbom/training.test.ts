import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Serialize, Validation } from "@cyclonedx/cyclonedx-library";
import { expect } from "chai";
import { root } from "../../../local/root.ts";
import { specification } from "../../../scripts/sbom/bom.ts";
import { pinnedIn, trainingBom, trainingContents } from "../../../scripts/sbom/training.ts";

const dockerfile = readFileSync(join(root, "models/training/Dockerfile"), "utf8");
const json = async (built: { baseDigest?: string } = {}) =>
  new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(specification)).serialize(await trainingBom(root, built), { sortLists: true });
const cannotRead = "installs in a way that its bill of materials can't read";

describe("the training container's bill of materials", () => {
  it("names every package that the Dockerfile installs by its version, and the base image by its digest", async () => {
    const { components, metadata } = JSON.parse(await json()) as {
      components: { name: string; version: string; purl: string; hashes?: { content: string }[] }[];
      metadata: { component: { name: string } };
    };
    expect(metadata.component.name).to.equal("surgical-video-platform-training");
    const requirements = readFileSync(join(root, "models/training/requirements-image.txt"), "utf8");
    const named = components.filter(({ purl }) => purl.startsWith("pkg:pypi/")).map(({ name, version, purl }) => [`${name}==${version}`, purl]);
    expect(named.map(([pin]) => pin).sort()).to.deep.equal(
      requirements
        .split("\n")
        .filter((line) => line.includes("=="))
        .sort(),
    );
    expect(named).to.deep.include(["torch==2.7.1", "pkg:pypi/torch@2.7.1"]);
    const [base] = components.filter(({ purl }) => purl.startsWith("pkg:docker/"));
    expect([base?.name, base?.version]).to.deep.equal(["python", /@(sha256:\S+)$/m.exec(dockerfile)?.[1]]);
    const baseDigest = `sha256:${"ab".repeat(32)}`;
    expect(
      (JSON.parse(await json({ baseDigest })) as { components: { name: string; hashes?: object[] }[] }).components.find(({ name }) => name === "python")
        ?.hashes,
    ).to.deep.equal([{ alg: "SHA-256", content: "ab".repeat(32) }]);
  });

  it("keeps to the schema of CycloneDX", async () => {
    expect(await new Validation.JsonStrictValidator(specification.version).validate(await json())).to.equal(null);
  });

  it("is refused of a Dockerfile that installs otherwise, and of a package without an exact version", () => {
    expect(() => trainingContents(dockerfile.replace(/^RUN pip .*$/m, "RUN pip install torch"))).to.throw(cannotRead);
    expect(() => trainingContents(`${dockerfile}RUN apt-get install -y ffmpeg\n`)).to.throw(cannotRead);
    expect(() => trainingContents(`${dockerfile}FROM scratch\n`)).to.throw(cannotRead);
    expect(() => pinnedIn("# all\ntorch==2.7.1\nnumpy>=1\nonnx\n")).to.throw("by exact version (name==version), not as numpy>=1, onnx.");
  });

  it("is what the command prints, which refuses what it does not know", () => {
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [join(root, "scripts/sbom.ts"), ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    expect(JSON.parse(run("--image", "training")).metadata.component.name).to.equal("surgical-video-platform-training");
    expect(() => run("--image", "page")).to.throw('--image must be serving or training, not "page".');
    expect(() => run("--image", "training", "--ffmpeg-version", "7")).to.throw("the training container has none");
  });
});
