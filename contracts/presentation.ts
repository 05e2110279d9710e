/** How findings look wherever people see them: the same on the page and in pictures. */

/** Okabe-Ito palette: told apart by colour-blind readers too. */
const palette = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"];

/** Colour of the label, or the kind of event, with this index; seven colours, then again from the first. */
export const colourOf = (index: number): string => palette[index % palette.length] as string;

/** Seconds as `m:ss.d`. */
export const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
