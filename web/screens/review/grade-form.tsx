import { type FormEvent, useState } from "react";
import { useApp } from "../../ui/app-context.ts";
import { Problem } from "../../ui/parts.tsx";
import { SeveritySelect } from "../../ui/severity-select.tsx";

interface Props {
  caseId: string;
  /** As it is kept; null if nobody graded it. */
  severity: number | null;
  /** Called once another grade is kept. */
  graded: () => void;
}

/** How difficult the operation was, which is known only after it: for who may correct. The others read it. */
export function GradeForm({ caseId, severity, graded }: Props) {
  const { api, session, text } = useApp();
  const [error, setError] = useState<Error>();
  const [isSaving, setSaving] = useState(false);
  const [isKept, setKept] = useState(false);
  if (!session.may("corrections.write"))
    return (
      <p className="soft">
        {text.upload.severity}: {severity ?? text.upload.unsaid}
      </p>
    );
  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const chosen = new FormData(event.currentTarget).get("severity");
    setSaving(true);
    setKept(false);
    api
      .grade(caseId, chosen ? Number(chosen) : null)
      .then(
        () => {
          setError(undefined);
          setKept(true);
          graded();
        },
        (refusal: Error) => setError(refusal),
      )
      .finally(() => setSaving(false));
  };
  return (
    <form className="row" onSubmit={save}>
      <SeveritySelect severity={severity} id="grade" />
      <button type="submit" disabled={isSaving} id="save-grade">
        {text.measures.grade}
      </button>
      <span role="status" id="grade-kept">
        {isKept && text.measures.graded}
      </span>
      {error && <Problem error={error} />}
    </form>
  );
}
