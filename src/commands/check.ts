import type { Command } from 'commander';
import type { CheckAnswer } from '../operations/answers/check.ts';
import { contextOf, type PeriodFlags, stated, subjectOf, withPeriod } from './context.ts';
import { EXIT_INPUT } from './exit-codes.ts';
import { coverageMap } from './print/coverage-map.ts';
import { reconciliationText } from './print/reconciliation.ts';
import { safeText } from './print/safe-text.ts';
import { renderTable } from './print/table.ts';
import { formatBytes, formatExact, formatInstant, formatShare } from './print/units.ts';

/** Adds `weir check`. */
export function addCheck(program: Command): void {
  const command = program
    .command('check')
    .description('say what the sensors cover, where time is missing and what weir.yaml leaves open')
    .action(async (flags: PeriodFlags, self: Command) => {
      const context = contextOf(self);
      const { check } = await import('../operations/check.ts');
      const { answer, errors } = await check({ ...(await subjectOf(context)), ...stated(flags) });
      context.answer(answer, checkText);
      if (errors > 0) process.exitCode = EXIT_INPUT;
    });
  withPeriod(command);
}

/** Hours seen and missing, and packets lost. Who logs leases, logins or counters has none of them. */
function watchText({
  paths,
  hoursSeen,
  hoursMissing,
  captureLossShare,
}: CheckAnswer['sensors'][number]): string[] {
  if (paths.length === 0 && hoursSeen === 0) return ['-', '-', '-'];
  const loss = captureLossShare === null ? 'not said' : formatShare(captureLossShare);
  return [formatExact(hoursSeen), formatExact(hoursMissing), loss];
}

/** Returns a check's answer for a person. */
export function checkText({ sensors, unclassified, findings, reconciliation }: CheckAnswer): string {
  const right = { align: 'right' } as const;
  const table = renderTable(
    [
      { title: 'SENSOR' },
      { title: 'PATHS' },
      { title: 'FIRST (UTC)' },
      { title: 'LAST (UTC)' },
      { title: 'RECORDS', ...right },
      { title: 'HOURS SEEN', ...right },
      { title: 'MISSING', ...right },
      { title: 'LOSS', ...right },
    ],
    sensors.map((sensor) => [
      sensor.sensor,
      sensor.paths.join(', ') || '-',
      formatInstant(sensor.firstSeen),
      formatInstant(sensor.lastSeen),
      formatExact(sensor.records),
      ...watchText(sensor),
    ]),
  );
  const share = `Unclassified: ${formatBytes(unclassified.bytes)}, ${formatShare(unclassified.share)} of all bytes.\n`;
  const list = findings.map(
    ({ severity, subject, finding, todo }) =>
      `${severity.padEnd(7)}  ${safeText(subject)}: ${safeText(finding)}\n         ${safeText(todo)}\n`,
  );
  const more = [coverageMap(sensors), reconciliationText(reconciliation)].filter((part) => part !== '');
  return `${table}\n${more.map((part) => `${part}\n`).join('')}${share}\n${list.length > 0 ? list.join('') : 'Nothing to complain of.\n'}`;
}
