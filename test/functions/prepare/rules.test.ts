import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Track } from "@aws-sdk/client-mediaconvert";
import { expect } from "chai";
import type { SourceIndex } from "../../../contracts/media.ts";
import { rules, ruleTable, type Video } from "../../../functions/prepare/admit/rules.ts";
import { indexOf } from "../support/source-index.ts";

const page = join(import.meta.dirname, "../../../docs/ingest.md");

describe("docs/ingest.md", () => {
  it("has the table of what is accepted as it is (renew it with UPDATE_GOLDEN=1)", () => {
    const text = readFileSync(page, "utf8");
    const current = text.replace(/<!-- rules -->[\s\S]*<!-- \/rules -->/, () => `<!-- rules -->\n${ruleTable()}\n<!-- /rules -->`);
    if (process.env["UPDATE_GOLDEN"]) writeFileSync(page, current);
    expect(text).to.include("<!-- rules -->").and.to.include("<!-- /rules -->");
    expect(readFileSync(page, "utf8")).to.equal(current);
  });
});

interface Change {
  video?: Partial<SourceIndex["video"]>;
  container?: SourceIndex["container"];
  track?: Partial<Track>;
  properties?: object;
  metadata?: object;
  facts?: Partial<Video>;
}

/** Ten seconds of 1080p25 in MP4 that pass every rule, with changes. */
function videoWith({ video = {}, container = "mp4", track: changed = {}, properties = {}, metadata = {}, facts = {} }: Change = {}): Video {
  const codecMetadata = { BitDepth: 8, ChromaSubsampling: "4:2:0", ScanType: "Progressive", ...metadata };
  const track: Track = {
    TrackType: "video",
    Codec: "AVC",
    VideoProperties: { Width: 1920, Height: 1080, BitDepth: 8, CodecMetadata: codecMetadata as object, ...properties },
    ...changed,
  };
  const index = { ...indexOf(video), container };
  return {
    probe: { Container: { Tracks: [track] } },
    probeError: null,
    index,
    indexError: null,
    unindexed: null,
    track,
    durationSeconds: 10,
    size: index.video,
    ...facts,
  };
}

/** The groups of such a video, with changes. */
const groups = (change: Partial<SourceIndex["video"]["groups"]>) => ({ ...indexOf().video.groups, ...change });

const spoken = (video: Video): string[] =>
  rules.flatMap((rule) => {
    const reasons = rule.outcome !== "NORMALISE" ? rule.reasons(video) : video.track && video.index ? rule.reasons(video.track, video.index) : [];
    return reasons.length > 0 ? [rule.id] : [];
  });

describe("the rules of admission", () => {
  it("say nothing of a plain video, nor of one at every limit", () => {
    expect(spoken(videoWith())).to.deep.equal([]);
    const fullest = { count: 3601, longestTicks: 6 * 12_800, open: 0, bytes: 6 * 3600 * 1_000_000, largestSegmentBytes: 11 * 2 ** 20 };
    const atLimits = { width: 1080, height: 1920, durationTicks: 6 * 3600 * 12_800, groups: fullest };
    expect(spoken(videoWith({ video: atLimits, properties: { Width: 1080 }, container: "mpegts", facts: { durationSeconds: 6 * 3600 } }))).to.deep.equal([]);
    expect(spoken(videoWith({ metadata: { ScanType: undefined }, video: { width: 64, height: 64 }, properties: { Width: 64 } }))).to.deep.equal([]);
  });

  /** For each rule a video that breaks it and no other. */
  const breaches: Record<string, Change> = {
    probe: { facts: { probe: undefined, probeError: "Unknown format", track: undefined, index: undefined, indexError: "It is text." } },
    packets: { facts: { index: undefined, indexError: "The file is truncated" } },
    stream: { facts: { track: undefined } },
    duration: { facts: { durationSeconds: 6 * 3600 + 1 } },
    agreement: { video: { codec: "hevc" } },
    smallest: { video: { width: 100, height: 62 }, properties: { Width: 100 } },
    largest: { video: { width: 8194, height: 1080 }, properties: { Width: 8194 } },
    opened: { facts: { probe: undefined, probeError: "Unknown format", track: undefined } },
    indexed: { facts: { index: undefined, unindexed: "The file is AVI" } },
    codec: { track: { Codec: "VC1" }, facts: { index: undefined, unindexed: "It isn't read." } },
    container: { container: "webm" },
    "plain-codec": { track: { Codec: "HEVC" }, video: { codec: "hevc" } },
    "bit-depth": { metadata: { BitDepth: 10 } },
    chroma: { metadata: { ChromaSubsampling: "4:2:2" } },
    scan: { metadata: { ScanType: "Interlaced" } },
    "frame-rate": { video: { variableFrameRate: true } },
    "edit-list": { video: { hiddenFrameCount: 1 } },
    rotation: { video: { rotation: 180 } },
    size: { video: { width: 1922, height: 1080 }, properties: { Width: 1922 } },
    "even-sides": { video: { width: 1919, height: 1080 }, properties: { Width: 1919 } },
    "square-pixels": { properties: { Width: 1440 } },
    "bit-rate": { video: { groups: groups({ bytes: 10_000_001 }) } },
    "segment-size": { video: { groups: groups({ largestSegmentBytes: 11 * 2 ** 20 + 1 }) } },
    "key-frames": { video: { groups: groups({ longestTicks: 6 * 12_800 + 1 }) } },
    "closed-groups": { video: { groups: groups({ open: 1 }) } },
  };
  /** What MediaConvert can't open may still be known to the index; a codec that the index would read is one that is known; and whatever is too large is more than passes through. */
  const companions: Record<string, string[]> = { probe: ["probe", "packets"], codec: ["indexed", "codec"], largest: ["largest", "size"] };

  it("are all broken by a video of this test, and known by one name each", () => {
    expect(rules.map(({ id }) => id)).to.deep.equal(Object.keys(breaches));
  });
  for (const [id, change] of Object.entries(breaches)) {
    it(`${id} speaks up for its own matter, in sentences`, () => {
      const video = videoWith(change);
      expect(spoken(video)).to.deep.equal(companions[id] ?? [id]);
      const rule = rules.find((one) => one.id === id)!;
      const reasons = rule.outcome !== "NORMALISE" ? rule.reasons(video) : rule.reasons(video.track!, video.index!);
      expect(reasons).to.have.length(1);
      expect(reasons[0]).to.match(/^[A-Z].*\.$/);
    });
  }
});
