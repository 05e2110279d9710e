import type { Sprites } from "./analyser-result.ts";

/** Where a thumbnail is: its sheet, and its place on it in pixels. */
export interface Thumbnail {
  readonly sheet: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How thumbnails lie on their sheets. */
type Layout = Pick<Sprites, "columns" | "rows" | "tileWidth" | "tileHeight" | "tileCount">;

/** The thumbnail with this number, clamped to those that there are; undefined if there are none. */
export function thumbnailAt(sprites: Layout, sheets: readonly string[], tile: number): Thumbnail | undefined {
  const { columns, rows, tileWidth: width, tileHeight: height, tileCount } = sprites;
  const index = Math.max(0, Math.min(tileCount - 1, tile));
  const sheet = sheets[Math.floor(index / (columns * rows))];
  if (tileCount === 0 || sheet === undefined) return undefined;
  const place = index % (columns * rows);
  return { sheet, x: (place % columns) * width, y: Math.floor(place / columns) * height, width, height };
}

/** The thumbnail of a frame of the analysis video. */
export const thumbnailOf = (sprites: Sprites, sheets: readonly string[], analysisFrame: number): Thumbnail | undefined =>
  thumbnailAt(sprites, sheets, Math.floor(analysisFrame / sprites.frameStep));
