import { personProducer } from "../../../../contracts/corrected-view.ts";
import { type Format, textFile } from "../format.ts";
import { type Event, provenanceOf, type Scene, type Segment, secondsAt } from "../scene.ts";

/** W3C Web Annotation Data Model, a page of annotations whose targets are W3C Media Fragments (`#t=npt:12.0,34.5`). */
export const webAnnotation: Format = {
  title: "W3C Web Annotation (JSON-LD)",
  use: "Citations and deep links",
  keeps: ["segments", "events", "provenance"],
  loses: "Boxes, tracks, masks and measures are left out. Fragments are rounded to milliseconds; the exact frames lie beside them.",
  files: (scene) => [textFile("annotations.jsonld", "application/ld+json", () => [`${JSON.stringify(page(scene), null, 1)}\n`])],
};

const page = (scene: Scene) => ({
  "@context": "http://www.w3.org/ns/anno.jsonld",
  id: `urn:uuid:${scene.caseId}`,
  type: "AnnotationPage",
  generated: scene.createdAt,
  "svp:provenance": provenanceOf(scene),
  items: [
    ...scene.segments.map((one) => annotation(scene, one, { "svp:level": one.level })),
    ...scene.events.map((one) => annotation(scene, one, { "svp:type": one.type })),
  ],
});

function annotation(scene: Scene, one: Segment | Event, kind: object) {
  const { startFrame, endFrame } = one;
  return {
    id: `urn:svp:${scene.runId}:${one.id}`,
    type: "Annotation",
    motivation: "tagging",
    generator: { id: `urn:svp:producer:${one.producer}`, type: one.producer === personProducer ? "Person" : "Software", name: one.producer },
    body: { type: "TextualBody", purpose: "tagging", value: one.label },
    target: {
      source: `urn:svp:case:${scene.caseId}`,
      selector: {
        type: "FragmentSelector",
        conformsTo: "http://www.w3.org/TR/media-frags/",
        value: `t=npt:${secondsAt(scene, startFrame)},${secondsAt(scene, endFrame)}`,
      },
    },
    ...kind,
    "svp:startFrame": startFrame,
    "svp:endFrame": endFrame,
    "svp:confidence": one.confidence,
    "svp:review": one.review,
  };
}
