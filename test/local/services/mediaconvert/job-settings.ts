import type { H264Settings, InsertableImage, JobSettings, OutputGroup, VideoDescription } from "@aws-sdk/client-mediaconvert";
import { kmsKeyArn } from "../folder-store.ts";

/** Settings as the program's own functions write them. */

const encrypted = { S3Settings: { Encryption: { EncryptionType: "SERVER_SIDE_ENCRYPTION_KMS" as const, KmsKeyArn: kmsKeyArn } } };

export const h264 = (more: Partial<H264Settings> = {}): H264Settings => ({
  CodecProfile: "HIGH",
  RateControlMode: "QVBR",
  QvbrSettings: { QvbrQualityLevel: 8 },
  MaxBitrate: 3_000_000,
  QualityTuningLevel: "SINGLE_PASS",
  FramerateControl: "SPECIFIED",
  FramerateNumerator: 25,
  FramerateDenominator: 1,
  FramerateConversionAlgorithm: "DUPLICATE_DROP",
  GopSize: 1,
  GopSizeUnits: "SECONDS",
  GopClosedCadence: 1,
  GopBReference: "DISABLED",
  NumberBFramesBetweenReferenceFrames: 2,
  MinIInterval: 0,
  SceneChangeDetect: "DISABLED",
  InterlaceMode: "PROGRESSIVE",
  ParControl: "SPECIFIED",
  ParNumerator: 1,
  ParDenominator: 1,
  ...more,
});

export const encoded = (width: number, height: number, codec: H264Settings = h264()): VideoDescription => ({
  Width: width,
  Height: height,
  ScalingBehavior: "FIT",
  CodecSettings: { Codec: "H_264", H264Settings: codec },
  VideoPreprocessors: { Deinterlacer: { Mode: "DEINTERLACE", Algorithm: "INTERPOLATE", Control: "NORMAL" } },
});

export const passthrough: VideoDescription = { CodecSettings: { Codec: "PASSTHROUGH" } };

export const cover = (StartTime: string, Duration: number, Width: number, Height: number, image = "s3://lake/cover.png"): InsertableImage => ({
  ...{ ImageInserterInput: image, ImageX: 0, ImageY: 0, Layer: 0, Opacity: 100, StartTime, Duration, Width, Height },
});

export const withCovers = (video: VideoDescription, ...covers: InsertableImage[]): VideoDescription => ({
  ...video,
  VideoPreprocessors: { ...video.VideoPreprocessors, ImageInserter: { InsertableImages: covers } },
});

export const hlsGroup = (video: VideoDescription, SegmentLength = 6): OutputGroup => ({
  Name: "analysis",
  OutputGroupSettings: {
    Type: "HLS_GROUP_SETTINGS",
    HlsGroupSettings: {
      Destination: "s3://lake/case/analysis/analysis",
      DestinationSettings: encrypted,
      SegmentLength,
      MinSegmentLength: 0,
      SegmentControl: "SEGMENTED_FILES",
      DirectoryStructure: "SINGLE_DIRECTORY",
      ManifestDurationFormat: "FLOATING_POINT",
      OutputSelection: "MANIFESTS_AND_SEGMENTS",
    },
  },
  Outputs: [{ NameModifier: "_video", ContainerSettings: { Container: "M3U8", M3u8Settings: {} }, VideoDescription: video }],
});

export const fileGroup = (video: VideoDescription): OutputGroup => ({
  Name: "review",
  OutputGroupSettings: { Type: "FILE_GROUP_SETTINGS", FileGroupSettings: { Destination: "s3://lake/case/review/review", DestinationSettings: encrypted } },
  Outputs: [{ ContainerSettings: { Container: "MP4", Mp4Settings: { MoovPlacement: "PROGRESSIVE_DOWNLOAD" } }, VideoDescription: video }],
});

export const settingsOf = (source: string, ...groups: OutputGroup[]): JobSettings => ({
  TimecodeConfig: { Source: "ZEROBASED" },
  Inputs: [{ FileInput: `s3://raw/${source}`, TimecodeSource: "ZEROBASED", VideoSelector: { Rotate: "AUTO" } }],
  OutputGroups: groups,
});
