/** A span that is to be taken out as a clip: source frames, half-open; null for an open end. */
export interface Range {
  readonly startFrame: number | null;
  readonly endFrame: number | null;
}
