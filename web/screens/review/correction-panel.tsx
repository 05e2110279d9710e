import { type FormEvent, useId, useState } from "react";
import { type CorrectedView, maskKeyframes } from "../../../contracts/corrected-view.ts";
import type { BoxShape, Change, CorrectionReason, Keyframe, MaskKeyframe } from "../../../contracts/corrections.ts";
import type { Objection } from "../../../contracts/objections.ts";
import { mostHoles, type Rings } from "../../../contracts/outlines.ts";
import { type Chosen, chosenBox, chosenMask, isSameThing } from "../../corrections/actions.ts";
import type { Conflict, Editor, EditorState } from "../../corrections/editor.ts";
import { type CorrectionCommand, correctionKeys } from "../../corrections/keys.ts";
import { cornerMoved, cornersOf, withCorner, withHole, withoutCorner } from "../../corrections/outlines.ts";
import { type Raster, within } from "../../corrections/shapes.ts";
import { Failure, type Reason } from "../../data/failure.ts";
import type { SeenBox, SeenMask } from "../../player/overlay.ts";
import type { Text } from "../../text/text.ts";
import { useApp } from "../../ui/app-context.ts";
import { Problem } from "../../ui/parts.tsx";
import { ReviewBadge } from "./moment-list.tsx";
import type { SeenOutline } from "./outline-layer.tsx";

type Finding = (CorrectedView["segments"] | CorrectedView["events"])[number];

export interface CorrectionPanelProps {
  editor: Editor;
  state: EditorState;
  frame: number;
  frameCount: number;
  raster: Raster;
  boxes: readonly SeenBox[];
  /** Masks of the frame in view, those of one producer and label as one. */
  masks: readonly SeenMask[];
  /** Findings of the frame in view. */
  findings: readonly { readonly kind: "segment" | "event"; readonly found: Finding }[];
  chosen: Chosen | null;
  choose: (chosen: Chosen | null) => void;
  chosenSeen: SeenBox | undefined;
  chosenFinding: Finding | undefined;
  chosenSeenMask: SeenMask | undefined;
  /** Whether one goes from doubt to doubt. */
  isWalk: boolean;
  /** What spoke against the last correction. */
  objections: readonly Objection[];
  run: Readonly<Record<CorrectionCommand, () => void>>;
  rename: (label: string) => void;
  place: (box: SeenBox, to: BoxShape, isMore: boolean) => void;
  make: (changes: Change[]) => void;
  move: (edge: "start" | "end", frame: number) => void;
  takeBack: () => void;
  reason: CorrectionReason | undefined;
  setReason: (reason: CorrectionReason | undefined) => void;
  newLabel: string;
  setNewLabel: (label: string) => void;
  outlineLabel: string;
  setOutlineLabel: (label: string) => void;
  /** The corner of the chosen outline that fields change. */
  corner: number;
  chooseCorner: (corner: number) => void;
  reshape: (outline: SeenOutline, to: Rings, isMore: boolean) => void;
  /** Whether presses on the picture set the corners of a new outline. */
  isDrawing: boolean;
  draw: (draws: boolean) => void;
  showsAnalysis: boolean;
  showAnalysis: (shows: boolean) => void;
}

const objectedTo = (objections: readonly Objection[]): Failure =>
  new Failure(
    ...objections.map(
      (objection): Reason =>
        ({ objections: say }) =>
          objection(say),
    ),
  );

/** Corrects what was found: everything that pointer and keys do, as buttons and fields. */
export function CorrectionPanel(props: CorrectionPanelProps) {
  const { state, frame, boxes, masks, findings, chosen, choose, objections, run, showsAnalysis, showAnalysis } = props;
  const { text } = useApp();
  const { steps, undone, version, isBusy, isLoaded, conflict, error } = state;
  const keyOf = (command: CorrectionCommand): string => correctionKeys.find(([name]) => name === command)?.[1] ?? "";
  const button = (command: CorrectionCommand, isDisabled = false, kind?: "primary") => (
    <button type="button" onClick={run[command]} disabled={isDisabled} {...(kind && { className: kind })} id={`correct-${command}`}>
      {text.correct.commands[command]} <kbd>{keyOf(command)}</kbd>
    </button>
  );
  return (
    <div className="correct" id="correct">
      <p role="status" id="correct-status">
        {!isLoaded ? text.loading : steps.length > 0 ? text.correct.unsaved(steps.length) : text.correct.saved(version)}
      </p>
      {error && <Problem error={error} retry={isLoaded ? undefined : () => void props.editor.load()} />}
      {conflict && <ConflictView conflict={conflict} editor={props.editor} view={state.view} />}
      {objections.length > 0 && <Problem error={objectedTo(objections)} />}
      <div className="row">
        {button("save", isBusy || !isLoaded || steps.length === 0 || conflict !== null, "primary")}
        {button("undo", steps.length === 0 || conflict !== null)}
        {button("redo", undone.length === 0 || conflict !== null)}
        {props.isWalk && button("skip")}
      </div>
      <label className="inline">
        <input type="checkbox" checked={showsAnalysis} onChange={({ target }) => showAnalysis(target.checked)} />
        {text.correct.asAnalysed}
      </label>
      {!showsAnalysis && (
        <>
          <h2>{text.correct.here(frame)}</h2>
          {boxes.length + masks.length + findings.length === 0 && <p className="soft">{text.correct.nothingHere}</p>}
          <ul className="things" id="correct-here">
            {findings.map(({ kind, found }) => {
              const thing: Chosen = { kind, id: found.id };
              return (
                <li key={found.id}>
                  <button type="button" aria-pressed={isSameThing(chosen, thing)} onClick={() => choose(thing)}>
                    {found.label}
                  </button>{" "}
                  <small className="soft">{"level" in found ? text.correct.segment : text.correct.event}</small> <ReviewBadge review={found.review} />
                </li>
              );
            })}
            {boxes.map((box) => {
              const thing = chosenBox(box);
              return (
                <li key={JSON.stringify(thing)}>
                  <button type="button" aria-pressed={isSameThing(chosen, thing)} onClick={() => choose(thing)}>
                    {box.label}
                  </button>{" "}
                  <small className="soft">{box.drawn ? text.correct.drawn : text.correct.boxOf(box.score ?? 0)}</small>
                </li>
              );
            })}
            {masks.map((mask) => {
              const thing = chosenMask(mask);
              return (
                <li key={JSON.stringify(thing)}>
                  <button type="button" aria-pressed={isSameThing(chosen, thing)} onClick={() => choose(thing)}>
                    {mask.label}
                  </button>{" "}
                  <small className="soft">
                    {mask.found ? text.correct.maskOf(mask.found.score) : mask.drawn?.rings.length ? text.correct.outlineDrawn : text.correct.maskRejected}
                  </small>
                </li>
              );
            })}
          </ul>
          {chosen && <ChosenForm {...props} button={button} />}
          <h2>{text.correct.missed}</h2>
          <NewBox {...props} button={button} />
          <NewOutline {...props} button={button} />
          <NewFinding {...props} />
        </>
      )}
    </div>
  );
}

type Button = (command: CorrectionCommand, isDisabled?: boolean) => React.ReactNode;

function ChosenForm({ chosen, chosenSeen, chosenFinding, editor, button, reason, setReason, rename, ...props }: CorrectionPanelProps & { button: Button }) {
  const { text } = useApp();
  const { frame, frameCount, raster, place, move, takeBack } = props;
  const seen = chosenSeen;
  const mask = props.chosenSeenMask;
  /** Where people say that nothing is: that can be taken back, and nothing else. */
  const isNothing = mask?.drawn?.rings.length === 0;
  const label = chosenFinding?.label ?? seen?.label ?? mask?.label;
  if (label === undefined) return <p className="soft">{text.correct.elsewhere}</p>;
  const { segments, events, boxes } = editor.words;
  const words =
    chosenFinding === undefined
      ? mask
        ? editor.words.masks
        : boxes
      : "level" in chosenFinding
        ? (segments.get(chosenFinding.level) ?? [])
        : events.flatMap((word) => (word.type === chosenFinding.type ? [word.label] : []));
  const number = (name: string, value: number, least: number, most: number, set: (value: number) => void) => (
    <label key={name}>
      {name}
      <input
        type="number"
        value={value}
        min={least}
        max={most}
        onChange={({ target }) => {
          const wanted = Math.round(Number(target.value));
          if (target.value !== "" && wanted >= least && wanted <= most) set(wanted);
        }}
      />
    </label>
  );
  const sides = [text.correct.x, text.correct.y, text.correct.width, text.correct.height];
  return (
    <section aria-labelledby="chosen-title" className="chosen">
      <h2 id="chosen-title">{text.correct.chosen(label)}</h2>
      <div className="row">
        {button("accept", chosen?.kind === "object" || mask !== undefined)}
        {button("reject", isNothing)}
        <label>
          {text.correct.word}
          <select value={label} onChange={({ target }) => rename(target.value)} id="correct-word" disabled={mask?.drawn === null || isNothing}>
            {(words.includes(label) ? words : [label, ...words]).map((word) => (
              <option key={word}>{word}</option>
            ))}
          </select>
        </label>
        <label>
          {text.correct.why}
          <select value={reason ?? ""} onChange={({ target }) => setReason(target.value === "" ? undefined : (target.value as CorrectionReason))}>
            <option value="">{text.correct.unsaid}</option>
            {Object.entries(text.correct.reasons).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </div>
      {chosenFinding && (
        <div className="row">
          <div className="pair">
            {number(text.exports.from, chosenFinding.startFrame, 0, chosenFinding.endFrame - 1, (to) => move("start", to))}
            {button("start-here", frame >= chosenFinding.endFrame)}
          </div>
          <div className="pair">
            {number(text.exports.to, chosenFinding.endFrame, chosenFinding.startFrame + 1, frameCount, (to) => move("end", to))}
            {button("end-here", frame < chosenFinding.startFrame)}
          </div>
        </div>
      )}
      {mask?.found && (
        <div className="row">
          {button("new-outline")}
          <span className="soft">{text.correct.outlineAnew}</span>
        </div>
      )}
      {isOutline(mask) && !isNothing && <OutlineFields {...props} outline={mask} number={number} remove={button("remove")} />}
      {isOutline(mask) && (
        <>
          <div className="row">
            {!isNothing && button("keyframe", mask.drawn.isKeyframe && mask.lookedAt === frame)}
            {mask.drawn.isKeyframe && (
              <button type="button" onClick={takeBack} id="correct-take-back">
                {text.correct.takeBack}
              </button>
            )}
          </div>
          <p className="soft">{isNothing ? text.correct.maskNotThere : framesOf({ keyframes: maskKeyframes(mask.drawn.mask) }, text)}</p>
        </>
      )}
      {seen && (
        <>
          <div className="row numbers">
            {sides.map((name, i) =>
              number(name, seen.box[i] as number, i < 2 ? 0 : 1, i % 2 === 0 ? raster.width : raster.height, (value) =>
                place(seen, within(seen.box.map((old, k) => (k === i ? value : old)) as unknown as BoxShape, raster), true),
              ),
            )}
          </div>
          <div className="row">
            {button("remove")}
            {seen.drawn && button("keyframe", seen.drawn.isKeyframe && seen.lookedAt === frame)}
            {seen.drawn?.isKeyframe && (
              <button type="button" onClick={takeBack}>
                {text.correct.takeBack}
              </button>
            )}
          </div>
          <p className="soft">{seen.drawn ? framesOf(seen.drawn.object, text) : text.correct.frameOnly}</p>
        </>
      )}
    </section>
  );
}

const isOutline = (mask: SeenMask | undefined): mask is SeenOutline => mask?.drawn != null;

interface OutlineFieldsProps extends Pick<CorrectionPanelProps, "corner" | "chooseCorner" | "reshape" | "raster"> {
  outline: SeenOutline;
  number: (name: string, value: number, least: number, most: number, set: (value: number) => void) => React.ReactNode;
  remove: React.ReactNode;
}

/** The corners of an outline, one after another, and its holes. */
function OutlineFields({ outline, corner, chooseCorner, reshape, raster, number, remove }: OutlineFieldsProps) {
  const { text } = useApp();
  const { rings } = outline.drawn;
  const corners = cornersOf(rings);
  const at = Math.min(corner, corners.length - 1);
  const [x, y] = corners[at] as readonly [number, number];
  const left = withoutCorner(rings, at);
  return (
    <>
      <div className="row numbers">
        {number(text.correct.cornerOf(corners.length), at + 1, 1, corners.length, (to) => chooseCorner(to - 1))}
        {number(text.correct.x, x, 0, raster.width, (to) => reshape(outline, cornerMoved(rings, at, to - x, 0, raster), true))}
        {number(text.correct.y, y, 0, raster.height, (to) => reshape(outline, cornerMoved(rings, at, 0, to - y, raster), true))}
      </div>
      <div className="row">
        <button type="button" onClick={() => reshape(outline, withCorner(rings, at), false)}>
          {text.correct.addCorner} <kbd>+</kbd>
        </button>
        <button type="button" disabled={left === null} onClick={() => left && reshape(outline, left, false)}>
          {text.correct.takeCorner}
        </button>
        <button
          type="button"
          id="correct-hole"
          disabled={rings.length > mostHoles}
          onClick={() => {
            reshape(outline, withHole(rings), false);
            chooseCorner(corners.length);
          }}
        >
          {text.correct.addHole}
        </button>
        {remove}
      </div>
    </>
  );
}

function NewOutline({ editor, outlineLabel, setOutlineLabel, button, chosen, isDrawing, draw }: CorrectionPanelProps & { button: Button }) {
  const { text } = useApp();
  if (editor.words.masks.length === 0) return null;
  return (
    <div className="row">
      <label>
        {text.correct.word}
        <select value={outlineLabel} onChange={({ target }) => setOutlineLabel(target.value)} id="correct-outline-label">
          {editor.words.masks.map((word) => (
            <option key={word}>{word}</option>
          ))}
        </select>
      </label>
      {chosen?.kind !== "found-mask" && button("new-outline")}
      <button type="button" aria-pressed={isDrawing} onClick={() => draw(!isDrawing)} id="correct-draw">
        {text.correct.draw}
      </button>
      {isDrawing && (
        <span role="status" className="soft">
          {text.correct.drawHow}
        </span>
      )}
    </div>
  );
}

function NewBox({ editor, newLabel, setNewLabel, button }: CorrectionPanelProps & { button: Button }) {
  const { text } = useApp();
  if (editor.words.boxes.length === 0) return null;
  return (
    <div className="row">
      <label>
        {text.correct.word}
        <select value={newLabel} onChange={({ target }) => setNewLabel(target.value)} id="correct-new-label">
          {editor.words.boxes.map((word) => (
            <option key={word}>{word}</option>
          ))}
        </select>
      </label>
      {button("new-box")}
    </div>
  );
}

function NewFinding({ editor, frame, frameCount, make, choose }: CorrectionPanelProps) {
  const { text } = useApp();
  const id = useId();
  const words = [
    ...[...editor.words.segments]
      .filter(([level]) => level !== "shot")
      .flatMap(([type, labels]) => labels.map((label) => ({ kind: "segment" as const, type, label }))),
    ...editor.words.events.map((word) => ({ kind: "event" as const, ...word })),
  ];
  const [word, setWord] = useState(() =>
    String(
      Math.max(
        0,
        words.findIndex(({ kind }) => kind === "event"),
      ),
    ),
  );
  const [end, setEnd] = useState<number | null>(null);
  const until = end !== null && end > frame ? end : Math.min(frameCount, frame + 25);
  const add = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = words[Number(word)];
    if (!chosen) return;
    const target = { kind: chosen.kind, id: crypto.randomUUID() };
    make([{ kind: "add", target, after: { type: chosen.type, label: chosen.label, startFrame: frame, endFrame: until }, reason: "missed" }]);
    choose(target);
    setEnd(null);
  };
  return (
    <form className="row" onSubmit={add} id="correct-add">
      <label htmlFor={id}>
        {text.correct.finding}
        <select id={id} value={word} onChange={({ target }) => setWord(target.value)}>
          {words.map(({ kind, type, label }, i) => (
            <option key={`${kind} ${type} ${label}`} value={i}>
              {label} ({kind === "segment" ? text.correct.segment : text.correct.event})
            </option>
          ))}
        </select>
      </label>
      <label>
        {text.exports.to}
        <input
          type="number"
          min={frame + 1}
          max={frameCount}
          value={until}
          onChange={({ target }) => setEnd(target.value === "" ? null : Math.round(Number(target.value)))}
        />
      </label>
      <button type="submit">{text.correct.addFrom(frame)}</button>
    </form>
  );
}

/** What others saved meanwhile, and what comes of one's own. */
function ConflictView({ conflict: { theirs, mine }, editor, view }: { conflict: Conflict; editor: Editor; view: CorrectedView }) {
  const { text } = useApp();
  const clashing = mine.some(({ kind }) => kind === "clashes");
  return (
    <div className="problem" role="alert" id="conflict">
      <strong>{text.correct.conflict}</strong>
      <h2>{text.correct.theirs}</h2>
      <ul>
        {theirs.map((change, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes.
          <li key={i}>{sentenceOf(change, view, text)}</li>
        ))}
      </ul>
      <h2>{text.correct.mine}</h2>
      <ul>
        {mine.map(({ step, kind, reasons }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes.
          <li key={i}>
            {step.map((change) => sentenceOf(change, view, text)).join("; ")} <em>{text.correct.claims[kind]}</em>{" "}
            {reasons.map((reason) => reason(text.objections)).join(" ")}
          </li>
        ))}
      </ul>
      <div className="row">
        <button type="button" className="primary" onClick={() => editor.resolve(true)}>
          {text.correct.keepMine}
        </button>
        {clashing && (
          <button type="button" onClick={() => editor.resolve(false)}>
            {text.correct.keepTheirs}
          </button>
        )}
        <button type="button" onClick={() => editor.discard()}>
          {text.correct.giveUp}
        </button>
      </div>
    </div>
  );
}

const framesOf = ({ keyframes }: { readonly keyframes: readonly (Keyframe | MaskKeyframe)[] }, text: Text): string =>
  text.correct.keyframes(keyframes.length, keyframes.map(({ frame }) => frame).join(", "));

/** A correction in words. */
export function sentenceOf(change: Change, view: CorrectedView, text: Text): string {
  const { target } = change;
  const found = [...view.segments, ...view.events].find(({ id }) => id === target.id);
  const drawn = view.objects.get(target.id) ?? view.masks.get(target.id);
  const name = target.kind === "track" ? text.correct.track(Number(target.id)) : (found?.label ?? drawn?.label ?? text.correct.drawing);
  switch (change.kind) {
    case "judge":
      return `${name}: ${text.correct.reviews[change.after]}`;
    case "relabel":
      return `${name} → ${change.after}`;
    case "retime":
      return `${name}: ${text.correct.span(change.after.startFrame, change.after.endFrame)}`;
    case "add":
      return `+ ${change.after.label}: ${text.correct.span(change.after.startFrame, change.after.endFrame)}`;
    case "draw-box":
      return change.after ? `${change.after.label}: ${framesOf(change.after, text)}` : `${name}: ${text.correct.takenBack}`;
    case "draw-mask":
      if (change.after === null) return `${name}: ${text.correct.takenBack}`;
      return `${change.after.label}: ${change.after.polygon === null ? text.correct.reviews.rejected : framesOf({ keyframes: maskKeyframes(change.after) }, text)}`;
  }
}
