import type { Overlay, OverlaySettings } from "../../player/overlay.ts";
import { useApp } from "../../ui/app-context.ts";

interface Props {
  overlay: Overlay | undefined;
  settings: OverlaySettings;
  change: (settings: OverlaySettings) => void;
  frame: number;
  isLoading: boolean;
  /** Tells how an instrument was used. */
  choose: (instrument: string) => void;
}

/** What is drawn over the picture, by kind and by confidence; and what is in the picture, in words. */
export function OverlayPanel({ overlay, settings, change, frame, isLoading, choose }: Props) {
  const { text } = useApp();
  const percent = Math.round(100 * settings.leastConfidence);
  const opacity = Math.round(100 * settings.maskOpacity);
  const toggle = (id: string): void => {
    const hidden = new Set(settings.hidden);
    if (!hidden.delete(id)) hidden.add(id);
    change({ ...settings, hidden });
  };
  const seen = overlay?.boxesOn(frame, { ...settings, boxes: true }).boxes ?? [];
  const layers = [
    ["box", text.review.boxes, "boxes"],
    ["mask", text.review.masks, "masks"],
  ] as const;
  return (
    <>
      <label>
        {text.review.leastConfidence(percent)}
        <input
          type="range"
          min={0}
          max={95}
          step={5}
          value={percent}
          onChange={({ target }) => change({ ...settings, leastConfidence: Number(target.value) / 100 })}
        />
      </label>
      {layers.map(([kind, words, setting]) => {
        const classes = overlay?.classes.filter((each) => each.kind === kind) ?? [];
        return (
          classes.length > 0 && (
            <fieldset key={kind}>
              <legend>{words}</legend>
              <label className="inline">
                <input type="checkbox" checked={settings[setting]} onChange={({ target }) => change({ ...settings, [setting]: target.checked })} />
                <strong>{words}</strong>
              </label>
              {classes.map(({ id, label, colour }) => (
                <label className="inline" key={id}>
                  <input type="checkbox" disabled={!settings[setting]} checked={!settings.hidden.has(id)} onChange={() => toggle(id)} />
                  <span className="swatch" style={{ background: colour }} />
                  {label}
                </label>
              ))}
              {kind === "mask" && (
                <label>
                  {text.review.opacity(opacity)}
                  <input
                    type="range"
                    min={10}
                    max={100}
                    step={5}
                    value={opacity}
                    onChange={({ target }) => change({ ...settings, maskOpacity: Number(target.value) / 100 })}
                  />
                </label>
              )}
            </fieldset>
          )
        );
      })}
      <h2>{text.review.inView}</h2>
      {seen.length === 0 ? (
        <p className="soft">{isLoading ? text.review.overlayLoading : text.review.nothingInView}</p>
      ) : (
        <ul id="in-view">
          {seen.map(({ classId, label, score, box }) => (
            <li key={`${classId} ${box.join(" ")}`}>
              <button type="button" onClick={() => choose(label)} aria-label={text.review.use(label)}>
                {label}
              </button>{" "}
              {score === null ? text.correct.drawn : `${Math.round(100 * score)} %`}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
