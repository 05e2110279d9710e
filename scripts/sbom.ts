import { writeFile } from "node:fs/promises";
import { Serialize } from "@cyclonedx/cyclonedx-library";
import { main, UsageError } from "../local/cli/command.ts";
import { root } from "../local/root.ts";
import { servingBom, specification } from "./sbom/serving.ts";

await main({
  help: `
npm run sbom -- [--out FILE] [--base-digest sha256:...] [--ffmpeg-version V]

The bill of materials of the serving container, CycloneDX ${specification.version} as JSON: its base image, what it installs of Debian, and every package
of npm that its Dockerfile copies, with version, digest and licence as package-lock.json has them.

  --out FILE             writes it there instead of printing it
  --base-digest D        digest of the base image, where it is not the one that the Dockerfile names: docker image inspect --format '{{index .RepoDigests 0}}' IMAGE
  --ffmpeg-version V     docker run --rm --entrypoint dpkg-query IMAGE -W -f '\${Version}' ffmpeg
  -h, --help             this text

What ffmpeg brings along of Debian's is not listed: a scan of the image does that.
Exit code: 0 written; 1 failed; 2 wrong usage.`,
  options: { out: { type: "string" }, "base-digest": { type: "string" }, "ffmpeg-version": { type: "string" } },
  positionals: [],
  async run({ out, "base-digest": baseDigest, "ffmpeg-version": ffmpegVersion }) {
    if (baseDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(baseDigest))
      throw new UsageError(`--base-digest must be sha256: and 64 lower-case hex digits, not "${baseDigest}".`);
    const bom = await servingBom(root, { ...(baseDigest !== undefined && { baseDigest }), ...(ffmpegVersion !== undefined && { ffmpegVersion }) });
    const text = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(specification)).serialize(bom, { sortLists: true, space: 2 });
    if (out === undefined) process.stdout.write(`${text}\n`);
    else await writeFile(out, `${text}\n`);
    return 0;
  },
});
