import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { TextDetection } from "@aws-sdk/client-rekognition";
import { createWorker, PSM, type Worker } from "tesseract.js";

/** Reads the text of pictures. Starts with the first picture, since most runs of the local cloud read none. */
export interface TextReader {
  /** Lines and words, best effort first to last in reading order, none below `minConfidence` percent. */
  read(path: string, size: { readonly width: number; readonly height: number }, minConfidence: number): Promise<TextDetection[]>;
  close(): Promise<void>;
}

/** What DetectText finds at most in a picture. (Rekognition Developer Guide, "Guidelines and quotas") */
const mostWords = 100;

/** Letters and digits as they come from an npm package: nothing is fetched while the program runs. */
const languageData = join(dirname(createRequire(import.meta.url).resolve("@tesseract.js-data/eng/package.json")), "4.0.0_best_int");

interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Tesseract, which looks for words anywhere in the picture. One at a time: it runs on one processor. */
export function createTextReader(): TextReader {
  let starting: Promise<Worker> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const start = async (): Promise<Worker> => {
    const worker = await createWorker("eng", 1, { langPath: languageData, cacheMethod: "none", gzip: true });
    await worker.setParameters({ tessedit_pageseg_mode: PSM.SPARSE_TEXT });
    return worker;
  };

  async function recognise(path: string, { width, height }: { width: number; height: number }, minConfidence: number): Promise<TextDetection[]> {
    starting ??= start();
    const { data } = await (await starting).recognize(path, {}, { blocks: true, text: false });
    const geometry = ({ x0, y0, x1, y1 }: Box) => ({
      BoundingBox: { Left: x0 / width, Top: y0 / height, Width: (x1 - x0) / width, Height: (y1 - y0) / height },
      Polygon: [
        { X: x0 / width, Y: y0 / height },
        { X: x1 / width, Y: y0 / height },
        { X: x1 / width, Y: y1 / height },
        { X: x0 / width, Y: y1 / height },
      ],
    });
    const lines = (data.blocks ?? []).flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines));
    const kept = lines
      .map((line) => ({ ...line, words: line.words.filter((word) => word.confidence >= minConfidence && /[\p{L}\p{N}]/u.test(word.text)) }))
      .filter(({ words }) => words.length > 0);
    // A line is where its words are: what was not read as a word may be anything.
    const lineDetections = kept.map(({ words }, Id): TextDetection => {
      const boxes = words.map(({ bbox }) => bbox);
      const around = {
        x0: Math.min(...boxes.map(({ x0 }) => x0)),
        y0: Math.min(...boxes.map(({ y0 }) => y0)),
        x1: Math.max(...boxes.map(({ x1 }) => x1)),
        y1: Math.max(...boxes.map(({ y1 }) => y1)),
      };
      const Confidence = Math.min(...words.map(({ confidence }) => confidence));
      return { Id, Type: "LINE", DetectedText: words.map(({ text }) => text).join(" "), Confidence, Geometry: geometry(around) };
    });
    const wordDetections = kept
      .flatMap(({ words }, ParentId) => words.map((word) => ({ ParentId, word })))
      .slice(0, mostWords)
      .map(({ ParentId, word }, i): TextDetection => {
        const Id = kept.length + i;
        return { Id, ParentId, Type: "WORD", DetectedText: word.text, Confidence: word.confidence, Geometry: geometry(word.bbox) };
      });
    return [...lineDetections, ...wordDetections];
  }

  return {
    read(path, size, minConfidence) {
      const mine = turn.then(() => recognise(path, size, minConfidence));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await turn;
      await (await starting)?.terminate();
    },
  };
}
