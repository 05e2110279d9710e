/** Programs of the ffmpeg package (5.1 or later; Debian: `apt-get install ffmpeg`), found on PATH unless the environment names them. */
export const ffmpegPath = (): string => process.env["FFMPEG_PATH"] ?? "ffmpeg";
export const ffprobePath = (): string => process.env["FFPROBE_PATH"] ?? "ffprobe";
