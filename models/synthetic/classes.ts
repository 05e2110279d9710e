import { INSTRUMENTS, type Instrument } from "./scenario.ts";

/**
 * What is drawn of the structures of CholecSeg8k (Hong et al., 2020). Connective tissue is what lies below everything
 * else, peritoneum and cystic artery with it. Not drawn: abdominal wall, liver ligament, hepatic vein.
 */
export const STRUCTURES = ["Liver", "Gallbladder", "CysticDuct", "Fat", "GastrointestinalTract", "ConnectiveTissue", "Blood"] as const;
export type Structure = (typeof STRUCTURES)[number];

/** What a pixel can show. A pixel's class is one more than its index here; 0 is nothing that has a name, and all that lies outside the patient. */
export const CLASSES: readonly (Instrument | Structure)[] = [...INSTRUMENTS, ...STRUCTURES];

export const instrumentClass = (instrument: Instrument): number => CLASSES.indexOf(instrument) + 1;
export const structureClass = (structure: Structure): number => CLASSES.indexOf(structure) + 1;
