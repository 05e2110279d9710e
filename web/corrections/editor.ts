import type { Analysis } from "../../contracts/analysis.ts";
import { type CorrectedView, corrected, uncorrected, type Vocabulary, vocabularyOf } from "../../contracts/corrected-view.ts";
import { type Correctable, correctable, objections } from "../../contracts/correction-rules.ts";
import type { Change, Correction, CorrectionList, CorrectionReceipt, CorrectionSet } from "../../contracts/corrections.ts";
import type { Objection } from "../../contracts/objections.ts";
import { Refusal } from "../data/api.ts";
import { Failure } from "../data/failure.ts";

/** What one undoes at once. */
export type Step = readonly Change[];

/** What was not saved when the page was left: identifiers, frames, boxes and words of the analysis, nothing of a patient. */
export interface Draft {
  readonly runId: string;
  readonly version: number;
  readonly steps: readonly Step[];
}

/** A step of one's own after somebody else saved. */
export interface Claim {
  readonly step: Step;
  /** `same`: it is there already. `clashes`: others changed the same. `impossible`: it makes no sense any more, for these reasons. */
  readonly kind: "fits" | "same" | "clashes" | "impossible";
  readonly reasons: readonly Objection[];
}
export interface Conflict {
  readonly theirs: readonly Correction[];
  readonly mine: readonly Claim[];
}

export interface EditorState {
  readonly isLoaded: boolean;
  readonly isBusy: boolean;
  /** Version of what is saved. */
  readonly version: number;
  /** The analysis with what is saved and what is not. */
  readonly view: CorrectedView;
  readonly steps: readonly Step[];
  readonly undone: readonly Step[];
  readonly conflict: Conflict | null;
  readonly error: Error | null;
}

export interface EditorArgs {
  readonly analysis: Analysis;
  readonly read: (after: number) => Promise<CorrectionList>;
  readonly write: (version: number, changes: readonly Change[]) => Promise<CorrectionReceipt>;
  readonly drafts: { load(): Draft | null; keep(draft: Draft | null): void };
}

/** Corrections of an analysis while they are made: what is saved, what is not yet, and the way back and forth. */
export class Editor {
  readonly words: Vocabulary;
  readonly #args: EditorArgs;
  readonly #of: Correctable;
  readonly #listeners = new Set<() => void>();
  #sets: CorrectionSet[] = [];
  /** The analysis with what is saved. */
  #base: CorrectedView;
  #state: EditorState;

  constructor(args: EditorArgs) {
    this.#args = args;
    this.words = vocabularyOf(args.analysis);
    this.#of = correctable(args.analysis, this.words);
    this.#base = uncorrected(args.analysis);
    this.#state = { isLoaded: false, isBusy: false, version: 0, view: this.#base, steps: [], undone: [], conflict: null, error: null };
  }

  get state(): EditorState {
    return this.#state;
  }
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads what is saved, and takes up what was not when the page was left. */
  async load(): Promise<void> {
    await this.#busy(async () => {
      await this.#catchUp();
      const draft = this.#state.isLoaded ? null : this.#args.drafts.load();
      const steps = draft?.runId === this.#args.analysis.runId ? draft.steps : this.#state.steps;
      const seen = draft?.runId === this.#args.analysis.runId ? draft.version : this.#state.version;
      this.#settle({ isLoaded: true, ...this.#resumed(steps, seen) });
    });
  }

  /** Makes changes as one step, unless something speaks against them: every reason. `isMore` makes it one with the step before, if that changed the same. */
  make(changes: Step, isMore = false): Objection[] {
    const reasons = this.#objections(changes, this.#state.view);
    if (reasons.length > 0) return reasons;
    const last = this.#state.steps.at(-1);
    const isSame = isMore && last !== undefined && last.length === changes.length && last.every((change, i) => keyOf(change) === keyOf(changes[i] as Change));
    const steps = isSame ? [...this.#state.steps.slice(0, -1), changes] : [...this.#state.steps, changes];
    this.#settle({ ...this.#with(steps), undone: [] });
    return [];
  }

  undo(): Step | undefined {
    const step = this.#state.steps.at(-1);
    if (step) this.#settle({ ...this.#with(this.#state.steps.slice(0, -1)), undone: [...this.#state.undone, step] });
    return step;
  }
  redo(): Step | undefined {
    const step = this.#state.undone.at(-1);
    if (step) this.#settle({ ...this.#with([...this.#state.steps, step]), undone: this.#state.undone.slice(0, -1) });
    return step;
  }

  /** Saves all steps. If somebody else saved meanwhile, nothing is, and the conflict tells what is whose. */
  async save(): Promise<void> {
    const { steps, version, isBusy, conflict } = this.#state;
    if (steps.length === 0 || isBusy || conflict) return;
    await this.#busy(async () => {
      try {
        await this.#args.write(version, steps.flat());
      } catch (error) {
        if (!(error instanceof Refusal && error.status === 412)) throw error;
        await this.#catchUp();
        if (this.#state.version === version) throw error;
        this.#settle(this.#resumed(this.#state.steps, version));
        return;
      }
      await this.#catchUp();
      // What was made while it was being saved is not saved.
      this.#settle({ ...this.#with(this.#state.steps.slice(steps.length)), undone: [] });
    });
  }

  /** Ends a conflict: one's own steps come after what others saved; those that clash too, or not. What makes no sense any more is left out. */
  resolve(keepsClashing: boolean): void {
    const { conflict } = this.#state;
    if (!conflict) return;
    const kept = conflict.mine.filter(({ kind }) => kind === "fits" || (keepsClashing && kind === "clashes")).map(({ step }) => step);
    this.#settle({ ...this.#with(kept), undone: [], conflict: null });
  }

  /** Gives up all that is not saved. */
  discard(): void {
    this.#settle({ ...this.#with([]), undone: [], conflict: null });
  }

  async #busy(work: () => Promise<void>): Promise<void> {
    this.#settle({ isBusy: true, error: null });
    try {
      await work();
    } catch (error) {
      this.#settle({ error: error as Error });
    } finally {
      this.#settle({ isBusy: false });
    }
  }

  /** Reads the sets that are saved after those that are known. */
  async #catchUp(): Promise<void> {
    const { runId } = this.#args.analysis;
    let after: number | null = this.#sets.at(-1)?.version ?? 0;
    while (after !== null) {
      const list: CorrectionList = await this.#args.read(after);
      if (list.runId !== runId) throw new Failure(({ failures }) => failures.analysedAgain);
      this.#sets.push(...list.sets);
      this.#base = corrected(
        this.#base,
        list.sets.flatMap(({ corrections }) => corrections),
      );
      after = list.next;
    }
    this.#settle({ version: this.#sets.at(-1)?.version ?? 0, view: corrected(this.#base, this.#state.steps.flat()) });
  }

  /** One's own steps, made on an earlier version, after all that was saved since. */
  #resumed(steps: readonly Step[], seen: number): Partial<EditorState> {
    const theirs = this.#sets.filter(({ version }) => version > seen).flatMap(({ corrections }) => corrections);
    if (theirs.length === 0 || steps.length === 0) return this.#with(steps);
    const mine = steps.map((step): Claim => this.#claim(step, theirs));
    // The answer to one's own saving was lost, and nothing else happened.
    if (mine.every(({ kind }) => kind === "same")) return { ...this.#with([]), conflict: null };
    return { ...this.#with(steps), conflict: { theirs, mine } };
  }

  #claim(step: Step, theirs: readonly Correction[]): Claim {
    const latest = new Map(theirs.map((correction) => [keyOf(correction), correction]));
    if (step.every((change) => JSON.stringify(latest.get(keyOf(change))?.after) === JSON.stringify(change.after))) return { step, kind: "same", reasons: [] };
    const reasons = this.#objections(step, this.#base);
    if (reasons.length > 0) return { step, kind: "impossible", reasons };
    const touched = new Set(theirs.map(({ target }) => `${target.kind} ${target.id}`));
    return { step, kind: step.some(({ target }) => touched.has(`${target.kind} ${target.id}`)) ? "clashes" : "fits", reasons: [] };
  }

  /** All that speaks against the changes of a step, each made to what the ones before it left of a view. */
  #objections(step: Step, view: CorrectedView): Objection[] {
    let before = view;
    return step.flatMap((change) => {
      const after = corrected(before, [change]);
      const against = objections(this.#of, before, change, after);
      before = after;
      return against;
    });
  }

  #with(steps: readonly Step[]): Pick<EditorState, "steps" | "view"> {
    return { steps, view: corrected(this.#base, steps.flat()) };
  }

  #settle(change: Partial<EditorState>): void {
    this.#state = { ...this.#state, ...change };
    const { isLoaded, steps, version } = this.#state;
    if (isLoaded) this.#args.drafts.keep(steps.length === 0 ? null : { runId: this.#args.analysis.runId, version, steps });
    for (const listener of this.#listeners) listener();
  }
}

/** What a change changes of what. */
const keyOf = ({ kind, target }: Change): string => `${kind} ${target.kind} ${target.id}`;

/** Drafts in a storage of the browser, one a case and person: nobody saves what somebody else left behind. */
export const draftsIn = (storage: Storage, caseId: string, subject: string | null): EditorArgs["drafts"] => {
  const name = `corrections ${subject ?? "local"} ${caseId}`;
  return {
    load() {
      try {
        return JSON.parse(storage.getItem(name) ?? "null") as Draft | null;
      } catch {
        return null;
      }
    },
    keep(draft) {
      if (draft === null) storage.removeItem(name);
      else storage.setItem(name, JSON.stringify(draft));
    },
  };
};
