/** What speaks against a correction, as a reader's language says it. The platform says it in English. */
export type Objection = (say: ObjectionSentences) => string;

/** Places and words are the analysis's own; frames are counted from 0. */
export interface ObjectionSentences {
  missing(kind: "segment" | "event" | "track" | "object" | "mask", id: string): string;
  taken(id: string): string;
  unknownWord(label: string, ...known: readonly string[]): string;
  endsTooSoon: string;
  beyondEnd(frameCount: number, startFrame: number, endFrame: number): string;
  noFrame(frame: number, frameCount: number): string;
  emptied(label: string, id: string): string;
  overlaps(label: string, id: string): string;
  keyframeOrder: string;
  neverInSight: string;
  noTrack(track: number): string;
  foundNoBoxes(producer: string): string;
  foundNoMasks(producer: string): string;
  drawnAlready(firstFrame: number, lastFrame: number, track: number): string;
  boxLeaves(frame: number, width: number, height: number): string;
  outlineLeaves(frame: number, width: number, height: number): string;
  holesOfNothing(frame: number): string;
}

export const objectionsInEnglish: ObjectionSentences = {
  missing: (kind, id) => `There is no ${kind} ${id} in the analysis or its corrections.`,
  taken: (id) => `There is something of the identifier ${id} already.`,
  unknownWord: (label, ...known) => `"${label}" is none of the words that the analysis knows here: ${known.join(", ") || "it knows none"}.`,
  endsTooSoon: "It must end after it starts.",
  beyondEnd: (frameCount, startFrame, endFrame) => `The operation has ${frameCount} frames; frames ${startFrame} to ${endFrame} aren't all among them.`,
  noFrame: (frame, frameCount) => `There is no frame ${frame}; the operation has ${frameCount}.`,
  emptied: (label, id) => `${label} (${id}) would be left without a frame.`,
  overlaps: (label, id) => `It would overlap ${label} (${id}).`,
  keyframeOrder: "Its keyframes must be in the order of time, one a frame.",
  neverInSight: "It is never in sight, and stands for nothing.",
  noTrack: (track) => `There is no track ${track} in the analysis.`,
  foundNoBoxes: (producer) => `No ${producer} found boxes in this operation.`,
  foundNoMasks: (producer) => `No ${producer} found masks in this operation.`,
  drawnAlready: (firstFrame, lastFrame, track) => `Frames ${firstFrame} to ${lastFrame} of track ${track} were drawn anew already.`,
  boxLeaves: (frame, width, height) => `In frame ${frame} the box leaves the picture of ${width} by ${height} pixels.`,
  outlineLeaves: (frame, width, height) => `In frame ${frame} the outline leaves the picture of ${width} by ${height} pixels.`,
  holesOfNothing: (frame) => `In frame ${frame} there are holes of nothing.`,
};
