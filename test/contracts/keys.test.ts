import { expect } from "chai";
import fc from "fast-check";
import * as keys from "../../contracts/keys.ts";
import { caseId, runId, uploadId } from "../functions/support/ids.ts";

describe("keys", () => {
  it("of sources are read back", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (aCase, upload) => {
        expect(keys.parseSourceKey(keys.sourceKey(aCase, upload))).to.deep.equal({ caseId: aCase, uploadId: upload });
      }),
    );
  });

  it("of single images are read back, and no other key is one", () => {
    fc.assert(fc.property(fc.uuid(), (imageId) => void expect(keys.parseDroppedImageKey(keys.droppedImageKey(imageId))).to.equal(imageId)));
    for (const key of [keys.imageAnswerKey(caseId), `images/input/${caseId}.png`, `x/images/input/${caseId}`, "images/input/jane-doe", "images/input/", ""])
      expect(keys.parseDroppedImageKey(key), key).to.equal(undefined);
  });

  const foreign = [
    `raw-videos/${caseId}/${uploadId}/source.mp4`,
    `raw-videos/${caseId}/source`,
    `x/raw-videos/${caseId}/${uploadId}/source`,
    `raw-videos/${caseId}/../source`,
    "",
  ];
  for (const key of foreign) it(`"${key}" is nobody's source`, () => expect(keys.parseSourceKey(key)).to.equal(undefined));

  it("of one run lie apart, and none holds more than identifiers", () => {
    const made = [
      keys.analysisPlaylistKey(caseId, runId),
      keys.reviewRenditionKey(caseId, runId),
      keys.analyserPrefix(caseId, runId, "gate"),
      keys.sourceIndexKey(caseId, runId),
      keys.frameTableKey(caseId, runId),
      keys.segmentManifestKey(caseId, runId),
      keys.gateKey(caseId, runId),
      keys.analysisKey(caseId, runId),
      keys.timelineKey(caseId, runId),
      keys.detectionChunkKey(caseId, runId, "instrument-detector", 3),
    ];
    expect(new Set(made).size).to.equal(made.length);
    for (const key of made) expect(key).to.match(new RegExp(`^[a-z-]+/${caseId}/${runId}/[a-z0-9_./-]+$`));
  });

  it("of the analysis rendition follow MediaConvert's names", () => {
    expect(keys.analysisPlaylistKey(caseId, runId)).to.equal(`processed-videos/${caseId}/${runId}/analysis/analysis_v.m3u8`);
  });

  it("of chunks sort in the order of time", () => {
    const chunks = [0, 9, 10, 99, 719].map((index) => keys.detectionChunkKey(caseId, runId, "p", index));
    expect([...chunks].sort()).to.deep.equal(chunks);
  });
});

describe("s3:// locations", () => {
  it("are read back", () => {
    expect(keys.parseUri(keys.toUri("bucket", "a/b c/d"))).to.deep.equal({ bucket: "bucket", key: "a/b c/d" });
  });
  for (const uri of ["https://bucket/key", "s3://bucket", "s3://bucket/", "s3:///key"]) {
    it(`"${uri}" is none`, () => expect(() => keys.parseUri(uri)).to.throw(`"${uri}" is not s3://bucket/key.`));
  }
});
