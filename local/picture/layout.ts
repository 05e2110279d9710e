import type { Card, Picture } from "./model.ts";

/** Where everything of a picture lies, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly roadTop: number;
  readonly frames: readonly Frame[];
  readonly bands: readonly Band[];
  readonly cards: readonly Placed[];
  readonly wires: readonly Wire[];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Frame extends Box {
  readonly title: string;
}
export interface Band extends Box {
  readonly area: string;
}
export interface Placed extends Box {
  readonly card: Card;
  readonly text: CardText;
}

/** What stands on a card, in lines that fit. */
export interface CardText {
  readonly counts: readonly string[];
  readonly parts: readonly string[];
  /** Rows of names of the foundations that it uses. */
  readonly marks: readonly (readonly string[])[];
}

/** All lines that lead to one component: horizontal and vertical pieces, one arrow, and a dot on each user. */
export interface Wire {
  readonly used: string;
  /** Counts up; for its colour. */
  readonly index: number;
  readonly pieces: readonly { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number }[];
  readonly arrow: { readonly x: number; readonly y: number };
  readonly dots: readonly { readonly x: number; readonly y: number }[];
}

export const sizes = {
  margin: 28,
  header: 74,
  columns: 4,
  card: 252,
  gap: 22,
  /** Left of the cards, for the name of the area. */
  label: 116,
  padding: 14,
  frameHead: 40,
  line: 16,
  /** Between two lines of cards without any wire. */
  channel: 26,
  track: 8,
} as const;

/** Characters that fit on a card. */
const cardCharacters = 38;
const mostCountLines = 3;
const mostPartLines = 2;

export function layoutOf(picture: Picture): Layout {
  const foundations = new Map(
    picture.accounts
      .flatMap(({ areas }) => areas)
      .flatMap(({ cards }) => cards)
      .filter(({ isFoundation }) => isFoundation)
      .map(({ urn, name }) => [urn, name]),
  );
  const lines = linesOf(picture, foundations);
  const nets = netsOf(picture, lines, foundations);
  const tracks = assignTracks(nets);
  const lanes = assignLanes(nets);

  const cardsRight = sizes.margin + sizes.padding + sizes.label + sizes.columns * (sizes.card + sizes.gap) - sizes.gap;
  const laneX = (net: Net): number => cardsRight + 18 + lanes.get(net)! * sizes.track;
  const laneCount = Math.max(0, ...[...lanes.values()].map((lane) => lane + 1));
  const inner = cardsRight + (laneCount > 0 ? 26 + laneCount * sizes.track : 0) + sizes.padding;

  const { tops, channelTops, frames, bands, bottom } = stackLines(picture, lines, tracks, inner);
  const boxes = new Map<string, Placed>();
  for (const [i, { members }] of lines.entries()) {
    for (const { card, text, height, x } of members) boxes.set(card.urn, { card, text, x, y: tops[i]!, width: sizes.card, height });
  }
  return {
    width: inner + sizes.margin,
    height: bottom + sizes.margin,
    roadTop: sizes.header,
    frames,
    bands,
    cards: [...boxes.values()],
    wires: nets.map((net, index) =>
      wireOf(net, index, boxes, tops, (channel) => channelTops[channel + 1]! + 12 + tracks.get(`${net.used} ${channel}`)! * sizes.track, laneX),
    ),
  };
}

interface Member {
  readonly card: Card;
  readonly text: CardText;
  readonly height: number;
  readonly x: number;
}
/** Cards side by side. */
interface Line {
  readonly account: number;
  readonly area: string;
  readonly members: readonly Member[];
}

function linesOf(picture: Picture, foundations: ReadonlyMap<string, string>): Line[] {
  return picture.accounts.flatMap(({ areas }, account) =>
    areas.flatMap(({ name, cards }) =>
      chunks(cards, sizes.columns).map(
        (some): Line => ({
          account,
          area: name,
          members: some.map((card, column) => {
            const text = textOf(card, picture, foundations);
            const rows = text.counts.length + text.parts.length + text.marks.length * 1.3;
            return {
              card,
              text,
              height: Math.round(50 + rows * sizes.line),
              x: sizes.margin + sizes.padding + sizes.label + column * (sizes.card + sizes.gap),
            };
          }),
        }),
      ),
    ),
  );
}

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

function textOf(card: Card, { uses }: Picture, foundations: ReadonlyMap<string, string>): CardText {
  const counts = card.counts.map(({ what, count }) => `${count} ${count === 1 ? what : plural(what)}`);
  const minor = card.minorCount === 0 ? [] : [`${card.minorCount} more`];
  const marks = uses.filter(({ user }) => user === card.urn).flatMap(({ used }) => foundations.get(used) ?? []);
  return { counts: wrap([...counts, ...minor], " · ", mostCountLines), parts: wrap(card.parts, ", ", mostPartLines), marks: rows(marks.sort()) };
}

/** Words joined in lines that fit; what does not fit in so many lines is counted. */
export function wrap(words: readonly string[], joint: string, most: number): string[] {
  const lines: string[] = [];
  for (const [i, word] of words.entries()) {
    const last = lines.at(-1);
    const room = lines.length === most ? cardCharacters - 9 : cardCharacters;
    if (last !== undefined && `${last}${joint}${word}`.length <= room) lines[lines.length - 1] = `${last}${joint}${word}`;
    else if (lines.length < most) lines.push(word.length > cardCharacters ? `${word.slice(0, cardCharacters - 1)}…` : word);
    else {
      lines[lines.length - 1] = `${last}${joint}+ ${words.length - i}`;
      break;
    }
  }
  return lines;
}

/** Width of a mark with its padding, about. */
export const markWidth = (name: string): number => 14 + name.length * 5.9;

function rows(marks: readonly string[]): string[][] {
  const found: string[][] = [];
  let left = 0;
  for (const mark of marks) {
    const width = markWidth(mark) + 5;
    if (width > left) {
      found.push([]);
      left = sizes.card - 24;
    }
    found.at(-1)!.push(mark);
    left -= width;
  }
  return found;
}

export function plural(what: string): string {
  if (/[^aeiou]y$/.test(what)) return `${what.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(what) ? `${what}es` : `${what}s`;
}

/** One component that others use, and where: channel k lies below line k, channel -1 above the first. */
interface Net {
  readonly used: string;
  readonly from: { readonly line: number; readonly x: number };
  readonly users: readonly { readonly urn: string; readonly line: number; readonly x: number }[];
}

/** One net for each component that others use, foundations and what is not drawn apart. */
function netsOf({ uses }: Picture, lines: readonly Line[], foundations: ReadonlyMap<string, string>): Net[] {
  const place = new Map(lines.flatMap(({ members }, line) => members.map(({ card, x }) => [card.urn, { line, x }] as const)));
  const drawn = uses.filter(({ used, user }) => !foundations.has(used) && place.has(used) && place.has(user));
  const order = [...place.keys()].filter((urn) => drawn.some(({ used }) => used === urn));
  // Wires that come into one card are spread along its top in the order of their targets.
  const port = (user: string, used: string): number => {
    const mine = order.filter((urn) => drawn.some((use) => use.user === user && use.used === urn));
    return place.get(user)!.x + (portSpan * sizes.card * (mine.indexOf(used) + 1)) / (mine.length + 1);
  };
  return order.map((used) => {
    const at = place.get(used)!;
    const users = drawn.filter((use) => use.used === used).map(({ user }) => ({ urn: user, line: place.get(user)!.line, x: port(user, used) }));
    return { used, from: { line: at.line, x: at.x + arrowPort * sizes.card }, users };
  });
}

/** Channels that a net touches, each with the points where it leaves or enters a card. */
function channelsOf({ from, users }: Net): Map<number, number[]> {
  const channels = new Map<number, number[]>([[from.line, [from.x]]]);
  for (const { line, x } of users) channels.set(line - 1, [...(channels.get(line - 1) ?? []), x]);
  return channels;
}

/** Wires come into the left part of a card's top and leave at the right end of its bottom, so they never lie on each other. */
const portSpan = 0.88;
const arrowPort = 0.93;

/** Gives each net a track of its own in every channel that it touches. By net and channel. */
function assignTracks(nets: readonly Net[]): Map<string, number> {
  const tracks = new Map<string, number>();
  const taken = new Map<number, number>();
  for (const net of nets) {
    for (const channel of channelsOf(net).keys()) {
      const track = taken.get(channel) ?? 0;
      tracks.set(`${net.used} ${channel}`, track);
      taken.set(channel, track + 1);
    }
  }
  return tracks;
}

/** Lanes right of the cards for nets that touch more than one channel; nets that do not meet share one. */
function assignLanes(nets: readonly Net[]): Map<Net, number> {
  const lanes = new Map<Net, number>();
  const ends: number[] = [];
  const far = nets.map((net) => ({ net, channels: [...channelsOf(net).keys()] })).filter(({ channels }) => channels.length > 1);
  for (const { net, channels } of far.sort((a, b) => Math.min(...a.channels) - Math.min(...b.channels))) {
    const [first, last] = [Math.min(...channels), Math.max(...channels)];
    const free = ends.findIndex((end) => end < first);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = last;
    lanes.set(net, lane);
  }
  return lanes;
}

/** Puts lines, channels, bands of areas and frames of accounts below each other. */
function stackLines(picture: Picture, lines: readonly Line[], tracks: ReadonlyMap<string, number>, inner: number) {
  const trackCount = new Map<number, number>();
  for (const [key, track] of tracks) {
    const channel = Number(key.slice(key.lastIndexOf(" ") + 1));
    trackCount.set(channel, Math.max(trackCount.get(channel) ?? 0, track + 1));
  }
  const channelHeight = (channel: number): number => sizes.channel + (trackCount.get(channel) ?? 0) * sizes.track;
  const tops: number[] = [];
  const channelTops: number[] = [];
  const frames: Frame[] = [];
  const bands: Band[] = [];
  let y = sizes.header + roadHeight(picture);
  for (const [i, line] of lines.entries()) {
    const before = lines[i - 1];
    const opensFrame = before?.account !== line.account;
    const opensBand = opensFrame || before?.area !== line.area;
    if (i > 0 && opensFrame) {
      y += sizes.padding;
      frames.push(close(frames.pop()!, y));
      y += 20;
    }
    if (opensFrame) {
      frames.push({ x: sizes.margin, y, width: inner - sizes.margin, height: 0, title: titleOf(picture, line.account) });
      y += sizes.frameHead;
    }
    channelTops.push(y);
    y += channelHeight(i - 1) - (opensFrame && channelHeight(i - 1) === sizes.channel ? sizes.channel - 12 : 0);
    if (opensBand) bands.push({ x: sizes.margin + sizes.padding, y: y - 10, width: inner - sizes.margin - 2 * sizes.padding, height: 0, area: line.area });
    tops.push(y);
    y += Math.max(...line.members.map(({ height }) => height));
    bands.push(close(bands.pop()!, y + 10));
  }
  channelTops.push(y);
  y += channelHeight(lines.length - 1) - 4;
  if (frames.length > 0) frames.push(close(frames.pop()!, y));
  return { tops, channelTops, frames, bands, bottom: y };
}

/** The arrows of the steps, and below them the functions of the fullest. */
export const mostFunctions = 5;
export const roadHeight = ({ road }: Picture): number =>
  road.length === 0 ? 0 : 62 + 14.5 * Math.min(mostFunctions, Math.max(...road.map(({ functions }) => functions.length)));

const close = <B extends Box>(box: B, bottom: number): B => ({ ...box, height: bottom - box.y });

function titleOf({ accounts }: Picture, index: number): string {
  const { id, providers, regions } = accounts[index]!;
  return id === "" ? "In no account" : `Account ${id}  ·  ${providers.join(", ")}  ·  ${regions.join(", ")}`;
}

function wireOf(
  net: Net,
  index: number,
  boxes: ReadonlyMap<string, Placed>,
  tops: readonly number[],
  trackY: (channel: number) => number,
  laneX: (net: Net) => number,
): Wire {
  const channels = channelsOf(net);
  const box = boxes.get(net.used)!;
  const bottom = box.y + box.height;
  const pieces: { x1: number; y1: number; x2: number; y2: number }[] = [{ x1: net.from.x, y1: bottom + 5, x2: net.from.x, y2: trackY(net.from.line) }];
  const dots = net.users.map(({ line, x }) => ({ x, y: tops[line]! }));
  for (const { line, x } of net.users) pieces.push({ x1: x, y1: trackY(line - 1), x2: x, y2: tops[line]! });
  const far = channels.size > 1 ? [laneX(net)] : [];
  for (const [channel, xs] of channels) {
    const all = [...xs, ...far];
    pieces.push({ x1: Math.min(...all), y1: trackY(channel), x2: Math.max(...all), y2: trackY(channel) });
  }
  if (far.length > 0) {
    const ys = [...channels.keys()].map(trackY);
    pieces.push({ x1: far[0]!, y1: Math.min(...ys), x2: far[0]!, y2: Math.max(...ys) });
  }
  return { used: net.used, index, pieces, arrow: { x: net.from.x, y: bottom }, dots };
}
