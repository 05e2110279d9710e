/** What the keyboard does on the case screen. */
export type Command =
  | "play"
  | "next-frame"
  | "previous-frame"
  | "next-ten-frames"
  | "previous-ten-frames"
  | "forward"
  | "back"
  | "slower"
  | "pause"
  | "faster"
  | "previous-moment"
  | "next-moment"
  | "set-in"
  | "set-out"
  | "boxes"
  | "masks"
  | "still"
  | "help";

/** Keys of every command, as they are shown; the first is what `?` names. Borrowed from CVAT, VIA and ELAN, and from editing tables (J, K, L). */
export const keyMap: readonly (readonly [Command, string])[] = [
  ["play", "Space"],
  ["previous-frame", "D"],
  ["next-frame", "F"],
  ["previous-ten-frames", "C"],
  ["next-ten-frames", "V"],
  ["back", "Shift+←"],
  ["forward", "Shift+→"],
  ["slower", "J"],
  ["pause", "K"],
  ["faster", "L"],
  ["previous-moment", ","],
  ["next-moment", "."],
  ["set-in", "["],
  ["set-out", "]"],
  ["boxes", "B"],
  ["masks", "M"],
  ["still", "S"],
  ["help", "?"],
];

const named: Readonly<Record<string, string>> = { " ": "Space", ArrowLeft: "←", ArrowRight: "→" };

/** The part of a keyboard event that a command depends on. */
export interface Stroke {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The command of a stroke; undefined for strokes that are the browser's own. */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Stroke): Command | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  const name = named[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  // Characters such as ? need Shift on some keyboards and none on others.
  const isLetterOrArrow = /^[A-Z]$|^[←→]$|^Space$/.test(name);
  const stroke = isLetterOrArrow && shiftKey ? `Shift+${name}` : name;
  return keyMap.find(([, keys]) => keys === stroke)?.[0];
}
