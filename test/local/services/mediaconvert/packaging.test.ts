import { expect } from "chai";
import { codecString, destinationOf, multivariantPlaylist, playlistSegments } from "../../../../local/services/mediaconvert/packaging.ts";
import type { OutputGroup } from "../../../../local/services/mediaconvert/settings.ts";
import { kmsKeyArn } from "../folder-store.ts";
import { encoded, fileGroup, hlsGroup } from "./job-settings.ts";

describe("destinationOf", () => {
  const at = (Destination: string): OutputGroup => {
    const group = fileGroup(encoded(2, 2));
    return {
      ...group,
      OutputGroupSettings: { ...group.OutputGroupSettings, FileGroupSettings: { ...group.OutputGroupSettings?.FileGroupSettings, Destination } },
    } as OutputGroup;
  };

  it("takes the destination's last part as the names' beginning", () => {
    expect(destinationOf(hlsGroup(encoded(2, 2)) as OutputGroup, "s3://raw/x/source")).to.deep.equal({
      bucket: "lake",
      folder: "case/analysis/",
      base: "analysis",
      kmsKeyArn,
    });
    expect(destinationOf(at("s3://lake/review"), "s3://raw/x/source")).to.deep.include({ bucket: "lake", folder: "", base: "review" });
  });

  it("takes the input's name, without extension, for a destination that is a folder", () => {
    expect(destinationOf(at("s3://lake/out/"), "s3://raw/x/clip.final.mp4")).to.deep.include({ folder: "out/", base: "clip.final" });
  });
});

describe("codecString", () => {
  it("writes profile, constraints and level as RFC 6381 does", () => {
    expect(codecString("High", 31)).to.equal("avc1.64001f");
    expect(codecString("Main", 40)).to.equal("avc1.4d4028");
    expect(codecString("Constrained Baseline", 30)).to.equal("avc1.42e01e");
  });

  it("says nothing about what it doesn't know", () => {
    expect(codecString("High 10", 31)).to.equal(undefined);
    expect(codecString("High", -99)).to.equal(undefined);
    expect(codecString(undefined, undefined)).to.equal(undefined);
  });
});

describe("playlists", () => {
  it("lists variants with what a player chooses by", () => {
    const variant = {
      playlist: "analysis_video.m3u8",
      peakBandwidth: 900,
      averageBandwidth: 800,
      width: 960,
      height: 540,
      frameRate: 30000 / 1001,
      codec: "avc1.64001f",
    };
    expect(multivariantPlaylist([variant, { ...variant, playlist: "other.m3u8", codec: undefined }])).to.equal(
      "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n" +
        '#EXT-X-STREAM-INF:BANDWIDTH=900,AVERAGE-BANDWIDTH=800,RESOLUTION=960x540,FRAME-RATE=29.970,CODECS="avc1.64001f"\nanalysis_video.m3u8\n' +
        "#EXT-X-STREAM-INF:BANDWIDTH=900,AVERAGE-BANDWIDTH=800,RESOLUTION=960x540,FRAME-RATE=29.970\nother.m3u8\n",
    );
  });

  it("are read back by segment", () => {
    expect(playlistSegments("#EXTM3U\n#EXTINF:6.000000,\na_00001.ts\n#EXTINF:1.5,\r\na_00002.ts\n#EXT-X-ENDLIST\n")).to.deep.equal([
      { name: "a_00001.ts", seconds: 6 },
      { name: "a_00002.ts", seconds: 1.5 },
    ]);
  });
});
