import type { Producer } from "../../../contracts/analyser-result.ts";
import { drawnBoxes, drawnMasks, personProducer, standing } from "../../../contracts/corrected-view.ts";
import type { CorrectionSet } from "../../../contracts/corrections.ts";
import { datasetPseudonym } from "../../../contracts/dataset-names.ts";
import type { DatasetFrame, DatasetManifest, DatasetTask, LabelOrigin } from "../../../contracts/dataset-version.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import type { Box, Mask, Scene, Sighting } from "../../runtime/interchange/scene.ts";
import type { CorrectedCase } from "../analysed.ts";

/** What is said of a frame, without its picture. */
export type Labels = Pick<DatasetFrame, "boxes" | "masks" | "phase">;

type PersonOrigin = Extract<LabelOrigin, { by: "person" }>;

/** Who last said what something is or where: by `object <id>`, `mask <id>`, `track <n>`, `segment <id>`. Who confirms what a network says has not said it. */
export function peopleOf(dataset: string, sets: readonly CorrectionSet[]): ReadonlyMap<string, PersonOrigin> {
  const people = new Map<string, PersonOrigin>();
  for (const { createdBy, version, corrections } of sets)
    for (const { kind, target } of corrections)
      if (kind !== "judge")
        people.set(`${target.kind} ${target.id}`, { by: "person", person: datasetPseudonym(dataset, "person", createdBy), corrections: version });
  return people;
}

/** Gives the labels of source frames, asked for in rising order. */
export class Labeller {
  readonly #of: CorrectedCase;
  readonly #scene: Scene;
  readonly #task: DatasetTask;
  readonly #classes: ReadonlySet<string>;
  readonly #people: ReadonlyMap<string, PersonOrigin>;
  readonly #producers: ReadonlyMap<string, Producer>;
  readonly #boxes: AsyncIterator<Sighting<Box>>;
  readonly #masks: AsyncIterator<Sighting<Mask>>;
  /** Producers whose suggestions were given. */
  readonly #suggesting = new Set<string>();

  constructor(
    of: CorrectedCase,
    scene: Scene,
    { name, task, classes }: { readonly name: string; readonly task: DatasetTask; readonly classes: readonly string[] },
  ) {
    this.#of = of;
    this.#scene = scene;
    this.#task = task;
    this.#classes = new Set(classes);
    this.#people = peopleOf(name, of.sets);
    this.#producers = new Map(of.analysis.producers.map((producer) => [producer.id, producer]));
    this.#boxes = scene.boxes()[Symbol.asyncIterator]();
    this.#masks = scene.masks()[Symbol.asyncIterator]();
  }

  /** Networks among the origins of the labels given so far. */
  get models(): DatasetManifest["models"] {
    return [...this.#suggesting].sort().map((id) => {
      const { version, digest, syntheticOnly } = this.#producer(id);
      return { id, version, digest, syntheticOnly };
    });
  }

  async at(frame: number): Promise<Labels> {
    const none = { boxes: null, masks: null, phase: null };
    if (this.#task === "object-detection") return { ...none, boxes: this.#boxesIn(frame, await seenIn(this.#boxes, frame)) };
    if (this.#task === "segmentation") return { ...none, masks: this.#masksIn(frame, await seenIn(this.#masks, frame)) };
    return { ...none, phase: this.#phaseIn(frame) };
  }

  #boxesIn(frame: number, boxes: readonly Box[]): NonNullable<Labels["boxes"]> {
    const { labels, sources } = this.#scene;
    const { view } = this.#of;
    const drawn = drawnBoxes(view, frame);
    return boxes.flatMap(({ label: index, producer, score, track, x, y, width, height }) => {
      const [label, source] = [labels[index] as string, sources[producer] as string];
      if (!this.#classes.has(label)) return [];
      const box: [number, number, number, number] = [x, y, width, height];
      const mine = source === personProducer ? drawn.find((one) => one.label === label && one.box.every((value, i) => value === box[i])) : undefined;
      const person = this.#people.get(mine ? `object ${mine.id}` : `track ${track}`);
      return [{ label, box, origin: person ?? this.#suggestion(source, score, view.tracks.get(track)?.verdict === "confirmed") }];
    });
  }

  #masksIn(frame: number, masks: readonly Mask[]): NonNullable<Labels["masks"]> {
    const { labels, sources } = this.#scene;
    const drawn = drawnMasks(this.#of.view, frame);
    return masks.flatMap(({ label: index, producer, score, gridWidth, gridHeight, runs }) => {
      const [label, source] = [labels[index] as string, sources[producer] as string];
      if (!this.#classes.has(label)) return [];
      const mine = source === personProducer ? drawn.findLast(({ mask, rings }) => mask.label === label && rings.length > 0) : undefined;
      const person = mine && this.#people.get(`mask ${mine.id}`);
      return [{ label, gridWidth, gridHeight, runs: [...runs], origin: person ?? this.#suggestion(source, score, false) }];
    });
  }

  #phaseIn(frame: number): Labels["phase"] {
    const found = standing(this.#of.view.segments).find(
      ({ level, startFrame, endFrame, label }) => level === "phase" && startFrame <= frame && frame < endFrame && this.#classes.has(label),
    );
    if (!found) return null;
    const { id, label, producer, confidence, review } = found;
    return { label, origin: this.#people.get(`segment ${id}`) ?? this.#suggestion(producer, confidence, review === "confirmed") };
  }

  #suggestion(id: string, score: number | null, isConfirmed: boolean): LabelOrigin {
    this.#suggesting.add(id);
    return { by: "model", model: id, digest: this.#producer(id).digest, score, isConfirmed };
  }

  #producer(id: string): Producer {
    const found = this.#producers.get(id);
    if (!found) throw new BrokenContract(`The analysis has a finding of "${id}", which is none of its producers.`);
    return found;
  }
}

/** What was seen in a frame; goes on to it. Throws if nobody looked at it. */
async function seenIn<Item>(sightings: AsyncIterator<Sighting<Item>>, frame: number): Promise<readonly Item[]> {
  for (;;) {
    const next = await sightings.next();
    if (next.done || next.value.frame > frame) throw new BrokenContract(`Frame ${frame} was picked, and nobody looked at it.`);
    if (next.value.frame === frame) return next.value.items;
  }
}
