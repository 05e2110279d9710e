import { type ReactNode, useEffect, useId, useRef } from "react";
import { Refusal } from "../data/api.ts";
import { reasonsFor } from "../data/failure.ts";
import type { Text } from "../text/text.ts";
import { useApp } from "./app-context.ts";

/** A refusal's kind is its status, and nothing beyond it (`contracts/api.ts`). Undefined of a status that the page does not know. */
const refusalTitle = (text: Text, status: number): string | undefined => (text.refusals as Readonly<Record<number, string>>)[status];

/** Why something failed: what kind of refusal it is, and all reasons, the platform's always in English, the page's in the reader's language. */
export function Problem({ error, retry }: { error: Error; retry?: (() => void) | undefined }) {
  const { text } = useApp();
  const reasons = reasonsFor(error);
  return (
    <div className="problem" role="alert">
      <strong>{(error instanceof Refusal && refusalTitle(text, error.status)) || text.failed}</strong>
      <ul>
        {reasons.map((reason) =>
          typeof reason === "string" ? (
            <li key={reason} lang="en">
              {reason}
            </li>
          ) : (
            <li key={reason(text)}>{reason(text)}</li>
          ),
        )}
      </ul>
      {retry && (
        <button type="button" onClick={retry}>
          {text.tryAgain}
        </button>
      )}
    </div>
  );
}

/** The title of a screen. It takes the focus when one comes there, so that a screen reader says where one is. */
export function ScreenTitle({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { text } = useApp();
  const words = typeof children === "string" ? children : "";
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = words === "" ? text.title : `${words} – ${text.title}`;
  }, [words, text]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** A dialog that keeps the focus inside while it is open. */
export function Dialog({ isOpen, onClose, title, children }: { isOpen: boolean; onClose: () => void; title: string; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen && dialog.current?.open) dialog.current.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {isOpen && children}
    </dialog>
  );
}

/** What may be wider or longer than there is room for: it scrolls by itself, with the keyboard too. */
export function ScrollArea({ label, isPanel = false, children }: { label: string; isPanel?: boolean; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
    <section className={isPanel ? "panel scroll" : "scroll"} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

const pictures = {
  play: "M8 5l11 7-11 7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  previous: "M6 5h3v14H6zM20 5v14L9 12z",
  next: "M15 5h3v14h-3zM4 5l11 7-11 7z",
  film: "M4 4h16v16H4zM6 6v2h2V6zm0 5v2h2v-2zm0 5v2h2v-2zM16 6v2h2V6zm0 5v2h2v-2zm0 5v2h2v-2z",
} as const;

export function Icon({ name }: { name: keyof typeof pictures }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={pictures[name]} fillRule="evenodd" />
    </svg>
  );
}

/** A case's state as a badge: in words, and in a colour for those who see it. */
export function StatusBadge({ status, words }: { status: string; words: string }) {
  const kind = status === "COMPLETE" ? "good" : ["REJECTED", "QUARANTINED", "FAILED"].includes(status) ? "bad" : "soft";
  return <span className={`badge ${kind}`}>{words}</span>;
}
