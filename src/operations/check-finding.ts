import { formatHour } from '../records/time.ts';
import type { Finding } from './answers/check.ts';
import type { Gap } from './sensor-view.ts';

/** So many gaps, holes or files are named; of the others only how many there are. */
export const SHOWN_GAPS = 3;

/** Returns a finding that a check fails for. */
export function error(subject: string, finding: string, todo: string): Finding {
  return { severity: 'error', subject, finding, todo };
}

/** Returns a finding that somebody should look after. */
export function warning(subject: string, finding: string, todo: string): Finding {
  return { severity: 'warning', subject, finding, todo };
}

/** Returns a finding that is good to know. */
export function note(subject: string, finding: string, todo: string): Finding {
  return { severity: 'note', subject, finding, todo };
}

/** Returns a share in percent with three significant digits. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** Returns the longest gaps in order of time, each with its reason, and how many more there are. */
export function gapsInWords(gaps: readonly Gap[]): string {
  const longest = [...gaps]
    .sort((a, b) => b.toHour - b.fromHour - (a.toHour - a.fromHour))
    .slice(0, SHOWN_GAPS);
  const spelled = longest
    .sort((a, b) => a.fromHour - b.fromHour)
    .map(({ fromHour, toHour, reason }) => `${formatHour(fromHour)} to ${formatHour(toHour)}: ${reason}`);
  return spelled.join('; ') + (gaps.length > SHOWN_GAPS ? `; ${gaps.length - SHOWN_GAPS} more` : '');
}
