import { formatHour } from '../records/time.ts';
import type { HourWindow } from './reading.ts';

/** So many gaps of one path are spelled out. */
const SHOWN_GAPS = 3;

/** Returns what is to be said of the part of a window that lies before the first or after the last sign of all. */
export function outsideSpan(window: HourWindow, span: HourWindow): string[] {
  if (span.fromHour === span.toHour) return ['no sensor gave a sign in this window'];
  const before = span.fromHour - window.fromHour;
  const after = window.toHour - span.toHour;
  return [
    ...(before > 0
      ? [`the logs begin at ${formatHour(span.fromHour)}; nothing is known of ${before} h before`]
      : []),
    ...(after > 0
      ? [`the logs end by ${formatHour(span.toHour)}; nothing is known of ${after} h after`]
      : []),
  ];
}

/** What is known of one path (coverage.ts). */
interface PathCoverage {
  readonly path: string;
  readonly sensors: readonly string[];
  readonly gaps: readonly HourWindow[];
  readonly blindHours: number;
}

/** Returns what is to be said of one path: when nobody watched, and what its sensors lost. */
export function pathInWords({ path, gaps, blindHours, sensors }: PathCoverage): string[] {
  if (sensors.length === 0) return [`path ${path}: no sensor watches it`];
  const whole = gaps.reduce((sum, gap) => sum + gap.toHour - gap.fromHour, 0);
  const longest = [...gaps]
    .sort((a, b) => b.toHour - b.fromHour - (a.toHour - a.fromHour))
    .slice(0, SHOWN_GAPS);
  const spelled = longest.map(({ fromHour, toHour }) => `${formatHour(fromHour)} to ${formatHour(toHour)}`);
  const more = gaps.length > spelled.length ? ` and ${gaps.length - spelled.length} more` : '';
  const lost = blindHours - whole;
  return [
    ...(whole > 0 ? [`path ${path}: nobody watched for ${whole} h (${spelled.join(', ')}${more})`] : []),
    ...(lost > 0.005
      ? [`path ${path}: sensors lost or did not report on what amounts to ${lost.toFixed(2)} h`]
      : []),
  ];
}
