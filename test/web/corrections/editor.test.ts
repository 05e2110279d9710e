import { expect } from "chai";
import { recorded, uncorrected } from "../../../contracts/corrected-view.ts";
import type { Change, CorrectionList, CorrectionSet } from "../../../contracts/corrections.ts";
import type { Objection } from "../../../contracts/objections.ts";
import { type Draft, draftsIn, Editor } from "../../../web/corrections/editor.ts";
import { Refusal } from "../../../web/data/api.ts";
import { texts } from "../../../web/text/text.ts";
import { analysisOf } from "../../functions/support/analysis.ts";

const said = (objections: readonly Objection[]): string[] => objections.map((objection) => objection(texts["zh-TW"].objections));

const event = (id: string, startFrame: number) => ({
  ...{ id, type: "instrument", label: "grasper", startFrame, endFrame: startFrame + 10, confidence: 0.8, producer: "d", review: "unreviewed" as const },
});
const analysis = analysisOf({ events: [event("event-1", 10), event("event-2", 30)] });
const { runId, caseId, provenance } = analysis;
const judge = (id: string, after: "confirmed" | "rejected"): Change => ({ kind: "judge", target: { kind: "event", id }, after });
const [boxId, otherId] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
const draw = (x: number, id = boxId): Change => ({
  kind: "draw-box",
  target: { kind: "object", id },
  after: { label: "grasper", keyframes: [{ frame: 5, box: [x, 0, 9, 9] }], replaces: null },
});

/** A platform that others save to as well, and an editor of it. */
function editing({ draft = null as Draft | null } = {}) {
  const sets: CorrectionSet[] = [];
  const kept: (Draft | null)[] = [draft];
  const save = (changes: readonly Change[], createdBy = "me"): void => {
    const corrections = changes.map((change) => recorded(uncorrected(analysis), change, []));
    const common = { schema: "correction-set/1.0" as const, caseId, runId, contentSha256: provenance.contentSha256, createdAt: "2026-11-26T10:00:00.000Z" };
    sets.push({ ...common, version: sets.length + 1, createdBy, corrections });
  };
  const platform = { runId, fails: null as Error | null, losesAnswer: false };
  const editor = new Editor({
    analysis,
    async read(after): Promise<CorrectionList> {
      const later = sets.filter(({ version }) => version > after);
      const page = later.slice(0, 2);
      const next = later.length > 2 ? (page.at(-1)?.version ?? null) : null;
      return { caseId, runId: platform.runId, contentSha256: provenance.contentSha256, sets: page, version: sets.length, next };
    },
    async write(version, changes) {
      if (platform.fails) throw platform.fails;
      if (version !== sets.length) throw new Refusal(412, ["Somebody saved."]);
      save(changes);
      if (platform.losesAnswer) throw new TypeError("Failed to fetch");
      return { caseId, runId, version: sets.length, count: changes.length };
    },
    drafts: { load: () => kept.at(-1) ?? null, keep: (next) => void kept.push(next) },
  });
  const reviews = () => editor.state.view.events.map(({ review }) => review);
  return { editor, sets, save, platform, kept, reviews };
}

describe("corrections while they are made", () => {
  it("begin with what is saved, however many pages that is", async () => {
    const { editor, save, reviews } = editing();
    for (const id of ["event-1", "event-2", "event-1"]) save([judge(id, "rejected")]);
    expect(editor.state.isLoaded).to.equal(false);
    await editor.load();
    expect([editor.state.isLoaded, editor.state.version, editor.state.steps]).to.deep.equal([true, 3, []]);
    expect(reviews()).to.deep.equal(["rejected", "rejected"]);
  });

  it("go back and forth, and forget what was undone as soon as something else is done", async () => {
    const { editor, reviews } = editing();
    await editor.load();
    editor.make([judge("event-1", "rejected")]);
    editor.make([judge("event-2", "confirmed")]);
    expect(editor.undo()).to.deep.equal([judge("event-2", "confirmed")]);
    expect(reviews()).to.deep.equal(["rejected", "unreviewed"]);
    editor.redo();
    expect(reviews()).to.deep.equal(["rejected", "confirmed"]);
    editor.undo();
    editor.make([judge("event-2", "rejected")]);
    expect(editor.redo()).to.equal(undefined);
    expect(reviews()).to.deep.equal(["rejected", "rejected"]);
    for (let i = 0; i < 3; i++) editor.undo();
    expect(reviews()).to.deep.equal(["unreviewed", "unreviewed"]);
  });

  it("take nudges of one thing for one step, and refuse what makes no sense with every reason", async () => {
    const { editor } = editing();
    await editor.load();
    editor.make([draw(1)]);
    for (const x of [2, 3, 4]) editor.make([draw(x)], true);
    editor.make([draw(9, otherId)], true);
    expect(editor.state.steps).to.deep.equal([[draw(4)], [draw(9, otherId)]]);
    expect(said(editor.make([judge("event-7", "rejected")]))).to.deep.equal(["分析結果與修正中沒有事件 event-7。"]);
    expect(editor.state.steps).to.have.length(2);
  });

  it("are saved together, as the next version", async () => {
    const { editor, sets, kept } = editing();
    await editor.load();
    await editor.save();
    expect(sets).to.deep.equal([]);
    editor.make([judge("event-1", "rejected")]);
    editor.make([draw(1)]);
    expect(kept.at(-1)).to.deep.equal({ runId, version: 0, steps: [[judge("event-1", "rejected")], [draw(1)]] });
    await editor.save();
    expect(sets.map(({ corrections }) => corrections.map(({ kind }) => kind))).to.deep.equal([["judge", "draw-box"]]);
    expect([editor.state.version, editor.state.steps, editor.state.view.objects.has(boxId), kept.at(-1)]).to.deep.equal([1, [], true, null]);
  });

  it("stay when saving fails, and say why", async () => {
    const { editor, platform } = editing();
    await editor.load();
    editor.make([judge("event-1", "rejected")]);
    platform.fails = new TypeError("Failed to fetch");
    await editor.save();
    expect([editor.state.steps.length, editor.state.error?.message, editor.state.isBusy]).to.deep.equal([1, "Failed to fetch", false]);
    platform.fails = null;
    await editor.save();
    expect([editor.state.steps.length, editor.state.error]).to.deep.equal([0, null]);
  });

  it("lose nothing when somebody else saves first, and tell what clashes", async () => {
    const { editor, save, sets, reviews } = editing();
    await editor.load();
    editor.make([judge("event-1", "rejected")]);
    editor.make([judge("event-2", "rejected")]);
    editor.make([draw(3)]);
    save([judge("event-1", "confirmed"), judge("event-2", "rejected")], "other");
    await editor.save();
    expect(sets).to.have.length(1);
    const { conflict } = editor.state;
    expect(conflict?.theirs.map(({ target, after }) => [target.id, after])).to.deep.equal([
      ["event-1", "confirmed"],
      ["event-2", "rejected"],
    ]);
    expect(conflict?.mine.map(({ kind }) => kind)).to.deep.equal(["clashes", "same", "fits"]);
    await editor.save();
    expect(sets, "before it is decided").to.have.length(1);

    editor.resolve(false);
    expect([editor.state.conflict, editor.state.steps, reviews()]).to.deep.equal([null, [[draw(3)]], ["confirmed", "rejected"]]);
    await editor.save();
    expect(editor.state.version).to.equal(2);
  });

  it("come after others' where one wants that, but for what makes no sense any more", async () => {
    const { editor, save, reviews } = editing();
    await editor.load();
    editor.make([judge("event-1", "rejected")]);
    const add: Change = { kind: "add", target: { kind: "event", id: boxId }, after: { type: "bleeding", label: "Bleeding", startFrame: 1, endFrame: 2 } };
    editor.make([add]);
    save([judge("event-1", "confirmed"), { ...add, after: { ...add.after, endFrame: 3 } }], "other");
    await editor.save();
    expect(editor.state.conflict?.mine.map(({ kind, reasons }) => [kind, said(reasons)])).to.deep.equal([
      ["clashes", []],
      ["impossible", [`已有識別碼為 ${boxId} 的項目。`]],
    ]);
    editor.resolve(true);
    expect(editor.state.steps).to.deep.equal([[judge("event-1", "rejected")]]);
    await editor.save();
    expect([editor.state.version, reviews()[1]]).to.deep.equal([2, "rejected"]);
  });

  it("notice that they were saved although the answer was lost", async () => {
    const { editor, platform, sets } = editing();
    await editor.load();
    editor.make([judge("event-1", "rejected")]);
    platform.losesAnswer = true;
    await editor.save();
    expect(editor.state.steps).to.have.length(1);
    platform.losesAnswer = false;
    await editor.save();
    expect([sets.length, editor.state.steps, editor.state.conflict, editor.state.version]).to.deep.equal([1, [], null, 1]);
  });

  it("are there again after a reload, and meet what was saved meanwhile", async () => {
    const steps = [[judge("event-1", "rejected")]];
    const same = editing({ draft: { runId, version: 0, steps } });
    await same.editor.load();
    expect([same.editor.state.steps, same.reviews()[0], same.editor.state.conflict]).to.deep.equal([steps, "rejected", null]);

    const later = editing({ draft: { runId, version: 0, steps } });
    later.save([judge("event-1", "confirmed")], "other");
    await later.editor.load();
    expect(later.editor.state.conflict?.mine.map(({ kind }) => kind)).to.deep.equal(["clashes"]);
    later.editor.discard();
    expect([later.editor.state.conflict, later.editor.state.steps, later.reviews()[0]]).to.deep.equal([null, [], "confirmed"]);

    const anew = editing({ draft: { runId: "f".repeat(40), version: 0, steps } });
    await anew.editor.load();
    expect(anew.editor.state.steps, "of another analysis").to.deep.equal([]);
  });

  it("say so where the case was analysed again", async () => {
    const { editor, platform } = editing();
    platform.runId = "f".repeat(40);
    await editor.load();
    expect([editor.state.isLoaded, editor.state.error?.message]).to.deep.equal([
      false,
      "The case was analysed again. Reload the page: these corrections are of the analysis before.",
    ]);
  });

  it("are kept in the browser by case and person, and not once they are saved", () => {
    const items = new Map<string, string>();
    const storage = {
      getItem: (name: string) => items.get(name) ?? null,
      setItem: (name: string, value: string) => void items.set(name, value),
      removeItem: (name: string) => void items.delete(name),
    } as Storage;
    const drafts = draftsIn(storage, caseId, "a1");
    const draft = { runId, version: 2, steps: [[judge("event-1", "rejected")]] };
    expect(drafts.load()).to.equal(null);
    drafts.keep(draft);
    expect([
      drafts.load(),
      draftsIn(storage, "other", "a1").load(),
      draftsIn(storage, caseId, "b2").load(),
      draftsIn(storage, caseId, null).load(),
    ]).to.deep.equal([...[draft, null, null, null]]);
    drafts.keep(null);
    expect(items.size).to.equal(0);
    items.set(`corrections a1 ${caseId}`, "{");
    expect(drafts.load()).to.equal(null);
  });
});
