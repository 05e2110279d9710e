import { useState } from "react";
import { wordFor } from "../../text/text.ts";
import { useApp } from "../../ui/app-context.ts";
import { Problem, ScrollArea } from "../../ui/parts.tsx";
import { useResource } from "../../ui/resource.ts";

/** Versions of datasets, and what each holds. */
export function Datasets() {
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
  const { api, text } = useApp();
  const found = useResource(`dataset ${name} ${version}`, (signal) => api.dataset(name, version, signal));
  const words = text.admin.datasets;
  if (!found.value) return found.error ? <Problem error={found.error} retry={found.reload} /> : <p role="status">{text.loading}</p>;
  const { createdAt, parent, task, cases, statistics, notes, contentSha256 } = found.value;
  const splits = ["train", "validation", "test"] as const;
  return (
    <>
      <dl className="panel">
        <dt>{words.made}</dt>
        <dd>{text.when(createdAt)}</dd>
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
      <ScrollArea label={words.classes} isPanel>
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
      </ScrollArea>
    </>
  );
}
