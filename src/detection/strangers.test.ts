/** A centre whose life changes in a way that nothing before had shown: the budget must hold again soon, whatever the change. */
import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { createState } from './state.ts';
import { pairDays, type Sent, statisticsOf, uniforms } from './test-centre.ts';

const HOSTS = 80;
const CHANGE = 45;
const DAYS = 115;

/** Hosts that send to where they always sent; from one day on, two of them a day begin three weeks of a project elsewhere. */
function days(seed: number): Sent[][] {
  const uniform = uniforms(seed);
  const sent = Array.from({ length: DAYS }, (): Sent[] =>
    Array.from({ length: HOSTS }, (_, host) => ({
      host: `h${host}`,
      network: `n${host}`,
      as: `AS${host % 20}`,
      path: 'border',
      bytesOut: Math.ceil(1e9 * (0.5 + uniform())),
    })),
  );
  for (let day = CHANGE; day < DAYS; day++) {
    for (const place of ['a', 'b']) {
      const host = `h${Math.floor(HOSTS * uniform())}`;
      const level = 5e9 * Math.exp(2 * uniform());
      for (let d = day; d < Math.min(DAYS, day + 21); d++) {
        const bytesOut = Math.ceil(level * (0.5 + uniform()));
        sent[d]?.push({ host, network: `${place}${day}`, as: `AS${day % 20}`, path: 'border', bytesOut });
      }
    }
  }
  return sent;
}

test('when life changes, leads soon refute thresholds that rest on a past that is over', () => {
  const state = createState();
  const leads = pairDays(days(1), 0).map(
    (pairs, day) => advance(state, statisticsOf(day, pairs)).leads.length,
  );
  const between = (from: number, to: number) => leads.slice(from, to).reduce((sum, count) => sum + count, 0);
  expect(between(0, CHANGE)).toBeLessThan(3);
  // The change itself is told: it might have been a theft.
  expect(between(CHANGE, CHANGE + 14)).toBeGreaterThan(3);
  // With sizes that teach nothing and thresholds set once a week there were 113 leads in these eight weeks.
  expect(between(CHANGE + 14, DAYS)).toBeLessThan(12);
});
