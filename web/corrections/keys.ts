import type { Stroke } from "../player/keys.ts";

/** What the keyboard does while one corrects; with the modifiers of the system, and alone. */
export type CorrectionCommand =
  | "accept"
  | "reject"
  | "next-thing"
  | "new-box"
  | "new-outline"
  | "keyframe"
  | "remove"
  | "start-here"
  | "end-here"
  | "undo"
  | "redo"
  | "save"
  | "skip";

/** Keys of every command, as they are shown. */
export const correctionKeys: readonly (readonly [CorrectionCommand, string])[] = [
  ["accept", "A"],
  ["reject", "X"],
  ["next-thing", "G"],
  ["new-box", "N"],
  ["new-outline", "P"],
  ["keyframe", "T"],
  ["remove", "Delete"],
  ["start-here", "I"],
  ["end-here", "O"],
  ["undo", "Ctrl+Z"],
  ["redo", "Ctrl+Shift+Z"],
  ["save", "Ctrl+S"],
  ["skip", "Q"],
];

/** The command of a stroke. Those with Ctrl work also where single keys are switched off. */
export function correctionCommandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Stroke, usesSingleKeys: boolean): CorrectionCommand | undefined {
  if (altKey) return undefined;
  const name = key.length === 1 ? key.toUpperCase() : key === "Backspace" ? "Delete" : key;
  const hasModifier = ctrlKey || metaKey;
  if (hasModifier && !shiftKey && name === "Y") return "redo";
  if (!hasModifier && (!usesSingleKeys || shiftKey)) return undefined;
  const stroke = `${hasModifier ? "Ctrl+" : ""}${shiftKey ? "Shift+" : ""}${name}`;
  return correctionKeys.find(([, keys]) => keys === stroke)?.[0];
}

/** How an arrow changes a box, in pixels of the raster: where it stands or, with Alt, its size; with Shift by ten. */
export function nudgeOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Stroke): { dx: number; dy: number; resizes: boolean } | undefined {
  const by = shiftKey ? 10 : 1;
  const directions: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] };
  const direction = directions[key];
  return direction && !ctrlKey && !metaKey ? { dx: direction[0], dy: direction[1], resizes: altKey } : undefined;
}
