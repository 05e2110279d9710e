/** The instruments of Cholec80 (Twinanda et al., EndoNet, 2017), in its order. */
const CHOLEC80 = ["Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag"] as const;
/** Instruments of AutoLaparo (Wang et al., MICCAI 2022) that Cholec80 lacks, and what its phase Suturing is done with. */
const AUTOLAPARO = ["LigaSure", "DissectingForceps", "NeedleDriver"] as const;
export type Instrument = (typeof CHOLEC80)[number] | (typeof AUTOLAPARO)[number];

/**
 * What is drawn of the structures of CholecSeg8k (Hong et al., 2020). Connective tissue is what lies below everything
 * else, peritoneum and cystic artery with it. Not drawn: abdominal wall, liver ligament, hepatic vein.
 */
const CHOLECSEG8K = ["Liver", "Gallbladder", "CysticDuct", "Fat", "GastrointestinalTract", "ConnectiveTissue", "Blood"] as const;
/** The one structure that AutoLaparo outlines. */
const UTERUS = ["Uterus"] as const;
export type Structure = (typeof CHOLECSEG8K)[number] | (typeof UTERUS)[number];

/**
 * What a pixel can show, in operations of every procedure. A pixel's class is one more than its index here; 0 is nothing that has a
 * name, and all that lies outside the patient. What is new comes last, so that masks of earlier drawings keep their meaning.
 */
export const CLASSES: readonly (Instrument | Structure)[] = [...CHOLEC80, ...CHOLECSEG8K, ...AUTOLAPARO, ...UTERUS];

export const classOf = (thing: Instrument | Structure): number => CLASSES.indexOf(thing) + 1;
