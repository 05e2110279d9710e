/** Numbers in [0, 1). */
export type Random = () => number;

/** Mixes bits of a 32-bit integer (the finaliser of MurmurHash3). */
const mix = (value: number): number => {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

const seedOf = (seed: number, stream: string): number => {
  let h = mix(seed + 0x9e3779b9);
  for (let i = 0; i < stream.length; i++) h = mix(Math.imul(h, 31) + stream.charCodeAt(i));
  return h;
};

/** A deterministic source (mulberry32). Streams with different names are independent: a change in one part of the drawing leaves the others as they were. */
export function random(seed: number, stream: string): Random {
  let state = seedOf(seed, stream);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const between = (next: Random, low: number, high: number): number => low + (high - low) * next();

export const pick = <T>(next: Random, items: readonly T[]): T => items[Math.floor(next() * items.length)]!;

/** A new array in random order (Fisher-Yates). */
export function shuffled<T>(next: Random, items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Smooth noise over time, about [-1, 1], with one bend per unit of t: the unsteadiness of hands. A function of t alone, so that any frame can be drawn on its own. */
export function wander(seed: number, stream: string): (t: number) => number {
  const base = seedOf(seed, stream);
  const lattice = (i: number): number => mix(base + Math.imul(i, 0x9e3779b1)) / 2147483648 - 1;
  const octave = (t: number): number => {
    const i = Math.floor(t);
    const f = t - i;
    const s = f * f * f * (f * (f * 6 - 15) + 10);
    return lattice(i) * (1 - s) + lattice(i + 1) * s;
  };
  return (t) => 0.75 * octave(t) + 0.25 * octave(t * 2.3 + 511);
}

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** 0 below `low`, 1 above `high`, smooth between. */
export const smoothstep = (low: number, high: number, value: number): number => {
  const t = clamp((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
};

export const mixNumbers = (a: number, b: number, share: number): number => a + (b - a) * share;
