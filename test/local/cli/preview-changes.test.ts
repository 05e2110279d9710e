import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { changesBetween, changesReport, type PreviewedResource } from "../../../local/cli/preview-changes.ts";
import { root } from "../../../local/root.ts";

const resource = (type: string, name: string, inputs: Record<string, unknown> = {}, protect = false): PreviewedResource => ({
  urn: `urn:pulumi:dev::svp::${type}::${name}`,
  type,
  name,
  inputs,
  protect,
});
const bucket = (inputs: Record<string, unknown>, protect?: boolean) => resource("aws:s3/bucket:Bucket", "videos", inputs, protect);

describe("what changes between two previews", () => {
  it("is nothing between a program and itself, whatever the order of names", () => {
    const changes = changesBetween([bucket({ bucket: "a", tags: { x: 1, y: 2 } })], [bucket({ tags: { y: 2, x: 1 }, bucket: "a" })]);
    expect(changes).to.deep.equal({ added: [], removed: [], changed: [] });
    expect(changesReport("dev", changes)).to.equal("### Stack dev: 0 added, 0 removed, 0 changed");
  });

  it("is told by the paths of inputs, never by their values", () => {
    const before = [bucket({ tags: { owner: "A. Patient" }, rules: [{ days: 1 }, { days: 2 }] }, true), resource("aws:sqs/queue:Queue", "old")];
    const after = [bucket({ tags: { owner: "B. Patient", cost: "x" }, rules: [{ days: 1 }, { days: 3 }] }), resource("aws:iam/role:Role", "new")];
    const report = changesReport("dev", changesBetween(before, after));
    expect(report).to.equal(
      [
        "### Stack dev: 1 added, 1 removed, 1 changed",
        "**Data would be lost**\n\n- removes `old` (aws:sqs/queue:Queue)",
        "**Added**\n\n- `new` (aws:iam/role:Role)",
        "**Removed**\n\n- `old` (aws:sqs/queue:Queue)",
        "**Changed**\n\n- `videos` (aws:s3/bucket:Bucket): `rules[1].days`, `tags.cost`, `tags.owner`, `protect`",
      ].join("\n\n"),
    );
  });

  it("names a list whole if its length differs", () => {
    expect(changesBetween([bucket({ rules: [1] })], [bucket({ rules: [1, 2] })]).changed[0]?.paths).to.deep.equal(["rules"]);
  });

  it("says what would replace a resource that holds data", () => {
    const report = changesReport("dev", changesBetween([bucket({ bucket: "a", region: "us-east-1" })], [bucket({ bucket: "b", region: "us-east-1" })]));
    expect(report).to.include("**Data would be lost**\n\n- replaces `videos` (aws:s3/bucket:Bucket) for `bucket`");
  });

  it("tells a hundred lines of a list and how many more there are", () => {
    const many = Array.from({ length: 102 }, (_, i) => resource("aws:iam/role:Role", `role-${i}`));
    expect(changesReport("dev", changesBetween([], many)))
      .to.match(/`role-99` \(aws:iam\/role:Role\)\n- and 2 more$/)
      .and.not.include("role-100");
  });
});

describe("npm run changes", () => {
  const folder = mkdtempSync(join(tmpdir(), "changes-"));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const run = (...args: string[]) => spawnSync(process.execPath, [join(root, "local/cli/changes.ts"), ...args], { encoding: "utf8" });

  it("reads what the preview wrote, and names the stack by it", () => {
    const before = file("before.json", JSON.stringify([{ ...bucket({}), custom: true, outputs: {} }]));
    const { status, stdout } = run(before, file("after.json", "[]"));
    expect(stdout).to.match(/^### Stack dev: 0 added, 1 removed, 0 changed\n/);
    expect(status).to.equal(0);
  });

  it("refuses what is no such file, and wrong usage", () => {
    const wrong = run(file("list.json", "[]"), file("wrong.json", '[{"urn": 1}]'));
    expect(wrong.status).to.equal(1);
    expect(wrong.stderr).to.include('wrong.json is not what "npm run preview -- STACK --json" writes');
    expect(run(join(folder, "none.json"), join(folder, "list.json")).stderr).to.match(/none\.json can't be read: ENOENT/);
    expect(run(join(folder, "list.json")).status).to.equal(2);
  });
});
