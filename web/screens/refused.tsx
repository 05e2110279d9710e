import type { Report } from "../../contracts/report.ts";
import { useApp } from "../ui/app-context.ts";

/** What a writer wrote and the check refused, with the reasons. */
export function Refused({ refused }: { refused: Report["refused"] }) {
  const { text } = useApp();
  if (refused.length === 0) return null;
  return (
    <details>
      <summary>{text.report.refused}</summary>
      <ul>
        {refused.map((one) => (
          <li key={one.text}>
            <q>{one.text}</q> {one.reasons.join(" ")}
          </li>
        ))}
      </ul>
    </details>
  );
}
