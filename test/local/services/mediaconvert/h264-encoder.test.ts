import { expect } from "chai";
import { gopFrames, h264Arguments, rateFactor } from "../../../../local/services/mediaconvert/h264-encoder.ts";
import type { H264Settings } from "../../../../local/services/mediaconvert/settings.ts";
import { h264 } from "./job-settings.ts";

const codec = (more: Parameters<typeof h264>[0] = {}): H264Settings => h264(more) as H264Settings;

describe("rateFactor", () => {
  it("is 23 at level 7 and two less a level", () => {
    expect([1, 7, 8, 10].map(rateFactor)).to.deep.equal([35, 23, 21, 17]);
  });
});

describe("gopFrames", () => {
  it("turns seconds into whole frames", () => {
    expect(gopFrames(codec())).to.equal(25);
    expect(gopFrames(codec({ FramerateNumerator: 30000, FramerateDenominator: 1001 }))).to.equal(30);
    expect(gopFrames(codec({ GopSize: 0.5 }))).to.equal(13);
    expect(gopFrames(codec({ GopSize: 0.01 }))).to.equal(1);
  });

  it("takes frames as they are", () => expect(gopFrames(codec({ GopSize: 48, GopSizeUnits: "FRAMES" }))).to.equal(48));
});

describe("h264Arguments", () => {
  it("writes every setting as an option", () => {
    expect(h264Arguments(codec()).join(" ")).to.equal(
      "-c:v libx264 -preset veryfast -profile:v high -pix_fmt yuv420p -crf 21 -maxrate 3000000 -bufsize 6000000 -bf 2 " +
        "-x264-params open-gop=0:scenecut=0:keyint=25:min-keyint=25:b-adapt=0:b-pyramid=none:threads=2:lookahead-threads=1 " +
        "-bsf:v filter_units=remove_types=6 -fps_mode passthrough",
    );
  });

  it("follows profile, B-frames, references and effort", () => {
    const args = h264Arguments(
      codec({ CodecProfile: "MAIN", NumberBFramesBetweenReferenceFrames: 3, GopBReference: "ENABLED", QualityTuningLevel: "MULTI_PASS_HQ" }),
    ).join(" ");
    expect(args).to.include("-preset medium -profile:v main ");
    expect(args).to.include("-bf 3 ");
    expect(args).to.include(":b-pyramid=normal:");
  });
});
