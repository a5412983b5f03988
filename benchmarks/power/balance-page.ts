/** docs/balance.md, from what the bench of the balance found. */
import type { BalanceFound } from './balance-found.ts';
import { BREAK_BYTES, type Breaks } from './breaks.ts';
import { LOGS } from './storage-day.ts';
import { lossOf, rateOf } from './summary.ts';
import type { Outcome } from './trial.ts';

const KINDS: Readonly<Record<string, string>> = { everyday: 'habits', otherwise: 'projects' };
/** The goal for one identity on one host, bytes. */
const GOAL_BYTES = 15e12;

/** Returns the page. */
export function balancePage(found: readonly BalanceFound[]): string {
  const seeds = found[0]?.seeds ?? 0;
  return `# What storage logs add to detection

_Written by \`npm run bench:balance\`; do not edit. ${seeds} centres of a tenth of the size of each kind, seeds that nothing was tuned on, a
budget of one lead a week. Everything is simulated ([how](method.md#the-bench)), the storage as well: who exports has mostly made
it before, and how many do not is set by hand (below). What the figures show is how the method fares under such habits, not that people have them._

## False leads

Leads a week in the half-year without a theft, all of them false, with the exact one-sided 95 % bound of a Poisson rate.

| Centre | ${LOGS.map(({ name }) => name).join(' | ')} |
| --- | ${LOGS.map(() => '---').join(' | ')} |
${found.map(rateRow).join('\n')}

## Thefts

Bytes lost before the first lead that the theft earned, median / worst, and what share was found. A theft by one identity was tried on
three victims in each centre; of the first row also the share that was found before 15 TB.

| Centre | Theft | ${LOGS.map(({ name }) => name).join(' | ')} |
| --- | --- | ${LOGS.map(() => '---').join(' | ')} |
${found.flatMap(theftRows).join('\n')}

What found them, most often first, with ${LOGS[2]?.name}: ${found.map(finders).join('; ')}.

## How honest people break the balance

Share of those who sent anything in the judged half-year that had a week with more than ${BREAK_BYTES / 1e9} GB beyond what they had made or
brought in (each byte of it may leave twice), beyond what their tenant had, and beyond all of that and what they had read; and the
share of all egress that was uncovered. One nuisance at a time, and all of them as in the tables above.

| Centre | Nuisance | Own | Tenant's | With reads | Bytes, own | Bytes, tenant's |
| --- | --- | --- | --- | --- | --- | --- |
${found.flatMap(breakRows).join('\n')}
`;
}

function rateRow({ generator, leads, weeks }: BalanceFound): string {
  const cells = leads.map((count) => {
    const { rate, upper } = rateOf(count, weeks);
    return `${rate.toFixed(2)} (${upper.toFixed(2)})`;
  });
  return `| ${KINDS[generator]} | ${cells.join(' | ')} |`;
}

function theftRows({ generator, thefts }: BalanceFound): string[] {
  return thefts.map(({ theft, outcomes }, t) => {
    const cells = outcomes.map((each) => {
      const { medianBytes, worstBytes, share } = lossOf(each);
      const early = t === 0 ? `, ${percent(earlyShare(each))} before 15 TB` : '';
      return `${terabytes(medianBytes)} / ${terabytes(worstBytes)} TB, ${percent(share)}${early}`;
    });
    return `| ${KINDS[generator]} | ${theft.name} | ${cells.join(' | ')} |`;
  });
}

function earlyShare(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ found, lostBytes }) => found && lostBytes < GOAL_BYTES).length / outcomes.length;
}

function finders({ generator, thefts }: BalanceFound): string {
  const first = thefts[0]?.outcomes[2] ?? [];
  return `on ${KINDS[generator]} the first row ${lossOf(first).by}`;
}

function breakRows({ generator, breaks }: BalanceFound): string[] {
  const names = [...new Set(breaks.map(({ nuisance }) => nuisance))];
  return names.map((name) => {
    const own = breaks.filter(({ nuisance }) => nuisance === name);
    const mean = (pick: (one: Breaks) => number) =>
      `${((100 * own.reduce((sum, one) => sum + pick(one), 0)) / own.length).toFixed(1)} %`;
    const cells = [
      mean((one) => one.own),
      mean((one) => one.tenant),
      mean((one) => one.reads),
      mean((one) => one.ownBytes),
      mean((one) => one.tenantBytes),
    ];
    return `| ${KINDS[generator]} | ${name} | ${cells.join(' | ')} |`;
  });
}

function terabytes(bytes: number): string {
  return String(Number((bytes / 1e12).toPrecision(2)));
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
