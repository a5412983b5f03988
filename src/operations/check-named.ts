import type { KnownFlows } from '../accounting/attribution/attribution-query.ts';
import { formatDay } from '../records/time.ts';
import type { Finding } from './answers/check.ts';
import { percent, warning } from './check-finding.ts';

/** What is missing where connections that used to be known on some basis are not. */
const LOGS: Readonly<Record<string, string>> = {
  lease: 'the log of who was lent which address (VPN sessions, leases)',
  presence: 'a log of logins or jobs',
  transfer: 'a log of transfers',
  connection: 'a log of logins or VPN sessions',
};
/** Fewer days say nothing of what is usual. */
const LEAST_DAYS = 5;
/** What is known of fewer connections than this, by what is usual, may be none by chance. */
const LEAST_EXPECTED = 20;
/** A share that is this much smaller than usual is a hole and no quiet day. */
const HOLE_SHARE = 0.25;
/** What names hardly anybody is missed by nobody. */
const LEAST_USUAL = 0.05;

/**
 * Returns what flows say of logs that are missing: days on which hardly any connection of a path is known on a basis on which
 * many are usual. Sessions, jobs and transfers number nothing and have quiet days; their connections tell the two
 * apart, for on a quiet day these are missing as well.
 */
export function missingNames(rows: readonly KnownFlows[]): Finding[] {
  const paths = [...new Set(rows.map(({ path }) => path))].sort();
  return paths.flatMap((path) => {
    const own = rows.filter((row) => row.path === path);
    const all = sumsByDay(own);
    return Object.entries(LOGS).flatMap(([basis, log]): Finding[] => {
      const known = sumsByDay(own.filter((row) => row.basis === basis));
      const shares = [...all].map(([day, flows]) => ({ day, flows, share: (known.get(day) ?? 0) / flows }));
      const usual = median(shares.map(({ share }) => share));
      if (shares.length < LEAST_DAYS || usual < LEAST_USUAL) return [];
      const holes = shares.filter(
        ({ flows, share }) => flows * usual >= LEAST_EXPECTED && share < usual * HOLE_SHARE,
      );
      if (holes.length === 0) return [];
      const flows = holes.reduce((sum, hole) => sum + hole.flows, 0);
      const found = holes.reduce((sum, hole) => sum + hole.flows * hole.share, 0);
      return [
        warning(
          `path ${path}`,
          `Of its ${flows} connections on ${daysInWords(holes.map(({ day }) => day))} ${percent(found / flows)} are known by ${basis}; ${percent(usual)} are usual. It seems that ${log} is missing for this time: what went over them is nobody's, or somebody else's share.`,
          'Import it; the days are built again by themselves. What no log has stays unknown.',
        ),
      ];
    });
  });
}

/** Connections by day, of days that have any. */
function sumsByDay(rows: readonly KnownFlows[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { day, flows } of rows) if (flows > 0) sums.set(day, (sums.get(day) ?? 0) + flows);
  return sums;
}

/** Returns the middle value, of two middle ones the smaller; 0 of none. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? 0;
}

/** Returns days in a row as first and last: `2026-03-01, 2026-03-04 to 2026-03-06`. */
function daysInWords(days: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && day === last[1] + 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs
    .map(([first, last]) => (first === last ? formatDay(first) : `${formatDay(first)} to ${formatDay(last)}`))
    .join(', ');
}
