import { nameOf } from '../statistics.ts';
import { rival, scored, valuesOf } from './rival.ts';

/**
 * A fixed limit for one transfer: the largest sum of the day from a host to one network. The oldest rule of data-loss
 * products; RITA's and Zeek's "long and large connections" lists are the same.
 */
export const perTransfer = rival<null>({
  name: 'fixed limit per transfer',
  source: 'common practice',
  create: () => null,
  score(_, today, rows) {
    const largest = new Map<number, number>();
    for (const { host, bytes } of rows) {
      host.forEach((h, i) => {
        largest.set(h, Math.max(largest.get(h) ?? 0, bytes[i] as number));
      });
    }
    return [...largest].map(([host, bytes]) => scored(today, 'host', nameOf('host', host), bytes));
  },
});

/** A fixed limit for a host's day. */
export const perDay = rival<null>({
  name: 'fixed limit per host and day',
  source: 'common practice',
  create: () => null,
  score: (_, today) =>
    [...valuesOf(today, 'host')].map(([entity, bytes]) => scored(today, 'host', entity, bytes)),
});
