import { wordFor } from "../../text/text.ts";
import { useApp } from "../../ui/app-context.ts";
import { hashOf } from "../../ui/route.ts";
import { Paged } from "./paged.tsx";

/** Who saw what, of one case or of all. */
export function Views({ caseId }: { caseId: string | null }) {
  const { api, text } = useApp();
  const words = text.admin.views;
  return (
    <>
      <p className="soft">{words.help}</p>
      <p>
        {caseId === null ? words.all : words.of(caseId)} {caseId !== null && <a href={hashOf({ screen: "admin", tab: "views", caseId: null })}>{words.all}</a>}
      </p>
      <Paged
        id="views"
        label={text.admin.tabs.views}
        columns={[words.when, words.who, words.what, words.case]}
        words={words}
        read={async (next, signal) => {
          const { views, next: after } = await api.views(caseId, next, signal);
          return { items: views, next: after };
        }}
        row={(view) => (
          <tr key={`${view.caseId} ${view.at} ${view.by} ${view.what}`}>
            <td>{text.when(view.at)}</td>
            <td>{view.by}</td>
            <td>{wordFor(words.things, view.what)}</td>
            <td>
              {caseId === null ? (
                <a href={hashOf({ screen: "admin", tab: "views", caseId: view.caseId })} aria-label={words.only(view.caseId)}>
                  {view.caseId}
                </a>
              ) : (
                view.caseId
              )}
            </td>
          </tr>
        )}
      />
    </>
  );
}
