import { useState } from "react";
import { wordFor } from "../text/text.ts";
import { useApp } from "../ui/app-context.ts";
import { Problem, ScreenTitle } from "../ui/parts.tsx";
import { useResource } from "../ui/resource.ts";
import { type AdminTab, adminScopes, adminTabs, hashOf } from "../ui/route.ts";

/** What administrators look after. Each part is there for whoever has its scope. */
export default function Admin({ tab, caseId }: { tab: AdminTab; caseId: string | null }) {
  const { session, text } = useApp();
  return (
    <>
      <div className="heading">
        <ScreenTitle>{text.admin.tabs[tab]}</ScreenTitle>
        <nav aria-label={text.admin.title}>
          {adminTabs
            .filter((name) => session.may(adminScopes[name]))
            .map((name) => (
              <a key={name} href={hashOf({ screen: "admin", tab: name, caseId: null })} aria-current={name === tab ? "page" : undefined}>
                {text.admin.tabs[name]}
              </a>
            ))}
        </nav>
      </div>
      {!session.may(adminScopes[tab]) && <p role="status">{text.admin.mayNot}</p>}
      {session.may(adminScopes[tab]) && (
        <>
          {tab === "views" && <Views caseId={caseId} />}
          {tab === "retention" && <Retention />}
          {tab === "datasets" && <Datasets />}
        </>
      )}
    </>
  );
}

/** Reads a list from its beginning to a page's end, and on when one more page is wanted. */
function usePages<T>(key: string, read: (next: string | null, signal: AbortSignal) => Promise<{ items: readonly T[]; next: string | null }>) {
  const [pages, setPages] = useState(1);
  const found = useResource(`${key} ${pages}`, async (signal) => {
    const items: T[] = [];
    let next: string | null = null;
    for (let page = 0; page < pages; page++) {
      const answer = await read(next, signal);
      items.push(...answer.items);
      next = answer.next;
      if (next === null) break;
    }
    return { items, isAll: next === null };
  });
  return { found, more: () => setPages(pages + 1) };
}

function Views({ caseId }: { caseId: string | null }) {
  const { api, text, language } = useApp();
  const { found, more } = usePages(`views ${caseId}`, async (next, signal) => {
    const { views, next: last } = await api.views(caseId, next, signal);
    return { items: views, next: last };
  });
  const words = text.admin.views;
  return (
    <>
      <p className="soft">{words.help}</p>
      <p>
        {caseId === null ? words.all : words.of(caseId)} {caseId !== null && <a href={hashOf({ screen: "admin", tab: "views", caseId: null })}>{words.all}</a>}
      </p>
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {!found.value && !found.error && <p role="status">{text.loading}</p>}
      {found.value?.items.length === 0 && <p role="status">{words.none}</p>}
      {found.value && found.value.items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
        <section className="panel scroll" tabIndex={0} aria-label={text.admin.tabs.views}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.when}</th>
                <th scope="col">{words.who}</th>
                <th scope="col">{words.what}</th>
                <th scope="col">{words.case}</th>
              </tr>
            </thead>
            <tbody id="views">
              {found.value.items.map((view) => (
                <tr key={`${view.caseId} ${view.at} ${view.by} ${view.what}`}>
                  <td>{new Date(view.at).toLocaleString(language)}</td>
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
              ))}
            </tbody>
          </table>
        </section>
      )}
      {found.value && !found.value.isAll && (
        <button type="button" onClick={more}>
          {words.more}
        </button>
      )}
    </>
  );
}

function Retention() {
  const { api, session, text, language } = useApp();
  const { found, more } = usePages("retention", async (next, signal) => {
    const { cases, next: last } = await api.retention(next, signal);
    return { items: cases, next: last };
  });
  const words = text.admin.retention;
  return (
    <>
      <p className="soft">{words.help}</p>
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {!found.value && !found.error && <p role="status">{text.loading}</p>}
      {found.value?.items.length === 0 && <p role="status">{words.none}</p>}
      {found.value && found.value.items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
        <section className="panel scroll" tabIndex={0} aria-label={text.admin.tabs.retention}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.admin.views.case}</th>
                <th scope="col">{words.class}</th>
                <th scope="col">{words.keptUntil}</th>
                <th scope="col">{words.state}</th>
                {session.may("audit.read") && <th scope="col">{words.views}</th>}
              </tr>
            </thead>
            <tbody id="kept">
              {found.value.items.map(({ caseId, fileName, retentionClass, keptUntil, isDue, holds }) => (
                <tr key={caseId}>
                  <td>
                    <a href={hashOf({ screen: "case", caseId, frame: null })}>{fileName}</a>
                  </td>
                  <td>{wordFor(words.classes, retentionClass)}</td>
                  <td>{new Date(keptUntil).toLocaleDateString(language)}</td>
                  <td>
                    {isDue ? (holds?.length ? words.held : words.due) : words.kept}
                    {holds?.map((reason) => (
                      <div className="soft" key={reason}>
                        {reason}
                      </div>
                    ))}
                  </td>
                  {session.may("audit.read") && (
                    <td>
                      <a href={hashOf({ screen: "admin", tab: "views", caseId })} aria-label={`${words.views}: ${fileName}`}>
                        {words.views}
                      </a>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {found.value && !found.value.isAll && (
        <button type="button" onClick={more}>
          {words.more}
        </button>
      )}
    </>
  );
}

function Datasets() {
  const { api, text } = useApp();
  const found = useResource("datasets", (signal) => api.datasets(signal));
  const [chosen, choose] = useState<string | null>(null);
  const words = text.admin.datasets;
  const all = found.value?.datasets.flatMap(({ name, versions }) => versions.map((version) => ({ name, version, key: `${name} ${version}` }))) ?? [];
  const one = all.find(({ key }) => key === chosen) ?? all[0];
  return (
    <>
      <p className="soft">{words.help}</p>
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {!found.value && !found.error && <p role="status">{text.loading}</p>}
      {found.value && !one && <p role="status">{words.none}</p>}
      {one && (
        <>
          <label>
            {words.version}
            <select id="dataset" value={one.key} onChange={({ target }) => choose(target.value)}>
              {all.map(({ key }) => (
                <option key={key} value={key}>
                  {key}
                </option>
              ))}
            </select>
          </label>
          <Dataset key={one.key} name={one.name} version={one.version} />
        </>
      )}
    </>
  );
}

function Dataset({ name, version }: { name: string; version: string }) {
  const { api, text, language } = useApp();
  const found = useResource(`dataset ${name} ${version}`, (signal) => api.dataset(name, version, signal));
  const words = text.admin.datasets;
  if (!found.value) return found.error ? <Problem error={found.error} retry={found.reload} /> : <p role="status">{text.loading}</p>;
  const { createdAt, parent, task, cases, statistics, notes, contentSha256 } = found.value;
  const splits = ["train", "validation", "test"] as const;
  return (
    <>
      <dl className="panel">
        <dt>{words.made}</dt>
        <dd>{new Date(createdAt).toLocaleString(language)}</dd>
        <dt>{words.follows}</dt>
        <dd>{parent ?? "–"}</dd>
        <dt>{words.task}</dt>
        <dd>{wordFor(words.tasks, task)}</dd>
        <dt>{words.signed}</dt>
        <dd>
          {cases.filter(({ isSignedOff }) => isSignedOff).length} / {cases.length}
        </dd>
        <dt>{words.content}</dt>
        <dd>
          <code>{contentSha256}</code>
        </dd>
      </dl>
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <section className="panel" aria-label={words.classes}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.classes}</th>
              {splits.map((split) => (
                <th key={split} scope="col">
                  {words.splits[split]}
                </th>
              ))}
              <th scope="col">{words.byPeople}</th>
            </tr>
          </thead>
          <tbody id="dataset-classes">
            <tr>
              <th scope="row">{words.frames}</th>
              {splits.map((split) => (
                <td key={split}>{words.framesOf(statistics[split].frames, statistics[split].cases)}</td>
              ))}
              <td>–</td>
            </tr>
            {statistics.train.classes.map(({ label }, i) => {
              const counts = splits.flatMap((split) => statistics[split].classes[i] ?? []);
              const sum = (of: "items" | "byPeople" | "confirmed"): number => counts.reduce((total, count) => total + count[of], 0);
              return (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {splits.map((split) => (
                    <td key={split}>{statistics[split].classes[i]?.items ?? 0}</td>
                  ))}
                  <td>
                    {sum("byPeople") + sum("confirmed")} / {sum("items")}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}
