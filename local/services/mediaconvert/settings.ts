import { z } from "zod";
import { ServiceError } from "../../wire/service.ts";

/**
 * The part of MediaConvert's `JobSettings` that is implemented here, as one strict schema: a key or a value that is
 * not in it is an error that names its path. A setting with one allowed value is one whose meaning the commands of
 * `video-filters.ts`, `h264-encoder.ts` and `packaging.ts` have built in.
 */

const s3Uri = z.string().regex(/^s3:\/\/[^/]+\/.+$/, "must be s3://bucket/key");

/** Validates a value by the schema that the string at `keyPath` inside it names; so problems are those of that one schema. */
function chosen<Schemas extends Record<string, z.ZodType>>(schemas: Schemas, keyPath: readonly string[]): z.ZodType<z.output<Schemas[keyof Schemas]>> {
  return z.unknown().transform((value, context) => {
    let key: unknown = value;
    for (const name of keyPath) key = (key as Record<string, unknown> | null | undefined)?.[name];
    const schema = typeof key === "string" ? schemas[key] : undefined;
    if (!schema) {
      const expected = Object.keys(schemas)
        .map((name) => JSON.stringify(name))
        .join(" or ");
      context.issues.push({ code: "custom", input: value, path: [...keyPath], message: `must be ${expected}; the local cloud implements no other` });
      return z.NEVER;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data as z.output<Schemas[keyof Schemas]>;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    return z.NEVER;
  }) as unknown as z.ZodType<z.output<Schemas[keyof Schemas]>>;
}

const encryption = z.strictObject({
  S3Settings: z.strictObject({
    Encryption: z.strictObject({ EncryptionType: z.literal("SERVER_SIDE_ENCRYPTION_KMS"), KmsKeyArn: z.string().regex(/^arn:/, "must be the ARN of a key") }),
  }),
});

const insertableImage = z.strictObject({
  ImageInserterInput: s3Uri,
  Layer: z.int().min(0).max(99),
  /** First covered frame: a timecode at the output's frame rate, counted from 0, without drop frames. */
  StartTime: z.string().regex(/^\d{2}:[0-5]\d:[0-5]\d:\d{2}$/, "must be HH:MM:SS:FF"),
  /** Milliseconds. */
  Duration: z.int().positive(),
  /** Pixels of the output. The image must lie inside its picture. */
  ImageX: z.int().nonnegative().default(0),
  ImageY: z.int().nonnegative().default(0),
  Width: z.int().positive(),
  Height: z.int().positive(),
  Opacity: z.literal(100),
  FadeIn: z.literal(0).optional(),
  FadeOut: z.literal(0).optional(),
});
export type InsertableImage = z.infer<typeof insertableImage>;

const h264 = z
  .strictObject({
    RateControlMode: z.literal("QVBR"),
    QvbrSettings: z.strictObject({ QvbrQualityLevel: z.int().min(1).max(10) }),
    MaxBitrate: z.int().min(1000),
    QualityTuningLevel: z.enum(["SINGLE_PASS", "SINGLE_PASS_HQ", "MULTI_PASS_HQ"]).default("SINGLE_PASS"),
    CodecProfile: z.enum(["BASELINE", "MAIN", "HIGH"]).default("MAIN"),
    CodecLevel: z.literal("AUTO").optional(),
    GopSize: z.number().positive(),
    GopSizeUnits: z.enum(["SECONDS", "FRAMES"]),
    GopClosedCadence: z.literal(1),
    GopBReference: z.enum(["DISABLED", "ENABLED"]).default("DISABLED"),
    NumberBFramesBetweenReferenceFrames: z.int().min(0).max(7),
    DynamicSubGop: z.literal("STATIC").optional(),
    MinIInterval: z.literal(0).optional(),
    SceneChangeDetect: z.literal("DISABLED"),
    FramerateControl: z.literal("SPECIFIED"),
    FramerateNumerator: z.int().positive(),
    FramerateDenominator: z.int().positive(),
    FramerateConversionAlgorithm: z.literal("DUPLICATE_DROP"),
    InterlaceMode: z.literal("PROGRESSIVE"),
    ParControl: z.literal("SPECIFIED"),
    ParNumerator: z.literal(1),
    ParDenominator: z.literal(1),
  })
  .refine((codec) => codec.CodecProfile !== "BASELINE" || codec.NumberBFramesBetweenReferenceFrames === 0, {
    path: ["NumberBFramesBetweenReferenceFrames"],
    error: "must be 0 with CodecProfile BASELINE, which has no B-frames",
  });
export type H264Settings = z.infer<typeof h264>;

const encodedFields = z.strictObject({
  /** Box that the picture is fitted into. Without it the picture keeps its size, made even. */
  Width: z.int().min(32).max(8192).multipleOf(2).optional(),
  Height: z.int().min(32).max(8192).multipleOf(2).optional(),
  ScalingBehavior: z.literal("FIT"),
  DropFrameTimecode: z.literal("DISABLED").optional(),
  TimecodeInsertion: z.literal("DISABLED").optional(),
  CodecSettings: z.strictObject({ Codec: z.literal("H_264"), H264Settings: h264 }),
  VideoPreprocessors: z
    .strictObject({
      Deinterlacer: z
        .strictObject({ Mode: z.literal("DEINTERLACE"), Algorithm: z.literal("INTERPOLATE").optional(), Control: z.literal("NORMAL").optional() })
        .optional(),
      ImageInserter: z.strictObject({ InsertableImages: z.array(insertableImage).min(1) }).optional(),
    })
    .optional(),
});
const encodedVideo = encodedFields.superRefine(({ CodecSettings, VideoPreprocessors }, context) => {
  const { FramerateNumerator, FramerateDenominator } = CodecSettings.H264Settings;
  const perSecond = Math.ceil(FramerateNumerator / FramerateDenominator);
  for (const [i, { StartTime }] of (VideoPreprocessors?.ImageInserter?.InsertableImages ?? []).entries()) {
    if (Number(StartTime.slice(-2)) < perSecond) continue;
    const path = ["VideoPreprocessors", "ImageInserter", "InsertableImages", i, "StartTime"];
    context.addIssue({ code: "custom", path, message: `must have a frame below ${perSecond}, the frames of a second` });
  }
});
export type EncodedVideo = z.infer<typeof encodedVideo>;

const passthroughVideo = z.strictObject({ CodecSettings: z.strictObject({ Codec: z.literal("PASSTHROUGH") }) });

const videoDescription = chosen({ H_264: encodedVideo, PASSTHROUGH: passthroughVideo }, ["CodecSettings", "Codec"]);
export type VideoDescription = z.infer<typeof encodedVideo> | z.infer<typeof passthroughVideo>;

const capturedFrames = z.strictObject({
  Width: encodedFields.shape.Width,
  Height: encodedFields.shape.Height,
  ScalingBehavior: z.literal("FIT"),
  CodecSettings: z.strictObject({
    Codec: z.literal("FRAME_CAPTURE"),
    FrameCaptureSettings: z.strictObject({
      /** The first frame is captured, then one every denominator / numerator seconds. */
      FramerateNumerator: z.int().positive(),
      FramerateDenominator: z.int().positive(),
      MaxCaptures: z.int().positive().max(10_000_000),
      Quality: z.int().min(1).max(100),
    }),
  }),
  VideoPreprocessors: encodedFields.shape.VideoPreprocessors,
});
export type CapturedFrames = z.infer<typeof capturedFrames>;

const modifier = z.string().regex(/^[A-Za-z0-9_-]{0,64}$/, "must be at most 64 letters, digits, hyphens and underscores");
const names = { Name: z.string().optional(), CustomName: z.string().optional() };

const hlsGroup = z.strictObject({
  ...names,
  OutputGroupSettings: z.strictObject({
    Type: z.literal("HLS_GROUP_SETTINGS"),
    HlsGroupSettings: z.strictObject({
      Destination: s3Uri,
      DestinationSettings: encryption,
      /** Seconds. A segment ends before the first key frame at or after this time. */
      SegmentLength: z.int().positive(),
      MinSegmentLength: z.literal(0),
      SegmentControl: z.literal("SEGMENTED_FILES").optional(),
      DirectoryStructure: z.literal("SINGLE_DIRECTORY").optional(),
      ManifestDurationFormat: z.literal("FLOATING_POINT").optional(),
      ManifestCompression: z.literal("NONE").optional(),
      OutputSelection: z.literal("MANIFESTS_AND_SEGMENTS").optional(),
      CodecSpecification: z.literal("RFC_4281").optional(),
      StreamInfResolution: z.literal("INCLUDE").optional(),
    }),
  }),
  Outputs: z
    .array(
      z.strictObject({
        NameModifier: modifier.min(1),
        ContainerSettings: z.strictObject({ Container: z.literal("M3U8"), M3u8Settings: z.strictObject({}).optional() }),
        VideoDescription: videoDescription,
      }),
    )
    .min(1),
});
export type HlsGroup = z.infer<typeof hlsGroup>;

const mp4Output = z.strictObject({
  NameModifier: modifier.optional(),
  Extension: z.literal("mp4").optional(),
  ContainerSettings: z.strictObject({ Container: z.literal("MP4"), Mp4Settings: z.strictObject({ MoovPlacement: z.literal("PROGRESSIVE_DOWNLOAD") }) }),
  VideoDescription: videoDescription,
});
const pictureOutput = z.strictObject({
  NameModifier: modifier.optional(),
  Extension: z.literal("jpg").optional(),
  ContainerSettings: z.strictObject({ Container: z.literal("RAW") }),
  VideoDescription: capturedFrames,
});
export type Mp4Output = z.infer<typeof mp4Output>;
export type PictureOutput = z.infer<typeof pictureOutput>;

const fileGroup = z.strictObject({
  ...names,
  OutputGroupSettings: z.strictObject({
    Type: z.literal("FILE_GROUP_SETTINGS"),
    FileGroupSettings: z.strictObject({ Destination: s3Uri, DestinationSettings: encryption }),
  }),
  Outputs: z.array(chosen({ MP4: mp4Output, RAW: pictureOutput }, ["ContainerSettings", "Container"])).min(1),
});
export type FileGroup = z.infer<typeof fileGroup>;
export type OutputGroup = HlsGroup | FileGroup;

const input = z.strictObject({
  FileInput: s3Uri,
  TimecodeSource: z.literal("ZEROBASED").optional(),
  VideoSelector: z.strictObject({ Rotate: z.enum(["AUTO", "DEGREE_0"]).optional(), ColorSpace: z.literal("FOLLOW").optional() }).optional(),
  PsiControl: z.literal("USE_PSI").optional(),
  FilterEnable: z.literal("AUTO").optional(),
});

const jobSettings = z.strictObject({
  TimecodeConfig: z.strictObject({ Source: z.literal("ZEROBASED") }).optional(),
  Inputs: z.array(input).length(1, "must hold one input; joining inputs is not implemented"),
  OutputGroups: z.array(chosen({ HLS_GROUP_SETTINGS: hlsGroup, FILE_GROUP_SETTINGS: fileGroup }, ["OutputGroupSettings", "Type"])).min(1),
});
export interface JobSettings {
  readonly Inputs: readonly [z.infer<typeof input>];
  readonly OutputGroups: readonly OutputGroup[];
}

/** Why a parse of `settings` failed: one sentence an issue, naming its path. */
function sentences(settings: unknown, issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    let path = "Settings";
    let found = settings;
    for (const part of issue.path) {
      path += typeof part === "number" ? `[${part}]` : `.${String(part)}`;
      found = (found as Record<PropertyKey, unknown> | undefined)?.[part];
    }
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `${path}.${key} is not implemented by the local cloud.`);
    const wanted = issue.code === "invalid_value" ? `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}` : issue.message;
    if (found === undefined) return [issue.code === "invalid_value" ? `${path} is missing and ${wanted}.` : `${path} is missing.`];
    const shown = typeof found === "object" ? "" : `is ${JSON.stringify(found)} and `;
    return [
      `${path} ${shown}${wanted
        .replace(/^Invalid \w+: must/, "must")
        .replace(/^(Invalid input|Too small|Too big): expected (\w+)/, "must be $2")
        .replace("must be number to be", "must be")}.`,
    ];
  });
}

/** Reads a job's settings. Throws BadRequestException with every setting that is wrong or not implemented. */
export function parseJobSettings(settings: unknown): JobSettings {
  const parsed = jobSettings.safeParse(settings);
  if (!parsed.success) throw new ServiceError("BadRequestException", sentences(settings, parsed.error.issues).join(" "));
  return parsed.data as unknown as JobSettings;
}
