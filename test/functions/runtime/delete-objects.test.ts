import type { DeleteObjectsCommandInput, DeleteObjectsCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { deleteObjects } from "../../../functions/runtime/delete-objects.ts";
import { failure } from "../../support/failure.ts";

/** An S3 that keeps what is named, for these reasons, and what it was asked. */
function keeping(kept: Readonly<Record<string, string | undefined>> = {}) {
  const asked: DeleteObjectsCommandInput[] = [];
  const send = async ({ input }: { input: DeleteObjectsCommandInput }): Promise<Pick<DeleteObjectsCommandOutput, "Errors">> => {
    asked.push(input);
    const Errors = (input.Delete?.Objects ?? []).flatMap(({ Key = "" }) => (Key in kept ? [{ Key, Code: kept[Key] }] : []));
    return Errors.length === 0 ? {} : { Errors };
  };
  return { asked, s3: { send } as unknown as S3Client };
}
const objects = (...keys: string[]) => keys.map((key) => ({ key }));

describe("deleteObjects", () => {
  it("deletes objects, or versions of them, a thousand at a time", async () => {
    const { asked, s3 } = keeping();
    const many = Array.from({ length: 2001 }, (_, i) => ({ key: `k${i}`, versionId: `v${i}` }));
    await deleteObjects(s3, "lake", many, "versions");
    expect(asked.map(({ Bucket, Delete }) => [Bucket, Delete?.Quiet, Delete?.Objects?.length])).to.deep.equal([1000, 1000, 1].map((n) => ["lake", true, n]));
    expect(asked.flatMap(({ Delete }) => Delete?.Objects ?? [])).to.deep.equal(many.map(({ key, versionId }) => ({ Key: key, VersionId: versionId })));
    await deleteObjects(s3, "lake", objects("one"), "files");
    expect(asked.at(-1)?.Delete?.Objects).to.deep.equal([{ Key: "one", VersionId: undefined }]);
  });

  it("asks nothing where there is nothing to delete", async () => {
    const { asked, s3 } = keeping();
    await deleteObjects(s3, "lake", [], "files");
    expect(asked).to.deep.equal([]);
  });

  const refusals: [string, Record<string, string | undefined>, string, string][] = [
    ["what does not pass", { a: "AccessDenied", b: "AccessDenied" }, "Error", "S3 kept 2 of 3 files: AccessDenied."],
    [
      "what passes",
      { a: "SlowDown", b: "InternalError", c: "ServiceUnavailable" },
      "TryAgain",
      "S3 kept 3 of 3 files: InternalError, ServiceUnavailable, SlowDown.",
    ],
    ["both", { a: "SlowDown", c: "AccessDenied" }, "Error", "S3 kept 2 of 3 files: AccessDenied, SlowDown."],
    ["what S3 does not name", { a: undefined }, "Error", "S3 kept 1 of 3 files: unknown."],
  ];
  for (const [what, kept, name, message] of refusals)
    it(`fails where S3 keeps any for ${what}`, async () => {
      const error = await failure(deleteObjects(keeping(kept).s3, "lake", objects("a", "b", "c"), "files"));
      expect([error.name, error.message]).to.deep.equal([name, message]);
    });

  it("counts of the thousand that failed, and goes no further", async () => {
    const { asked, s3 } = keeping({ k1000: "AccessDenied" });
    const many = objects(...Array.from({ length: 2500 }, (_, i) => `k${i}`));
    expect((await failure(deleteObjects(s3, "lake", many, "versions"))).message).to.equal("S3 kept 1 of 1000 versions: AccessDenied.");
    expect(asked.length).to.equal(2);
  });
});
