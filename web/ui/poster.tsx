import { useState } from "react";
import { Icon } from "./parts.tsx";

/** The picture that stands for a case, or what stands there without one. A label says what it shows; beside the case's name it is decoration. */
export function Poster({ link, label = "" }: { link: string | null; label?: string }) {
  const [failed, setFailed] = useState<string | null>(null);
  // A link that no longer opens is as good as none: the next reading of the list brings another.
  if (link === null || link === failed) return <Icon name="film" />;
  return <img className="poster" src={link} alt={label} loading="lazy" decoding="async" onError={() => setFailed(link)} />;
}
