import { upperAbdomen } from "../fields/upper-abdomen.ts";
import type { Procedure } from "./procedure.ts";

/** Phases and instruments of Cholec80 in its order, and the phases' mean seconds there (Twinanda et al., EndoNet, 2017). What is used when is ours. */
export const cholecystectomy: Procedure = {
  id: "laparoscopic-cholecystectomy",
  phases: [
    { label: "Preparation", meanSeconds: 125, rightHand: ["Grasper"] },
    { label: "CalotTriangleDissection", meanSeconds: 954, rightHand: ["Hook", "Bipolar"] },
    { label: "ClippingCutting", meanSeconds: 168, rightHand: ["Clipper", "Scissors"] },
    { label: "GallbladderDissection", meanSeconds: 857, rightHand: ["Hook", "Irrigator"] },
    { label: "GallbladderPackaging", meanSeconds: 98, rightHand: ["SpecimenBag"] },
    { label: "CleaningCoagulation", meanSeconds: 178, rightHand: ["Irrigator", "Bipolar"] },
    { label: "GallbladderRetraction", meanSeconds: 83, rightHand: ["SpecimenBag"] },
  ],
  instruments: ["Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag"],
  field: upperAbdomen,
};
