import { useState } from "react";
import { useResource } from "./resource.ts";

/** A part of a list, and what asks for the next; null after the last. */
export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Pages<T> {
  /** Of all pages that were read; undefined before the first. */
  readonly items: readonly T[] | undefined;
  readonly hasMore: boolean;
  readonly error: Error | undefined;
  /** Reads the last page again. */
  readonly retry: () => void;
  /** Reads the next page; nothing while one is being read. */
  readonly more: () => void;
}

/** Reads a list page by page, each once. For another list the component must be another (`key`). */
export function usePages<T>(read: (next: string | null, signal: AbortSignal) => Promise<PageOf<T>>): Pages<T> {
  const [before, setBefore] = useState<readonly PageOf<T>[]>([]);
  const { value, error, reload } = useResource(String(before.length), (signal) => read(before.at(-1)?.next ?? null, signal));
  const pages = value ? [...before, value] : before;
  return {
    items: pages.length === 0 ? undefined : pages.flatMap(({ items }) => items),
    hasMore: pages.at(-1)?.next != null,
    error,
    retry: reload,
    more: () => value && setBefore(pages),
  };
}
