import { expect } from "chai";
import { parseJobSettings } from "../../../../local/services/mediaconvert/settings.ts";
import { cover, encoded, fileGroup, h264, hlsGroup, passthrough, settingsOf, withCovers } from "./job-settings.ts";

const good = () => settingsOf("case/source", hlsGroup(encoded(960, 540)), fileGroup(withCovers(encoded(960, 540), cover("00:00:01:00", 1000, 960, 540))));

/** Sets or removes one value at a dotted path. */
function changed(settings: object, path: string, value: unknown): object {
  const copy = structuredClone(settings);
  const parts = path.split(".");
  const last = parts.pop() as string;
  // biome-ignore lint/suspicious/noExplicitAny: the path may lead anywhere.
  const parent = parts.reduce((at: any, part) => at[part], copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

const refusal = (settings: object): string => {
  try {
    parseJobSettings(settings);
    return "accepted";
  } catch (error) {
    expect((error as Error).name).to.equal("BadRequestException");
    return (error as Error).message;
  }
};

describe("parseJobSettings", () => {
  it("takes what the program's functions write", () => {
    expect(refusal(good())).to.equal("accepted");
    expect(refusal(settingsOf("case/source", hlsGroup(passthrough)))).to.equal("accepted");
  });

  const video = "OutputGroups.0.Outputs.0.VideoDescription";
  const codec = `${video}.CodecSettings.H264Settings`;
  const cases: [path: string, value: unknown, message: string][] = [
    ["AdAvailOffset", 0, "Settings.AdAvailOffset is not implemented by the local cloud."],
    ["TimecodeConfig.Source", "EMBEDDED", 'Settings.TimecodeConfig.Source is "EMBEDDED" and must be "ZEROBASED".'],
    ["Inputs.0.FileInput", "https://example.org/x", 'Settings.Inputs[0].FileInput is "https://example.org/x" and must be s3://bucket/key.'],
    ["Inputs.0.VideoSelector.Rotate", "DEGREES_90", 'Settings.Inputs[0].VideoSelector.Rotate is "DEGREES_90" and must be "AUTO" or "DEGREE_0".'],
    ["Inputs.1", { FileInput: "s3://raw/second" }, "Settings.Inputs must hold one input; joining inputs is not implemented."],
    [
      "OutputGroups.0.OutputGroupSettings.Type",
      "CMAF_GROUP_SETTINGS",
      'Settings.OutputGroups[0].OutputGroupSettings.Type is "CMAF_GROUP_SETTINGS" and must be "HLS_GROUP_SETTINGS" or "FILE_GROUP_SETTINGS"; the local cloud implements no other.',
    ],
    [
      "OutputGroups.0.OutputGroupSettings.HlsGroupSettings.Encryption",
      {},
      "Settings.OutputGroups[0].OutputGroupSettings.HlsGroupSettings.Encryption is not implemented by the local cloud.",
    ],
    [
      "OutputGroups.0.OutputGroupSettings.HlsGroupSettings.DestinationSettings",
      undefined,
      "Settings.OutputGroups[0].OutputGroupSettings.HlsGroupSettings.DestinationSettings is missing.",
    ],
    ["OutputGroups.0.Outputs.0.AudioDescriptions", [], "Settings.OutputGroups[0].Outputs[0].AudioDescriptions is not implemented by the local cloud."],
    [
      `${video}.CodecSettings.Codec`,
      "H_265",
      'Settings.OutputGroups[0].Outputs[0].VideoDescription.CodecSettings.Codec is "H_265" and must be "H_264" or "PASSTHROUGH"; the local cloud implements no other.',
    ],
    [`${video}.ScalingBehavior`, "FILL", 'Settings.OutputGroups[0].Outputs[0].VideoDescription.ScalingBehavior is "FILL" and must be "FIT".'],
    [`${video}.Width`, 961, "Settings.OutputGroups[0].Outputs[0].VideoDescription.Width is 961 and must be a multiple of 2."],
    [
      `${codec}.SceneChangeDetect`,
      "ENABLED",
      'Settings.OutputGroups[0].Outputs[0].VideoDescription.CodecSettings.H264Settings.SceneChangeDetect is "ENABLED" and must be "DISABLED".',
    ],
    [
      `${codec}.FramerateConversionAlgorithm`,
      "INTERPOLATE",
      'Settings.OutputGroups[0].Outputs[0].VideoDescription.CodecSettings.H264Settings.FramerateConversionAlgorithm is "INTERPOLATE" and must be "DUPLICATE_DROP".',
    ],
    [`${codec}.MaxBitrate`, undefined, "Settings.OutputGroups[0].Outputs[0].VideoDescription.CodecSettings.H264Settings.MaxBitrate is missing."],
    [`${codec}.GopSize`, 0, "Settings.OutputGroups[0].Outputs[0].VideoDescription.CodecSettings.H264Settings.GopSize is 0 and must be >0."],
    [
      `${codec}.CodecProfile`,
      "BASELINE",
      "Settings.OutputGroups[0].Outputs[0].VideoDescription.CodecSettings.H264Settings.NumberBFramesBetweenReferenceFrames is 2 and must be 0 with CodecProfile BASELINE, which has no B-frames.",
    ],
    [
      "OutputGroups.1.Outputs.0.VideoDescription.VideoPreprocessors.ImageInserter.InsertableImages.0.Opacity",
      50,
      "Settings.OutputGroups[1].Outputs[0].VideoDescription.VideoPreprocessors.ImageInserter.InsertableImages[0].Opacity is 50 and must be 100.",
    ],
    [
      "OutputGroups.1.Outputs.0.VideoDescription.VideoPreprocessors.ImageInserter.InsertableImages.0.StartTime",
      "00:00:00:25",
      'Settings.OutputGroups[1].Outputs[0].VideoDescription.VideoPreprocessors.ImageInserter.InsertableImages[0].StartTime is "00:00:00:25" and must have a frame below 25, the frames of a second.',
    ],
  ];
  for (const [path, value, message] of cases) {
    it(`refuses ${path} ${value === undefined ? "missing" : JSON.stringify(value)}`, () => expect(refusal(changed(good(), path, value))).to.equal(message));
  }

  it("tells every fault at once", () => {
    const twice = changed(changed(good(), "AvailBlanking", {}), `${codec}.Softness`, 1);
    expect(refusal(twice)).to.equal(
      "Settings.OutputGroups[0].Outputs[0].VideoDescription.CodecSettings.H264Settings.Softness is not implemented by the local cloud. Settings.AvailBlanking is not implemented by the local cloud.",
    );
  });

  it("refuses no settings at all", () => {
    expect(refusal(undefined as never)).to.equal("Settings is missing.");
    expect(refusal({})).to.equal("Settings.Inputs is missing. Settings.OutputGroups is missing.");
  });

  it("gives the defaults of MediaConvert where the functions leave a choice", () => {
    const { CodecProfile: _, QualityTuningLevel: __, ...rest } = h264();
    const [group] = parseJobSettings(settingsOf("case/source", hlsGroup(encoded(960, 540, rest)))).OutputGroups;
    const codecSettings = group?.Outputs[0]?.VideoDescription.CodecSettings as { H264Settings: object };
    expect(codecSettings.H264Settings).to.include({ CodecProfile: "MAIN", QualityTuningLevel: "SINGLE_PASS" });
  });
});
