import type { JobSettings, VideoDescription } from "@aws-sdk/client-mediaconvert";
import type { AnalysisRequest } from "../../../contracts/case.ts";
import { pictureStepSeconds } from "../../../contracts/gate.ts";
import { analysisBaseName, analysisNameModifier, analysisRenditionPrefix, pictureBaseName, screenedPicturesPrefix, toUri } from "../../../contracts/keys.ts";
import { type SourceIndex, segmentSeconds } from "../../../contracts/media.ts";
import { boxFor, capturedPictures, encodedVideo, encryptedWith, fileGroup, sourceInput } from "../renditions.ts";
import type { Verdict } from "./core.ts";

export interface Destination {
  bucket: string;
  keyArn: string;
}

/**
 * The job that makes the analysis rendition: HLS of 6 s segments, no sound. Normalised: 540p at a constant rate with a key
 * frame every second, so that sampling once a second decodes key frames only and every segment stands alone. Beside it, the pictures of the source that are searched for burnt-in text.
 */
export function analysisSettings(request: AnalysisRequest, index: SourceIndex, { verdict }: Verdict, to: Destination): JobSettings {
  const { video } = index;
  const picture: VideoDescription =
    verdict === "PASSTHROUGH"
      ? { CodecSettings: { Codec: "PASSTHROUGH" } }
      : encodedVideo(boxFor(video, 960, 540), { rate: video.nominalFrameRate, gopSeconds: 1, bFrames: 2, quality: 7, maxBitrate: 3_000_000 });
  return {
    TimecodeConfig: { Source: "ZEROBASED" },
    Inputs: [sourceInput(request, index, to.bucket)],
    OutputGroups: [
      {
        Name: "analysis",
        OutputGroupSettings: {
          Type: "HLS_GROUP_SETTINGS",
          HlsGroupSettings: {
            Destination: toUri(to.bucket, `${analysisRenditionPrefix(request.caseId, request.runId)}${analysisBaseName}`),
            DestinationSettings: encryptedWith(to.keyArn),
            SegmentLength: segmentSeconds,
            MinSegmentLength: 0,
            SegmentControl: "SEGMENTED_FILES",
            DirectoryStructure: "SINGLE_DIRECTORY",
            ManifestDurationFormat: "FLOATING_POINT",
            OutputSelection: "MANIFESTS_AND_SEGMENTS",
          },
        },
        Outputs: [{ NameModifier: analysisNameModifier, ContainerSettings: { Container: "M3U8", M3u8Settings: {} }, VideoDescription: picture }],
      },
      {
        Name: "pictures",
        OutputGroupSettings: fileGroup(to.bucket, `${screenedPicturesPrefix(request.caseId, request.runId)}${pictureBaseName}`, to.keyArn),
        Outputs: [{ Extension: "jpg", ContainerSettings: { Container: "RAW" }, VideoDescription: capturedPictures(video, pictureStepSeconds) }],
      },
    ],
  };
}
