import { useEffect, useRef, useState } from "react";
import { type Idleness, idlenessAfter } from "../data/idle.ts";
import { useApp } from "./app-context.ts";
import { Dialog } from "./parts.tsx";

/** Signs out whoever has left the page alone; says so a minute before. */
export function IdleGuard() {
  const { session, text } = useApp();
  const [idleness, setIdleness] = useState<Idleness>({ kind: "active" });
  const last = useRef(Date.now());

  useEffect(() => {
    const end = new AbortController();
    const seen = (): void => {
      // Once warned, only the answer counts: a bumped table is nobody.
      if (idlenessAfter((Date.now() - last.current) / 1000).kind === "active") last.current = Date.now();
    };
    for (const event of ["pointerdown", "pointermove", "keydown", "wheel"]) addEventListener(event, seen, { signal: end.signal, passive: true });
    const timer = setInterval(() => {
      const now = idlenessAfter((Date.now() - last.current) / 1000);
      setIdleness((before) => (JSON.stringify(before) === JSON.stringify(now) ? before : now));
      if (now.kind === "over") {
        clearInterval(timer);
        void session.signOut();
      }
    }, 1000);
    return () => {
      end.abort();
      clearInterval(timer);
    };
  }, [session]);

  const stay = (): void => {
    last.current = Date.now();
    setIdleness({ kind: "active" });
  };
  return (
    <Dialog isOpen={idleness.kind === "warned"} onClose={stay} title={text.idle.title}>
      <p role="alert">{idleness.kind === "warned" && text.idle.left(idleness.secondsLeft)}</p>
      <div className="row">
        <button type="button" className="primary" onClick={stay}>
          {text.idle.stay}
        </button>
        <button type="button" onClick={() => void session.signOut()}>
          {text.idle.signOut}
        </button>
      </div>
    </Dialog>
  );
}
