import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import type { Lead } from './lead.ts';
import { createState } from './state.ts';
import { pairDays, type Sent, statisticsOf } from './test-centre.ts';

/** The leads of a host that sends a kilobyte a day, and on its 40th day something else. */
function leadsAfter(lastBytes: number): readonly Lead[] {
  const state = createState();
  const one: Sent = { host: 'one', network: 'n', as: 'as', path: 'p', bytesOut: 1000 };
  const days = Array.from({ length: 40 }, (_, day) => [day < 39 ? one : { ...one, bytesOut: lastBytes }]);
  return pairDays(days, 0).flatMap((pairs, day) => advance(state, statisticsOf(day, pairs)).leads);
}

test('a record of next to nothing is none to be broken: what is small is no lead, however unusual', () => {
  expect(leadsAfter(25_000_000)).toEqual([]);
  const loud = leadsAfter(50_000_000_000).find(({ family }) => family === 'host');
  expect(loud?.channels.map(({ bet }) => bet)).toContain('loud');
});
