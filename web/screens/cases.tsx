import { type FormEvent, useRef, useState } from "react";
import type { ListedCase } from "../../contracts/api.ts";
import type { CaseSearch } from "../data/api.ts";
import { FreshLinks } from "../data/fresh-links.ts";
import { wordFor } from "../text/text.ts";
import { useApp } from "../ui/app-context.ts";
import { Problem, ScreenTitle, StatusBadge } from "../ui/parts.tsx";
import { Poster } from "../ui/poster.tsx";
import { useResource } from "../ui/resource.ts";
import { hashOf } from "../ui/route.ts";
import { CasePreview } from "./case-preview.tsx";

/** How often a list is read again while something in it is under way, and while nothing is; milliseconds. */
const pauses = { busy: 2000, quiet: 15_000 };
const posters = new FreshLinks();
const fields = ["procedure", "status", "event", "instrument", "phase"] as const;

/** What of an address is a search; the rest was mistyped. */
const searchOf = (given: Readonly<Record<string, string>>): CaseSearch =>
  Object.fromEntries(fields.flatMap((field) => (given[field] ? [[field, given[field]]] : [])));

export function Cases({ search: given }: { search: Readonly<Record<string, string>> }) {
  const { api, text } = useApp();
  const search = searchOf(given);
  const key = JSON.stringify(search);
  /** How many pages of this list are read, each time: cases on any of them may have come on. */
  const wanted = useRef({ key, pages: 1 });
  if (wanted.current.key !== key) wanted.current = { key, pages: 1 };
  const found = useResource(
    key,
    async (signal) => {
      const { pages } = wanted.current;
      const cases: ListedCase[] = [];
      let next: string | null = null;
      for (let page = 0; page < pages; page++) {
        const answer = await api.cases({ ...search, ...(next !== null && { next }) }, signal);
        cases.push(...answer.cases);
        next = answer.next;
        if (next === null) break;
      }
      return { cases, isAll: next === null };
    },
    (value) => (value?.cases.some(({ status }) => status === "RUNNING" || status === "UPLOADING") ? pauses.busy : pauses.quiet),
  );
  const more = (): void => {
    wanted.current.pages++;
    found.reload();
  };
  const isSearch = Object.keys(search).length > 0;
  return (
    <>
      <div className="heading">
        <ScreenTitle>{text.cases.title}</ScreenTitle>
        <span className="soft" role="status">
          {found.value ? text.cases.count(found.value.cases.length, found.value.isAll) : text.loading}
        </span>
      </div>
      <SearchForm key={key} search={search} />
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {found.value?.cases.length === 0 && <p>{isSearch ? text.cases.noneFound : text.cases.none}</p>}
      <ul className="cards" id="cases">
        {found.value?.cases.map((one) => (
          <Card key={one.caseId} summary={one} />
        ))}
      </ul>
      {found.value && !found.value.isAll && (
        <p>
          <button type="button" onClick={more}>
            {text.cases.more}
          </button>
        </p>
      )}
    </>
  );
}

function SearchForm({ search }: { search: CaseSearch }) {
  const { text } = useApp();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const values = [...new FormData(event.currentTarget)].filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].trim() !== "");
    location.hash = hashOf({ screen: "cases", search: Object.fromEntries(values) });
  };
  const choice = (name: "procedure" | "status", label: string, words: Readonly<Record<string, string>>) => (
    <label>
      {label}
      <select name={name} defaultValue={search[name] ?? ""}>
        <option value="">{text.cases.any}</option>
        {Object.entries(words).map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
  const word = (name: "event" | "instrument" | "phase", label: string) => (
    <label>
      {label}
      <input name={name} defaultValue={search[name] ?? ""} maxLength={100} autoComplete="off" spellCheck={false} size={14} />
    </label>
  );
  return (
    <search>
      <form className="panel row" onSubmit={submit}>
        {choice("procedure", text.cases.procedure, text.procedures)}
        {choice("status", text.cases.status, text.statuses)}
        {word("instrument", text.cases.instrument)}
        {word("event", text.cases.event)}
        {word("phase", text.cases.phase)}
        <button type="submit" className="primary">
          {text.cases.search}
        </button>
        <a className="button" href="#/cases">
          {text.cases.clear}
        </a>
      </form>
    </search>
  );
}

function Card({ summary }: { summary: ListedCase }) {
  const { text } = useApp();
  const { caseId, runId, fileName, status, createdAt, procedure, poster } = summary;
  const [isLookedAt, look] = useState(false);
  const isAnalysed = status === "COMPLETE" || status === "PARTIAL";
  const href = status === "RUNNING" || status === "UPLOADING" ? hashOf({ screen: "run", caseId }) : hashOf({ screen: "case", caseId, frame: null });
  const still = <Poster link={poster === null ? null : posters.keep(`${caseId} ${runId}`, poster)} />;
  return (
    <li className="card">
      <a href={href} onPointerEnter={() => look(true)} onPointerLeave={() => look(false)} onFocus={() => look(true)} onBlur={() => look(false)}>
        <span className="preview">{isAnalysed && isLookedAt ? <CasePreview caseId={caseId} name={fileName} still={still} /> : still}</span>
        <strong>{fileName}</strong>
        <span>
          <StatusBadge status={status} words={wordFor(text.statuses, status)} />
        </span>
        <span className="soft">{procedure === null ? "" : wordFor(text.procedures, procedure)}</span>
        <small className="soft">
          {text.cases.uploaded} {text.when(createdAt)}
        </small>
      </a>
    </li>
  );
}
