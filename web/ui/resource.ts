import { useCallback, useEffect, useRef, useState } from "react";

export interface Resource<T> {
  /** What was read last; it stays while it is read again. */
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/**
 * Reads something when `key` changes, and again after the pause in milliseconds that `again` names; null is never. A failed
 * read leaves what was read before, and is tried again at the next turn.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  again: (value: T | undefined) => number | null = () => null,
): Resource<T> {
  const [state, setState] = useState<{ key: string; value: T | undefined; error: Error | undefined; isLoading: boolean }>({
    key,
    value: undefined,
    error: undefined,
    isLoading: true,
  });
  const [turn, setTurn] = useState(0);
  const newest = useRef({ load, again });
  newest.current = { load, again };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks for another read.
  useEffect(() => {
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      let value: T | undefined;
      try {
        value = await newest.current.load(end.signal);
        if (end.signal.aborted) return;
        const read = value;
        setState((before) =>
          before.key === key && JSON.stringify(before.value) === JSON.stringify(read)
            ? { ...before, error: undefined, isLoading: false }
            : { key, value: read, error: undefined, isLoading: false },
        );
      } catch (error) {
        if (end.signal.aborted) return;
        setState((before) => ({ key, value: before.key === key ? before.value : undefined, error: error as Error, isLoading: false }));
      }
      const pause = newest.current.again(value);
      if (pause !== null && !end.signal.aborted) timer = setTimeout(read, pause);
    };
    setState((before) => (before.key === key ? { ...before, isLoading: true } : { key, value: undefined, error: undefined, isLoading: true }));
    void read();
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [key, turn]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const isCurrent = state.key === key;
  return { value: isCurrent ? state.value : undefined, error: isCurrent ? state.error : undefined, isLoading: !isCurrent || state.isLoading, reload };
}
