import { createHash } from "node:crypto";
import { personProducer } from "../../../../contracts/corrected-view.ts";
import type { Measure } from "../../../../contracts/measures.ts";
import { dicomSchemes, units } from "../codes.ts";
import { type Format, textFile } from "../format.ts";
import { definitionOf, type Event, type PublishedReport, preciseSecondsAt, provenanceOf, reviewOf, type Scene, type Segment } from "../scene.ts";

/**
 * A DICOM structured report after TID 1500 "Measurement Report" (DICOM PS3.16), as JSON (PS3.18, Annex F): a Comprehensive 3D SR
 * document in the order of the template's rows: language (TID 1204), observer (TID 1001), procedure, and a measurement group (TID 1501)
 * for each segment, event and measure. The observer is a device even of a corrected analysis: a person would have to be named.
 *
 * Spans are temporal coordinates (TCOORD) by seconds after the video's start: sample positions are for waveforms alone (PS3.3, C.18.7).
 * The frames themselves, exact, lie beside them as numbers. The video is in no PACS, so that the coordinates are selected from an
 * image of the UID that the platform would give it.
 */
export const dicomSr: Format = {
  title: "DICOM SR, TID 1500 (DICOM JSON Model)",
  use: "PACS",
  keeps: ["segments", "events", "measures", "provenance"],
  loses:
    "Boxes, tracks and masks are left out. Patient, study date and accession number are empty: whoever stores the report puts them in. The video it refers to is not in the PACS until somebody stores it under the same UID. Codes are the platform's own (99SVP) unless others are configured (`svp:codes`).",
  tellsReport: true,
  files: (scene) => [textFile("report.dcm.json", "application/dicom+json", () => [`${JSON.stringify([report(scene)], null, 1)}\n`])],
};

type Element = { readonly vr: string; readonly Value?: readonly unknown[] };
type DataSet = Readonly<Record<string, Element>>;

/** Comprehensive 3D SR Storage; Video Endoscopic Image Storage (PS3.4, Annex B). */
const sopClasses = { report: "1.2.840.10008.5.1.4.1.1.88.34", video: "1.2.840.10008.5.1.4.1.1.77.1.1.1" };

const element = (vr: string, ...values: readonly unknown[]): Element => (values.length === 0 ? { vr } : { vr, Value: values });

/** A UID of its own for each thing of a run (PS3.5 B.2): `2.25.` and a UUID as a number, here the first 120 bits of SHA-256. */
const uid = (of: string, name: string): string => `2.25.${BigInt(`0x${createHash("sha256").update(`${of}/${name}`).digest("hex").slice(0, 30)}`)}`;

function report(scene: Scene): DataSet {
  const { createdAt, measures } = scene;
  const [date, time] = [createdAt.slice(0, 10).replaceAll("-", ""), createdAt.slice(11, 19).replaceAll(":", "")];
  const { warning, contentSha256, pipelineVersion } = provenanceOf(scene);
  const remarks = [reviewOf(scene), `contentSha256 ${contentSha256}.`, ...(warning === null ? [] : [warning])];
  const groups = [
    ...scene.segments.map((one) => spanGroup(scene, one, one.level)),
    ...scene.events.map((one) => spanGroup(scene, one, one.type)),
    ...(measures?.measures ?? []).map((one) => measureGroup(scene, one)),
  ];
  return {
    "00080005": element("CS", "ISO_IR 192"),
    "00080016": element("UI", sopClasses.report),
    "00080018": element("UI", uid(scene.runId, "report")),
    "00080020": element("DA"),
    "00080023": element("DA", date),
    "00080030": element("TM"),
    "00080033": element("TM", time),
    "00080050": element("SH"),
    "00080060": element("CS", "SR"),
    "00080070": element("LO", "surgical-video-platform"),
    "00080090": element("PN"),
    "00081111": element("SQ"),
    "00100010": element("PN"),
    // The case's identifier is random; whoever knows the patient replaces it.
    "00100020": element("LO", scene.caseId),
    "00100030": element("DA"),
    "00100040": element("CS"),
    "00181020": element("LO", pipelineVersion),
    "0020000D": element("UI", uid(scene.runId, "study")),
    "0020000E": element("UI", uid(scene.runId, "series")),
    "00200010": element("SH"),
    "00200011": element("IS", 1),
    "00200013": element("IS", 1),
    "0040A372": element("SQ"),
    "0040A375": element("SQ", evidence(scene)),
    "0040A491": element("CS", "COMPLETE"),
    "0040A493": element("CS", "UNVERIFIED"),
    "0040A040": element("CS", "CONTAINER"),
    "0040A043": code("126000", "DCM", "Imaging Measurement Report"),
    "0040A050": element("CS", "SEPARATE"),
    "0040A504": element("SQ", { "00080105": element("CS", "DCMR"), "0040DB00": element("CS", "1500") }),
    "0040A730": element(
      "SQ",
      codeItem("HAS CONCEPT MOD", code("121049", "DCM", "Language of Content Item and Descendants"), code("en", "RFC5646", "English")),
      ...deviceObserver(pipelineVersion),
      codeItem("HAS CONCEPT MOD", code("121058", "DCM", "Procedure reported"), procedureOf(scene)),
      container("126010", "DCM", "Imaging Measurements", ...groups),
      ...scene.reports.map((one) => writtenReport(scene, one)),
      text("121106", "DCM", "Comment", remarks.join(" ")),
    ),
  };
}

/** The report's one reference: the video (PS3.3 C.17.2, Current Requested Procedure Evidence Sequence). */
const evidence = (scene: Scene): DataSet => ({
  "0020000D": element("UI", uid(scene.runId, "study")),
  "00081115": element("SQ", { "0020000E": element("UI", uid(scene.runId, "video-series")), "00081199": element("SQ", video(scene)) }),
});

const video = (scene: Scene): DataSet => ({ "00081150": element("UI", sopClasses.video), "00081155": element("UI", uid(scene.runId, "video")) });

/** TID 1001, 1002 and 1004: the platform, in the version that made the analysis. */
const deviceObserver = (pipelineVersion: string): DataSet[] => [
  codeItem("HAS OBS CONTEXT", code("121005", "DCM", "Observer Type"), code("121007", "DCM", "Device")),
  uidItem("121012", "Device Observer UID", uid("surgical-video-platform", pipelineVersion)),
  text("121013", "DCM", "Device Observer Name", "surgical-video-platform", "HAS OBS CONTEXT"),
  text("121015", "DCM", "Device Observer Model Name", pipelineVersion.slice(0, 64), "HAS OBS CONTEXT"),
];

const procedureOf = ({ measures, codes }: Scene): Element =>
  measures?.procedure ? codeOf(codes, `procedure:${measures.procedure}`, measures.procedure) : code("operation", "99SVP", "Operation, recorded on video");

function spanGroup(scene: Scene, one: Segment | Event, kind: string): DataSet {
  const { id, label, startFrame, endFrame, confidence, producer, review } = one;
  const isMoment = endFrame - startFrame === 1;
  const offsets = (isMoment ? [startFrame] : [startFrame, endFrame]).map((frame) => preciseSecondsAt(scene, frame));
  const span: DataSet = {
    ...item("INFERRED FROM", "TCOORD"),
    "0040A130": element("CS", isMoment ? "POINT" : "SEGMENT"),
    "0040A138": element("DS", ...offsets),
    "0040A730": element("SQ", { ...item("SELECTED FROM", "IMAGE"), "00081199": element("SQ", video(scene)) }),
  };
  const finding: DataSet = {
    ...codeItem("CONTAINS", code("121071", "DCM", "Finding"), codeOf(scene.codes, `${"level" in one ? "level" : "event"}:${kind}`, kind)),
    "0040A730": element("SQ", span),
  };
  const said = { confirmed: "Confirmed by a person.", rejected: "Rejected by a person.", "needs-review": "A surgeon is asked to look.", unreviewed: null }[
    review
  ];
  return container(
    "125007",
    "DCM",
    "Measurement Group",
    text("112039", "DCM", "Tracking Identifier", id, "HAS OBS CONTEXT"),
    uidItem("112040", "Tracking Unique Identifier", uid(scene.runId, id)),
    finding,
    ...algorithm(scene, producer.split(" ")),
    number("start-frame", "99SVP", "First frame, counted from 0", startFrame, "{frame}", "frame"),
    number("end-frame", "99SVP", "Frame after the last, counted from 0", endFrame, "{frame}", "frame"),
    ...(confidence === null ? [] : [number("confidence", "99SVP", "Confidence", confidence, "1", "no units")]),
    text("121106", "DCM", "Comment", label),
    ...(producer === personProducer ? [text("121106", "DCM", "Comment", "Added by a person.")] : []),
    ...(said === null ? [] : [text("121106", "DCM", "Comment", said)]),
  );
}

function measureGroup(scene: Scene, measure: Measure): DataSet {
  const { id, name, of, unit, value, note, producers } = measure;
  const meaning = definitionOf(scene, measure);
  const { code: ucum, display } = units[unit];
  return container(
    "125007",
    "DCM",
    "Measurement Group",
    text("112039", "DCM", "Tracking Identifier", id, "HAS OBS CONTEXT"),
    uidItem("112040", "Tracking Unique Identifier", uid(scene.runId, `measure/${id}`)),
    ...algorithm(scene, producers),
    { ...number(name, "99SVP", name, value, ucum, display), "0040A043": codeOf(scene.codes, `measure:${name}`, name) },
    ...[of, note, meaning ? `${meaning.formula} Source: ${meaning.source}` : null].flatMap((remark) =>
      remark === null ? [] : [text("121106", "DCM", "Comment", remark)],
    ),
  );
}

/**
 * The written report, after the rows of the template, which may be extended: a sentence a text item, inferred from what it cites: all by their
 * tracking identifiers, and by their unique ones where they are measurement groups of this document.
 */
function writtenReport(scene: Scene, { report }: PublishedReport): DataSet {
  const uids = new Map([
    ...[...scene.segments, ...scene.events].map(({ id }): [string, string] => [id, uid(scene.runId, id)]),
    ...(scene.measures?.measures ?? []).map(({ id }): [string, string] => [id, uid(scene.runId, `measure/${id}`)]),
  ]);
  const language = report.language === "en" ? "English" : "Chinese (Taiwan)";
  const sentences = report.sections.flatMap((section) => section.sentences.map((sentence) => ({ section: section.title, ...sentence })));
  return container(
    "written-report",
    "99SVP",
    "Written report",
    codeItem("HAS CONCEPT MOD", code("121049", "DCM", "Language of Content Item and Descendants"), code(report.language, "RFC5646", language)),
    text("121106", "DCM", "Comment", "Written from the analysis as it was made."),
    ...sentences.map(({ section, text: sentence, cites }) => ({
      ...text("121077", "DCM", "Conclusion", `${section}: ${sentence}`),
      "0040A730": element(
        "SQ",
        ...cites.flatMap((id) => {
          const unique = uids.get(id);
          const cited = text("112039", "DCM", "Tracking Identifier", id, "INFERRED FROM");
          return unique === undefined ? [cited] : [cited, uidItem("112040", "Tracking Unique Identifier", unique, "INFERRED FROM")];
        }),
      ),
    })),
    ...report.limits.map((limit) => text("121106", "DCM", "Comment", limit)),
  );
}

/** TID 4019: what found it, with its version and digest. Nothing of what a person added. */
function algorithm({ producers }: Scene, ids: readonly string[]): DataSet[] {
  const found = producers.filter(({ id }) => ids.includes(id));
  const digests = found.flatMap(({ digest }) => (digest === null ? [] : [`sha256:${digest}`]));
  if (found.length === 0) return [];
  return [
    text("111001", "DCM", "Algorithm Name", found.map(({ id }) => id).join(", "), "HAS CONCEPT MOD"),
    text("111003", "DCM", "Algorithm Version", found.map(({ version }) => version).join(", "), "HAS CONCEPT MOD"),
    ...digests.map((digest) => text("111002", "DCM", "Algorithm Parameters", digest, "HAS CONCEPT MOD")),
  ];
}

const codeItem = (relationship: string, name: Element, value: Element): DataSet => ({ ...item(relationship, "CODE"), "0040A043": name, "0040A168": value });

const item = (relationship: string, type: string): DataSet => ({ "0040A010": element("CS", relationship), "0040A040": element("CS", type) });

/** Code values have 16 characters at most; a longer one is a Long Code Value (PS3.3, section 8.1). */
const code = (value: string, scheme: string, meaning: string): Element =>
  element("SQ", {
    ...(value.length <= 16 ? { "00080100": element("SH", value) } : { "00080119": element("UC", value) }),
    "00080102": element("SH", scheme),
    "00080104": element("LO", meaning.slice(0, 64)),
  });

/** What the platform calls something; where a code of a terminology that DICOM knows is configured, that one, and the platform's as its equivalent. */
function codeOf(codes: Scene["codes"], key: string, own: string): Element {
  const [known] = (codes[key] ?? []).flatMap(({ system, ...one }) => {
    const scheme = dicomSchemes[system];
    return scheme === undefined ? [] : [{ ...one, scheme }];
  });
  const ownCode = code(own, "99SVP", own);
  if (known === undefined) return ownCode;
  const [item] = code(known.code, known.scheme, known.display).Value as [DataSet];
  // Equivalent Code Sequence (PS3.3, section 8.9).
  return element("SQ", { ...item, "00080121": ownCode });
}

const text = (value: string, scheme: string, meaning: string, content: string, relationship = "CONTAINS"): DataSet => ({
  ...item(relationship, "TEXT"),
  "0040A043": code(value, scheme, meaning),
  "0040A160": element("UT", content),
});

const uidItem = (value: string, meaning: string, content: string, relationship = "HAS OBS CONTEXT"): DataSet => ({
  ...item(relationship, "UIDREF"),
  "0040A043": code(value, "DCM", meaning),
  "0040A124": element("UI", content),
});

const container = (value: string, scheme: string, meaning: string, ...content: readonly DataSet[]): DataSet => ({
  ...item("CONTAINS", "CONTAINER"),
  "0040A043": code(value, scheme, meaning),
  "0040A050": element("CS", "SEPARATE"),
  ...(content.length > 0 && { "0040A730": element("SQ", ...content) }),
});

/** A number with its unit; without a value, and a qualifier that says so (PS3.16, CID 42), where it can't be told. */
const number = (value: string, scheme: string, meaning: string, measured: number | null, unit: string, unitMeaning: string): DataSet => ({
  ...item("CONTAINS", "NUM"),
  "0040A043": code(value, scheme, meaning),
  ...(measured === null
    ? { "0040A300": element("SQ"), "0040A301": code("114006", "DCM", "Measurement failure") }
    : {
        "0040A300": element("SQ", {
          "0040A30A": element("DS", Number(measured.toPrecision(12))),
          "0040A161": element("FD", measured),
          "004008EA": code(unit, "UCUM", unitMeaning),
        }),
      }),
});
