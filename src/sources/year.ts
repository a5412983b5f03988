import { stat } from 'node:fs/promises';
import { wholeLines } from './rewrite.ts';

/**
 * The year of times that state none (`Mar  1 10:00:00`): a number is that of an input's first line, `mtime` says that
 * the time at which a file was last changed tells it.
 */
export type StatedYear = number | 'mtime';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MILLIS = 86_400_000;
/** 29 February has no later year than this many before. */
const YEARS_BACK = 8;
const LF = 10;
/** Where the last line with a time is looked for first. */
const TAIL_BYTES = 16 * 1024;

/** Priority, month, and day of a line of syslog without a year. */
const STAMPED = new RegExp(
  `^((?:<\\d{1,3}>(?:\\d{1,2} )?)?)(${MONTHS.join('|')})( +\\d{1,2} )(?=\\d{2}:\\d{2}:\\d{2})`,
  'gm',
);
/** Months before and behind the turn of a year, as they stand in bytes. */
const BEFORE = MONTHS.slice(9).map((month) => `${month} `);
const BEHIND = MONTHS.slice(0, 3).map((month) => `${month} `);

interface MonthAndDay {
  readonly month: number;
  readonly day: number;
}

/**
 * Returns an input's bytes with what its order says of the years of its lines. Logs are written in order: a line of
 * October to December before one of January to March has the turn of the year between; a late line of the last days
 * of December behind one of the first days of January is of the year before. Under a stated number the lines behind a
 * turn say how many years later they are (`Jan  1 +1 00:00:00`, which `syslogTime` adds) and all others stay as they
 * are; under `mtime` each gets its year (`Jan  1 2027 00:00:00`), the first being the latest that is not after the
 * file's last change.
 */
export async function* withYears(
  bytes: AsyncIterable<Buffer>,
  year: StatedYear,
  changedAt: Date | undefined,
): AsyncGenerator<Buffer, void, void> {
  let first: number | undefined;
  let turns = 0;
  let last: MonthAndDay | undefined;

  function turnsOf(next: MonthAndDay): number {
    if (last && last.month >= 9 && next.month <= 2) turns += 1;
    else if (last && isNewYear(last) && isYearsEnd(next)) turns -= 1;
    last = next;
    return turns;
  }

  const rewritten = (whole: string, priority: string, month: string, dayText: string): string => {
    const on = { month: MONTHS.indexOf(month), day: Number(dayText) };
    const later = turnsOf(on);
    if (year === 'mtime') {
      first ??= changedAt && yearBefore(on, changedAt);
      return first === undefined ? whole : `${priority}${month}${dayText}${first + later} `;
    }
    return later === 0 ? whole : `${priority}${month}${dayText}${later > 0 ? '+' : ''}${later} `;
  };

  for await (const block of wholeLines(bytes)) {
    const has = (months: readonly string[]) => months.some((month) => block.includes(month));
    const isBefore = (last !== undefined && last.month >= 9) || has(BEFORE);
    const isBehind = (last !== undefined && isNewYear(last)) || has(BEHIND);
    // Most blocks lie within a year: nothing in them changes, and only a later block may need to know where they ended.
    if (year !== 'mtime' && turns === 0 && !(isBefore && isBehind)) {
      last = (isBefore || isBehind ? lastStamp(block) : undefined) ?? (isBefore ? last : undefined);
      yield block;
      continue;
    }
    yield Buffer.from(block.toString('latin1').replace(STAMPED, rewritten), 'latin1');
  }
}

function isNewYear({ month, day }: MonthAndDay): boolean {
  return month === 0 && day <= 2;
}

function isYearsEnd({ month, day }: MonthAndDay): boolean {
  return month === 11 && day >= 30;
}

/** Returns month and day of a block's last line that has them; it is mostly one of the last few. */
function lastStamp(block: Buffer): MonthAndDay | undefined {
  const tail = block.indexOf(LF, Math.max(0, block.length - TAIL_BYTES)) + 1;
  for (const part of tail > 0 ? [block.subarray(tail), block] : [block]) {
    const [, , month, day] = [...part.toString('latin1').matchAll(STAMPED)].at(-1) ?? [];
    if (month !== undefined) return { month: MONTHS.indexOf(month), day: Number(day) };
  }
  return undefined;
}

/** Returns the latest year in which a day exists and is no later than a moment, in any zone. */
function yearBefore({ month, day }: MonthAndDay, moment: Date): number | undefined {
  const latest = moment.getTime() + DAY_MILLIS;
  const from = new Date(latest).getUTCFullYear();
  return Array.from({ length: YEARS_BACK }, (_, index) => from - index).find((year) => {
    const at = new Date(Date.UTC(year, month, day));
    return at.getUTCMonth() === month && at.getTime() <= latest;
  });
}

/** Returns when a file was last changed. */
export async function changedAt(path: string): Promise<Date> {
  return (await stat(path)).mtime;
}
