import { boundsOf, compressRuns, regrid } from "../../../../contracts/run-lengths.ts";
import { type Format, textFile } from "../format.ts";
import { merged } from "../merged.ts";
import { type Box, type Mask, provenanceOf, type Scene, ticksAt } from "../scene.ts";
import { type Thing, tagged } from "../things.ts";

/** Things of one producer in one frame, and producers, that identifiers have room for. */
const room = { items: 1000, producers: 16 };

/**
 * COCO (cocodataset.org, "Data format"), with video and frame beside each image as COCO-style video sets have them. Identifiers
 * follow from frame, producer and place among the producer's things in that frame: the same in every export of an analysis,
 * whatever its span. Segments and events, which COCO does not know, lie beside its own lists, where its readers look at nothing.
 */
export const coco: Format = {
  title: "COCO (detection and segmentation, compressed RLE)",
  use: "Training, pycocotools, FiftyOne, CVAT",
  keeps: ["boxes", "scores", "tracks", "masks", "segments", "events", "lookedAt", "provenance"],
  loses: "Measures are left out. Tracks, scores, segments and events lie in fields of our own that other readers pass over. Pictures are named, not included.",
  files: (scene) => [textFile("coco.json", "application/json", () => pieces(scene))],
};

async function* pieces(scene: Scene): AsyncGenerator<string> {
  const { raster, media, frames } = scene;
  const head = {
    info: {
      description: `Case ${scene.caseId}`,
      version: scene.provenance.pipelineVersion,
      year: Number(scene.createdAt.slice(0, 4)),
      date_created: scene.createdAt,
      provenance: provenanceOf(scene),
    },
    licenses: [],
    videos: [{ id: 1, name: scene.caseId, ...raster, frame_count: media.frameCount, frame_rate: media.frameRate, timebase: frames.source.timebase }],
    categories: scene.labels.map((name, i) => ({ id: i + 1, name, supercategory: "surgery" })),
    segments: scene.segments,
    events: scene.events,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"annotations":[`;
  const looked: number[] = [];
  let comma = "";
  for await (const { frame, items } of merged<Thing>([tagged(scene.boxes(), "box"), tagged(scene.masks(), "mask")])) {
    looked.push(frame);
    const counts = new Map<number, number>();
    for (const thing of items) {
      const { producer } = thing.item;
      const place = counts.get(producer) ?? 0;
      counts.set(producer, place + 1);
      if (place >= room.items || producer >= room.producers)
        throw new RangeError(`COCO's identifiers have room for ${room.items} things a frame of each of ${room.producers} producers; frame ${frame} has more.`);
      const id = ((frame + 1) * room.producers + producer) * room.items + place;
      const annotation = thing.kind === "box" ? boxAnnotation(thing.item) : maskAnnotation(thing.item, raster);
      const { label, score } = thing.item;
      yield `${comma}${JSON.stringify({ id, image_id: frame + 1, category_id: label + 1, ...annotation, iscrowd: 0, score, producer: scene.sources[producer] })}`;
      comma = ",\n";
    }
  }
  yield '],"images":[';
  comma = "";
  for (const frame of looked) {
    const image = { id: frame + 1, file_name: `frame-${String(frame).padStart(8, "0")}.png`, ...raster };
    yield `${comma}${JSON.stringify({ ...image, video_id: 1, frame_index: frame, pts: ticksAt(scene, frame) })}`;
    comma = ",\n";
  }
  yield "]}\n";
}

const boxAnnotation = ({ x, y, width, height, track }: Box) => ({
  bbox: [x, y, width, height],
  area: width * height,
  segmentation: [],
  ...(track >= 0 && { track_id: track + 1 }),
});

/** Readers want masks of the picture's size; the size of the grid that it was made on tells the way back. */
function maskAnnotation({ runs, gridWidth, gridHeight }: Mask, raster: Scene["raster"]) {
  const full = regrid(runs, { width: gridWidth, height: gridHeight }, raster);
  const { area, ...box } = boundsOf(full, raster) ?? { x: 0, y: 0, width: 0, height: 0, area: 0 };
  return {
    bbox: [box.x, box.y, box.width, box.height],
    area,
    segmentation: { size: [raster.height, raster.width], counts: compressRuns(full) },
    grid_size: [gridHeight, gridWidth],
  };
}
