import { useEffect, useMemo, useRef, useState } from "react";
import type { CaseDetail } from "../../contracts/api.ts";
import { FrameIndex } from "../../contracts/frame-index.ts";
import { clock } from "../../contracts/presentation.ts";
import { alignedLanes, type Compared, phasePairs } from "../compare/aligned.ts";
import { readFrameTable } from "../data/api.ts";
import { drawLanes, laneHeight, titleWidth } from "../player/lanes.ts";
import { useApp } from "../ui/app-context.ts";
import { Problem, ScreenTitle, ScrollArea } from "../ui/parts.tsx";
import { useResource } from "../ui/resource.ts";
import { hashOf } from "../ui/route.ts";

interface Read {
  readonly summary: CaseDetail["case"];
  /** Null where the case has no analysis. */
  readonly compared: Compared | null;
}

/** Two operations side by side, phase by phase. Without a second one, those that it can be compared with. */
export default function Compare({ first, second }: { first: string; second: string | null }) {
  const { api, text } = useApp();
  const read = async (caseId: string, signal: AbortSignal): Promise<Read> => {
    const { case: summary, analysis, links } = await api.case(caseId, signal);
    if (analysis === null || links.frameTable === null) return { summary, compared: null };
    const frames = new FrameIndex(await readFrameTable(links.frameTable, signal));
    return { summary, compared: { segments: analysis.segments, events: analysis.events, frameCount: analysis.media.source.frameCount, frames } };
  };
  const found = useResource(`${first} ${second}`, async (signal) =>
    Promise.all([
      read(first, signal),
      second === null ? null : read(second, signal),
      // Of all cases the newest may be such as have no analysis.
      Promise.all([api.cases({ status: "COMPLETE" }, signal), api.cases({ status: "PARTIAL" }, signal)]),
    ]),
  );
  const [one, other, lists] = found.value ?? [];
  const others = (lists ?? [])
    .flatMap(({ cases }) => cases)
    .filter(({ caseId }) => caseId !== first)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  const lacking = [one, other].filter((read) => read?.compared === null);
  return (
    <>
      <div className="heading">
        <ScreenTitle>{text.compare.title}</ScreenTitle>
        {one && <a href={hashOf({ screen: "case", caseId: first, frame: null })}>{one.summary.fileName}</a>}
        {other && <a href={hashOf({ screen: "case", caseId: second as string, frame: null })}>{other.summary.fileName}</a>}
      </div>
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {!found.value && !found.error && <p role="status">{text.loading}</p>}
      {one && (
        <form className="panel row" onSubmit={(event) => event.preventDefault()}>
          <label>
            {text.compare.with(one.summary.fileName)}
            <select
              id="compare-with"
              value={second ?? ""}
              onChange={({ target }) => {
                location.hash = hashOf({ screen: "compare", first, second: target.value === "" ? null : target.value });
              }}
            >
              <option value="">{text.compare.choose}</option>
              {other && !others.some(({ caseId }) => caseId === second) && <option value={second ?? ""}>{other.summary.fileName}</option>}
              {others.map(({ caseId, fileName, createdAt }) => (
                <option key={caseId} value={caseId}>
                  {fileName} ({createdAt.slice(0, 10)})
                </option>
              ))}
            </select>
          </label>
          {second !== null && (
            <a className="button" href={hashOf({ screen: "compare", first: second, second: first })}>
              {text.compare.swap}
            </a>
          )}
        </form>
      )}
      {one && second === null && others.length === 0 && <p>{text.compare.none}</p>}
      {lacking.map((read) => (
        <p key={read?.summary.caseId} role="status">
          {text.compare.notAnalysed(read?.summary.fileName ?? "")}
        </p>
      ))}
      {one?.compared && other?.compared && (
        <SideBySide first={one.compared} second={other.compared} ids={[first, second as string]} names={[one.summary.fileName, other.summary.fileName]} />
      )}
    </>
  );
}

interface SideBySideProps {
  first: Compared;
  second: Compared;
  ids: readonly [string, string];
  names: readonly [string, string];
}

function SideBySide({ first, second, ids, names }: SideBySideProps) {
  const { text } = useApp();
  const [alignOn, setAlignOn] = useState<string | null>(null);
  const pairs = useMemo(() => phasePairs(first, second), [first, second]);
  const aligned = useMemo(
    () => alignedLanes(first, second, alignOn, { phases: text.review.phases, of: (title, which) => `${which === 1 ? "A" : "B"} ${title}` }),
    [first, second, alignOn, text],
  );
  const start = (which: 0 | 1, time: (typeof pairs)[number]["first"]) =>
    time && (
      <a href={hashOf({ screen: "case", caseId: ids[which], frame: time.startFrame })} aria-label={text.compare.goTo(names[which], clock(time.startSeconds))}>
        {clock(time.startSeconds)}
      </a>
    );
  const both = pairs.filter(({ difference }) => difference !== null);
  return (
    <>
      <p>
        A: {names[0]} · B: {names[1]}. <span className="soft">{text.compare.asAnalysed}</span>
      </p>
      <div className="panel">
        <label className="inline">
          {text.compare.align}
          <select id="align" value={alignOn ?? ""} onChange={({ target }) => setAlignOn(target.value === "" ? null : target.value)}>
            <option value="">{text.compare.atStart}</option>
            {both.map(({ label }) => (
              <option key={label} value={label}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <Lanes {...aligned} />
      </div>
      {pairs.length === 0 ? (
        <p>{text.compare.noPhases}</p>
      ) : (
        <ScrollArea label={text.compare.phases} isPanel>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.review.phases}</th>
                <th scope="col">A</th>
                <th scope="col">B</th>
                <th scope="col">{text.compare.difference}</th>
                <th scope="col">{text.compare.visits}</th>
                <th scope="col">{text.compare.starts}</th>
              </tr>
            </thead>
            <tbody id="phases">
              {pairs.map(({ label, first: a, second: b, difference }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td>{a ? text.seconds(a.seconds) : text.compare.absent}</td>
                  <td>{b ? text.seconds(b.seconds) : text.compare.absent}</td>
                  <td>{difference === null ? "–" : text.compare.longer(difference)}</td>
                  <td>
                    {a?.visits ?? 0} / {b?.visits ?? 0}
                  </td>
                  <td>
                    {start(0, a) ?? "–"} / {start(1, b) ?? "–"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </>
  );
}

/** The lanes of both. What they show of phases stands in the table, too. */
function Lanes({ lanes, length, alignedAt }: ReturnType<typeof alignedLanes>) {
  const { text } = useApp();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const height = lanes.length * laneHeight + 4;
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const pen = canvas.current?.getContext("2d");
    if (!canvas.current || !pen || width === 0) return;
    canvas.current.width = width * devicePixelRatio;
    canvas.current.height = height * devicePixelRatio;
    pen.scale(devicePixelRatio, devicePixelRatio);
    const draw = (): void => {
      const style = getComputedStyle(document.documentElement);
      pen.clearRect(0, 0, width, height);
      drawLanes(pen, lanes, length, width, { text: style.getPropertyValue("--text"), track: style.getPropertyValue("--track") });
      if (alignedAt === null) return;
      pen.fillStyle = style.getPropertyValue("--text");
      pen.fillRect(titleWidth + (alignedAt / length) * (width - titleWidth) - 1, 0, 2, height);
    };
    draw();
    const observer = new MutationObserver(draw);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, [lanes, length, alignedAt, width, height]);
  return (
    <div className="lanes" ref={box} style={{ height, cursor: "auto" }}>
      <canvas ref={canvas} role="img" aria-label={text.compare.lanes} id="compared" style={{ position: "absolute", inset: 0, width, height }} />
    </div>
  );
}
