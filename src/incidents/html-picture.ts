import type { IncidentCase, TimelineEvent } from './case.ts';
import { html, type Markup } from './html-text.ts';
import { instantInWords, timeInWords } from './words.ts';

const WIDTH = 960;
const LEFT = 24;
const RIGHT = 936;
const AXIS = 112;
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

/**
 * Returns the case drawn to the scale of time: above the axis how long it went on, and how long the first outside
 * signal waited; below it what happened. Nothing when fewer than two moments are known.
 */
export function pictureOf(told: IncidentCase): Markup {
  const firsts = DRAWN.flatMap((kind) => told.timeline.find((event) => event.kind === kind) ?? []);
  const micros = (instant: string) => Date.parse(instant);
  const end = told.incident.containedAt && told.incident.acknowledgedAt ? [] : [micros(told.asOfAt)];
  const moments = [...firsts.map(({ at }) => micros(at.estimate)), ...end];
  const [from, to] = [Math.min(...moments), Math.max(...moments)];
  if (firsts.length < 2 || from === to) return html``;
  const x = (moment: number) => LEFT + ((RIGHT - LEFT) * (moment - from)) / (to - from);
  const of = (kind: TimelineEvent['kind']) => firsts.find((event) => event.kind === kind)?.at.estimate;
  const bars = [
    barOf('Data left', of('first byte'), told.incident.containedAt, 20, COLOURS.weir),
    barOf('Signal waited', of('outside signal'), told.incident.acknowledgedAt, 60, COLOURS.signal),
  ];
  function barOf(
    name: string,
    begin: string | undefined,
    finish: string | null,
    y: number,
    colour: string,
  ): Markup {
    if (begin === undefined) return html``;
    const [a, b] = [micros(begin), micros(finish ?? told.asOfAt)];
    if (b <= a) return html``;
    const label = `${name} ${timeInWords((b - a) / 1000)}${finish ? '' : ', still running'}`;
    const [left, right] = [x(a), x(b)];
    const anchor = left > WIDTH / 2 ? 'end' : 'start';
    return html`<rect x="${round(left)}" y="${y}" width="${round(Math.max(2, right - left))}" height="12" fill="${colour}"${finish ? html`` : html` fill-opacity=".55"`}/>
<text x="${round(anchor === 'end' ? right : left)}" y="${y - 5}" text-anchor="${anchor}" font-size="13" fill="#1b1f24">${label}</text>`;
  }
  const lanes = lanesOf(
    firsts.map(({ at, kind }) => ({ x: x(micros(at.estimate)), width: kind.length * 7 })),
  );
  const leaders = firsts.map(({ at: { estimate } }, index) => {
    const at = round(x(micros(estimate)));
    return html`<line x1="${at}" y1="${AXIS}" x2="${at}" y2="${AXIS + 14 + 34 * (lanes[index] ?? 0)}" stroke="#afb8c1"/>`;
  });
  const marks = firsts.map((event, index) => {
    const at = x(micros(event.at.estimate));
    const y = AXIS + 26 + 34 * (lanes[index] ?? 0);
    const anchor = at > WIDTH * 0.8 ? 'end' : at < WIDTH * 0.2 ? 'start' : 'middle';
    return html`<circle cx="${round(at)}" cy="${AXIS}" r="6" fill="${COLOURS[voiceOf(event)]}"/>
<text x="${round(at)}" y="${y}" text-anchor="${anchor}" font-size="13" font-weight="600" fill="#1b1f24" stroke="#fff" stroke-width="4" paint-order="stroke">${event.kind}</text>
<text x="${round(at)}" y="${y + 14}" text-anchor="${anchor}" font-size="11" fill="#57606a" stroke="#fff" stroke-width="4" paint-order="stroke">${instantInWords(event.at.estimate)}</text>`;
  });
  const height = AXIS + 52 + 34 * Math.max(...lanes);
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The case to the scale of time" font-family="system-ui, sans-serif">
<line x1="${LEFT}" y1="${AXIS}" x2="${RIGHT}" y2="${AXIS}" stroke="#1b1f24" stroke-width="2"/>
${bars}${leaders}${marks}
</svg>`;
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
