import { describe, expect, it } from 'vitest';
import { settleTenants } from './tenants.ts';

describe('settleTenants', () => {
  const span = (tenant: string, fromDay: number, toDay: number) => ({
    principal: 'alice',
    tenant,
    fromDay,
    toDay,
  });

  it('gives a principal one tenant a day: the membership that began last, then the first by name', () => {
    expect(
      settleTenants([span('a', 0, 100), span('b', 10, 20), span('d', 15, 16), span('c', 15, 16)]),
    ).toEqual([
      span('a', 0, 10),
      span('b', 10, 15),
      span('c', 15, 16),
      span('b', 16, 20),
      span('a', 20, 100),
    ]);
  });

  it('leaves gaps between memberships, joins what touches, and passes over what ends before it begins', () => {
    expect(settleTenants([span('a', 0, 5), span('a', 5, 7), span('b', 9, 9), span('b', 12, 14)])).toEqual([
      span('a', 0, 7),
      span('b', 12, 14),
    ]);
  });
});
