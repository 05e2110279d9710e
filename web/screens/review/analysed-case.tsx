import { lazy, type MouseEvent, Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Analysis } from "../../../contracts/analysis.ts";
import type { CaseDetail } from "../../../contracts/api.ts";
import type { ReportShare } from "../../../contracts/case.ts";
import type { FrameIndex } from "../../../contracts/frame-index.ts";
import type { FrameTable } from "../../../contracts/frame-table.ts";
import { clock as clockText } from "../../../contracts/presentation.ts";
import { inOrder } from "../../corrections/actions.ts";
import { correctionCommandOf } from "../../corrections/keys.ts";
import { readDetections, readMasks } from "../../data/api.ts";
import { Failure } from "../../data/failure.ts";
import { FreshLinks } from "../../data/fresh-case.ts";
import { isRefusedAt, Playback } from "../../data/playback.ts";
import { FrameClock } from "../../player/clock.ts";
import { type Command, commandOf } from "../../player/keys.ts";
import { lanesOf } from "../../player/lanes.ts";
import { momentsOf, neighbour, startsOf } from "../../player/moments.ts";
import { boxAt, Overlay, type OverlaySettings } from "../../player/overlay.ts";
import { Player, type PlayerError, rates } from "../../player/player.ts";
import type { Range } from "../../player/range.ts";
import { listOf, wordFor } from "../../text/text.ts";
import { useApp } from "../../ui/app-context.ts";
import { Icon, Problem } from "../../ui/parts.tsx";
import { reportCostIn } from "../../ui/report-cost.ts";
import { hashOf } from "../../ui/route.ts";
import { CorrectionLayer } from "./correction-layer.tsx";
import { CorrectionPanel } from "./correction-panel.tsx";
import { ExportPanel } from "./export-panel.tsx";
import { KeyHelp } from "./key-help.tsx";
import { MomentList } from "./moment-list.tsx";
import { OutlineLayer } from "./outline-layer.tsx";
import { OverlayPanel } from "./overlay-panel.tsx";
import { areaIn } from "./picture-area.ts";
import { QuestionPanel } from "./question-panel.tsx";
import { Timeline } from "./timeline.tsx";
import { useCorrections, type Walk } from "./use-corrections.ts";

/** What is most text, and seldom looked at first, is fetched when somebody does. */
const MeasureTable = lazy(() => import("./measure-table.tsx"));

const allTabs = ["moments", "overlay", "correct", "measures", "questions", "exports", "about"] as const;
type Tab = (typeof allTabs)[number];

export function AnalysedCase(props: {
  detail: CaseDetail;
  analysis: Analysis;
  table: FrameTable;
  frames: FrameIndex;
  frame: number | null;
  walk: Walk | null;
}) {
  const { detail, analysis, frames, frame: asked, walk } = props;
  const { api, text } = useApp();
  const { caseId } = detail.case;
  const { frameCount } = analysis.media.source;
  const hasVideo = detail.links.review !== null && props.table.renditions.review !== undefined;

  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [player, setPlayer] = useState<Player | undefined>();
  const [settings, setSettings] = useState<OverlaySettings>({ boxes: true, masks: true, hidden: new Set(), leastConfidence: 0, maskOpacity: 0.45 });
  const [overlay, setOverlay] = useState<Overlay | undefined>();
  const [overlayError, setOverlayError] = useState<Error | undefined>();
  const [range, setRange] = useState<Range>({ startFrame: null, endFrame: null });
  const [tab, setTab] = useState<Tab>(walk === null ? "moments" : "correct");
  const [isHelpOpen, openHelp] = useState(false);
  const [usesKeys, setUsesKeys] = useState(() => localStorage.getItem("single-keys") !== "off");
  const [told, tell] = useState("");
  const [instrument, setInstrument] = useState<string | null>(null);

  const correction = useCorrections(analysis, caseId, walk);
  const { view } = correction;
  const shown = useMemo(() => (view === null ? analysis : { gate: analysis.gate, segments: view.segments, events: view.events }), [analysis, view]);
  const moments = useMemo(() => momentsOf(shown), [shown]);
  const lanes = useMemo(
    () =>
      lanesOf(
        moments.filter(({ review }) => review !== "rejected"),
        { outside: text.review.outside, shots: text.review.shots, phases: text.review.phases, confidence: text.review.confidence },
        analysis.detections[0]?.labels,
      ),
    [moments, text, analysis],
  );

  // The player is made once for a case: what it starts with it keeps, or is told of below.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (!hasVideo || !video.current || !canvas.current) return;
    const links = new FreshLinks(detail.links, () => api.case(caseId));
    const playback = new Playback(() => api.grantPlayback(caseId));
    const end = new AbortController();
    playback.keepUntil(end.signal);
    let made: Player | undefined;
    const newOverlay = new Overlay({
      analysis,
      readDetections: async (producer, index) => readDetections(await links.link(({ detections }) => detections[producer]?.[index])),
      readMasks: async (producer, index) => readMasks(await links.link(({ masks }) => masks[producer]?.[index])),
      onLoad: () => made?.repaint(),
      onError: setOverlayError,
    });
    made = new Player({
      video: video.current,
      canvas: canvas.current,
      clock: new FrameClock(frames),
      overlay: newOverlay,
      settings,
      link: async () => {
        await playback.granted();
        return links.link(({ review }) => review);
      },
      isRefused: isRefusedAt,
      startFrame: asked ?? 0,
    });
    setOverlay(newOverlay);
    setPlayer(made);
    return () => {
      end.abort();
      made.close();
    };
  }, []);
  useEffect(() => player?.show(settings), [player, settings]);
  useEffect(() => {
    overlay?.correct(view);
    player?.repaint();
  }, [overlay, player, view]);
  // A link to another frame of the same case.
  const first = useRef(asked);
  useEffect(() => {
    if (asked !== null && asked !== first.current) player?.goTo(Math.min(asked, frameCount - 1));
    first.current = asked;
  }, [asked, player, frameCount]);

  const state = useSyncExternalStore(
    useCallback((listener) => player?.subscribe(listener) ?? (() => undefined), [player]),
    () => player?.state,
  );
  const frame = state?.frame ?? asked ?? 0;
  const goTo = useCallback((to: number) => player?.goTo(to), [player]);
  const isCorrecting = tab === "correct";
  const seen = isCorrecting ? inOrder(overlay?.boxesOn(frame, { ...settings, boxes: true }).boxes ?? []) : [];
  const seenMasks = isCorrecting ? (overlay?.masksOn(frame, { ...settings, masks: true }).masks ?? []) : [];
  const correcting = correction.at({ frame, frameCount, seen, seenMasks, raster: analysis.media.raster, goTo });

  const saveStill = async (): Promise<void> => {
    const blob = await player?.still();
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${caseId}-${frame}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const copyLink = async (): Promise<void> => {
    const hash = hashOf({ screen: "case", caseId, frame });
    history.replaceState(null, "", hash);
    await navigator.clipboard?.writeText(location.href).catch(() => undefined);
    tell(text.review.copied);
  };
  const chooseInstrument = (label: string): void => {
    setTab("moments");
    setInstrument(label);
  };
  /** An instrument's box tells how it was used; anywhere else the picture plays or pauses. For the keyboard, lists and buttons do the same. */
  const point = ({ currentTarget, clientX, clientY }: MouseEvent<HTMLCanvasElement>): void => {
    const { raster } = analysis.media;
    const { left, top } = currentTarget.getBoundingClientRect();
    const area = areaIn(currentTarget, raster);
    const scale = raster.width / area.width;
    const box = boxAt(overlay?.boxesOn(frame, settings).boxes ?? [], (clientX - left - area.left) * scale, (clientY - top - area.top) * scale);
    if (box) chooseInstrument(box.label);
    else player?.toggle();
  };
  const shiftRate = (by: 1 | -1): void => {
    const at = rates.findIndex((rate) => rate >= (state?.rate ?? 1));
    player?.shuttle(rates[Math.max(0, Math.min(rates.length - 1, at + by))] as number);
  };
  const jump = (direction: 1 | -1): void => {
    const next = neighbour(moments, frame, direction);
    if (next) goTo(next.startFrame);
  };
  const commands: Record<Command, () => void> = {
    play: () => player?.toggle(),
    "next-frame": () => player?.step(1),
    "previous-frame": () => player?.step(-1),
    "next-ten-frames": () => player?.step(10),
    "previous-ten-frames": () => player?.step(-10),
    forward: () => player?.skip(5),
    back: () => player?.skip(-5),
    slower: () => shiftRate(-1),
    faster: () => shiftRate(1),
    pause: () => player?.pause(),
    "next-moment": () => jump(1),
    "previous-moment": () => jump(-1),
    "set-in": () => setRange((before) => ({ startFrame: frame, endFrame: before.endFrame !== null && before.endFrame > frame ? before.endFrame : null })),
    "set-out": () =>
      setRange((before) => ({ startFrame: before.startFrame !== null && before.startFrame <= frame ? before.startFrame : null, endFrame: frame + 1 })),
    boxes: () => setSettings((before) => ({ ...before, boxes: !before.boxes })),
    masks: () => setSettings((before) => ({ ...before, masks: !before.masks })),
    still: () => void saveStill(),
    help: () => openHelp(true),
  };
  const newest = useRef(commands);
  newest.current = commands;
  const corrections = useRef(correcting.run);
  corrections.current = correcting.run;
  useEffect(() => {
    if (!isCorrecting) return;
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const { target } = event;
      const isTyping = target instanceof HTMLElement && target.matches("input:not([type=checkbox]):not([type=range]), select, textarea");
      const command = correctionCommandOf(event, usesKeys && !isTyping);
      // While one types, the browser undoes what was typed.
      if (!command || (isTyping && command !== "save")) return;
      event.preventDefault();
      corrections.current[command]();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [isCorrecting, usesKeys]);
  useEffect(() => {
    if (!usesKeys) return;
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const { target } = event;
      const command = commandOf(event);
      if (!command || (target instanceof HTMLElement && target.matches("input:not([type=checkbox]):not([type=range]), select, textarea"))) return;
      // Space presses the button that has the focus, and nothing else.
      if (event.key === " " && target instanceof HTMLElement && target.matches("button, a, summary, input")) return;
      event.preventDefault();
      newest.current[command]();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [usesKeys]);
  const chooseKeys = (use: boolean): void => {
    localStorage.setItem("single-keys", use ? "on" : "off");
    setUsesKeys(use);
  };

  const tabs = allTabs.filter((each) => each !== "questions" || detail.answersQuestions);
  const tabWords: Record<Tab, string> = {
    moments: text.review.moments,
    overlay: text.review.overlay,
    correct: text.correct.title,
    measures: text.review.measures,
    questions: text.questions.title,
    exports: text.exports.title,
    about: text.review.producers,
  };
  return (
    <div className="review" id="player">
      <div>
        {hasVideo ? (
          <>
            <div className="stage">
              <video ref={video} playsInline muted preload="auto" crossOrigin="anonymous" tabIndex={-1} aria-hidden="true" />
              <canvas ref={canvas} role="img" aria-label={text.review.video} id="picture" onClick={point} />
              {isCorrecting && view !== null && !state?.isPlaying && (
                <>
                  <CorrectionLayer canvas={canvas} raster={analysis.media.raster} {...correcting.layer} />
                  <OutlineLayer canvas={canvas} raster={analysis.media.raster} {...correcting.outlineLayer} />
                </>
              )}
              {state?.frame === null && state.error === null && <span className="over">{text.loading}</span>}
              {state?.isOverlayLoading && <span className="over">{text.review.overlayLoading}</span>}
            </div>
            {state?.error && <Problem error={videoFailure(state.error)} />}
            <div className="controls">
              <button type="button" onClick={commands["previous-frame"]} aria-label={text.review.previousFrame}>
                <Icon name="previous" />
              </button>
              <button type="button" className="primary" onClick={commands.play} aria-label={state?.isPlaying ? text.review.pause : text.review.play} id="play">
                <Icon name={state?.isPlaying ? "pause" : "play"} />
              </button>
              <button type="button" onClick={commands["next-frame"]} aria-label={text.review.nextFrame}>
                <Icon name="next" />
              </button>
              <span className="position numbers" id="position">
                {clockText(frames.secondsOf(frame))} · {text.review.frame(frame)}
              </span>
              <label className="inline">
                {text.review.speed}
                <select value={state?.rate ?? 1} onChange={({ target }) => player?.setRate(Number(target.value))}>
                  {rates.map((rate) => (
                    <option key={rate} value={rate}>
                      {rate}×
                    </option>
                  ))}
                </select>
              </label>
              <button type="button" onClick={commands.still}>
                {text.review.still}
              </button>
              <button type="button" onClick={() => void copyLink()}>
                {text.review.copyLink}
              </button>
              <button type="button" onClick={commands.help}>
                {text.review.help}
              </button>
              <span role="status" className="soft">
                {told}
              </span>
            </div>
          </>
        ) : (
          <p className="problem">{text.review.noVideo}</p>
        )}
        {overlayError && <Problem error={overlayError} />}
        <Timeline
          lanes={lanes}
          frameCount={frameCount}
          frames={frames}
          player={player}
          goTo={goTo}
          sprites={detail.links.sprites}
          range={range}
          edited={isCorrecting ? correcting.span : null}
        />
      </div>
      <div>
        <div className="panel">
          <div className="tabs" role="tablist" aria-label={detail.case.fileName}>
            {tabs.map((each) => (
              <button
                type="button"
                role="tab"
                key={each}
                id={`tab-${each}`}
                aria-selected={tab === each}
                aria-controls="tab-panel"
                tabIndex={tab === each ? 0 : -1}
                onClick={() => setTab(each)}
                onKeyDown={(event) => {
                  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
                  if (by === 0 || event.shiftKey) return;
                  event.preventDefault();
                  const next = tabs[(tabs.indexOf(each) + by + tabs.length) % tabs.length] as Tab;
                  setTab(next);
                  document.getElementById(`tab-${next}`)?.focus();
                }}
              >
                {tabWords[each]}
              </button>
            ))}
          </div>
          <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}>
            {tab === "moments" && (
              <MomentList
                {...{ moments, frames, frame, goTo, caseId, instrument }}
                choose={setInstrument}
                corrections={view === null ? null : correction.version}
              />
            )}
            {tab === "overlay" && (
              <OverlayPanel
                overlay={overlay}
                settings={settings}
                change={setSettings}
                frame={frame}
                isLoading={state?.isOverlayLoading ?? false}
                choose={chooseInstrument}
              />
            )}
            {isCorrecting && <CorrectionPanel {...correcting.panel} />}
            {tab === "measures" && (
              <Suspense fallback={<p role="status">{text.loading}</p>}>
                <MeasureTable caseId={caseId} version={correction.version} goTo={goTo} startOf={startsOf(moments)} />
              </Suspense>
            )}
            {tab === "questions" && <QuestionPanel caseId={caseId} frame={frame} startOf={startsOf(moments)} />}
            {tab === "exports" && <ExportPanel caseId={caseId} range={range} change={setRange} frame={frame} frameCount={frameCount} />}
            {tab === "about" && <About analysis={analysis} report={detail.case.report} />}
          </div>
        </div>
      </div>
      <KeyHelp isOpen={isHelpOpen} close={() => openHelp(false)} usesKeys={usesKeys} chooseKeys={chooseKeys} />
    </div>
  );
}

/** Why there is no video, in the reader's words; what the browser says of it comes after, in its own. */
const videoFailure = ({ isRefused, reasons }: PlayerError): Failure =>
  isRefused ? new Failure(({ review }) => review.noCookies) : new Failure(({ review }) => review.videoFailed, ...reasons);

function About({ analysis, report }: { analysis: Analysis; report: ReportShare | null }) {
  const { language, text } = useApp();
  const { missedEstimate } = analysis.gate;
  return (
    <>
      <h2>{text.review.producers}</h2>
      <ul>
        {analysis.producers.map(({ id, name, version, digest, dataset }) => (
          <li key={id}>{[`${name} ${version}`, digest && `SHA-256 ${digest.slice(0, 12)}…`, dataset].filter(Boolean).join(" · ")}</li>
        ))}
      </ul>
      <p id="missed">{missedEstimate === null ? text.review.notMeasured : text.review.missed(missedEstimate.secondsPerHour, missedEstimate.basis)}</p>
      <h2>{text.review.coverage}</h2>
      <ul>
        {analysis.coverage.map(({ analyser, status, share, error }) => (
          <li key={analyser}>
            {analyser}: {text.run.states[status] ?? status}, {text.review.coverageOf(share)}
            {error !== null && <span className="bad"> {error}</span>}
          </li>
        ))}
        {analysis.leftOut?.map(({ producer, procedures }) => (
          <li key={producer} className="left-out">
            {text.review.leftOut(
              analysis.producers.find(({ id }) => id === producer)?.name ?? producer,
              listOf(
                language,
                procedures.map((procedure) => wordFor(text.procedures, procedure)),
              ),
            )}
          </li>
        ))}
      </ul>
      <p className="soft">{text.review.cost(analysis.cost.forecastUsd, analysis.cost.estimateUsd)}</p>
      {report !== null && <p className="soft">{reportCostIn(text, report).join(" ")}</p>}
    </>
  );
}
