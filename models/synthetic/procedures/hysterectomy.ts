import { pelvis } from "../fields/pelvis.ts";
import type { Procedure } from "./procedure.ts";

/**
 * The phases of AutoLaparo (Wang et al., MICCAI 2022) in order. Mean seconds: frames of each phase at one a second, counted by users of
 * its 21 annotated operations (83,243 in all), divided by 21. Its four instruments come first; those of suturing and washing, which
 * it does not name, and what is used when are ours.
 */
export const hysterectomy: Procedure = {
  id: "laparoscopic-hysterectomy",
  phases: [
    { label: "Preparation", meanSeconds: 165, rightHand: ["Grasper"] },
    { label: "DividingLigamentAndPeritoneum", meanSeconds: 1254, rightHand: ["LigaSure", "Hook"] },
    { label: "DividingUterineVesselsAndLigament", meanSeconds: 869, rightHand: ["LigaSure", "DissectingForceps"] },
    { label: "TransectingTheVagina", meanSeconds: 510, rightHand: ["Hook"] },
    { label: "SpecimenRemoval", meanSeconds: 76, rightHand: ["Grasper"] },
    { label: "Suturing", meanSeconds: 708, rightHand: ["NeedleDriver"] },
    { label: "Washing", meanSeconds: 382, rightHand: ["Irrigator"] },
  ],
  instruments: ["Grasper", "LigaSure", "DissectingForceps", "Hook", "NeedleDriver", "Irrigator"],
  field: pelvis,
};
