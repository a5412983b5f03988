import type { IncidentCase, TimelineEvent } from './case.ts';
import { html, type Markup } from './html-text.ts';
import { instantInWords, timeInWords } from './words.ts';

const WIDTH = 960;
const LEFT = 24;
const RIGHT = 936;
const AXIS = 112;
const LANE = 34;
const COLOURS = { weir: '#0b5cad', signal: '#8250df', people: '#1a7f37' } as const;

/** Whose word an event is: computed from the logs, said outside, or done by people here. */
export function voiceOf({ kind }: Pick<TimelineEvent, 'kind'>): keyof typeof COLOURS {
  if (kind === 'outside signal') return 'signal';
  return ['first byte', 'first evidence', 'threshold crossed'].includes(kind) ? 'weir' : 'people';
}

/** What is drawn: the first of each, notes left out. */
const DRAWN: readonly TimelineEvent['kind'][] = [
  'first byte',
  'threshold crossed',
  'outside signal',
  'opened',
  'acknowledged',
  'contained',
  'closed',
];

type Scale = (millis: number) => number;

/**
 * Returns the case drawn to the scale of time: above the axis how long it went on, and how long the first outside
 * signal waited; below it what happened. Nothing when fewer than two moments are known.
 */
export function pictureOf(told: IncidentCase): Markup {
  const firsts = DRAWN.flatMap((kind) => told.timeline.find((event) => event.kind === kind) ?? []);
  const { acknowledgedAt, containedAt } = told.incident;
  const end = containedAt && acknowledgedAt ? [] : [Date.parse(told.asOfAt)];
  const moments = [...firsts.map(({ at }) => Date.parse(at.estimate)), ...end];
  const [from, to] = [Math.min(...moments), Math.max(...moments)];
  if (firsts.length < 2 || from === to) return html``;
  const x: Scale = (millis) => round(LEFT + ((RIGHT - LEFT) * (millis - from)) / (to - from));
  const begin = (kind: TimelineEvent['kind']) => firsts.find((event) => event.kind === kind)?.at.estimate;
  const bars = [
    barOf(x, 'First byte to containment:', COLOURS.weir, 20, begin('first byte'), containedAt, told.asOfAt),
    barOf(
      x,
      'Signal to acknowledgement:',
      COLOURS.signal,
      60,
      begin('outside signal'),
      acknowledgedAt,
      told.asOfAt,
    ),
  ];
  const places = firsts.map(({ at, kind }) => ({ x: x(Date.parse(at.estimate)), width: kind.length * 7 }));
  const lanes = lanesOf(places);
  const depth = (index: number) => AXIS + 26 + LANE * (lanes[index] ?? 0);
  const leaders = places.map(
    ({ x: at }, index) =>
      html`<line x1="${at}" y1="${AXIS}" x2="${at}" y2="${depth(index) - 12}" stroke="#afb8c1"/>`,
  );
  const marks = firsts.map((event, index) => markOf(event, places[index]?.x ?? LEFT, depth(index)));
  const height = AXIS + 52 + LANE * Math.max(...lanes);
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The case to the scale of time" font-family="system-ui, sans-serif">
<line x1="${LEFT}" y1="${AXIS}" x2="${RIGHT}" y2="${AXIS}" stroke="#1b1f24" stroke-width="2"/>
${bars}${leaders}${marks}
</svg>`;
}

/** A stretch of time above the axis; paler while it still runs. */
function barOf(
  x: Scale,
  name: string,
  colour: string,
  y: number,
  begin: string | undefined,
  finish: string | null,
  now: string,
): Markup {
  const [from, to] = [Date.parse(begin ?? now), Date.parse(finish ?? now)];
  if (begin === undefined || to <= from) return html``;
  const label = `${name} ${timeInWords((to - from) / 1000)}${finish ? '' : ', not yet'}`;
  const [left, right] = [x(from), x(to)];
  const isRight = left > WIDTH / 2;
  return html`<rect x="${left}" y="${y}" width="${round(Math.max(2, right - left))}" height="12" fill="${colour}" fill-opacity="${finish ? 1 : 0.55}"/>
<text x="${isRight ? right : left}" y="${y - 5}" text-anchor="${isRight ? 'end' : 'start'}" font-size="13" fill="#1b1f24">${label}</text>`;
}

/** What happened: a dot on the axis, its name and moment below, kept legible where lines cross. */
function markOf(event: TimelineEvent, at: number, y: number): Markup {
  const anchor = at > WIDTH * 0.8 ? 'end' : at < WIDTH * 0.2 ? 'start' : 'middle';
  return html`<circle cx="${at}" cy="${AXIS}" r="6" fill="${COLOURS[voiceOf(event)]}"/>
<text x="${at}" y="${y}" text-anchor="${anchor}" font-size="13" font-weight="600" fill="#1b1f24" stroke="#fff" stroke-width="4" paint-order="stroke">${event.kind}</text>
<text x="${at}" y="${y + 14}" text-anchor="${anchor}" font-size="11" fill="#57606a" stroke="#fff" stroke-width="4" paint-order="stroke">${instantInWords(event.at.estimate)}</text>`;
}

/** Labels that would meet stand one below the other. */
function lanesOf(labels: readonly { x: number; width: number }[]): number[] {
  const taken: { left: number; right: number }[][] = [];
  return labels.map(({ x, width }) => {
    const room = Math.max(width, 110);
    const left = x > WIDTH * 0.8 ? x - room : x < WIDTH * 0.2 ? x : x - room / 2;
    const own = { left, right: left + room };
    const free = taken.findIndex((lane) =>
      lane.every((other) => other.right < own.left || other.left > own.right),
    );
    const lane = free === -1 ? taken.length : free;
    taken[lane] = [...(taken[lane] ?? []), own];
    return lane;
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
