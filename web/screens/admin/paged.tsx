import type { ReactNode } from "react";
import { useApp } from "../../ui/app-context.ts";
import { type PageOf, usePages } from "../../ui/pages.ts";
import { Problem, ScrollArea } from "../../ui/parts.tsx";

/** A table whose rows are read page by page: what goes wrong, that there is nothing, and the way on. */
export function Paged<T>(props: {
  /** Of the table's body. */
  id: string;
  label: string;
  columns: readonly string[];
  read: (next: string | null, signal: AbortSignal) => Promise<PageOf<T>>;
  /** A row, with its `key`. */
  row: (item: T) => ReactNode;
  words: { readonly none: string; readonly more: string };
}) {
  const { text } = useApp();
  const { items, hasMore, error, retry, more } = usePages(props.read);
  return (
    <>
      {items === undefined && error === undefined && <p role="status">{text.loading}</p>}
      {items?.length === 0 && !hasMore && <p role="status">{props.words.none}</p>}
      {items !== undefined && items.length > 0 && (
        <ScrollArea label={props.label} isPanel>
          <table>
            <thead>
              <tr>
                {props.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody id={props.id}>{items.map(props.row)}</tbody>
          </table>
        </ScrollArea>
      )}
      {error && <Problem error={error} retry={retry} />}
      {hasMore && (
        <button type="button" onClick={more}>
          {props.words.more}
        </button>
      )}
    </>
  );
}
