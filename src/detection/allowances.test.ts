import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type Allowance, type AllowedPair, applyAllowances } from './allowances.ts';

const pair = fc.record({
  host: fc.constantFrom('h1', 'h2'),
  network: fc.constantFrom('n1', 'n2', 'n3'),
  as: fc.constantFrom('AS1', 'AS2'),
  path: fc.constantFrom('border', 'vpn'),
  bytesOut: fc.integer({ min: 0, max: 2 ** 52 }),
});
const part = (values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const allowance = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  scope: fc
    .record({ host: part(['h1', 'h2']), network: part(['n1', 'n2']), path: part(['vpn']) })
    .map((scope) => Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined))),
  capBytes: fc.integer({ min: 0, max: 2 ** 52 }),
  fromDay: fc.integer({ min: 0, max: 10 }),
  expiresOnDay: fc.integer({ min: 5, max: 20 }),
});
const allowances = fc.uniqueArray(allowance, { selector: ({ id }) => id, maxLength: 4 });
const total = (pairs: readonly AllowedPair[]) =>
  pairs.reduce((sum, { bytesOut }) => sum + BigInt(bytesOut), 0n);

describe('registered transfers and expected traffic', () => {
  test.prop([fc.array(pair, { maxLength: 12 }), allowances])(
    'what counts and what is taken is what was given',
    (pairs, all) => {
      const { counted, usedBytes } = applyAllowances(pairs, all, 8);
      const taken = [...usedBytes.values()].reduce((sum, bytes) => sum + BigInt(bytes), 0n);
      expect(total(counted) + taken).toBe(total(pairs));
      for (const { id, capBytes } of all) expect(usedBytes.get(id) ?? 0).toBeLessThanOrEqual(capBytes);
    },
  );

  test.prop([fc.array(pair, { maxLength: 12 }), allowances])('order changes nothing', (pairs, all) => {
    const forward = applyAllowances(pairs, all, 8);
    const backward = applyAllowances([...pairs].reverse(), [...all].reverse(), 8);
    expect(total(backward.counted)).toBe(total(forward.counted));
    expect(new Map([...backward.usedBytes].sort())).toEqual(new Map([...forward.usedBytes].sort()));
  });

  const sent = { host: 'h1', network: 'n1', as: 'AS1', path: 'border', bytesOut: 100 };
  const registered: Allowance = {
    id: 'x',
    scope: { host: 'h1', network: 'n1' },
    capBytes: 150,
    fromDay: 3,
    expiresOnDay: 9,
  };

  test('count again beyond the cap, over the days', () => {
    const first = applyAllowances([sent], [registered], 3);
    expect(first.counted[0]?.bytesOut).toBe(0);
    const second = applyAllowances([sent], [registered], 4, first.usedBytes);
    expect(second.counted[0]?.bytesOut).toBe(50);
    expect(applyAllowances([sent], [registered], 5, second.usedBytes).counted[0]?.bytesOut).toBe(100);
  });

  test('hold for their scope and their days only, the first and the last among them', () => {
    const left = (pair: AllowedPair, day: number, scope = registered.scope) =>
      applyAllowances([pair], [{ ...registered, scope }], day).counted[0]?.bytesOut;
    expect([2, 3, 9, 10].map((day) => left(sent, day))).toEqual([100, 0, 0, 100]);
    const pair = { ...sent, principal: 'alice' };
    const whole = { host: 'h1', network: 'n1', as: 'AS1', path: 'border', principal: 'alice' };
    expect(left(pair, 5, whole)).toBe(0);
    for (const part of ['host', 'network', 'as', 'path', 'principal'] as const) {
      expect([part, left(pair, 5, { ...whole, [part]: 'other' })]).toEqual([part, 100]);
      expect([part, left(pair, 5, { [part]: whole[part] })]).toEqual([part, 0]);
    }
    expect(left(sent, 5, { principal: 'alice' })).toBe(100);
  });

  test('are used up in the order in which they expire, whatever they are called', () => {
    const soon = { ...registered, id: 'z', expiresOnDay: 6 };
    const used = applyAllowances([sent], [registered, soon], 5).usedBytes;
    expect([...used]).toEqual([['z', 100]]);
  });
});
