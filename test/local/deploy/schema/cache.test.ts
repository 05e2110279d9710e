import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openCache } from "../../../../local/deploy/schema/cache.ts";
import type { ResourceSchema } from "../../../../local/deploy/schema/shape.ts";

const schema: ResourceSchema = { inputs: { name: { type: "string", required: true } }, outputs: ["arn"], optionalOutputs: [] };
const never = (): never => {
  throw new Error("read again");
};

describe("openCache", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "svp-schema-cache-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const fill = (version = "@pulumi/aws@1.0.0"): string => {
    const cache = openCache(version, folder);
    cache.resource("aws:a/b:B", () => schema);
    cache.shape("a.B", () => schema.inputs);
    cache.save();
    return join(folder, readdirSync(folder)[0]!);
  };

  it("remembers what another process read, and writes one whole file", () => {
    fill();
    const later = openCache("@pulumi/aws@1.0.0", folder);
    expect(later.resource("aws:a/b:B", never)).to.deep.equal(schema);
    expect(later.shape("a.B", never)).to.deep.equal(schema.inputs);
    expect(readdirSync(folder)).to.have.length(1);
  });

  it("does not remember what does not exist", () => {
    const cache = openCache("@pulumi/aws@1.0.0", folder);
    expect(cache.resource("aws:a/c:C", () => undefined)).to.equal(undefined);
    cache.save();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("reads anew for another version of the package", () => {
    fill();
    expect(() => openCache("@pulumi/aws@1.0.1", folder).resource("aws:a/b:B", never)).to.throw("read again");
  });

  const damages: [what: string, damage: (text: string) => string][] = [
    ["cut off", (text) => text.slice(0, -10)],
    ["altered", (text) => text.replace('"required":true', '"required":false')],
    ["emptied", () => ""],
  ];
  for (const [what, damage] of damages) {
    it(`reads anew where the file was ${what}, and mends it`, () => {
      const file = fill();
      const whole = readFileSync(file, "utf8");
      writeFileSync(file, damage(whole));
      expect(() => openCache("@pulumi/aws@1.0.0", folder).resource("aws:a/b:B", never)).to.throw("read again");
      fill();
      expect(readFileSync(file, "utf8")).to.equal(whole);
    });
  }
});
