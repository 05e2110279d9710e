import type { Place } from "./place.ts";

/** Last part of the name of what is made in every Region: the Region tells it apart everywhere but at home. */
export const regionalName = (suffix: string, region: string, home: Place): string => (region === home.region ? suffix : `${suffix}-${region}`);
