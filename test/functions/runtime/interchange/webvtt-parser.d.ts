/** The part of W3C's WebVTT parser that tests use; the package has no types of its own. */
declare module "webvtt-parser" {
  const parsers: {
    WebVTTParser: new () => {
      parse(input: string, mode: "chapters" | "metadata"): { cues: { id: string; startTime: number; endTime: number; text: string }[]; errors: object[] };
    };
  };
  export default parsers;
}
