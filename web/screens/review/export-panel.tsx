import { type FormEvent, useEffect, useState } from "react";
import type { ExportFormat, ExportStatus } from "../../../contracts/exports.ts";
import { Failure } from "../../data/failure.ts";
import type { Range } from "../../player/range.ts";
import { useApp } from "../../ui/app-context.ts";
import { Problem } from "../../ui/parts.tsx";

/** Formats, the clip first; a key for each, so that none is forgotten. */
const formats: Record<ExportFormat, string> = {
  mp4: "",
  coco: "COCO",
  cvat: "CVAT for video 1.1",
  webvtt: "WebVTT",
  mot: "MOT",
  json: "JSON Lines",
  csv: "CSV",
  parquet: "Parquet",
  "ground-truth-manifest": "Ground Truth manifest",
  cholec80: "Cholec80",
  "web-annotation": "W3C Web Annotation",
  fhir: "HL7 FHIR",
  "dicom-sr": "DICOM SR",
};
/** How often an export is asked after, milliseconds. */
const pause = 1000;

/** Takes results out as files: a range that `[` and `]` mark, or all of it. */
export function ExportPanel(props: { caseId: string; range: Range; change: (range: Range) => void; frame: number; frameCount: number }) {
  const { caseId, range, change, frame, frameCount } = props;
  const { api, text } = useApp();
  const [format, setFormat] = useState<ExportFormat>("mp4");
  const [corrected, setCorrected] = useState(true);
  const [made, setMade] = useState<ExportStatus | undefined>();
  const [error, setError] = useState<Error | undefined>();

  useEffect(() => {
    if (made?.status !== "RUNNING") return;
    const timer = setTimeout(() => api.export(caseId, made.exportId).then(setMade, setError), pause);
    return () => clearTimeout(timer);
  }, [api, caseId, made]);

  const start = (event: FormEvent): void => {
    event.preventDefault();
    setError(undefined);
    setMade(undefined);
    const { startFrame, endFrame } = range;
    api
      .requestExport(caseId, {
        format,
        corrected,
        ...(startFrame !== null && { startFrame }),
        ...(endFrame !== null && { endFrame }),
      })
      .then(setMade, setError);
  };
  const field = (label: string, value: number | null, least: number, most: number, set: (frame: number | null) => void) => (
    <label>
      {label}
      <input
        type="number"
        min={least}
        max={most}
        value={value ?? ""}
        onChange={({ target }) => set(target.value === "" ? null : Math.max(least, Math.min(most, Math.round(Number(target.value)))))}
      />
    </label>
  );
  return (
    <form onSubmit={start}>
      <p>
        <label>
          {text.exports.format}
          <select value={format} onChange={({ target }) => setFormat(target.value as ExportFormat)} id="export-format">
            {Object.entries(formats).map(([value, name]) => (
              <option key={value} value={value}>
                {name || text.exports.clip}
              </option>
            ))}
          </select>
        </label>
      </p>
      <label className="inline">
        <input type="checkbox" checked={corrected} onChange={({ target }) => setCorrected(target.checked)} />
        {text.exports.corrected}
      </label>
      <fieldset>
        <legend>{text.exports.range}</legend>
        <div className="row">
          <div className="pair">
            {field(text.exports.from, range.startFrame, 0, frameCount - 1, (startFrame) => change({ ...range, startFrame }))}
            <button type="button" onClick={() => change({ ...range, startFrame: frame })}>
              {text.exports.setIn}
            </button>
          </div>
          <div className="pair">
            {field(text.exports.to, range.endFrame, 1, frameCount, (endFrame) => change({ ...range, endFrame }))}
            <button type="button" onClick={() => change({ ...range, endFrame: frame + 1 })}>
              {text.exports.setOut}
            </button>
          </div>
          <button type="button" onClick={() => change({ startFrame: null, endFrame: null })}>
            {text.exports.whole}
          </button>
        </div>
      </fieldset>
      <p>
        <button type="submit" className="primary" disabled={made?.status === "RUNNING"}>
          {text.exports.start}
        </button>
      </p>
      <div role="status" id="export-status">
        {made?.status === "RUNNING" && <p>{text.exports.running}</p>}
        {made?.status === "SUCCEEDED" && <p>{text.exports.done}</p>}
      </div>
      {made?.status === "FAILED" && <Problem error={new Failure(({ exports }) => exports.failed, ...(made.error === null ? [] : [made.error]))} />}
      {error && <Problem error={error} />}
      {made?.status === "SUCCEEDED" && (
        <ul id="export-files">
          {made.files.map(({ name, link }) => (
            <li key={name}>
              <a href={link} download={name} rel="noopener noreferrer" target="_blank">
                {name}
              </a>
            </li>
          ))}
        </ul>
      )}
      {made?.warnings.map((warning) => (
        <p key={warning} className="soft">
          {warning}
        </p>
      ))}
    </form>
  );
}
