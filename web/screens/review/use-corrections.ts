import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Analysis } from "../../../contracts/analysis.ts";
import type { CorrectedView } from "../../../contracts/corrected-view.ts";
import type { BoxShape, Change, CorrectionReason, Verdict } from "../../../contracts/corrections.ts";
import type { Objection } from "../../../contracts/objections.ts";
import type { Rings } from "../../../contracts/outlines.ts";
import type { Doubt } from "../../../contracts/review-queue.ts";
import {
  type Chosen,
  chosenBox,
  chosenMask,
  continued,
  drawnNew,
  edgeMoved,
  isSameThing,
  judged,
  outlineContinued,
  outlined,
  outlinedAnew,
  outlinedNew,
  outlineTakenBack,
  placed,
  renamed,
  reshaped,
  takenBack,
} from "../../corrections/actions.ts";
import { draftsIn, Editor } from "../../corrections/editor.ts";
import type { CorrectionCommand } from "../../corrections/keys.ts";
import { outlineInMiddle } from "../../corrections/outlines.ts";
import type { Raster } from "../../corrections/shapes.ts";
import type { SeenBox, SeenMask } from "../../player/overlay.ts";
import { useApp } from "../../ui/app-context.ts";
import type { CorrectionPanelProps } from "./correction-panel.tsx";
import type { EditedSpan } from "./edge-handles.tsx";
import type { SeenOutline } from "./outline-layer.tsx";

const newId = (): string => crypto.randomUUID();

/** What is looked at because it waits to be judged, a finding or all boxes or outlines of a frame, and the way to the next. */
export interface Walk {
  readonly kind: Doubt["kind"];
  readonly id: string;
  readonly next: () => void;
}

/** Where one is while one corrects. */
interface Place {
  readonly frame: number;
  readonly frameCount: number;
  readonly raster: Raster;
  /** Boxes of the picture in view. */
  readonly seen: readonly SeenBox[];
  readonly seenMasks: readonly SeenMask[];
  readonly goTo: (frame: number) => void;
}

/** The corrections of a case, and what layer, timeline, panel and keys do with them. */
export function useCorrections(analysis: Analysis, caseId: string, walk: Walk | null) {
  const { api, session } = useApp();
  const [showsAnalysis, showAnalysis] = useState(false);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [objections, setObjections] = useState<readonly Objection[]>([]);
  const [reason, setReason] = useState<CorrectionReason | undefined>();
  const editor = useMemo(() => {
    const { runId, provenance } = analysis;
    return new Editor({
      analysis,
      read: (after) => api.corrections(caseId, after),
      write: (version, changes) => api.saveCorrections(caseId, version, { runId, contentSha256: provenance.contentSha256, changes: [...changes] }),
      drafts: draftsIn(sessionStorage, caseId, session.subject),
    });
  }, [api, analysis, caseId, session]);
  const [newLabel, setNewLabel] = useState(editor.words.boxes[0] ?? "");
  const [outlineLabel, setOutlineLabel] = useState(editor.words.masks[0] ?? "");
  const [corner, chooseCorner] = useState(0);
  const [isDrawing, draw] = useState(false);
  const state = useSyncExternalStore(editor.subscribe, () => editor.state);
  useEffect(() => void editor.load(), [editor]);
  const hasUnsaved = state.steps.length > 0;
  useEffect(() => {
    if (!hasUnsaved) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [hasUnsaved]);

  const { kind, id } = walk ?? {};
  useEffect(() => {
    if (kind !== undefined && id !== undefined) setChosen(kind === "segment" || kind === "event" ? { kind, id } : null);
  }, [kind, id]);
  /** Saves; in a walk through the queue, what is saved is done with. */
  const save = async (): Promise<void> => {
    await editor.save();
    const { steps, conflict, error } = editor.state;
    if (steps.length === 0 && conflict === null && error === null) walk?.next();
  };

  const view: CorrectedView | null = showsAnalysis ? null : state.view;
  const make = (changes: Change[], isMore = false): boolean => {
    if (changes.length === 0) return false;
    const against = editor.make(changes, isMore);
    setObjections(against);
    return against.length === 0;
  };
  const choose = (thing: Chosen | null): void => {
    setChosen(thing);
    setObjections([]);
  };

  /** With where one is: what the parts of the screen need. */
  const at = ({ frame, frameCount, raster, seen, seenMasks, goTo }: Place) => {
    const findings = (
      [
        ["segment", state.view.segments],
        ["event", state.view.events],
      ] as const
    ).flatMap(([kind, all]) => all.filter(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame).map((found) => ({ kind, found })));
    const chosenSeen = chosen === null ? undefined : seen.find((box) => isSameThing(chosen, chosenBox(box)));
    const masksOf = (thing: Chosen | null) => seenMasks.filter((mask) => isSameThing(thing, chosenMask(mask)));
    const [chosenSeenMask] = masksOf(chosen);
    const chosenFinding =
      chosen?.kind === "segment" || chosen?.kind === "event"
        ? (chosen.kind === "segment" ? state.view.segments : state.view.events).find(({ id }) => id === chosen.id)
        : undefined;
    const place = (box: SeenBox, to: BoxShape, isMore: boolean): void => {
      const { changes, chosen: next } = placed(box, to, newId, reason ?? "wrong-place");
      if (make(changes, isMore)) setChosen(next);
    };
    const add = (box: BoxShape): void => {
      const { changes, chosen: next } = drawnNew(newLabel, frame, box, newId);
      if (make(changes)) setChosen(next);
    };
    const reshape = (mask: SeenOutline, to: Rings, isMore: boolean): void => void make(reshaped(mask.drawn, mask.lookedAt, to, reason), isMore);
    const outline = (shape: Rings): void => {
      const { changes, chosen: next } = outlinedNew(outlineLabel, frame, shape, newId);
      if (make(changes)) setChosen(next);
      chooseCorner(0);
    };
    const judge = (verdict: Verdict): void => {
      if (chosen && make(judged(chosen, verdict, chosenSeen, newId, reason)) && walk && chosen.kind === walk.kind && chosen.id === walk.id) void save();
    };
    const move = (edge: "start" | "end", to: number, isMore = false): void => {
      if (chosen) make(edgeMoved(state.view, chosen, edge, to, reason), isMore);
    };
    const masks = seenMasks.filter((mask, i) => seenMasks.findIndex((other) => isSameThing(chosenMask(other), chosenMask(mask))) === i);
    const things: Chosen[] = [...findings.map(({ kind, found }) => ({ kind, id: found.id })), ...seen.map(chosenBox), ...masks.map(chosenMask)];
    const run: Record<CorrectionCommand, () => void> = {
      accept: () => judge("confirmed"),
      reject: () => judge("rejected"),
      "next-thing": () => {
        const next = things[(things.findIndex((thing) => isSameThing(chosen, thing)) + 1) % Math.max(1, things.length)];
        if (next) choose(next);
      },
      "new-box": () => {
        const [width, height] = [Math.round(raster.width / 5), Math.round(raster.height / 5)];
        add([Math.round((raster.width - width) / 2), Math.round((raster.height - height) / 2), width, height]);
      },
      "new-outline": () => {
        if (editor.words.masks.length === 0) return;
        if (chosen?.kind !== "found-mask") return outline(outlineInMiddle(raster));
        const anew = outlinedAnew(masksOf(chosen), raster, newId, reason);
        if (anew && make(anew.changes)) setChosen(anew.chosen);
        chooseCorner(0);
      },
      keyframe: () => {
        if (chosen?.kind === "object") make(continued(state.view, chosen.id, frame));
        if (chosen?.kind === "mask") make(outlineContinued(state.view, chosen.id, frame));
      },
      remove: () => {
        if (chosen?.kind === "mask" || chosen?.kind === "found-mask") {
          if (make(judged(chosen, "rejected", undefined, newId, reason))) setChosen(null);
          return;
        }
        if (!chosenSeen) return;
        const { changes, chosen: next } = placed(chosenSeen, null, newId, reason ?? "not-there");
        const isOwn = chosenSeen.drawn?.object.replaces === null && chosenSeen.drawn.object.keyframes.length === 1;
        // What a person drew in one frame only is taken back: it stands for nothing.
        if (make(isOwn && chosen ? judged(chosen, "rejected", chosenSeen, newId, reason) : changes)) setChosen(isOwn ? null : next);
      },
      "start-here": () => move("start", frame),
      "end-here": () => move("end", frame + 1),
      undo: () => {
        setObjections([]);
        editor.undo();
      },
      redo: () => {
        setObjections([]);
        editor.redo();
      },
      save: () => void save(),
      skip: () => walk?.next(),
    };
    const span: EditedSpan | null = chosenFinding
      ? { label: chosenFinding.label, startFrame: chosenFinding.startFrame, endFrame: chosenFinding.endFrame, move }
      : null;
    const chooseBox = (box: SeenBox): void => {
      choose(chosenBox(box));
      // A finding is corrected in the frame that was looked at.
      if (!box.drawn && box.lookedAt !== frame && box.lookedAt >= 0) goTo(box.lookedAt);
    };
    const panel: CorrectionPanelProps = {
      ...{ editor, state, frame, frameCount, raster, boxes: seen, masks, findings, chosen, choose, chosenSeen, chosenFinding, objections, run, place },
      ...{ isWalk: walk !== null, reason, setReason, newLabel, setNewLabel, showsAnalysis, showAnalysis },
      ...{ chosenSeenMask, outlineLabel, setOutlineLabel, corner, chooseCorner, isDrawing, draw, reshape },
      make: (changes) => void make(changes),
      move: (edge, to) => move(edge, to, true),
      rename(label) {
        if (chosenFinding && (chosen?.kind === "segment" || chosen?.kind === "event"))
          make([{ kind: "relabel", target: { kind: chosen.kind, id: chosen.id }, after: label, reason: reason ?? "wrong-label" }]);
        else if (chosenSeenMask?.drawn) make(outlined(chosenSeenMask.drawn.id, { ...chosenSeenMask.drawn.mask, label }, reason));
        else if (chosenSeen) {
          const { changes, chosen: next } = renamed(chosenSeen, label, newId);
          if (make(changes) && next) setChosen(next);
        }
      },
      takeBack() {
        if (chosen?.kind === "mask" && chosenSeenMask) make(outlineTakenBack(state.view, chosen.id, chosenSeenMask.lookedAt));
        if (chosen?.kind === "object") make(takenBack(state.view, chosen.id, chosenSeen?.lookedAt ?? frame));
      },
    };
    const layer = { boxes: seen, isChosen: (box: SeenBox) => isSameThing(chosen, chosenBox(box)), choose: chooseBox, place, add };
    const outlineLayer = {
      outlines: seenMasks.filter((mask): mask is SeenOutline => mask.drawn !== null && mask.drawn.rings.length > 0),
      isChosen: (mask: SeenOutline) => isSameThing(chosen, chosenMask(mask)),
      choose: (mask: SeenOutline) => choose(chosenMask(mask)),
      ...{ corner, chooseCorner, isDrawing, reshape },
      finish(shape: Rings | null) {
        draw(false);
        if (shape) outline(shape);
      },
    };
    return { panel, layer, outlineLayer, run, span };
  };
  return { view, version: state.version, at };
}
