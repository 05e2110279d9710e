import type { AspectRatio, CodecMetadata, Container, Format, FrameRate, ProbeResult, Track, VideoProperties } from "@aws-sdk/client-mediaconvert";
import { clockwiseRotation, type ProbedFile, type ProbedStream, parseRatio } from "../../media/probe.ts";

/**
 * ffprobe's answers in the shape of MediaConvert's Probe. What ffprobe does not tell is left out. The SDK's
 * documentation lists no values of ScanType; `Progressive` and `Interlaced` are spelt as its `TopFieldFirst` is, and
 * whoever reads them should not depend on their case.
 */

const codecs: Readonly<Record<string, Track["Codec"]>> = {
  ...{ h264: "AVC", hevc: "HEVC", av1: "AV1", vp8: "VP8", vp9: "VP9", mpeg1video: "MPEG1", mpeg2video: "MPEG2", mpeg4: "MP4V", h263: "H263" },
  ...{
    mjpeg: "MJPEG",
    jpeg2000: "JPEG2000",
    prores: "PRORES",
    dvvideo: "DV",
    dnxhd: "VC3",
    vc1: "VC1",
    theora: "THEORA",
    qtrle: "QTRLE",
    rawvideo: "UNCOMPRESSED",
  },
  ...{ aac: "AAC", ac3: "AC3", eac3: "EAC3", mp2: "MP2", mp3: "MP3", opus: "OPUS", vorbis: "VORBIS", flac: "FLAC", amr_nb: "AMR", amr_wb: "AMR" },
  ...{ wmav1: "WMA", wmav2: "WMA2", wmapro: "WMAPRO", eia_608: "C608", webvtt: "WEBVTT" },
};

/** Container by ffprobe's name of it, its major brand and the file's first bytes. */
export function containerFormat(file: ProbedFile, head: Buffer): Format | undefined {
  const name = file.format.format_name;
  if (name.startsWith("mov,")) {
    const brand = (file.format.tags?.major_brand ?? "").trim();
    if (brand === "qt" || brand === "") return "quicktime";
    if (brand.startsWith("3g2")) return "three_g2";
    return brand.startsWith("3gp") ? "three_gp" : "mp4";
  }
  // The EBML header at the beginning names the document type. (RFC 9559, 6)
  if (name.startsWith("matroska")) return head.includes("webm") ? "webm" : "matroska";
  const others: Readonly<Record<string, Format>> = { mpegts: "mpegts", mpeg: "mpegps", avi: "avi", mxf: "mxf", asf: "asf", ogg: "ogg" };
  return others[name];
}

/** Fills a shape with the values that are known. */
function known<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && !Number.isNaN(value))) as T;
}

const integer = (text: string | undefined): number | undefined => (text === undefined ? undefined : Math.round(Number(text)));
const frameRate = (text: string | undefined): FrameRate | undefined => {
  const rate = parseRatio(text);
  return rate && { Numerator: rate.num, Denominator: rate.den };
};
const aspect = (text: string | undefined): AspectRatio | undefined => frameRate(text);

/** Bits per colour component, and which share of the pixels carries colour, from ffmpeg's name of a pixel format. */
export function pixelFormat(name: string | undefined): { bitDepth: number | undefined; chromaSubsampling: string | undefined } {
  if (name === undefined) return { bitDepth: undefined, chromaSubsampling: undefined };
  const deep = /(?:p|gray|gbrp|p0)(9|10|12|14|16)(?:le|be)$/.exec(name);
  const chroma =
    /yuva?j?(420|422|444|440|411|410)p/.exec(name) ??
    (/^(nv12|nv21|p01\d)/.test(name) ? ["", "420"] : /^(yuyv422|uyvy422)/.test(name) ? ["", "422"] : /^gbr/.test(name) ? ["", "444"] : null);
  return { bitDepth: deep ? Number(deep[1]) : 8, chromaSubsampling: chroma ? [...(chroma[1] as string)].join(":") : undefined };
}

const colorNames: Readonly<Record<string, CodecMetadata["ColorPrimaries"] & CodecMetadata["MatrixCoefficients"] & CodecMetadata["TransferCharacteristics"]>> = {
  bt709: "ITU_709",
};

function codecMetadata(stream: ProbedStream): CodecMetadata {
  const { bitDepth, chromaSubsampling } = pixelFormat(stream.pix_fmt);
  const interlaced = stream.field_order === undefined ? undefined : stream.field_order !== "progressive";
  const topFirst = stream.field_order?.startsWith("t");
  return known<CodecMetadata>({
    BitDepth: bitDepth,
    ChromaSubsampling: chromaSubsampling,
    CodedFrameRate: frameRate(stream.r_frame_rate),
    ColorPrimaries: colorNames[stream.color_primaries ?? ""],
    MatrixCoefficients: colorNames[stream.color_space ?? ""],
    TransferCharacteristics: colorNames[stream.color_transfer ?? ""],
    FieldOrder: interlaced ? (topFirst ? "TopFieldFirst" : "BottomFieldFirst") : undefined,
    Height: stream.height,
    Width: stream.width,
    Level:
      stream.level !== undefined && stream.level > 0
        ? String(stream.codec_name === "h264" ? stream.level / 10 : stream.codec_name === "hevc" ? stream.level / 30 : stream.level)
        : undefined,
    Profile: stream.profile,
    ScanType: interlaced === undefined ? undefined : interlaced ? "Interlaced" : "Progressive",
  });
}

function videoProperties(stream: ProbedStream): VideoProperties {
  const rotation = clockwiseRotation(stream);
  return known<VideoProperties>({
    BitDepth: pixelFormat(stream.pix_fmt).bitDepth,
    BitRate: integer(stream.bit_rate),
    CodecMetadata: codecMetadata(stream),
    DisplayAspectRatio: aspect(stream.display_aspect_ratio),
    FrameRate: frameRate(stream.avg_frame_rate),
    Height: stream.height,
    Rotation: rotation === 0 ? undefined : rotation,
    SampleAspectRatio: aspect(stream.sample_aspect_ratio),
    Width: stream.width,
  });
}

function track(stream: ProbedStream): Track {
  const common = {
    Codec: codecs[stream.codec_name ?? ""] ?? "UNKNOWN",
    Duration: stream.duration === undefined ? undefined : Number(stream.duration),
    Index: stream.index + 1,
  } as const;
  if (stream.codec_type === "video") return known<Track>({ ...common, TrackType: "video", VideoProperties: videoProperties(stream) });
  if (stream.codec_type === "audio") {
    const audio = {
      BitRate: integer(stream.bit_rate),
      ChannelLayout: stream.channel_layout,
      Channels: stream.channels,
      LanguageCode: stream.tags?.language,
      SampleRate: integer(stream.sample_rate),
    };
    return known<Track>({ ...common, Codec: stream.codec_name?.startsWith("pcm_") ? "PCM" : common.Codec, TrackType: "audio", AudioProperties: known(audio) });
  }
  return known<Track>({ ...common, TrackType: "data", DataProperties: known({ LanguageCode: stream.tags?.language }) });
}

/** Of a timecode track, which ffprobe copies to the video that it belongs to, or of the container itself. */
const startTimecode = ({ streams, format }: ProbedFile): string | undefined =>
  streams.find(({ tags }) => tags?.["timecode"] !== undefined)?.tags?.["timecode"] ?? format.tags?.["timecode"];

/** The Probe answer for one file. Cover pictures and other attachments are no tracks. */
export function probeResult(file: ProbedFile, head: Buffer, object: { etag: string; bytes: number; contentType: string; modified: Date }): ProbeResult {
  const tracks = file.streams.filter((stream) => stream.codec_type !== "attachment" && stream.disposition?.attached_pic !== 1).map(track);
  const indexes = (type: Track["TrackType"]): number[] => tracks.filter((one) => one.TrackType === type).map((one) => one.Index as number);
  return {
    Container: known<Container>({
      BitRate: integer(file.format.bit_rate),
      Duration: file.format.duration === undefined ? undefined : Number(file.format.duration),
      Format: containerFormat(file, head),
      StartTimecode: startTimecode(file),
      Tracks: tracks,
    }),
    Metadata: { ETag: object.etag, FileSize: object.bytes, LastModified: object.modified, MimeType: object.contentType },
    TrackMappings: [{ VideoTrackIndexes: indexes("video"), AudioTrackIndexes: indexes("audio"), DataTrackIndexes: indexes("data") }],
  };
}
