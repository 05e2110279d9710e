import type { ProbeResult, VideoProperties } from "@aws-sdk/client-mediaconvert";
import { expect } from "chai";
import { forecastOf } from "../../../contracts/cost.ts";
import { sourceIndexKey } from "../../../contracts/keys.ts";
import type { SourceIndex } from "../../../contracts/media.ts";
import { admitResponse } from "../../../contracts/steps.ts";
import { decide } from "../../../functions/prepare/admit/core.ts";
import { createHandler } from "../../../functions/prepare/admit/handler.ts";
import type { Facts } from "../../../functions/prepare/admit/rules.ts";
import { parseJobSettings } from "../../../local/services/mediaconvert/settings.ts";
import { failure } from "../../support/failure.ts";
import { caseId, request, runId } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";
import { indexOf } from "../support/source-index.ts";

const probeOf = (codec: string, properties: VideoProperties = {}, format = "mp4"): ProbeResult => ({
  Container: {
    Format: format as "mp4",
    Duration: 10,
    Tracks: [
      { TrackType: "audio", Codec: "AAC", Index: 2 },
      {
        TrackType: "video",
        Codec: codec as "AVC",
        Index: 1,
        VideoProperties: {
          Width: 1920,
          Height: 1080,
          BitDepth: 8,
          CodecMetadata: { BitDepth: 8, ChromaSubsampling: "4:2:0", ScanType: "Progressive" },
          ...properties,
        },
      },
    ],
  },
});
const planned = { analysers: [{ id: "gate", instanceType: "ml.c5.xlarge", sampleRate: 2 }], rekognition: true, labels: false, scanned: false };
const facts = (probe: ProbeResult, index: SourceIndex): Facts => ({ probe, probeError: null, index, indexError: null, unindexed: null });

describe("prepare/admit decides", () => {
  it("PASSTHROUGH for what analysers and players can take as it is", () => {
    expect(decide(facts(probeOf("AVC"), indexOf()))).to.deep.equal({ verdict: "PASSTHROUGH", reasons: [], durationSeconds: 10 });
  });

  const metadata = (change: object) => ({ CodecMetadata: { BitDepth: 8, ChromaSubsampling: "4:2:0", ScanType: "Progressive", ...change } });
  const departures: [string, Facts, string[]][] = [
    [
      "HEVC of 10 bits",
      facts(probeOf("HEVC", { BitDepth: 10, ...metadata({ BitDepth: 10 }) }), indexOf({ codec: "hevc" })),
      ["The codec is HEVC, not AVC (H.264).", "The bit depth is 10, not 8."],
    ],
    ["4:4:4", facts(probeOf("AVC", metadata({ ChromaSubsampling: "4:4:4" })), indexOf()), ["The chroma subsampling is 4:4:4, not 4:2:0."]],
    ["fields", facts(probeOf("AVC", metadata({ ScanType: "Interlaced" })), indexOf()), ["The video is interlaced."]],
    ["a variable rate", facts(probeOf("AVC"), indexOf({ variableFrameRate: true })), ["The frame rate varies."]],
    ["an edit list", facts(probeOf("AVC"), indexOf({ hiddenFrameCount: 3 })), ["An edit list hides 3 frames."]],
    [
      "a turned picture",
      facts(probeOf("AVC", { Rotation: 90 }), indexOf({ rotation: 90, width: 1080, height: 1920 })),
      ["A player turns the picture by 90 degrees."],
    ],
    ["4K", facts(probeOf("AVC", { Width: 3840, Height: 2160 }), indexOf({ width: 3840, height: 2160 })), ["The picture is 3840x2160, more than 1920x1080."]],
    ["an odd size", facts(probeOf("AVC", { Width: 641, Height: 359 }), indexOf({ width: 641, height: 359 })), ["The picture is 641x359; a side is odd."]],
    ["oblong pixels", facts(probeOf("AVC", { Width: 1440 }), indexOf()), ["The pixels aren't square: 1440 of them are shown 1920 wide."]],
    ["Matroska", facts(probeOf("AVC"), { ...indexOf(), container: "mkv" }), ["The container is mkv, not MP4, MOV or MPEG-TS."]],
    [
      "many bits, in huge segments",
      facts(probeOf("AVC"), indexOf({ groups: { count: 5, longestTicks: 25_600, open: 0, bytes: 25_000_000, largestSegmentBytes: 15 * 2 ** 20 } })),
      ["The bit rate is 20.0 Mb/s, more than 8.", "A segment would have 15.0 MiB, more than 11."],
    ],
    [
      "few key frames, and open groups",
      facts(probeOf("AVC"), indexOf({ groups: { count: 2, longestTicks: 115_200, open: 1, bytes: 5_000_000, largestSegmentBytes: 5_000_000 } })),
      ["Key frames are 9.00 s apart, more than 6.", "Of 2 groups of pictures 1 are open: they can't be decoded alone."],
    ],
    [
      "what the probe doesn't tell",
      facts(probeOf("AVC", { BitDepth: undefined, CodecMetadata: {} }), indexOf()),
      ["The bit depth is not told, not 8.", "The chroma subsampling is not told, not 4:2:0."],
    ],
  ];
  for (const [what, given, reasons] of departures) {
    it(`NORMALISE for ${what}`, () => {
      expect(decide(given)).to.deep.equal({ verdict: "NORMALISE", reasons, durationSeconds: 10 });
    });
  }

  const long = indexOf({ durationTicks: 12800 * 6 * 3601 });
  const faults: [string, Facts, string[]][] = [
    [
      "an unreadable file",
      { probe: undefined, probeError: "Unknown format", index: undefined, indexError: "The file is empty.", unindexed: null },
      ["The video can't be opened: Unknown format.", "The file is empty."],
    ],
    ["sound alone", facts({ Container: { Tracks: [{ TrackType: "audio", Codec: "AAC" }] } }, indexOf()), ["The file holds no video stream."]],
    ["more than six hours", facts(probeOf("AVC"), long), ["The video lasts 6.00 hours; at most 6 hours can be analysed. Split it and upload the parts."]],
    [
      "a file that contradicts itself",
      facts(probeOf("HEVC"), indexOf()),
      ["The file contradicts itself: its headers say the codec is HEVC, its video track says avc."],
    ],
    ["a tiny picture", facts(probeOf("AVC"), indexOf({ width: 62, height: 48 })), ["The picture is 62x48 pixels; it must be at least 64 on each side."]],
    [
      "a huge picture",
      facts(probeOf("AVC"), indexOf({ width: 8194, height: 4096 })),
      ["The picture is 8194x4096 pixels; it must be at most 8192 on each side."],
    ],
    [
      "a probe that tells nothing, of what nobody knows",
      { probe: undefined, probeError: null, index: undefined, indexError: "It is no video.", unindexed: null },
      ["The video can't be opened: its probe tells nothing.", "It is no video."],
    ],
    [
      "packets that weren't read",
      { probe: probeOf("AVC"), probeError: null, index: undefined, indexError: null, unindexed: null },
      ["The video's packets weren't read."],
    ],
    [
      "several faults at once",
      { probe: probeOf("MPEG2", { Width: 32, Height: 32 }), probeError: null, index: undefined, indexError: "The file is damaged.", unindexed: null },
      ["The file is damaged.", "The picture is 32x32 pixels; it must be at least 64 on each side."],
    ],
  ];
  for (const [what, given, reasons] of faults) {
    it(`REJECT for ${what}, with every reason`, () => {
      expect(decide(given)).to.deep.include({ verdict: "REJECT", reasons });
    });
  }

  const avi = { index: undefined, indexError: null, unindexed: "The file is AVI, not MP4, MOV, Matroska, WebM or MPEG-TS." };
  const obstacles: [string, Facts, string[]][] = [
    [
      "what our index does not read",
      { probe: probeOf("MP4V"), probeError: null, ...avi },
      ["The file is AVI, not MP4, MOV, Matroska, WebM or MPEG-TS.", "The codec MP4V isn't one of AVC, HEVC, AV1, VP9, VP8."],
    ],
    ["a container that MediaConvert reads and our index doesn't", { probe: probeOf("AVC"), probeError: null, ...avi }, [avi.unindexed]],
    [
      "what MediaConvert can't open, where our first bytes or index know what it is",
      { probe: undefined, probeError: "Unknown format", ...avi },
      ["The video can't be opened: Unknown format.", avi.unindexed],
    ],
    [
      "what our index reads and MediaConvert tells nothing of",
      { probe: undefined, probeError: null, index: indexOf(), indexError: null, unindexed: null },
      ["The video can't be opened: its probe tells nothing."],
    ],
    ["a codec that MediaConvert can't decode", facts(probeOf("THEORA"), indexOf()), ["The codec THEORA isn't one of AVC, HEVC, AV1, VP9, VP8."]],
  ];
  for (const [what, given, reasons] of obstacles) {
    it(`CONVERT for ${what}, with everything that is in the way`, () => {
      expect(decide(given)).to.deep.include({ verdict: "CONVERT", reasons });
    });
  }

  const converted = { container: "avi", codec: "mpeg4", timing: "derived", wallSeconds: 60 } as const;
  it("REJECT for a copy that can't be read either: nothing more can be done", () => {
    const copy = { ...facts(probeOf("THEORA"), indexOf()), index: { ...indexOf(), converted } };
    expect(decide(copy)).to.deep.include({ verdict: "REJECT", reasons: ["The codec THEORA isn't one of AVC, HEVC, AV1, VP9, VP8."] });
  });

  it("of a copy as of any other video", () => {
    expect(decide({ ...facts(probeOf("AVC"), indexOf()), index: { ...indexOf(), converted } }).verdict).to.equal("PASSTHROUGH");
  });

  it("REJECT before CONVERT: what is too long, too small or without pictures is not worth it", () => {
    const sound = { probe: { Container: { Tracks: [{ TrackType: "audio", Codec: "MP3" }] } }, probeError: null, ...avi } as Facts;
    expect(decide(sound)).to.deep.include({ verdict: "REJECT", reasons: ["The file holds no video stream."] });
    const tiny = { probe: probeOf("MP4V", { Width: 32, Height: 32 }), probeError: null, ...avi };
    expect(decide(tiny)).to.deep.include({ verdict: "REJECT", reasons: ["The picture is 32x32 pixels; it must be at least 64 on each side."] });
  });

  it("by the probe's duration where the packets couldn't be read", () => {
    const given: Facts = {
      probe: { Container: { ...probeOf("AVC").Container, Duration: 7 * 3600 } },
      probeError: null,
      index: undefined,
      indexError: "Damaged.",
      unindexed: null,
    };
    expect(decide(given).reasons).to.deep.equal(["Damaged.", "The video lasts 7.00 hours; at most 6 hours can be analysed. Split it and upload the parts."]);
  });
});

describe("prepare/admit", () => {
  const ask = async (probe: ProbeResult, index: SourceIndex) => {
    const lake = memoryLake();
    await lake.putJson(sourceIndexKey(caseId, runId), index);
    const handler = createHandler({ lake, processedKeyArn: "arn:aws:kms:eu-central-1:1:key/k", planned });
    return admitResponse.parse(
      await handler({ request, probe: { ProbeResults: [probe] }, probeError: null, index: { frameCount: 250, durationSeconds: 10 }, indexError: null }),
    );
  };

  it("plans HLS that MediaConvert's local stand-in takes, for both ways", async () => {
    for (const [codec, index] of [
      ["AVC", indexOf()],
      ["HEVC", indexOf({ codec: "hevc" })],
    ] as const) {
      const { settings } = await ask(probeOf(codec), index);
      parseJobSettings(settings);
      const group = (settings as { OutputGroups: { OutputGroupSettings: { HlsGroupSettings: object } }[] }).OutputGroups[0]?.OutputGroupSettings
        .HlsGroupSettings;
      expect(group).to.deep.include({
        Destination: `s3://processed/processed-videos/${caseId}/${runId}/analysis/analysis`,
        SegmentLength: 6,
        DestinationSettings: { S3Settings: { Encryption: { EncryptionType: "SERVER_SIDE_ENCRYPTION_KMS", KmsKeyArn: "arn:aws:kms:eu-central-1:1:key/k" } } },
      });
    }
  });

  const pictureOf = (settings: unknown) =>
    (settings as { OutputGroups: { Outputs: { VideoDescription: object }[] }[] }).OutputGroups[0]?.Outputs[0]?.VideoDescription;

  it("copies what passes through, and normalises to 540p at the nominal rate", async () => {
    const passed = await ask(probeOf("AVC"), indexOf());
    expect(pictureOf(passed.settings)).to.deep.equal({ CodecSettings: { Codec: "PASSTHROUGH" } });
    const made = await ask(probeOf("HEVC"), indexOf({ codec: "hevc", nominalFrameRate: { num: 30000, den: 1001 } }));
    expect(made).to.deep.include({ verdict: "NORMALISE", durationSeconds: 10 });
    const picture = pictureOf(made.settings) as { CodecSettings: { H264Settings: object } };
    expect(picture).to.deep.include({ Width: 960, Height: 540, ScalingBehavior: "FIT" });
    expect(picture.CodecSettings.H264Settings).to.deep.include({
      FramerateControl: "SPECIFIED",
      FramerateNumerator: 30000,
      FramerateDenominator: 1001,
      FramerateConversionAlgorithm: "DUPLICATE_DROP",
      GopSize: 1,
      GopSizeUnits: "SECONDS",
      GopClosedCadence: 1,
      SceneChangeDetect: "DISABLED",
      InterlaceMode: "PROGRESSIVE",
    });
  });

  it("forecasts what the run will cost, with an analysis rendition only where one is encoded", async () => {
    const forecast = (normalised: boolean) => forecastOf(indexOf().video, { normalised, ...planned }).estimateUsd;
    expect((await ask(probeOf("AVC"), indexOf())).forecastUsd).to.equal(forecast(false));
    expect((await ask(probeOf("HEVC"), indexOf({ codec: "hevc" }))).forecastUsd)
      .to.equal(forecast(true))
      .and.be.greaterThan(forecast(false));
  });

  it("reads the copy of a source that was converted, and counts what that cost", async () => {
    const converted = { container: "avi", codec: "mpeg4", timing: "derived", wallSeconds: 600 } as const;
    const { settings, forecastUsd } = await ask(probeOf("AVC"), { ...indexOf(), converted });
    expect((settings as unknown as { Inputs: { FileInput: string }[] }).Inputs[0]?.FileInput).to.equal(
      `s3://processed/converted-videos/${caseId}/${runId}/video.mp4`,
    );
    expect(forecastUsd).to.equal(forecastOf(indexOf().video, { conversionSeconds: 600, normalised: false, ...planned }).estimateUsd);
  });

  it("forecasts what a language model costs that writes the report, beside the run", async () => {
    const lake = memoryLake();
    await lake.putJson(sourceIndexKey(caseId, runId), indexOf());
    const report = { modelId: "amazon.nova-pro-v1:0", maxRedrafts: 1, pictures: 0 };
    const handler = createHandler({ lake, processedKeyArn: "arn:aws:kms:eu-central-1:1:key/k", planned: { ...planned, report } });
    const index = { frameCount: 250, durationSeconds: 10 };
    const told = await handler({ request, probe: { ProbeResults: [probeOf("AVC")] }, probeError: null, index, indexError: null });
    expect(told.report).to.deep.equal({ isPriced: true, forecastUsd: 0.052, mostUsd: 0.2692 });
    const without = await ask(probeOf("AVC"), indexOf());
    expect([without.report, without.forecastUsd]).to.deep.equal([null, told.forecastUsd]);
  });

  it("tells what each step costs, and forecasts the scan where there is one", async () => {
    const { stepsUsd, forecastUsd } = await ask(probeOf("HEVC"), indexOf({ codec: "hevc" }));
    expect(Object.keys(stepsUsd)).to.deep.equal([
      "conversion",
      "analysis-rendition",
      "review-rendition",
      "rekognition",
      "rekognition-labels",
      "pictures",
      "gate",
    ]);
    expect(stepsUsd).to.deep.include({ conversion: 0, "rekognition-labels": 0 });
    expect(stepsUsd["analysis-rendition"]).to.be.closeTo(0.00125, 1e-4);
    const lake = memoryLake();
    await lake.putJson(sourceIndexKey(caseId, runId), indexOf({ codec: "hevc" }));
    const handler = createHandler({ lake, processedKeyArn: "arn:aws:kms:eu-central-1:1:key/k", planned: { ...planned, scanned: true } });
    const large = { ...request, source: { ...request.source, bytes: 10e9 } };
    const index = { frameCount: 250, durationSeconds: 10 };
    const scanned = await handler({ request: large, probe: { ProbeResults: [probeOf("HEVC")] }, probeError: null, index, indexError: null });
    expect(scanned.forecastUsd).to.be.closeTo((forecastUsd as number) + 0.9, 1e-9);
  });

  it("plans and forecasts nothing for what must be converted first", async () => {
    const handler = createHandler({ lake: memoryLake(), processedKeyArn: "arn:aws:kms:eu-central-1:1:key/k", planned });
    const probe = { ProbeResults: [probeOf("MP4V")] };
    expect(await handler({ request, probe, probeError: null, index: { unindexed: "The file is AVI." }, indexError: null })).to.deep.equal({
      verdict: "CONVERT",
      reasons: ["The file is AVI.", "The codec MP4V isn't one of AVC, HEVC, AV1, VP9, VP8."],
      durationSeconds: 10,
      startTimecode: null,
      forecastUsd: null,
      stepsUsd: {},
      report: null,
      settings: null,
    });
  });

  it("never enlarges, keeps portrait upright and sides even", async () => {
    for (const [width, height, Width, Height] of [
      [641, 359, 640, 358],
      [1080, 1920, 540, 960],
      [320, 240, 320, 240],
    ] as const) {
      const { settings } = await ask(probeOf("HEVC", { Width: width, Height: height }), indexOf({ codec: "hevc", width, height }));
      expect(pictureOf(settings)).to.deep.include({ Width, Height });
    }
  });

  it("tells the timecode of the first frame where the headers tell one", async () => {
    expect(await ask(probeOf("AVC"), indexOf())).to.include({ startTimecode: null });
    const probe = probeOf("AVC");
    expect(await ask({ ...probe, Container: { ...probe.Container, StartTimecode: "01:00:00;02" } }, indexOf())).to.include({ startTimecode: "01:00:00;02" });
  });

  it("plans nothing for what it rejects", async () => {
    expect(await ask(probeOf("THEORA"), indexOf())).to.include({ settings: null, forecastUsd: null });
  });

  it("refuses an input that breaks the contract, naming all that is wrong", async () => {
    const error = await failure(createHandler({ lake: memoryLake(), processedKeyArn: "k", planned })({ request: { ...request, runId: "x" }, probeError: 1 }));
    expect(error.name).to.equal("InvalidInput");
    for (const part of ["request.runId", "probe", "probeError", "index", "indexError"]) expect(error.message).to.include(part);
  });
});
