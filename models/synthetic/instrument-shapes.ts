import type { Instrument } from "./classes.ts";

/** What a part is made of: its colour, the strength of its highlight (0..255), how much shows through it. */
export interface Material {
  readonly colour: readonly [number, number, number];
  readonly shine: number;
  readonly opacity: number;
}
const material = (red: number, green: number, blue: number, shine: number, opacity = 1): Material => ({ colour: [red, green, blue], shine, opacity });

const BLACK = material(40, 41, 46, 70);
const STEEL = material(168, 172, 180, 120);
const DARK_STEEL = material(112, 116, 124, 110);
const BLUE = material(36, 78, 168, 110);
const CERAMIC = material(232, 220, 188, 60);
const GOLD = material(208, 164, 72, 120);
const WHITE = material(216, 218, 222, 60);
const PURPLE = material(104, 62, 138, 90);
const GREEN = material(58, 150, 104, 60);
export const SLOT = material(26, 24, 26, 0);
const FILM = material(206, 222, 226, 70, 0.82);
export const FILM_FOLD = material(238, 246, 248, 60, 0.5);

/**
 * A tapering rod with round ends, in the instrument's own frame: x runs along the shaft with the tip near 0 and the
 * shaft at negative x, y across; unit: the shaft's radius.
 */
export interface Rod {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
  readonly ra: number;
  readonly rb: number;
  readonly material: Material;
  /** Part of the working end, which the ground truth's box encloses. */
  readonly working: boolean;
}

const rod = (a: readonly [number, number], b: readonly [number, number], ra: number, rb: number, of: Material, working = true): Rod => ({
  a,
  b,
  ra,
  rb,
  material: of,
  working,
});
const shaft = (from: number, of: Material, radius = 1): Rod => rod([-70, 0], [from, 0], radius, radius, of, false);
const turned = (x: number, y: number, radius: number, angle: number): [number, number] => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];

/** The parts of each instrument, from back to front. `open` runs from 0 to 1. */
export const SHAPES: Readonly<Record<Instrument, (open: number) => Rod[]>> = {
  Grasper: (open) => {
    const parts = [shaft(-5.6, BLACK), rod([-5.8, 0], [-4.6, 0], 0.95, 0.8, DARK_STEEL)];
    for (const side of [-1, 1]) {
      const angle = side * (0.06 + 0.36 * open);
      parts.push(
        rod([-4.6, side * 0.15], turned(-4.6, 0, 2.3, angle * 1.25), 0.6, 0.62, STEEL),
        rod(turned(-4.6, 0, 2.3, angle * 1.25), turned(-4.6, 0, 4.7, angle * 0.9), 0.62, 0.36, STEEL),
        rod(turned(-4.6, 0, 1.9, angle * 1.25), turned(-4.6, 0, 3.7, angle), 0.2, 0.16, SLOT),
      );
    }
    return parts;
  },
  Bipolar: (open) => {
    const parts = [shaft(-5.2, BLUE), rod([-5.4, 0], [-4.4, 0], 1, 0.75, BLUE)];
    for (const side of [-1, 1]) {
      const bow = side * (0.7 + 0.7 * open);
      parts.push(
        rod([-4.5, side * 0.3], [-2.4, bow], 0.42, 0.4, BLUE),
        rod([-2.4, bow], [-0.9, bow * 0.72], 0.4, 0.36, STEEL),
        rod([-0.9, bow * 0.72], [0.3, bow * 0.22 + side * 0.12], 0.36, 0.26, STEEL),
      );
    }
    return parts;
  },
  Hook: () => [
    shaft(-4.2, BLACK),
    rod([-4.4, 0], [-2.6, 0], 0.95, 0.55, CERAMIC),
    rod([-2.8, 0], [-0.3, 0], 0.28, 0.26, STEEL),
    rod([-0.3, 0], [0, 0.3], 0.26, 0.26, STEEL),
    rod([0, 0.3], [0.05, 1.75], 0.27, 0.2, STEEL),
  ],
  Scissors: (open) => {
    const parts = [shaft(-5, DARK_STEEL), rod([-5.2, 0], [-3.9, 0], 1, 0.8, STEEL)];
    for (const side of [-1, 1]) {
      const angle = side * (0.14 + 0.42 * open);
      const middle = turned(-4, 0, 2.2, angle);
      parts.push(rod([-4.1, -side * 0.3], middle, 0.62, 0.46, WHITE), rod(middle, turned(-4, 0, 4.6, angle * 0.72), 0.46, 0.06, WHITE));
    }
    parts.push(rod([-4, 0], [-3.9, 0], 0.42, 0.42, GOLD));
    return parts;
  },
  Clipper: (open) => {
    const parts = [shaft(-5.8, WHITE, 1.3), rod([-7, 0], [-6.2, 0], 1.36, 1.36, GREEN), rod([-5.8, 0], [-4.2, 0], 1.25, 0.95, GOLD)];
    for (const side of [-1, 1]) {
      const gap = side * (0.62 + 0.45 * open);
      parts.push(rod([-4.4, side * 0.5], [-2.8, gap], 0.45, 0.42, GOLD), rod([-2.8, gap], [0.2, gap * 0.9], 0.42, 0.38, GOLD));
    }
    parts.push(
      rod([-2.4, 0.62 + 0.45 * open], [-0.1, 0.56 + 0.4 * open], 0.14, 0.14, STEEL),
      rod([-2.4, -0.62 - 0.45 * open], [-0.1, -0.56 - 0.4 * open], 0.14, 0.14, STEEL),
    );
    return parts;
  },
  Irrigator: () => [
    shaft(-4.5, STEEL, 1.05),
    rod([-4.6, 0], [-0.3, 0], 1.05, 1, STEEL),
    rod([-3.4, -0.35], [-3.35, -0.35], 0.24, 0.24, SLOT),
    rod([-2.4, 0.3], [-2.35, 0.3], 0.24, 0.24, SLOT),
    rod([-1.5, -0.25], [-1.45, -0.25], 0.24, 0.24, SLOT),
    rod([0.1, 0], [0.2, 0], 0.55, 0.5, SLOT),
  ],
  SpecimenBag: (open) => {
    const mouth = 2.6 + 1.2 * open;
    return [
      shaft(-6, DARK_STEEL, 0.8),
      rod([-1.2, 0.4], [3.6, 1.2], mouth, 2.6, FILM),
      rod([-1, -mouth * 0.4], [4, 0.4], 0.5, 0.3, FILM_FOLD),
      rod([-1, mouth * 0.35], [4.2, 2], 0.45, 0.3, FILM_FOLD),
      rod([-6, 0], [-4, -mouth * 0.55], 0.34, 0.34, STEEL),
      rod([-4, -mouth * 0.55], [-1.4, -mouth], 0.34, 0.34, GREEN),
      rod([-6, 0], [-4, mouth * 0.7], 0.34, 0.34, STEEL),
      rod([-4, mouth * 0.7], [-1.2, mouth + 0.4], 0.34, 0.34, GREEN),
      rod([-1.4, -mouth], [-1.2, mouth + 0.4], 0.24, 0.24, GREEN),
    ];
  },
  // Its jaws are blunt and close over a long seam.
  LigaSure: (open) => {
    const parts = [shaft(-6.4, PURPLE), rod([-6.6, 0], [-5.2, 0], 1.02, 0.9, WHITE)];
    for (const side of [-1, 1]) {
      const angle = side * (0.04 + 0.26 * open);
      const middle = turned(-5.2, side * 0.2, 2.8, angle);
      parts.push(rod([-5.2, side * 0.2], middle, 0.62, 0.6, WHITE), rod(middle, turned(-5.2, side * 0.2, 5.4, angle * 0.9), 0.6, 0.46, DARK_STEEL));
    }
    return parts;
  },
  // Slender jaws, bent to one side.
  DissectingForceps: (open) => {
    const parts = [shaft(-5, STEEL), rod([-5.2, 0], [-4, 0], 0.95, 0.7, DARK_STEEL)];
    for (const side of [-1, 1]) {
      const middle = turned(-4.1, 0, 2.1, side * (0.08 + 0.34 * open));
      parts.push(rod([-4.1, side * 0.12], middle, 0.46, 0.4, STEEL), rod(middle, [middle[0] + 2, middle[1] + 0.75 - side * 0.12], 0.4, 0.16, STEEL));
    }
    return parts;
  },
  // Short jaws that hold a bent needle.
  NeedleDriver: (open) => {
    const parts = [shaft(-3.6, STEEL, 1.05), rod([-3.8, 0], [-2.8, 0], 1, 0.85, GOLD)];
    for (const side of [-1, 1]) parts.push(rod([-2.9, side * 0.25], turned(-2.9, 0, 2.4, side * (0.05 + 0.12 * open)), 0.58, 0.34, GOLD));
    const turn = Array.from({ length: 5 }, (_, i): [number, number] => turned(-0.9, -1.5, 1.5, 1.2 - (i / 4) * 2.6));
    for (const [i, point] of turn.slice(1).entries()) parts.push(rod(turn[i]!, point, 0.13, 0.12, WHITE));
    return parts;
  },
};
