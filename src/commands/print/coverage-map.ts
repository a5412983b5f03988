import type { CheckAnswer } from '../../operations/answers/check.ts';
import { safeText } from './safe-text.ts';

/** From nothing seen to everything; the least share that each stands for. */
const SHADES: readonly { readonly mark: string; readonly from: number }[] = [
  { mark: '█', from: 0.999 },
  { mark: '▓', from: 0.9 },
  { mark: '▒', from: 0.5 },
  { mark: '░', from: 0.000_001 },
  { mark: '·', from: 0 },
];
const LEGEND = '█ all seen, ▓ 90 % and more, ▒ half and more, ░ less, · nothing';
/** More days than this are drawn several to a mark, which then stands for the worst of them. */
const MOST_MARKS = 62;

/** Returns the map of what each sensor saw on each day; nothing without days. */
export function coverageMap(all: CheckAnswer['sensors']): string {
  // What writes leases, transfers or counters says nothing of what it saw of a path.
  const sensors = all.filter(({ paths, hoursSeen }) => paths.length > 0 || hoursSeen > 0);
  const days = [...new Set(sensors.flatMap((sensor) => sensor.days.map(({ day }) => day)))].sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return '';
  const each = Math.ceil(days.length / MOST_MARKS);
  const names = sensors.map(({ sensor }) => safeText(sensor));
  const width = Math.max(...names.map((name) => name.length));
  const rows = sensors.map((sensor, index) => {
    const shares = new Map(sensor.days.map(({ day, share }) => [day, share]));
    const marks = Array.from({ length: Math.ceil(days.length / each) }, (_, at) =>
      markOf(Math.min(...days.slice(at * each, (at + 1) * each).map((day) => shares.get(day) ?? 0))),
    );
    return `${(names[index] ?? '').padEnd(width)}  ${marks.join('')}\n`;
  });
  const scale = each === 1 ? 'a mark a day' : `a mark for ${each} days, the worst of them`;
  return `Seen from ${first} to ${last}, ${scale} (${LEGEND}):\n${rows.join('')}`;
}

function markOf(share: number): string {
  return SHADES.find(({ from }) => share >= from)?.mark ?? '·';
}
