import type { H264Settings, Input, OutputGroupSettings, VideoDescription } from "@aws-sdk/client-mediaconvert";
import type { AnalysisRequest } from "../../contracts/case.ts";
import { convertedVideoKey, toUri } from "../../contracts/keys.ts";
import type { SourceIndex } from "../../contracts/media.ts";
import type { Rational } from "../../contracts/primitives.ts";

/** What every rendition job has in common. */

export interface Size {
  width: number;
  height: number;
}

/**
 * The box a rendition is fitted into: `long` by `short` pixels, turned as the picture is, and nowhere larger than the
 * picture itself, since a rendition is never enlarged. Both sides are even: 4:2:0 stores colour for every second pixel.
 */
export function boxFor({ width, height }: Size, long: number, short: number): Size {
  const [wide, high] = width >= height ? [long, short] : [short, long];
  const even = (pixels: number) => Math.max(2, 2 * Math.floor(pixels / 2));
  return { width: even(Math.min(width, wide)), height: even(Math.min(height, high)) };
}

/** The size that MediaConvert's FIT gives a picture in a box: its aspect kept, nothing padded, both sides rounded to even numbers that the box still holds. */
export function fitWithin({ width, height }: Size, box: Size): Size {
  const scale = Math.min(box.width / width, box.height / height);
  const even = (pixels: number, limit: number) => Math.max(2, Math.min(2 * Math.round(pixels / 2), 2 * Math.floor(limit / 2)));
  return { width: even(width * scale, box.width), height: even(height * scale, box.height) };
}

/** The source, or the copy that it was converted to in `bucket`, as MediaConvert reads it: turned upright, timecodes counted from its first frame. */
export const sourceInput = ({ source, caseId, runId }: AnalysisRequest, { converted }: SourceIndex, bucket: string): Input => ({
  FileInput: converted ? toUri(bucket, convertedVideoKey(caseId, runId)) : toUri(source.bucket, source.key),
  TimecodeSource: "ZEROBASED",
  VideoSelector: { Rotate: "AUTO" },
});

/** Encryption of what MediaConvert writes. */
export const encryptedWith = (keyArn: string): { S3Settings: { Encryption: { EncryptionType: "SERVER_SIDE_ENCRYPTION_KMS"; KmsKeyArn: string } } } => ({
  S3Settings: { Encryption: { EncryptionType: "SERVER_SIDE_ENCRYPTION_KMS", KmsKeyArn: keyArn } },
});

export interface H264Plan {
  rate: Rational;
  gopSeconds: number;
  bFrames: number;
  quality: number;
  maxBitrate: number;
}

/** H.264 High at a constant rate with square pixels, closed groups of pictures of one length and no others. */
const h264 = (plan: H264Plan): H264Settings => ({
  CodecProfile: "HIGH",
  RateControlMode: "QVBR",
  QvbrSettings: { QvbrQualityLevel: plan.quality },
  MaxBitrate: plan.maxBitrate,
  QualityTuningLevel: "SINGLE_PASS",
  FramerateControl: "SPECIFIED",
  FramerateNumerator: plan.rate.num,
  FramerateDenominator: plan.rate.den,
  FramerateConversionAlgorithm: "DUPLICATE_DROP",
  GopSize: plan.gopSeconds,
  GopSizeUnits: "SECONDS",
  GopClosedCadence: 1,
  GopBReference: "DISABLED",
  NumberBFramesBetweenReferenceFrames: plan.bFrames,
  MinIInterval: 0,
  SceneChangeDetect: "DISABLED",
  InterlaceMode: "PROGRESSIVE",
  ParControl: "SPECIFIED",
  ParNumerator: 1,
  ParDenominator: 1,
});

/** A re-encoded picture, fitted into the box. The deinterlacer's NORMAL leaves frames alone that are tagged as progressive. */
export const encodedVideo = ({ width, height }: Size, plan: H264Plan): VideoDescription => ({
  Width: width,
  Height: height,
  ScalingBehavior: "FIT",
  CodecSettings: { Codec: "H_264", H264Settings: h264(plan) },
  VideoPreprocessors: { Deinterlacer: { Mode: "DEINTERLACE", Algorithm: "INTERPOLATE", Control: "NORMAL" } },
});

/** The pictures that are searched for text: as large as the source, up to what Rekognition takes in a file of 15 MB, and hardly compressed, so that small letters stay letters. */
const pictureBox = { long: 3840, short: 2160, quality: 90 };

/**
 * Pictures of the source as it is, one each `stepSeconds` from its first frame on. MediaConvert captures pictures only in a job that
 * also makes a video (MediaConvert User Guide, "Creating a job that captures frames").
 */
export const capturedPictures = (video: Size, stepSeconds: number): VideoDescription => ({
  Width: boxFor(video, pictureBox.long, pictureBox.short).width,
  Height: boxFor(video, pictureBox.long, pictureBox.short).height,
  ScalingBehavior: "FIT",
  CodecSettings: {
    Codec: "FRAME_CAPTURE",
    FrameCaptureSettings: { FramerateNumerator: 1, FramerateDenominator: stepSeconds, MaxCaptures: 10_000_000, Quality: pictureBox.quality },
  },
});

/** Where a file group writes: `destination` is the key without its extension. */
export const fileGroup = (bucket: string, destination: string, keyArn: string): OutputGroupSettings => ({
  Type: "FILE_GROUP_SETTINGS",
  FileGroupSettings: { Destination: toUri(bucket, destination), DestinationSettings: encryptedWith(keyArn) },
});
