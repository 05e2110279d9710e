import type { InsertableImage, JobSettings } from "@aws-sdk/client-mediaconvert";
import type { AnalysisRequest } from "../../../contracts/case.ts";
import type { Gate, TextRegion } from "../../../contracts/gate.ts";
import { reviewRenditionKey } from "../../../contracts/keys.ts";
import type { SourceIndex } from "../../../contracts/media.ts";
import type { FrameSpan, Rational } from "../../../contracts/primitives.ts";
import { around, type Box } from "../boxes.ts";
import { atMost } from "../fewer.ts";
import { boxFor, encodedVideo, fileGroup, fitWithin, type Size, sourceInput } from "../renditions.ts";

export interface ReviewPlan {
  bucket: string;
  keyArn: string;
  /** `s3://` location of the opaque picture shown instead of what the camera saw outside the patient. */
  coverImage: string;
}

/** Bits a second at which people see no difference: no rendition has more. */
const bestRate = 8_000_000;
/** Largest stored video that Rekognition takes, 10 GB (Rekognition Developer Guide, "Guidelines and quotas"), and the part of it that pictures may fill: the rest is for the MP4's own tables. */
const rekognition = { mostBytes: 10e9, pictures: 0.95 };

/**
 * Bits a second that the review rendition has at most. Rekognition looks at this file, so that a long video gets fewer: from 2.6 hours
 * on, and 3.5 Mb/s at the 6 hours that are admitted, which 1080p of an operation, that mostly stands still, bears well.
 */
export const reviewRate = (seconds: number): number => Math.min(bestRate, Math.floor((rekognition.mostBytes * rekognition.pictures * 8) / seconds));

/** MediaConvert's layers go from 0 to 99 (API reference, InsertableImage). */
const layers = 100;
/**
 * Covers of whole pictures, and of regions with text, at most: each is some 250 bytes of the job's settings, which pass through the state
 * machine, and a state takes 256 KiB in all (Step Functions quotas).
 */
const mostOfAKind = 200;

/**
 * The job that makes the MP4 that people watch: at most 1080p, a key frame each half second so that stepping is quick,
 * no sound, and with the covers of {@link coversOf}: both the spans outside the patient and the regions with burnt-in text. Both renditions have the source's nominal rate and are timed by
 * the same rule, so a frame of the analysis rendition has the same number in this one.
 */
export function reviewSettings(request: AnalysisRequest, index: SourceIndex, covers: readonly Cover[], plan: ReviewPlan): JobSettings {
  const { video } = index;
  const box = boxFor(video, 1920, 1080);
  const size = fitWithin(video, box);
  const rate = video.nominalFrameRate;
  const seconds = (video.durationTicks * video.timebase.num) / video.timebase.den;
  const picture = encodedVideo(box, { rate, gopSeconds: 0.5, bFrames: 2, quality: 8, maxBitrate: reviewRate(seconds) });
  const images = covers.map(({ layer, ...region }) => cover(region, region, rate, size, layer, plan.coverImage));
  const preprocessors = { ...picture.VideoPreprocessors, ...(images.length > 0 ? { ImageInserter: { InsertableImages: images } } : {}) };
  return {
    TimecodeConfig: { Source: "ZEROBASED" },
    Inputs: [sourceInput(request, index, plan.bucket)],
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

/** A region that is covered over some frames, in a layer. */
export interface Cover extends TextRegion {
  readonly layer: number;
}

/**
 * What is covered, as few pieces as are taken: where the gate found more, those nearest in time become one and cover what is between them
 * as well, never less. Covers that are shown at the same time have layers of their own.
 */
export function coversOf({ outOfBody, text }: Pick<Gate, "outOfBody" | "text">): Cover[] {
  const whole = outOfBody.map((span) => ({ ...span, x: 0, y: 0, width: 1, height: 1 }));
  for (let most = mostOfAKind; ; most = Math.floor(most / 2)) {
    const regions = [...atMost(mostOfAKind, whole, around), ...atMost(most, text, around)];
    const found = layersOf(regions);
    // One region of text and one span at a time need two layers.
    if (Math.max(0, ...found) < layers) return regions.map((region, i) => ({ ...region, layer: found[i] as number }));
  }
}

/** For each span the lowest layer that none has which is shown at the same time, or ends in the frame before: a cover may stay a moment too long. */
function layersOf(spans: readonly FrameSpan[]): number[] {
  const found: number[] = [];
  const ends: number[] = [];
  for (const { span, i } of spans.map((span, i) => ({ span, i })).sort((a, b) => a.span.startFrame - b.span.startFrame)) {
    const free = ends.findIndex((end) => end < span.startFrame);
    const layer = free >= 0 ? free : ends.length;
    ends[layer] = span.endFrame;
    found[i] = layer;
  }
  return found;
}

const cover = (span: FrameSpan, box: Box, rate: Rational, size: Size, layer: number, image: string): InsertableImage => ({
  ImageInserterInput: image,
  ...pixelsOf(box, size),
  Layer: layer,
  Opacity: 100,
  StartTime: timecodeOf(span.startFrame, rate),
  // Whole milliseconds, rounded up: a cover may stay a moment too long, never leave too early.
  Duration: Math.ceil(((span.endFrame - span.startFrame) * 1000 * rate.den) / rate.num),
});

/** A box in whole pixels, outwards to even ones: colour is stored for every second pixel. */
export function pixelsOf({ x, y, width, height }: Box, size: Size): Required<Pick<InsertableImage, "ImageX" | "ImageY" | "Width" | "Height">> {
  const [left, right] = outwards(x, x + width, size.width);
  const [top, bottom] = outwards(y, y + height, size.height);
  return { ImageX: left, ImageY: top, Width: right - left, Height: bottom - top };
}

function outwards(from: number, to: number, pixels: number): [number, number] {
  const first = Math.min(pixels - 2, 2 * Math.floor((from * pixels) / 2));
  return [first, Math.min(pixels, Math.max(first + 2, 2 * Math.ceil((to * pixels) / 2)))];
}

/** Timecode without drop frames (SMPTE ST 12-1): frames are counted in seconds of the rate rounded up to a whole number. */
export function timecodeOf(frame: number, rate: Rational): string {
  const perSecond = Math.ceil(rate.num / rate.den);
  const seconds = Math.floor(frame / perSecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % perSecond];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
