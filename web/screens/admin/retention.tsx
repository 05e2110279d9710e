import { wordFor } from "../../text/text.ts";
import { useApp } from "../../ui/app-context.ts";
import { hashOf } from "../../ui/route.ts";
import { Paged } from "./paged.tsx";

/** Until when each case is kept, and what holds it. */
export function Retention() {
  const { api, session, text } = useApp();
  const words = text.admin.retention;
  const maySeeViews = session.may("audit.read");
  return (
    <>
      <p className="soft">{words.help}</p>
      <Paged
        id="kept"
        label={text.admin.tabs.retention}
        columns={[text.admin.views.case, words.class, words.keptUntil, words.state, ...(maySeeViews ? [words.views] : [])]}
        words={words}
        read={async (next, signal) => {
          const { cases, next: after } = await api.retention(next, signal);
          return { items: cases, next: after };
        }}
        row={({ caseId, fileName, retentionClass, keptUntil, isDue, holds }) => (
          <tr key={caseId}>
            <td>
              <a href={hashOf({ screen: "case", caseId, frame: null })}>{fileName}</a>
            </td>
            <td>{wordFor(words.classes, retentionClass)}</td>
            <td>{text.day(keptUntil)}</td>
            <td>
              {isDue ? (holds?.length ? words.held : words.due) : words.kept}
              {holds?.map((reason) => (
                <div className="soft" key={reason}>
                  {reason}
                </div>
              ))}
            </td>
            {maySeeViews && (
              <td>
                <a href={hashOf({ screen: "admin", tab: "views", caseId })} aria-label={`${words.views}: ${fileName}`}>
                  {words.views}
                </a>
              </td>
            )}
          </tr>
        )}
      />
    </>
  );
}
