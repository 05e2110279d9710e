import { writeFile } from "node:fs/promises";
import { Serialize } from "@cyclonedx/cyclonedx-library";
import { main, UsageError } from "../local/cli/command.ts";
import { root } from "../local/root.ts";
import { specification } from "./sbom/bom.ts";
import { servingBom } from "./sbom/serving.ts";
import { trainingBom } from "./sbom/training.ts";

await main({
  help: `
npm run sbom -- [--image serving|training] [--out FILE] [--base-digest sha256:...] [--ffmpeg-version V]

The bill of materials of a container, CycloneDX ${specification.version} as JSON. Of the serving container: its base image, what it installs of Debian, and
every package of npm that its Dockerfile copies, with version, digest and licence as package-lock.json has them. Of the training container: its base image,
and the packages of Python that it asks for, by the version that models/training/requirements-image.txt pins.

  --image I              which container; by default serving
  --out FILE             writes it there instead of printing it
  --base-digest D        digest of the base image, where it is not the one that the Dockerfile names: docker image inspect --format '{{index .RepoDigests 0}}' IMAGE
  --ffmpeg-version V     of the serving container: docker run --rm --entrypoint dpkg-query IMAGE -W -f '\${Version}' ffmpeg
  -h, --help             this text

What ffmpeg brings along of Debian's, and packages of Python of others, is not listed: a scan of the image does that.
Exit code: 0 written; 1 failed; 2 wrong usage.`,
  options: { image: { type: "string", default: "serving" }, out: { type: "string" }, "base-digest": { type: "string" }, "ffmpeg-version": { type: "string" } },
  positionals: [],
  async run({ image, out, "base-digest": baseDigest, "ffmpeg-version": ffmpegVersion }) {
    if (baseDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(baseDigest))
      throw new UsageError(`--base-digest must be sha256: and 64 lower-case hex digits, not "${baseDigest}".`);
    if (image !== "serving" && image !== "training") throw new UsageError(`--image must be serving or training, not "${image}".`);
    if (image === "training" && ffmpegVersion !== undefined)
      throw new UsageError("--ffmpeg-version is of the serving container; the training container has none.");
    const built = { ...(baseDigest !== undefined && { baseDigest }), ...(ffmpegVersion !== undefined && { ffmpegVersion }) };
    const bom = await (image === "training" ? trainingBom : servingBom)(root, built);
    const text = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(specification)).serialize(bom, { sortLists: true, space: 2 });
    if (out === undefined) process.stdout.write(`${text}\n`);
    else await writeFile(out, `${text}\n`);
    return 0;
  },
});
