/** Figures that others published of real operations, by the network that does what theirs does. They are of other data, and compare with nothing of ours. */
export const published: readonly { readonly id: string; readonly what: string; readonly figure: string; readonly source: string }[] = [
  {
    id: "out-of-body",
    what: "OoBNet, 20 cholecystectomies of other hospitals",
    figure: "ROC AUC 99.71 +- 0.40 %",
    source: "Lavanchy et al., Scientific Reports 2023",
  },
  { id: "instrument-detector", what: "YOLOv7, CholecTrack20", figure: "AP50 80.6 %", source: "README of CAMMA-public/cholectrack20" },
  { id: "phase-classifier", what: "ResNet-50 frame by frame, Cholec80, strict", figure: "accuracy 79.7 +- 7.5 %", source: "thesis of A.-S. Page" },
  { id: "phase-classifier", what: "Trans-SVNet, Cholec80, strict", figure: "accuracy 89.1 +- 5.7 %", source: "the same" },
  { id: "organ-segmenter", what: "SurgiSAM2 with ten points to a structure, CholecSeg8k", figure: "Dice 0.94", source: "Scientific Reports 2025, table 3" },
  { id: "instrument-segmenter", what: "Surg-SegFormer, EndoVis 2018", figure: "mean IoU 0.80", source: "its paper" },
];
