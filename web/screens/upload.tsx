import { type FormEvent, useEffect, useState, useSyncExternalStore } from "react";
import type { Procedure } from "../../contracts/case.ts";
import { Failure } from "../data/failure.ts";
import { putPart } from "../data/upload/put-part.ts";
import { browserRecords, type UploadRecord } from "../data/upload/records.ts";
import { Uploader } from "../data/upload/uploader.ts";
import { useApp } from "../ui/app-context.ts";
import { Problem, ScreenTitle } from "../ui/parts.tsx";
import { hashOf } from "../ui/route.ts";
import { SeveritySelect } from "../ui/severity-select.tsx";

/** The upload under way. It goes on while one looks at other screens. */
let underWay: Uploader | undefined;
const megabytes = (bytes: number): number => bytes / 1e6;

export function Upload() {
  const { text } = useApp();
  const [uploader, setUploader] = useState(underWay);
  const begin = (made: Uploader | undefined): void => {
    underWay = made;
    setUploader(made);
    void made?.run();
  };
  return (
    <>
      <div className="heading">
        <ScreenTitle>{text.upload.title}</ScreenTitle>
      </div>
      {uploader ? <Progress uploader={uploader} end={() => begin(undefined)} /> : <UploadForm begin={begin} />}
    </>
  );
}

function UploadForm({ begin }: { begin: (uploader: Uploader) => void }) {
  const { api, text } = useApp();
  const [unfinished, setUnfinished] = useState<readonly UploadRecord[]>([]);
  const [error, setError] = useState<Error | undefined>();
  useEffect(() => {
    browserRecords.all().then(setUnfinished, setError);
  }, []);

  const start = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const file = values.get("file");
    if (!(file instanceof File) || file.size === 0) {
      setError(new Failure(({ upload }) => upload.empty));
      return;
    }
    const [procedure, severity] = [values.get("procedure"), values.get("severity")];
    begin(
      new Uploader({
        api,
        records: browserRecords,
        put: putPart,
        file,
        fileName: file.name,
        facts: { ...(procedure && { procedure: procedure as Procedure }), ...(severity && { severity: Number(severity) }) },
      }),
    );
  };
  const forget = async ({ fingerprint, uploadId }: UploadRecord): Promise<void> => {
    try {
      if (uploadId !== null) await api.abortUpload(uploadId);
    } catch (failed) {
      setError(failed as Error);
    }
    await browserRecords.remove(fingerprint);
    setUnfinished(await browserRecords.all());
  };
  return (
    <>
      {error && <Problem error={error} />}
      {unfinished.map((record) => (
        <section className="panel" key={record.fingerprint} aria-label={text.upload.unfinished}>
          <h2>{text.upload.unfinished}</h2>
          <p>{text.upload.unfinishedText(megabytes(record.bytes))}</p>
          <button type="button" onClick={() => void forget(record)}>
            {text.upload.forget}
          </button>
        </section>
      ))}
      <form className="panel" onSubmit={start}>
        <p>
          <label>
            {text.upload.file}
            <input type="file" name="file" required accept="video/*,.mkv,.mts,.m2ts,.mxf,.ts" aria-describedby="file-help" />
          </label>
        </p>
        <p className="soft" id="file-help">
          {text.upload.drop}
        </p>
        <p className="row">
          <label>
            {text.upload.procedure}
            <select name="procedure" defaultValue="">
              <option value="">{text.upload.unsaid}</option>
              {Object.entries(text.procedures).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <SeveritySelect />
        </p>
        <button type="submit" className="primary">
          {text.upload.start}
        </button>
      </form>
    </>
  );
}

function Progress({ uploader, end }: { uploader: Uploader; end: () => void }) {
  const { text } = useApp();
  const state = useSyncExternalStore(uploader.subscribe, () => uploader.state);
  const { phase, caseId } = state;
  const isBusy = phase === "preparing" || phase === "sending" || phase === "completing";
  useEffect(() => {
    if (!isBusy) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isBusy]);
  useEffect(() => {
    if (phase !== "done" || caseId === null) return;
    end();
    location.hash = hashOf({ screen: "run", caseId });
  }, [phase, caseId, end]);

  const percent = state.bytes === 0 ? 0 : Math.floor((100 * state.arrived) / state.bytes);
  const words: Record<typeof phase, string> = {
    new: text.upload.preparing,
    preparing: text.upload.preparing,
    sending: text.upload.progress(percent),
    paused: text.upload.paused,
    completing: text.upload.completing,
    done: text.upload.completing,
    aborted: text.upload.aborted,
    failed: text.upload.progress(percent),
  };
  return (
    <section className="panel" aria-label={text.upload.title} id="upload">
      <p role="status">{words[phase]}</p>
      <progress max={state.bytes} value={state.arrived} aria-label={text.upload.title} />
      <p className="soft numbers">
        {state.speed !== null && text.upload.speed(megabytes(state.speed))} {state.secondsLeft !== null && text.upload.left(state.secondsLeft)}{" "}
        {state.retries > 0 && text.upload.retried(state.retries)}
      </p>
      {state.error && <Problem error={state.error} />}
      <div className="row">
        {phase === "sending" && (
          <button type="button" onClick={() => uploader.pause()}>
            {text.upload.pause}
          </button>
        )}
        {(phase === "paused" || phase === "failed") && (
          <button type="button" className="primary" onClick={() => void uploader.run()}>
            {text.upload.resume}
          </button>
        )}
        {(phase === "sending" || phase === "paused" || phase === "failed") && (
          <button type="button" onClick={() => void uploader.abort()}>
            {text.upload.abort}
          </button>
        )}
        {phase === "aborted" && (
          <button type="button" onClick={end}>
            {text.upload.title}
          </button>
        )}
      </div>
    </section>
  );
}
