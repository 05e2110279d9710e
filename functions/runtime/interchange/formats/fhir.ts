import { createHash } from "node:crypto";
import type {
  Attachment,
  Bundle,
  CodeableConcept,
  Device,
  DiagnosticReport,
  Narrative,
  Observation,
  Patient,
  Period,
  Procedure,
  Provenance,
  Reference,
  Resource,
} from "@medplum/fhirtypes";
import type { Measure } from "../../../../contracts/measures.ts";
import { ownSystem, units } from "../codes.ts";
import { type Format, textFile } from "../format.ts";
import { definitionOf, type Event, type PublishedReport, provenanceOf, reviewOf, type Scene, type Segment, secondsAt, syntheticWarning } from "../scene.ts";

/**
 * HL7 FHIR R4 (4.0.1), a Bundle of type `collection`: the Procedure, an Observation for each segment, event and measure, the
 * DiagnosticReport that gathers them, the Devices that found them, and the Provenance. No patient, no date of the operation: the
 * subject is an opaque identifier, and periods are told in an extension beside a date that is masked. What people said of
 * a finding is an extension of its Observation, and who corrected the analysis are agents of the Provenance, by opaque identifiers. All of
 * it is preliminary: who confirms a finding here signs no record.
 */
export const fhir: Format = {
  title: "HL7 FHIR R4 Bundle",
  use: "Hand-over to hospital records",
  keeps: ["segments", "events", "measures", "provenance"],
  loses:
    "Boxes, tracks and masks are left out. The subject is an opaque reference and dates are masked: whoever knows the patient puts them in. Codes are the platform's own unless others are configured (`svp:codes`).",
  tellsReport: true,
  files: (scene) => [textFile("bundle.json", "application/fhir+json", () => [`${JSON.stringify(bundleOf(scene), null, 1)}\n`])],
};

function bundleOf(scene: Scene): Bundle {
  const devices = scene.producers.map(
    (producer): Device => ({
      ...{ resourceType: "Device", id: idOf(scene, `device/${producer.id}`), identifier: [{ system: "urn:svp:producer", value: producer.id }] },
      deviceName: [{ name: producer.name, type: "model-name" }],
      version: [{ value: producer.version }, ...(producer.digest === null ? [] : [{ value: `sha256:${producer.digest}` }])],
      text: narrative([`${producer.name} ${producer.version}`, producer.syntheticOnly ? syntheticWarning : ""]),
      ...(producer.syntheticOnly && { safety: [{ text: "Trained on synthetic operations only: for trying the platform, never for care." }] }),
    }),
  );
  const procedure: Procedure = {
    ...{ resourceType: "Procedure", id: idOf(scene, "procedure"), status: "completed", subject: subjectOf(scene) },
    text: narrative([scene.measures?.procedure ?? "Operation", "Recorded on video; the date is not told."]),
    code: scene.measures?.procedure ? concept(scene, "procedure", scene.measures.procedure) : { text: "Operation, recorded on video" },
    _performedDateTime: masked,
  } as Procedure;
  const about = { subject: procedure.subject, partOf: [referenceTo(procedure)] };
  const deviceOf = (id: string): { device?: Reference<Device> } => {
    const found = devices.find(({ identifier }) => identifier?.[0]?.value === id);
    return found ? { device: referenceTo(found) } : {};
  };
  const observations = [
    ...scene.segments.map((one) => spanObservation(scene, one, concept(scene, "level", one.level), { ...about, ...deviceOf(one.producer) })),
    ...scene.events.map((one) => spanObservation(scene, one, concept(scene, "event", one.type), { ...about, ...deviceOf(one.producer) })),
    ...(scene.measures?.measures ?? []).map((one) => {
      // An observation has one device; the others who told it are named beside it.
      const [first, ...others] = one.producers.flatMap((id) => deviceOf(id).device ?? []);
      const extension = others.map((device) => ({ url: "urn:svp:fhir:further-device", valueReference: device }));
      return measureObservation(scene, one, { ...about, ...(first && { device: first }), ...(extension.length > 0 && { extension }) });
    }),
  ];
  const { warning } = provenanceOf(scene);
  const conclusion = [reviewOf(scene), ...(warning === null ? [] : [warning])].join(" ");
  const report: DiagnosticReport = {
    ...{ resourceType: "DiagnosticReport", id: idOf(scene, "report"), status: "preliminary", subject: procedure.subject },
    code: concept(scene, "report", "surgical-video-analysis"),
    text: narrative([`${observations.length} observations of a video of an operation.`, conclusion]),
    result: observations.map(referenceTo),
    conclusion,
    ...(scene.reports.length > 0 && { presentedForm: scene.reports.flatMap(presented) }),
  };
  const resources: Resource[] = [procedure, ...devices, ...observations, report, provenance(scene, report, devices)];
  return {
    resourceType: "Bundle",
    type: "collection",
    timestamp: scene.createdAt,
    identifier: { system: "urn:svp:run", value: scene.runId },
    entry: resources.map((resource) => ({ fullUrl: `urn:uuid:${resource.id}`, resource })),
  };
}

const subjectOf = ({ caseId }: Scene): Reference<Patient> => ({ type: "Patient", identifier: { system: "urn:svp:subject-of-case", value: caseId } });

/** There is a date, and it is not told (HL7, "Data Absent Reason"). */
const masked = { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "masked" }] };

type About = Pick<Observation, "subject" | "partOf" | "device" | "extension">;

function spanObservation(scene: Scene, one: Segment | Event, code: CodeableConcept, about: About): Observation {
  const { id, label, startFrame, endFrame, confidence, review } = one;
  const labelCodes = scene.codes[`label:${label}`];
  return {
    ...{ resourceType: "Observation", id: idOf(scene, `observation/${id}`), identifier: [{ system: "urn:svp:finding", value: id }], status: "preliminary" },
    extension: [{ url: "urn:svp:fhir:review", valueCode: review }],
    text: narrative([
      `${code.text}: ${label}`,
      `From ${secondsAt(scene, startFrame)} s to ${secondsAt(scene, endFrame)} s of the video, frames ${startFrame} to ${endFrame - 1}.`,
      `${confidence === null ? "" : `Confidence ${confidence}. `}Review: ${review}.`,
    ]),
    ...{ code, ...about, valueCodeableConcept: { ...(labelCodes && { coding: [...labelCodes] }), text: label } },
    effectivePeriod: periodOf(scene, startFrame, endFrame),
    ...(confidence !== null && {
      component: [{ code: concept(scene, "confidence", "confidence"), valueQuantity: { value: confidence, system: ucum, code: "1" } }],
    }),
  };
}

function periodOf(scene: Scene, startFrame: number, endFrame: number): Period & { _start: object; _end: object } {
  const second = (frame: number) => ({ value: secondsAt(scene, frame), unit: "s", system: ucum, code: "s" });
  return {
    extension: [
      { url: "urn:svp:fhir:frames", valueRange: { low: { value: startFrame, unit: "frame" }, high: { value: endFrame, unit: "frame" } } },
      { url: "urn:svp:fhir:offset", valueRange: { low: second(startFrame), high: second(endFrame) } },
    ],
    _start: masked,
    _end: masked,
  };
}

function measureObservation(scene: Scene, measure: Measure, about: About): Observation {
  const { id, name, of, unit, value, note } = measure;
  const { code, display } = units[unit];
  const meaning = definitionOf(scene, measure);
  const title = of === null ? name : `${name}: ${of}`;
  return {
    ...{ resourceType: "Observation", id: idOf(scene, `measure/${id}`), identifier: [{ system: "urn:svp:measure", value: id }], status: "preliminary" },
    text: narrative([`${title}: ${value === null ? (note ?? "Not told.") : `${value} ${display}`}`, value === null ? "" : (note ?? "")]),
    ...{ code: { ...concept(scene, "measure", name), text: title }, ...about },
    ...(value === null
      ? {
          dataAbsentReason: {
            coding: [{ system: "http://terminology.hl7.org/CodeSystem/data-absent-reason", code: "not-performed" }],
            text: note ?? "Not told.",
          },
        }
      : { valueQuantity: { value, unit: display, system: ucum, code } }),
    ...(meaning && { method: { text: `${meaning.formula} Source: ${meaning.source}` } }),
    ...(note !== null && { note: [{ text: note }] }),
  };
}

function provenance(scene: Scene, report: DiagnosticReport, devices: readonly Device[]): Provenance {
  const { contentSha256, pipelineVersion } = scene.provenance;
  return {
    ...{ resourceType: "Provenance", id: idOf(scene, "provenance"), target: [referenceTo(report)], recorded: scene.createdAt },
    text: narrative([`Made by version ${pipelineVersion} of the platform from the analysis ${contentSha256}.`, reviewOf(scene)]),
    agent: [
      { type: { text: "platform" }, who: { identifier: { system: "urn:svp:pipeline-version", value: pipelineVersion } } },
      ...devices.map((device) => ({ type: { text: "network or algorithm" }, who: referenceTo(device) })),
      ...scene.correctedBy.map((user) => ({ type: { text: "person who corrected it" }, who: { identifier: { system: "urn:svp:user", value: user } } })),
    ],
    entity: [
      { role: "source", what: { identifier: { system: "urn:svp:content-sha256", value: contentSha256 } } },
      ...(scene.media.sha256 === null
        ? []
        : [{ role: "source" as const, what: { identifier: { system: "urn:svp:source-sha256", value: scene.media.sha256 } } }]),
      ...(scene.corrections === null
        ? []
        : [{ role: "source" as const, what: { identifier: { system: "urn:svp:corrections-version", value: String(scene.corrections) } } }]),
    ],
  };
}

const ucum = "http://unitsofmeasure.org";

const concept = ({ codes }: Scene, kind: Parameters<typeof ownSystem>[0], name: string): CodeableConcept => ({
  coding: [{ system: ownSystem(kind), code: name }, ...(codes[`${kind}:${name}`] ?? [])],
  text: name,
});

/** What a resource says, for people (R4, "Narrative": resources should have one). Empty sentences are left out. */
const narrative = (sentences: readonly string[]): Narrative => ({
  status: "generated",
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${sentences
    .filter((sentence) => sentence !== "")
    .map((sentence) => `<p>${escaped(sentence)}</p>`)
    .join("")}</div>`,
});

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** A published report as it is read, and with what each sentence stands on. It was written from the analysis, before anybody corrected it. */
const presented = ({ report, page }: PublishedReport): Attachment[] => {
  const attached = (contentType: string, title: string, text: string): Attachment => ({
    ...{ contentType, language: report.language, title, creation: report.createdAt, size: Buffer.byteLength(text) },
    ...{ data: Buffer.from(text).toString("base64"), hash: createHash("sha1").update(text).digest("base64") },
  });
  return [
    attached("text/html; charset=utf-8", "Report, written from the analysis as it was made", page),
    attached("application/json", "The same with what each sentence cites", JSON.stringify(report)),
  ];
};

const referenceTo = <R extends Resource>({ id }: R): Reference<R> => ({ reference: `urn:uuid:${id}` });

/** The same resource of the same run always has the same identifier: a UUID of version 8 (RFC 9562) made of SHA-256. */
function idOf({ runId }: Scene, name: string): string {
  const hex = createHash("sha256").update(`${runId}/${name}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
