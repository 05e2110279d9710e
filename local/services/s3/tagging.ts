import { versionHeaders } from "./access.ts";
import type { Route, S3Context, S3Request } from "./context.ts";
import { checksummed, receiveText } from "./intake.ts";
import { findVersion } from "./read.ts";
import type { Tag, Version } from "./store.ts";
import { announce, checkTags } from "./write.ts";
import { childList, parseXml, xmlAnswer } from "./xml.ts";

function tagsInBody(text: string): Tag[] {
  const tags = childList(parseXml(text, "Tagging")["TagSet"], "Tag").map(({ Key, Value }) => ({ Key: String(Key ?? ""), Value: String(Value ?? "") }));
  return checkTags(tags);
}

/** Sets the tags of a version; its bytes stay as they are. */
export function setTags(s3: S3Context, request: S3Request, action: string, tags: Tag[]): Version {
  const version = findVersion(s3, request, action, { requestTags: tags });
  s3.store.transaction(() => {
    s3.store.setFacts(version, { ...version.facts, tags });
    announce(s3, request, tags.length > 0 ? "Object Tags Added" : "Object Tags Deleted", version);
  });
  s3.outbox.wake();
  return version;
}

export const taggingRoutes: readonly Route[] = [
  {
    name: "PutObjectTagging",
    method: "PUT",
    target: "object",
    needs: ["tagging"],
    takes: ["versionId", ...checksummed],
    async handle(s3, request) {
      const version = setTags(s3, request, "s3:PutObjectTagging", tagsInBody(await receiveText(request.body, request.headers)));
      return { status: 200, headers: versionHeaders(request.bucket, version) };
    },
  },
  {
    name: "GetObjectTagging",
    method: "GET",
    target: "object",
    needs: ["tagging"],
    takes: ["versionId"],
    async handle(s3, request) {
      const version = findVersion(s3, request, "s3:GetObjectTagging");
      return xmlAnswer("Tagging", { TagSet: { Tag: version.facts.tags.map(({ Key, Value }) => ({ Key, Value })) } }, versionHeaders(request.bucket, version));
    },
  },
  {
    name: "DeleteObjectTagging",
    method: "DELETE",
    target: "object",
    needs: ["tagging"],
    takes: ["versionId"],
    async handle(s3, request) {
      return { status: 204, headers: versionHeaders(request.bucket, setTags(s3, request, "s3:DeleteObjectTagging", [])) };
    },
  },
];
