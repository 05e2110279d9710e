import { expect } from "chai";
import { refusal } from "../../../../local/services/rekognition/detect-segments.ts";
import { signalReader } from "../../../../local/services/rekognition/frame-signals.ts";
import { blackSegments, blackSpans, cutConfidence, shotSegments, shots } from "../../../../local/services/rekognition/segments.ts";

const ntsc = { num: 30000, den: 1001 };
const signals = (cutScore: number[], blackPercent: number[] = cutScore.map(() => 0)) => ({
  seconds: cutScore.map((_, i) => Number(((i * 1001) / 30000).toFixed(6))),
  cutScore,
  blackPercent,
});

describe("signalReader", () => {
  it("collects one value a frame, and times since the first", () => {
    const { take, signals: read } = signalReader();
    for (const line of [
      "frame:0    pts:1024    pts_time:2",
      "lavfi.blackframe.pblack=100",
      "lavfi.scd.mafd=0",
      "lavfi.scd.score=0.000",
      "frame:1    pts:1536    pts_time:2.04",
      "lavfi.scd.score=12.5",
    ])
      take(line);
    expect(read.seconds[0]).to.equal(0);
    expect(read.seconds[1]).to.be.closeTo(0.04, 1e-9);
    expect([read.cutScore, read.blackPercent]).to.deep.equal([
      [0, 12.5],
      [100, 0],
    ]);
  });
});

describe("shots", () => {
  it("begin at the first frame and at every cut, as sure as that cut", () => {
    expect(shots(signals([0, 0, 10, 9.99, 30, 0]))).to.deep.equal([
      { start: 0, end: 2, confidence: 100 },
      { start: 2, end: 4, confidence: 50 },
      { start: 4, end: 6, confidence: 100 },
    ]);
    expect([10, 20, 30, 90].map(cutConfidence)).to.deep.equal([50, 75, 100, 100]);
  });

  it("are left out below the wanted confidence, but keep their numbers", () => {
    expect(shotSegments(signals([0, 0, 10, 0, 30, 0]), ntsc, 60).map(({ ShotSegment }) => ShotSegment)).to.deep.equal([
      { Index: 0, Confidence: 100 },
      { Index: 2, Confidence: 100 },
    ]);
  });

  it("are told as in the example answer of the developer guide", () => {
    const scores = Array.from({ length: 450 }, (_, frame) => (frame === 300 ? 40 : 0));
    expect(shotSegments(signals(scores), ntsc, 50)).to.deep.equal([
      {
        Type: "SHOT",
        ...{ StartFrameNumber: 0, EndFrameNumber: 299, DurationFrames: 299, StartTimestampMillis: 0, EndTimestampMillis: 9976, DurationMillis: 9976 },
        ...{ StartTimecodeSMPTE: "00:00:00;00", EndTimecodeSMPTE: "00:00:09;29", DurationSMPTE: "00:00:09;29" },
        ShotSegment: { Index: 0, Confidence: 100 },
      },
      {
        Type: "SHOT",
        ...{ StartFrameNumber: 300, EndFrameNumber: 449, DurationFrames: 149, StartTimestampMillis: 10010, EndTimestampMillis: 14981, DurationMillis: 4971 },
        ...{ StartTimecodeSMPTE: "00:00:10;00", EndTimecodeSMPTE: "00:00:14;29", DurationSMPTE: "00:00:04;29" },
        ShotSegment: { Index: 1, Confidence: 100 },
      },
    ]);
  });
});

describe("blackSpans", () => {
  it("are runs of frames that are black enough, to the end as well", () => {
    expect(blackSpans(signals([0, 0, 0, 0, 0], [99, 100, 98, 0, 100]), 99)).to.deep.equal([
      { start: 0, end: 2, confidence: 99.5 },
      { start: 4, end: 5, confidence: 100 },
    ]);
  });

  it("are told as technical cues from the wanted confidence on", () => {
    const [cue, ...more] = blackSegments(signals([0, 0, 0], [100, 0, 60]), ntsc, 50, 70);
    expect([cue?.Type, cue?.TechnicalCueSegment, more]).to.deep.equal(["TECHNICAL_CUE", { Type: "BlackFrames", Confidence: 100 }, []]);
  });
});

describe("refusal", () => {
  const video = { index: 0, codec_type: "video", codec_name: "h264" };
  const file = (more: object = {}, streams: object[] = [video]) => ({ format: { format_name: "mov,mp4,m4a", duration: "21600.0", ...more }, streams }) as never;

  it("takes H.264 in MP4 up to six hours", () => expect(refusal(file())).to.equal(undefined));

  it("names what Rekognition does not take", () => {
    expect(refusal(file({ format_name: "matroska,webm" }))).to.equal("The file is not an MP4 or MOV.");
    expect(refusal(file({}, []))).to.equal("The file has no video stream.");
    expect(refusal(file({}, [{ ...video, codec_name: "hevc" }]))).to.equal("The video is coded as hevc; only H.264 is analysed.");
    expect(refusal(file({ duration: "21600.04" }))).to.equal("The video lasts 21600.04 s; at most 21600 s are analysed.");
  });
});
