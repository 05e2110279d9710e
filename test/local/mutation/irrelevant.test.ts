import { expect } from "chai";
import { deployOffline } from "../../../local/cli/deploy-offline.ts";
import { type Irrelevance, irrelevanceOf, irrelevant, irrelevantAsOf, unusedParts } from "../../../local/mutation/irrelevant.ts";
import { mutantsOf } from "../../../local/mutation/mutants.ts";
import { root } from "../../../local/root.ts";

describe("the list of what is irrelevant", () => {
  const covers = (entry: Partial<Irrelevance>, path: string, kind = "removed", type = "aws:s3/bucket:Bucket"): boolean =>
    irrelevanceOf([{ types: ["*"], paths: [""], reason: "", ...entry }])({ type, name: "one", path, kind } as Parameters<
      ReturnType<typeof irrelevanceOf>
    >[0]) !== undefined;

  it("goes by type, path and mutation", () => {
    expect(covers({ types: ["aws:s3/*"] }, "x")).to.equal(true);
    expect(covers({ types: ["aws:s3/*"], except: ["*:Bucket"] }, "x")).to.equal(false);
    expect(covers({ types: ["aws:s3"] }, "x")).to.equal(false);
    expect(covers({ kinds: ["gone"] }, "x")).to.equal(false);
    expect(covers({ kinds: ["removed"] }, "x")).to.equal(true);
    expect(covers({ names: ["one"] }, "x")).to.equal(true);
    expect(covers({ names: ["two"] }, "x")).to.equal(false);
  });

  it("takes a path with everything below it, a step for any, and any number of steps", () => {
    expect(covers({ paths: ["tags"] }, "tags.Name")).to.equal(true);
    expect(covers({ paths: ["tags"] }, "tagsAll")).to.equal(false);
    expect(covers({ paths: ["rules[].id"] }, "rules[].id")).to.equal(true);
    expect(covers({ paths: ["rules"] }, "rules[].id")).to.equal(true);
    expect(covers({ paths: ["tags.*"] }, "tags.Name")).to.equal(true);
    expect(covers({ paths: ["*.Name"] }, "a.b.Name")).to.equal(false);
    expect(covers({ paths: ["a.**.Name"] }, "a.Name")).to.equal(true);
    expect(covers({ paths: ["a.**.Name"] }, "a.b[].c.Name[]")).to.equal(true);
    expect(covers({ paths: ["a.**.Name"] }, "a.FirstName")).to.equal(false);
  });

  it("ends a path where it is told to", () => {
    expect(covers({ paths: ["a.*$"] }, "a.b")).to.equal(true);
    expect(covers({ paths: ["a.*$"] }, "a.b.c")).to.equal(false);
    expect(covers({ paths: ["$"] }, "")).to.equal(true);
    expect(covers({ paths: ["$"] }, "a")).to.equal(false);
    expect(covers({ paths: [""] }, "a")).to.equal(true);
  });

  it("gives a reason, in a sentence, and a day", () => {
    for (const { reason, types } of irrelevant) expect(reason, types.join()).to.match(/^[A-Z].*\.$/);
    expect(irrelevantAsOf).to.match(/^\d{4}-\d\d-\d\d$/);
  });

  it("holds nothing that is about nothing", async () => {
    const mutants = [];
    for (const stack of ["prod", "shared"]) mutants.push(...mutantsOf(await deployOffline(root, stack)));
    expect(unusedParts(irrelevant, mutants)).to.deep.equal([]);
  });

  it("tells what of it is about nothing", () => {
    const list = [{ types: ["aws:s3/*", "aws:ec2/*"], names: ["one", "two"], paths: ["a", "b"], reason: "" }];
    expect(unusedParts(list, [{ type: "aws:s3/bucket:Bucket", name: "one", path: "a", kind: "removed" }])).to.deep.equal([
      "aws:ec2/* a b",
      "two a b",
      "aws:s3/* aws:ec2/* one two b",
    ]);
  });
});
