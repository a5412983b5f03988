import { type MissingLines, missingLines } from '../accounting/missing-lines.ts';
import { formatMicros, HOURS_PER_DAY } from '../records/time.ts';
import type { CheckAnswer, Finding } from './answers/check.ts';
import type { HourWindow, Reading } from './reading.ts';

type Gap = CheckAnswer['sensors'][number]['gaps'][number];

/** Where lines of numbered logs are missing, as gaps of their sensors and in words. */
export interface LinesView {
  gapsOf(sensor: string): readonly Gap[];
  readonly findings: readonly Finding[];
}

/** So many gaps are spelled out, the largest. */
const SHOWN = 3;
/** Whoever filters a log before it is imported leaves out more than is lost by chance. */
const FILTERED_SHARE = 0.5;

/** Returns which lines are missing in a period, in logs that number their lines (Lustre changelogs, Linux audit). */
export async function linesView(reading: Reading, window: HourWindow): Promise<LinesView> {
  const day = (hour: number) => Math.floor(hour / HOURS_PER_DAY);
  const files = reading.factFiles('numbers', day(window.fromHour), day(window.toHour - 1));
  const all = await missingLines(reading.db, files);
  const bySensor = new Map<string, MissingLines[]>();
  for (const each of all) bySensor.set(each.sensor, [...(bySensor.get(each.sensor) ?? []), each]);
  return {
    gapsOf: (sensor) =>
      (bySensor.get(sensor) ?? []).map((each) => ({
        from: formatMicros(each.fromMicros),
        to: formatMicros(each.toMicros),
        reason: inWords(each),
      })),
    findings: [...bySensor].map(([sensor, some]) => findingOf(sensor, some)),
  };
}

function inWords({ series, missing, present, firstNumber, lastNumber }: MissingLines): string {
  const of = series === '' ? '' : ` of ${series}`;
  return `${missing} of ${missing + present} lines${of} are missing (numbers ${firstNumber} to ${lastNumber})`;
}

function findingOf(sensor: string, gaps: readonly MissingLines[]): Finding {
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const present = gaps.reduce((sum, gap) => sum + gap.present, 0);
  const largest = [...gaps]
    .sort((a, b) => b.missing - a.missing || a.fromMicros - b.fromMicros)
    .slice(0, SHOWN);
  const minute = (micros: number) => `${formatMicros(micros).slice(0, 16)}Z`;
  const spelled = largest.map(
    (gap) => `${minute(gap.fromMicros)} to ${minute(gap.toMicros)}: ${inWords(gap)}`,
  );
  const more = gaps.length > SHOWN ? `; ${gaps.length - SHOWN} more` : '';
  const isFiltered = missing > FILTERED_SHARE * (missing + present);
  return {
    severity: 'warning',
    subject: `sensor ${sensor}`,
    finding: `Its lines are numbered, and ${missing} are on no line that was imported (${spelled.join('; ')}${more}).`,
    todo: isFiltered
      ? 'If the log is filtered before it is imported, import it whole: what is missing can then be told from what was left out.'
      : 'Import the missing logs. Where there are none, find out who removed the lines: what they told of is in no figure.',
  };
}
