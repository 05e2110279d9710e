import type { Measure } from "./measures.ts";

/** What a measure is: one entry for each name. Written out in `docs/measures.md` by `npm run measures -- --write`. */
export interface Definition {
  readonly unit: Measure["unit"];
  readonly title: { readonly en: string; readonly "zh-TW": string };
  /** How it is computed, in one sentence or two. */
  readonly formula: string;
  readonly source: string;
}

const sages = "SAGES consensus on surgical video annotation (Meireles et al., Surg Endosc 2021): a phase is the sum of its segments";
const presence = "Jin et al., IEEE WACV 2018: timelines of tool usage, validated against skill";
const view = "CholecTrack20 (Nwoye et al. 2025): flags of visual conditions";
const lookedAt = "the part of in-body-time that was looked at for it";
const traverso = "Lens cleaning, timed apart from the operation (Traverso et al., Surg Endosc 2001)";
const strasberg = "Strasberg et al., J Am Coll Surg 1995; held before the first clip or cut (SAGES CVS Challenge 2025)";
const ours = "Definition of this platform";

/** Seconds that the definitions below count with. */
export const limits = {
  /** An excursion of the camera longer than this is no cleaning of the lens but a pause or a change of ports. */
  longestExcursion: 120,
  shortestIdle: 3,
  shortestAbsence: 5,
  /** How long an instrument may still be in sight when the one that takes its place is: what is seen is told to a second. */
  exchangeOverlap: 1,
  /** What comes later than this does not take the place of what left: meanwhile the operation went on without. */
  latestEntry: 30,
  criticalViewHeld: 5,
  /** Nothing that is seen for less is a clip or a cut, unless it lies in the clipping phase. As long as a track must be to count as stable. */
  shortestClip: 2,
  /** A frame speaks until the next one that was looked at, but for so long at most. */
  longestHold: 2,
  /** Onset tolerance of bleeding (event-level evaluation): an instrument that comes within it answers to it. */
  bleedingTolerance: 5,
  /** An instrument that stops later after a bleeding was last seen does something else: its stop is no control of that bleeding. */
  latestControl: 60,
} as const;

export const definitions = {
  "procedure-time": {
    unit: "seconds",
    title: { en: "Procedure time", "zh-TW": "手術時間" },
    formula: "From the start of the first frame inside the patient to the end of the last.",
    source: ours,
  },
  "in-body-time": {
    unit: "seconds",
    title: { en: "Time inside the patient", "zh-TW": "體內時間" },
    formula: "All frames that the privacy gate does not exclude.",
    source: ours,
  },
  "out-of-body-time": {
    unit: "seconds",
    title: { en: "Time outside the patient", "zh-TW": "體外時間" },
    formula: "Union of the spans that the privacy gate excludes.",
    source: "OoBNet (Lavanchy et al., Sci Rep 2023)",
  },
  "excursion-count": {
    unit: "count",
    title: { en: "Excursions of the camera", "zh-TW": "鏡頭離開次數" },
    formula: `Spans outside the patient of at most ${limits.longestExcursion} s with frames inside before and after; also by the phase that the camera leaves from.`,
    source: traverso,
  },
  "excursion-time": {
    unit: "seconds",
    title: { en: "Time of excursions", "zh-TW": "鏡頭離開時間" },
    formula: "Sum of those spans; also by the phase that the camera leaves from.",
    source: "As excursion-count",
  },
  "lens-cleaning-count": {
    unit: "count",
    title: { en: "Cleanings of the lens", "zh-TW": "鏡頭清潔次數" },
    formula: "Spans that a network tells as cleaning of the lens. An excursion alone is none: where the camera goes, its pictures do not say.",
    source: traverso,
  },
  "lens-cleaning-time": {
    unit: "seconds",
    title: { en: "Time of cleaning the lens", "zh-TW": "鏡頭清潔時間" },
    formula: "Union of those spans.",
    source: traverso,
  },
  "phase-duration": {
    unit: "seconds",
    title: { en: "Duration of a phase", "zh-TW": "階段時間" },
    formula: "Sum of the phase's segments: 0 for a phase that the network knows and did not tell.",
    source: sages,
  },
  "phase-entry-count": {
    unit: "count",
    title: { en: "Entries of a phase", "zh-TW": "進入階段次數" },
    formula: "Visits of the phase. Segments that follow one another in the same phase are one visit: only the camera's leaving lies between them.",
    source: sages,
  },
  "phase-longest-run": {
    unit: "seconds",
    title: { en: "Longest run of a phase", "zh-TW": "階段最長連續時間" },
    formula: "Longest visit of the phase, without the time outside the patient.",
    source: sages,
  },
  "transition-count": {
    unit: "count",
    title: { en: "Transitions between phases", "zh-TW": "階段轉換次數" },
    formula: "How often one phase is followed by another; also by which, for those that are.",
    source: sages,
  },
  "instrument-time": {
    unit: "seconds",
    title: { en: "Time of an instrument in sight", "zh-TW": "器械可見時間" },
    formula: "Union of the spans inside the patient in which the class is seen: never a sum of boxes. 0 for a class that was looked for and not seen.",
    source: presence,
  },
  "instrument-share": {
    unit: "share",
    title: { en: "Share of an instrument", "zh-TW": "器械可見比例" },
    formula: `instrument-time divided by ${lookedAt}.`,
    source: presence,
  },
  "instrument-phase-share": {
    unit: "share",
    title: { en: "Share of an instrument in a phase", "zh-TW": "階段內器械比例" },
    formula: "Time of the instrument within the phase divided by the part of phase-duration that was looked at for it; of phases that were entered.",
    source: presence,
  },
  "idle-time": {
    unit: "seconds",
    title: { en: "Idle time", "zh-TW": "閒置時間" },
    formula: `Spans inside the patient of at least ${limits.shortestIdle} s, looked at for instruments, without any in sight; also within each phase.`,
    source: ours,
  },
  "idle-count": { unit: "count", title: { en: "Idle spans", "zh-TW": "閒置次數" }, formula: "Number of those spans.", source: ours },
  "idle-longest": { unit: "seconds", title: { en: "Longest idle span", "zh-TW": "最長閒置時間" }, formula: "Longest of those spans.", source: ours },
  "exchange-count": {
    unit: "count",
    title: { en: "Exchanges of instruments", "zh-TW": "器械交換次數" },
    formula: `A class leaves for at least ${limits.shortestAbsence} s, and another enters that was away for as long: from ${limits.exchangeOverlap} s before to ${limits.latestEntry} s after, before the first is back. The clock stands still outside the patient. Identities of tracks play no part.`,
    source: "Presence transitions, since identity over an operation is unsolved (HOTA 17 on CholecTrack20)",
  },
  "exchanges-per-hour": {
    unit: "count-per-hour",
    title: { en: "Exchanges an hour", "zh-TW": "每小時器械交換" },
    formula: "exchange-count divided by the part of in-body-time that was looked at for instruments, in hours.",
    source: "As exchange-count",
  },
  "two-instruments-time": {
    unit: "seconds",
    title: { en: "Two instruments in sight", "zh-TW": "雙器械可見時間" },
    formula:
      "Time inside the patient in which two or more stable tracks of instruments are in sight. Stands in for bimanual use where nobody tells whose hand holds what.",
    source: "Bimanual dexterity (GOALS, Vassiliou et al., Am J Surg 2005), by sight only",
  },
  "two-instruments-share": {
    unit: "share",
    title: { en: "Share with two instruments", "zh-TW": "雙器械可見比例" },
    formula: "two-instruments-time divided by the part of in-body-time in which instruments were followed.",
    source: "As two-instruments-time",
  },
  "bimanual-time": {
    unit: "seconds",
    title: { en: "Both hands at work", "zh-TW": "雙手操作時間" },
    formula: "Time inside the patient in which stable tracks of both the main surgeon's hands are in sight: labels that name MSLH and MSRH.",
    source: "Operators of CholecTrack20 (Nwoye et al. 2025); bimanual dexterity (GOALS, Vassiliou et al., Am J Surg 2005)",
  },
  "bimanual-share": {
    unit: "share",
    title: { en: "Share with both hands at work", "zh-TW": "雙手操作比例" },
    formula: "bimanual-time divided by the part of in-body-time in which instruments were followed.",
    source: "As bimanual-time",
  },
  "path-length": {
    unit: "diagonals",
    title: { en: "Path of an instrument", "zh-TW": "器械移動路徑" },
    formula: "Sum over stable tracks of the path of the box's middle, in diagonals of the picture.",
    source: "Economy of motion (Datta et al., J Am Coll Surg 2001), in the picture's plane",
  },
  "mean-speed": {
    unit: "diagonals-per-second",
    title: { en: "Mean speed of an instrument", "zh-TW": "器械平均速度" },
    formula: "path-length divided by the time of the same stable tracks.",
    source: "As path-length",
  },
  "mean-jerk": {
    unit: "diagonals-per-second-cubed",
    title: { en: "Mean jerk of an instrument", "zh-TW": "器械平均急動度" },
    formula:
      "Root mean square, over the time of stable tracks in which it can be told, of the third derivative of where the box's middle is. Needs four looks in a row, 0.2 to 0.5 s apart.",
    source: "Smoothness by jerk (Hogan & Sternad, J Mot Behav 2009; Ghasemloonia et al., J Surg Educ 2017), in the picture's plane",
  },
  "smoke-share": { unit: "share", title: { en: "Smoke", "zh-TW": "煙霧比例" }, formula: `Time with smoke divided by ${lookedAt}.`, source: view },
  "fog-share": { unit: "share", title: { en: "Fogged lens", "zh-TW": "起霧比例" }, formula: `Time with a fogged lens divided by ${lookedAt}.`, source: view },
  "blur-share": { unit: "share", title: { en: "Blur", "zh-TW": "模糊比例" }, formula: `Time with a blurred picture divided by ${lookedAt}.`, source: view },
  "reflection-share": {
    unit: "share",
    title: { en: "Reflection", "zh-TW": "反光比例" },
    formula: `Time with reflections divided by ${lookedAt}.`,
    source: view,
  },
  "unusable-view-share": {
    unit: "share",
    title: { en: "Unusable view", "zh-TW": "視野不可用比例" },
    formula:
      "Union of black, frozen, blurred, over- and underexposed pictures, smoke and fog, divided by the part of in-body-time that was looked at for all of them that anybody tells.",
    source: view,
  },
  "bleeding-count": {
    unit: "count",
    title: { en: "Bleedings", "zh-TW": "出血次數" },
    formula: "Number of spans in which bleeding is seen.",
    source: "Bleeding events of MultiBypass140 (Lavanchy et al. 2024)",
  },
  "bleeding-time": { unit: "seconds", title: { en: "Time of bleeding", "zh-TW": "出血時間" }, formula: "Union of those spans.", source: "As bleeding-count" },
  "bleeding-control-time": {
    unit: "seconds",
    title: { en: "Time to control of bleeding", "zh-TW": "止血時間" },
    formula: `Mean, over bleedings that an irrigator or bipolar answers, of the time from onset to when the last of them stops. It answers if it is in sight meanwhile, or comes within ${limits.bleedingTolerance} s of the end, and stops at most ${limits.latestControl} s after it: one that stays for longer is at something else, and the bleeding's control is not attributable.`,
    source: "Onset to stop of irrigator or bipolar; bleeding control timed apart (Traverso et al., Surg Endosc 2001)",
  },
  "bleeding-area-share": {
    unit: "share",
    title: { en: "Area of bleeding, mean", "zh-TW": "出血面積平均比例" },
    formula: `Share of the picture that masks of the label Blood cover, as a mean over the time of bleeding that was looked at. A frame speaks for ${limits.longestHold} s at most.`,
    source: "Area fraction of the red pool while it bleeds; outlines of blood as in CholecSeg8k (Hong et al. 2020)",
  },
  "bleeding-area-largest": {
    unit: "share",
    title: { en: "Area of bleeding, largest", "zh-TW": "出血面積最大比例" },
    formula: "Largest of those shares.",
    source: "As bleeding-area-share",
  },
  "critical-view-held": {
    unit: "seconds",
    title: { en: "Critical view of safety, longest", "zh-TW": "關鍵安全視野最長維持" },
    formula: `Longest span before the first clip or cut in which the least likely of C1 to C3 reaches the network's threshold. Achieved if at least ${limits.criticalViewHeld} s. A frame speaks until the next one, for ${limits.longestHold} s at most; not told where ${limits.criticalViewHeld} s were nowhere looked at without a gap. First clip or cut: a clipper or scissors in sight for ${limits.shortestClip} s or in the phase ClippingCutting, else that phase's start.`,
    source: strasberg,
  },
  "critical-view-lead": {
    unit: "seconds",
    title: { en: "Critical view before the first clip", "zh-TW": "關鍵安全視野至首次夾閉" },
    formula: `From when the view has been held for ${limits.criticalViewHeld} s to the first clip or cut.`,
    source: strasberg,
  },
  "critical-view-probability": {
    unit: "probability",
    title: { en: "Criterion of the critical view", "zh-TW": "關鍵安全視野條件機率" },
    formula: "Mean probability of the criterion in the longest such span, or its highest before the first clip or cut where there is none.",
    source: strasberg,
  },
  "critical-view-rater-spread": {
    unit: "probability",
    title: { en: "Spread of raters of the critical view", "zh-TW": "關鍵安全視野評分者差異" },
    formula:
      "Mean of the standard deviation of raters' answers that the network foresees (label raterSd), in the longest such span, or before the first clip or cut where there is none.",
    source: "Endoscapes (Murali et al. 2023): three raters a frame, whose mean is the label",
  },
} as const satisfies Record<string, Definition>;

export type MeasureName = keyof typeof definitions;
