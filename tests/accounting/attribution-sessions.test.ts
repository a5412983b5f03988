import { expect, test } from 'vitest';
import type { ConnWords } from '../support/zeek-text.ts';
import { attributed, day, login, named } from './attributed.ts';

test('a login node has whoever is logged in when a connection begins: one, several, nobody', async () => {
  const ledger = await attributed(
    [
      { at: day('08:00:00'), sent: 1, got: 0, to: '198.51.100.1 443' },
      { at: day('09:30:00'), sent: 20, got: 0, to: '198.51.101.1 443' },
      { at: day('10:30:00'), sent: 300, got: 0, to: '198.51.102.1 443', from: '10.0.1.1 4000' },
      { at: day('11:30:00'), sent: 4000, got: 0, to: '198.51.103.1 443' },
      { at: day('12:00:00'), sent: 50000, got: 0, to: '198.51.104.1 443' },
    ],
    {
      session: [
        login({ uid: '1', principal: 'alice', startedAt: day('09:00:00') }),
        login({ uid: '1', event: 'end', startedAt: day('12:00:00') }),
        login({ uid: '2', principal: 'bob', startedAt: day('10:00:00'), server: 'LOGIN1.example.org' }),
        login({
          uid: '2',
          principal: 'bob',
          event: 'end',
          startedAt: day('11:00:00'),
          server: 'LOGIN1.example.org',
        }),
        // Twice at the same time is still one of them.
        login({
          uid: '3',
          principal: 'alice',
          startedAt: day('10:10:00'),
          endedAt: day('10:50:00'),
          event: 'end',
        }),
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by presence (1): 20',
    'alice by presence (1): 4000',
    'unknown by presence (2): 300',
    'unknown by unknown (0): 1',
    'unknown by unknown (0): 50000',
  ]);
  const sharers = await ledger.built('sharer');
  expect(
    sharers.map(({ principal, fromWeight, toWeight, total }) => [principal, fromWeight, toWeight, total]),
  ).toEqual([
    ['alice', 0n, 1n, 2n],
    ['bob', 1n, 2n, 2n],
  ]);
});

test("a session's own connection is its principal's, whoever else is on the host and however long it lasts", async () => {
  const ledger = await attributed(
    [
      {
        at: day('10:00:00'),
        lasts: 200_000,
        from: '203.0.113.7 50000',
        to: '10.0.0.1 22',
        sent: 0,
        got: 900,
      },
      { at: day('10:00:00'), lasts: 5, from: '203.0.113.7 50001', to: '10.0.0.1 22', sent: 0, got: 7 },
    ],
    {
      session: [
        login({ uid: '1', principal: 'alice', outerPort: 50000, startedAt: day('10:00:02') }),
        login({ uid: '2', principal: 'bob', outerPort: 50002, startedAt: day('09:00:02') }),
        // The same address and port at another server is another connection.
        login({
          uid: '3',
          principal: 'carol',
          outerPort: 50001,
          startedAt: day('10:00:01'),
          server: 'login2',
        }),
      ],
    },
  );
  const cells = await ledger.cells();
  const long = cells.filter(({ out, principal }) => out > 0n && principal === 'alice');
  expect(new Set(long.map(({ basis, present }) => `${basis} ${present}`))).toEqual(new Set(['connection 1']));
  expect(long.reduce((sum, { out }) => sum + out, 0n)).toBe(900n);
  expect(new Set(long.map(({ hour }) => hour.slice(0, 10)))).toEqual(
    new Set(['2026-03-02', '2026-03-03', '2026-03-04']),
  );
  // Opened from outside, and by no session that is known: bob, who is there, has not opened it.
  expect(cells.filter(({ out }) => out === 7n).map(({ principal }) => principal)).toEqual(['unknown']);
});

test('an address of a pool is whose it is at the moment: leases switch, one without an end ends at the next', async () => {
  const pull = (at: string, got: number, net: number): ConnWords => ({
    at: day(at),
    from: `10.200.0.5 ${4000 + net}`,
    to: '10.0.0.2 22',
    sent: 0,
    got,
    service: `s${net}`,
  });
  const ledger = await attributed(
    [
      pull('08:00:00', 1, 1),
      pull('09:30:00', 2, 2),
      pull('10:30:00', 3, 3),
      pull('13:00:00', 4, 4),
      pull('15:00:00', 5, 5),
    ],
    {
      session: [
        { kind: 'vpn', uid: 'v1', principal: 'alice', assigned: '10.200.0.5', startedAt: day('09:00:00') },
        { kind: 'vpn', uid: 'v2', principal: 'bob', assigned: '10.200.0.5', startedAt: day('10:00:00') },
        { kind: 'vpn', uid: 'v2', event: 'end', startedAt: day('12:00:00') },
      ],
      lease: [{ address: '10.200.0.5', principal: 'carol', startedAt: day('14:00:00') }],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by lease (1): 2',
    'bob by lease (1): 3',
    'carol by lease (1): 5',
    'unknown by unknown (0): 1',
    'unknown by unknown (0): 4',
  ]);
});

test('who comes through another host is known there: the same principal, or those who were present', async () => {
  const ledger = await attributed(
    [
      { at: day('10:30:00'), from: '10.0.0.2 4000', sent: 1, got: 0, service: 'a' },
      { at: day('12:30:00'), from: '10.0.0.2 4000', sent: 2, got: 0, service: 'b' },
      { at: day('12:30:00'), from: '10.0.0.11 4000', sent: 3, got: 0, service: 'c' },
    ],
    {
      session: [
        login({ uid: '1', principal: 'alice', startedAt: day('09:00:00') }),
        login({ uid: '1', event: 'end', startedAt: day('13:00:00') }),
        login({ uid: '2', principal: 'bob', startedAt: day('10:00:00') }),
        login({ uid: '2', event: 'end', startedAt: day('11:00:00') }),
        { uid: '3', principal: 'bob', server: 'login2', outer: '10.0.1.1', startedAt: day('10:15:00') },
        { uid: '3', event: 'end', server: 'login2', startedAt: day('11:00:00') },
        { uid: '4', principal: 'root', server: 'login2', outer: '10.0.0.1', startedAt: day('12:00:00') },
        { uid: '5', principal: 'root', server: 'cn001', outer: '10.0.0.2', startedAt: day('12:10:00') },
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'bob by presence (1): 1',
    'unknown by presence (2): 2',
    'unknown by presence (2): 3',
  ]);
  expect(new Set((await ledger.built('sharer')).map(({ principal }) => principal))).toEqual(
    new Set(['alice', 'root']),
  );
});

test('a session ends with the line that says so, whichever process wrote it, and lasts while it is listed', async () => {
  const pull = (at: string, got: number): ConnWords => ({
    at: day(at),
    from: '10.200.0.7 4000',
    to: '10.0.0.2 22',
    sent: 0,
    got,
    service: `s${got}`,
  });
  const listed = (at: string, begun: string) => ({
    kind: 'vpn',
    event: 'snapshot',
    principal: 'bob',
    assigned: '10.200.0.7',
    startedAt: day(begun),
    observedAt: day(at),
  });
  const ledger = await attributed(
    [
      { at: day('09:30:00'), sent: 1, got: 0, service: 'a' },
      { at: day('11:30:00'), sent: 2, got: 0, service: 'b' },
      pull('12:30:00', 3),
      pull('13:55:00', 4),
      pull('14:30:00', 5),
    ],
    {
      session: [
        login({ uid: 'login1[7]', principal: 'alice', outerPort: 50000, startedAt: day('09:00:00') }),
        login({ uid: 'login1[9]', event: 'end', outerPort: 50000, startedAt: day('11:00:00') }),
        listed('13:00:00', '12:00:00'),
        listed('13:50:00', '12:00:00'),
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by presence (1): 1',
    'bob by lease (1): 3',
    'bob by lease (1): 4',
    'unknown by unknown (0): 2',
    'unknown by unknown (0): 5',
  ]);
});

test('what one line of a session says holds for the others: the address from one, the name from another, the end from a third', async () => {
  const pull = (at: string, got: number, from: string): ConnWords => ({
    at: day(at),
    from: `${from} 4000`,
    to: '10.0.0.2 22',
    sent: 0,
    got,
    service: `s${got}`,
  });
  const vpn = { kind: 'vpn', uid: '203.0.113.5:53642', outer: '203.0.113.5', outerPort: 53642 };
  const at = (time: string) => ({ startedAt: day(time), observedAt: day(time) });
  const ledger = await attributed(
    [pull('09:30:00', 1, '10.200.0.2'), pull('09:31:00', 2, '10.200.0.3'), pull('11:30:00', 3, '10.200.0.2')],
    {
      session: [
        { ...vpn, principal: 'alice', ...at('09:00:00') },
        { ...vpn, event: 'snapshot', assigned: '10.200.0.2', ...at('09:00:00') },
        { ...vpn, event: 'snapshot', assigned6: '10.200.0.3', ...at('09:00:00') },
        { ...vpn, event: 'end', endedAt: day('11:00:00'), ...at('11:00:00') },
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by lease (1): 1',
    'alice by lease (1): 2',
    'unknown by unknown (0): 3',
  ]);
});
