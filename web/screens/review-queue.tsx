import { useCallback, useEffect, useMemo, useState } from "react";
import type { ReviewQueue as Queue } from "../../contracts/review-queue.ts";
import { useApp } from "../ui/app-context.ts";
import { Problem, ScreenTitle } from "../ui/parts.tsx";
import { hashOf } from "../ui/route.ts";
import { CaseReview } from "./case-review.tsx";

/** Goes from doubt to doubt, whichever case it is of: what analysers were least sure of, and nobody judged yet. */
export function ReviewQueue() {
  const { api, text } = useApp();
  const [queue, setQueue] = useState<Queue | undefined>();
  const [at, setAt] = useState(0);
  const [error, setError] = useState<Error | undefined>();
  /** Reads on from a page's end; the queue's beginning, if there is none. Pages may be empty. */
  const read = useCallback(
    async (from: Queue | undefined): Promise<void> => {
      setError(undefined);
      try {
        let page = await api.reviewQueue(from?.next ?? null);
        while (page.doubts.length === 0 && page.next !== null) page = await api.reviewQueue(page.next);
        setQueue({ doubts: [...(from?.doubts ?? []), ...page.doubts], next: page.next });
      } catch (failure) {
        setError(failure as Error);
      }
    },
    [api],
  );
  useEffect(() => void read(undefined), [read]);

  const next = useCallback(() => setAt((before) => before + 1), []);
  const doubt = queue?.doubts[at];
  const isAtEnd = queue !== undefined && doubt === undefined;
  const hasMore = isAtEnd && queue.next !== null;
  useEffect(() => {
    if (hasMore) void read(queue);
  }, [hasMore, queue, read]);
  const { kind, id } = doubt ?? {};
  const walk = useMemo(() => (kind === undefined || id === undefined ? null : { kind, id, next }), [kind, id, next]);
  const why = doubt && (doubt.confidence === null ? text.queue.asked : text.queue.sure(doubt.confidence));
  return (
    <>
      <div className="heading">
        <ScreenTitle>{text.queue.title}</ScreenTitle>
        <span role="status" id="queue-status">
          {doubt && `${text.queue.at(at + 1, queue.doubts.length, queue.next === null)}: ${doubt.label}, ${why}, ${doubt.fileName}`}
          {!doubt && (isAtEnd && !hasMore ? text.queue.none : text.loading)}
        </span>
        {doubt && <a href={hashOf({ screen: "case", caseId: doubt.caseId, frame: doubt.startFrame })}>{text.queue.open}</a>}
      </div>
      {error && <Problem error={error} retry={() => void read(queue)} />}
      {doubt && walk && (
        <>
          <p className="soft">{doubt.kind === "segment" || doubt.kind === "event" ? text.queue.help : text.queue.helpFrame}</p>
          <CaseReview key={doubt.caseId} caseId={doubt.caseId} frame={doubt.startFrame} walk={walk} />
        </>
      )}
      {isAtEnd && !hasMore && (
        <button
          type="button"
          onClick={() => {
            setQueue(undefined);
            setAt(0);
            void read(undefined);
          }}
        >
          {text.queue.again}
        </button>
      )}
    </>
  );
}
