import type { CaseDetail } from "../contracts/api.ts";
import { FrameIndex, lastNotAfter } from "../contracts/frame-table.ts";
import { clock } from "../contracts/presentation.ts";
import { fetchFrameTable, fetchReport } from "./api.ts";
import { Boxes } from "./boxes.ts";
import { drawLanes, frameUnder, type Lane, lanesOf } from "./lanes.ts";
import { reportElements } from "./report.ts";
import { type Language, type TextKey, texts } from "./text.ts";

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

/** Shows an analysed case: its video, the boxes over it, the timeline and the table of moments. Returns the clean-up. */
export async function showPlayer(detail: CaseDetail, language: Language): Promise<() => void> {
  const { analysis, links } = detail;
  const player = element("player");
  if (!analysis || !links.frameTable) {
    player.hidden = true;
    return () => undefined;
  }
  const words = (key: TextKey): string => texts[language][key];
  const frames = new FrameIndex(await fetchFrameTable(links.frameTable));
  const { frameCount } = analysis.media.source;
  const lanes = lanesOf(analysis, { gate: words("gate"), shots: words("shots") });
  const video = element<HTMLVideoElement>("video");
  const timeline = element<HTMLCanvasElement>("timeline");
  const overlay = element<HTMLCanvasElement>("boxes");
  player.hidden = false;
  if (links.review) video.src = links.review;
  if (links.timeline) element<HTMLTrackElement>("chapters").src = links.timeline;
  timeline.setAttribute("aria-label", words("timeline"));
  const tell = (error: Error): void => {
    element("status").textContent = `${words("failed")} ${error.message}`;
  };
  const boxes = analysis.detections.map((detections) => new Boxes(detections, links.detections[detections.producer] ?? [], frameCount, tell));

  /** Source frame on the screen, through the frame table: never time times rate. */
  const shownFrame = (mediaTime: number): number => {
    if (!links.review) return 0;
    const { pts, timebase } = frames.rendition("review");
    const ticks = (pts[0] as number) + Math.round((mediaTime * timebase.den) / timebase.num);
    return frames.toSource("review", Math.max(0, lastNotAfter(pts, ticks + 1)));
  };
  /** Goes to the middle of a frame, so that rounding can't show its neighbour. */
  const goTo = (frame: number): void => {
    if (!links.review) return;
    const { pts, timebase } = frames.rendition("review");
    const at = frames.toRendition("review", frame);
    const next = pts[at + 1] ?? (pts[at] as number);
    video.currentTime = ((((pts[at] as number) + next) / 2 - (pts[0] as number)) * timebase.num) / timebase.den;
  };
  const show = (frame: number): void => {
    element("position").textContent = `${clock(frames.secondsOf(frame))} · ${words("frame")} ${frame}`;
    drawLanes(timeline, lanes, frameCount, frame);
    for (const each of boxes) each.draw(overlay, analysis.media.raster, frame);
  };
  let callback = 0;
  const follow: VideoFrameRequestCallback = (_now, { mediaTime }) => {
    show(shownFrame(mediaTime));
    callback = video.requestVideoFrameCallback(follow);
  };
  callback = video.requestVideoFrameCallback(follow);
  const click = (event: MouseEvent): void => goTo(frameUnder(timeline, event.clientX, frameCount));
  const redraw = (): void => show(shownFrame(video.currentTime));
  timeline.addEventListener("click", click);
  addEventListener("resize", redraw);
  fillMoments(lanes, frames, goTo);
  const report = element("report");
  report.replaceChildren();
  // Asked for by people only: a report comes later than its analysis.
  element("show-report").onclick = async () => {
    try {
      report.replaceChildren(...reportElements(await fetchReport(detail.case.caseId, language), analysis, language, goTo));
    } catch (error) {
      report.textContent = (error as Error).message;
    }
  };
  fillProducers(analysis.producers);
  show(0);
  return () => {
    video.cancelVideoFrameCallback(callback);
    timeline.removeEventListener("click", click);
    removeEventListener("resize", redraw);
    video.removeAttribute("src");
    video.load();
  };
}

function fillMoments(lanes: readonly Lane[], frames: FrameIndex, goTo: (frame: number) => void): void {
  const moments = lanes.flatMap(({ spans }) => spans).sort((a, b) => a.startFrame - b.startFrame);
  element("moments").replaceChildren(
    ...moments.map(({ startFrame, endFrame, title, producer }) => {
      const row = document.createElement("tr");
      const jump = document.createElement("button");
      jump.type = "button";
      jump.textContent = clock(frames.secondsOf(startFrame));
      jump.addEventListener("click", () => goTo(startFrame));
      const seconds = frames.secondsOf(endFrame - 1) - frames.secondsOf(startFrame);
      const cells: (string | HTMLElement)[] = [jump, title, seconds.toFixed(1), producer];
      row.append(
        ...cells.map((content) => {
          const cell = document.createElement("td");
          cell.append(content);
          return cell;
        }),
      );
      return row;
    }),
  );
}

function fillProducers(producers: NonNullable<CaseDetail["analysis"]>["producers"]): void {
  element("producers").replaceChildren(
    ...producers.map(({ name, version, digest, dataset }) => {
      const item = document.createElement("li");
      item.textContent = [`${name} ${version}`, digest && `SHA-256 ${digest.slice(0, 12)}…`, dataset].filter(Boolean).join(" · ");
      return item;
    }),
  );
}
