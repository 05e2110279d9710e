import { useMemo, useState } from "react";
import type { FrameIndex } from "../../../contracts/frame-index.ts";
import { clock } from "../../../contracts/presentation.ts";
import { type Moment, type MomentKind, momentKinds, momentsOn } from "../../player/moments.ts";
import { useApp } from "../../ui/app-context.ts";
import { ScrollArea } from "../../ui/parts.tsx";
import { InstrumentUse } from "./instrument-use.tsx";

/** What people said of a finding; nothing if nobody said anything. */
export function ReviewBadge({ review }: { review: Moment["review"] }) {
  const { text } = useApp();
  if (review === "unreviewed") return null;
  return <span className={`badge ${review === "confirmed" ? "good" : review === "rejected" ? "soft" : "bad"}`}>{text.correct.reviews[review]}</span>;
}

/** Rows that are shown at first, and more with each press: a long operation has thousands. */
const page = 200;

/** Everything on the timeline as a table: what the lanes show, for the keyboard and for screen readers. */
export function MomentList(props: {
  moments: readonly Moment[];
  frames: FrameIndex;
  frame: number;
  goTo: (frame: number) => void;
  caseId: string;
  corrections: number | null;
  /** The instrument whose use is told. */
  instrument: string | null;
  choose: (instrument: string | null) => void;
}) {
  const { moments, frames, frame, goTo, caseId, corrections, instrument, choose } = props;
  const { text } = useApp();
  const [kind, setKind] = useState<MomentKind | "">("");
  const [shown, setShown] = useState(page);
  const wanted = useMemo(() => moments.filter((moment) => kind === "" || moment.kind === kind), [moments, kind]);
  const now = useMemo(() => new Set(momentsOn(moments, frame).map(({ id }) => id)), [moments, frame]);
  const labelOf = ({ label, kind: of }: Moment): string => label ?? text.kinds[of];
  return (
    <>
      {instrument !== null && (
        <InstrumentUse
          caseId={caseId}
          corrections={corrections}
          label={instrument}
          moments={moments.filter(({ review }) => review !== "rejected")}
          frames={frames}
          goTo={goTo}
          close={() => choose(null)}
        />
      )}
      <label>
        {text.review.kind}
        <select
          value={kind}
          onChange={({ target }) => {
            setKind(target.value as MomentKind | "");
            setShown(page);
          }}
        >
          <option value="">{text.review.allKinds}</option>
          {momentKinds.map((each) => (
            <option key={each} value={each}>
              {text.kinds[each]}
            </option>
          ))}
        </select>
      </label>
      {wanted.length === 0 ? (
        <p>{text.review.noMoments}</p>
      ) : (
        <ScrollArea label={text.review.moments}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.review.time}</th>
                <th scope="col">{text.review.what}</th>
                <th scope="col">{text.review.duration}</th>
                <th scope="col">{text.review.sure}</th>
              </tr>
            </thead>
            <tbody id="moments">
              {wanted.slice(0, shown).map((moment) => (
                <tr key={moment.id} aria-current={now.has(moment.id) ? "true" : undefined}>
                  <td>
                    <button
                      type="button"
                      onClick={() => goTo(moment.startFrame)}
                      aria-label={`${clock(frames.secondsOf(moment.startFrame))} ${labelOf(moment)}`}
                    >
                      {clock(frames.secondsOf(moment.startFrame))}
                    </button>
                  </td>
                  <td title={`${text.review.producer} ${moment.producer}`}>
                    {moment.kind === "instrument" && moment.label !== null ? (
                      <button type="button" onClick={() => choose(moment.label)} aria-label={text.review.use(moment.label)}>
                        {moment.label}
                      </button>
                    ) : (
                      labelOf(moment)
                    )}
                    <small className="soft"> {moment.label !== null && text.kinds[moment.kind]}</small>
                    <ReviewBadge review={moment.review} />
                  </td>
                  <td>{text.seconds(frames.endSecondsOf(moment.endFrame) - frames.secondsOf(moment.startFrame))}</td>
                  <td>{moment.confidence === null ? "–" : `${Math.round(100 * moment.confidence)} %`}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {wanted.length > shown && (
            <button type="button" onClick={() => setShown(shown + page)}>
              {text.review.moreMoments(Math.min(page, wanted.length - shown))}
            </button>
          )}
        </ScrollArea>
      )}
    </>
  );
}
