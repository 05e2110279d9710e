import type { InsertableImage, JobSettings } from "@aws-sdk/client-mediaconvert";
import type { AnalysisRequest } from "../../../contracts/case.ts";
import type { Gate } from "../../../contracts/gate.ts";
import { reviewRenditionKey } from "../../../contracts/keys.ts";
import type { SourceIndex } from "../../../contracts/media.ts";
import type { FrameSpan, Rational } from "../../../contracts/primitives.ts";
import { boxFor, encodedVideo, fileGroup, fitWithin, type Size, sourceInput } from "../renditions.ts";

export interface ReviewPlan {
  bucket: string;
  keyArn: string;
  /** `s3://` location of the opaque picture shown instead of what the camera saw outside the patient. */
  coverImage: string;
}

/** MediaConvert's layers go from 0 to 99. */
const layers = 100;

/**
 * The job that makes the MP4 that people watch: at most 1080p, a key frame each half second so that stepping is quick,
 * no sound, and the spans outside the patient covered. Both renditions have the source's nominal rate and are timed by
 * the same rule, so a frame of the analysis rendition has the same number in this one.
 */
export function reviewSettings(request: AnalysisRequest, { video }: SourceIndex, gate: Gate, plan: ReviewPlan): JobSettings {
  const box = boxFor(video, 1920, 1080);
  const size = fitWithin(video, box);
  const rate = video.nominalFrameRate;
  const picture = encodedVideo(box, { rate, gopSeconds: 0.5, bFrames: 2, quality: 8, maxBitrate: 8_000_000 });
  const covers = gate.outOfBody.map((span, i) => cover(span, rate, size, i % layers, plan.coverImage));
  const preprocessors = { ...picture.VideoPreprocessors, ...(covers.length > 0 ? { ImageInserter: { InsertableImages: covers } } : {}) };
  return {
    TimecodeConfig: { Source: "ZEROBASED" },
    Inputs: [sourceInput(request.source)],
    OutputGroups: [
      {
        Name: "review",
        OutputGroupSettings: fileGroup(plan.bucket, reviewRenditionKey(request.caseId, request.runId).replace(/\.mp4$/, ""), plan.keyArn),
        Outputs: [
          {
            ContainerSettings: { Container: "MP4", Mp4Settings: { MoovPlacement: "PROGRESSIVE_DOWNLOAD" } },
            VideoDescription: { ...picture, VideoPreprocessors: preprocessors },
          },
        ],
      },
    ],
  };
}

const cover = (span: FrameSpan, rate: Rational, { width, height }: Size, layer: number, image: string): InsertableImage => ({
  ImageInserterInput: image,
  ImageX: 0,
  ImageY: 0,
  Width: width,
  Height: height,
  Layer: layer,
  Opacity: 100,
  StartTime: timecodeOf(span.startFrame, rate),
  // Whole milliseconds, rounded up: a cover may stay a moment too long, never leave too early.
  Duration: Math.ceil(((span.endFrame - span.startFrame) * 1000 * rate.den) / rate.num),
});

/** Timecode without drop frames (SMPTE ST 12-1): frames are counted in seconds of the rate rounded up to a whole number. */
export function timecodeOf(frame: number, rate: Rational): string {
  const perSecond = Math.ceil(rate.num / rate.den);
  const seconds = Math.floor(frame / perSecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % perSecond];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
