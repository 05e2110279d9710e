import { useApp } from "./app-context.ts";

/** Asks how difficult an operation was, 1 to 5 or unsaid, as `severity` of a form. */
export function SeveritySelect({ severity = null, id }: { severity?: number | null; id?: string }) {
  const { text } = useApp();
  return (
    <label>
      {text.upload.severity}
      <select name="severity" defaultValue={severity ?? ""} id={id}>
        <option value="">{text.upload.unsaid}</option>
        {[1, 2, 3, 4, 5].map((grade) => (
          <option key={grade}>{grade}</option>
        ))}
      </select>
    </label>
  );
}
