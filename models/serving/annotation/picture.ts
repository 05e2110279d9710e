import type { Glyph } from "./fonts.ts";
import { glyphOf, glyphSize, hasDots } from "./glyphs.ts";

/** A colour as video has it: luma and two chroma, limited range. */
export interface Color {
  readonly y: number;
  readonly u: number;
  readonly v: number;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const even = (value: number): number => Math.round(value / 2) * 2;

/**
 * A raw picture, `yuv420p`: full luma, chroma of half the size. Whatever is drawn is put on even pixels, so that colour and
 * brightness end at the same place; all else stays as it was decoded, bit by bit.
 */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  readonly #luma: Uint8Array;
  readonly #u: Uint8Array;
  readonly #v: Uint8Array;

  /** Of characters that there are no dots of, squares of {@link Picture.glyphSize}. */
  glyphs: ReadonlyMap<string, Glyph> = new Map();

  /** Width and height are even, as H.264 in 4:2:0 has them. */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    const size = width * height;
    this.bytes = new Uint8Array(size + size / 2);
    this.#luma = this.bytes.subarray(0, size);
    this.#u = this.bytes.subarray(size, size + size / 4);
    this.#v = this.bytes.subarray(size + size / 4);
  }

  /** Thickness of lines. */
  get line(): number {
    return Math.max(2, even(this.height / 270));
  }

  /** Dots of text are so many pixels wide. */
  get dot(): number {
    return Math.max(2, even(this.height / 360));
  }

  /** Side of a glyph that is not of dots: as high as a line of text. */
  get glyphSize(): number {
    return (glyphSize.height + 2) * this.dot;
  }

  /** The glyph of a character that is not of dots. */
  #glyph(character: string): Glyph | undefined {
    return hasDots(character) ? undefined : this.glyphs.get(character);
  }

  #advance(character: string): number {
    return this.#glyph(character) ? this.glyphSize : (glyphSize.width + 1) * this.dot;
  }

  fill({ x, y, width, height }: Rectangle, { y: luma, u, v }: Color): void {
    const [left, top] = [Math.max(0, even(x)), Math.max(0, even(y))];
    const [right, bottom] = [Math.min(this.width, even(x + width)), Math.min(this.height, even(y + height))];
    if (right <= left) return;
    for (let row = top; row < bottom; row++) this.#luma.fill(luma, row * this.width + left, row * this.width + right);
    const half = this.width / 2;
    for (let row = top / 2; row < bottom / 2; row++) {
      this.#u.fill(u, row * half + left / 2, row * half + right / 2);
      this.#v.fill(v, row * half + left / 2, row * half + right / 2);
    }
  }

  /** The outline of a box, within it; or its corners only. */
  outline(box: Rectangle, color: Color, cornersOnly: boolean): void {
    const { line } = this;
    const { x, y } = box;
    const [width, height] = [Math.max(2 * line, box.width), Math.max(2 * line, box.height)];
    const across = cornersOnly ? Math.max(line, width / 5) : width;
    const down = cornersOnly ? Math.max(line, height / 5) : height;
    for (const [left, top] of [
      [x, y],
      [x + width - across, y],
      [x, y + height - line],
      [x + width - across, y + height - line],
    ] as const)
      this.fill({ x: left, y: top, width: across, height: line }, color);
    for (const [left, top] of [
      [x, y],
      [x + width - line, y],
      [x, y + height - down],
      [x + width - line, y + height - down],
    ] as const)
      this.fill({ x: left, y: top, width: line, height: down }, color);
  }

  /** Pixels that a text takes. */
  textSize(text: string): { width: number; height: number } {
    const width = [...text].reduce((sum, character) => sum + this.#advance(character), this.dot);
    return { width, height: this.glyphSize };
  }

  /** Text on a ground of its own, moved into the picture where it would leave it. */
  text(text: string, x: number, y: number, ground: Color, ink: Color): void {
    const { width, height } = this.textSize(text);
    const left = even(Math.max(0, Math.min(x, this.width - width)));
    const top = even(Math.max(0, Math.min(y, this.height - height)));
    this.fill({ x: left, y: top, width, height }, ground);
    const { dot } = this;
    let at = left + dot;
    for (const character of text) {
      const glyph = this.#glyph(character);
      if (glyph) this.#stamp(glyph, at, top, ink);
      else this.#dots(character, at, top, ink);
      at += this.#advance(character);
    }
  }

  #dots(character: string, left: number, top: number, ink: Color): void {
    const { dot } = this;
    for (const [row, dots] of glyphOf(character).entries()) {
      for (let column = 0; column < glyphSize.width; column++) {
        if (!((dots >> (glyphSize.width - 1 - column)) & 1)) continue;
        this.fill({ x: left + column * dot, y: top + (1 + row) * dot, width: dot, height: dot }, ink);
      }
    }
  }

  /** A glyph of its own shades; where it leaves the picture, it is cut. */
  #stamp(glyph: Glyph, left: number, top: number, ink: Color): void {
    const size = this.glyphSize;
    const half = this.width / 2;
    const mix = (value: number, other: number, share: number): number => Math.round(value + ((other - value) * share) / 255);
    for (let row = 0; row < size && top + row < this.height; row++)
      for (let column = 0; column < size && left + column < this.width; column++) {
        const share = glyph[row * size + column] as number;
        const at = (top + row) * this.width + left + column;
        this.#luma[at] = mix(this.#luma[at] as number, ink.y, share);
        if (row % 2 || column % 2) continue;
        const chroma = ((top + row) / 2) * half + (left + column) / 2;
        this.#u[chroma] = mix(this.#u[chroma] as number, ink.u, share);
        this.#v[chroma] = mix(this.#v[chroma] as number, ink.v, share);
      }
  }

  /** Tints what a mask covers, two parts picture and one part colour. The mask lies column by column over the whole picture. */
  tint(cells: Uint8Array, grid: { width: number; height: number }, color: Color): void {
    const [halfWidth, halfHeight] = [this.width / 2, this.height / 2];
    const mix = (value: number, other: number): number => (2 * value + other) / 3;
    for (let y = 0; y < halfHeight; y++) {
      const row = Math.floor(((2 * y + 1) * grid.height) / (2 * halfHeight));
      for (let x = 0; x < halfWidth; x++) {
        const column = Math.floor(((2 * x + 1) * grid.width) / (2 * halfWidth));
        if (!cells[column * grid.height + row]) continue;
        const at = y * halfWidth + x;
        this.#u[at] = mix(this.#u[at] as number, color.u);
        this.#v[at] = mix(this.#v[at] as number, color.v);
        const luma = 2 * y * this.width + 2 * x;
        for (const i of [luma, luma + 1, luma + this.width, luma + this.width + 1]) this.#luma[i] = mix(this.#luma[i] as number, color.y);
      }
    }
  }
}
