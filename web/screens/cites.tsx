import { useApp } from "../ui/app-context.ts";
import { hashOf } from "../ui/route.ts";

/** What a sentence stands on: a way to each thing that is somewhere in the video. */
export function Cites({ caseId, cites, starts }: { caseId: string; cites: readonly string[]; starts: ReadonlyMap<string, number> }) {
  const { text } = useApp();
  return (
    <span className="cites">
      {cites.map((cited) => {
        const frame = starts.get(cited);
        return frame === undefined ? (
          <span className="soft" key={cited}>
            {cited}
          </span>
        ) : (
          <a key={cited} href={hashOf({ screen: "case", caseId, frame })} title={text.report.goTo(cited)}>
            {cited}
          </a>
        );
      })}
    </span>
  );
}
