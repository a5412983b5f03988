import { describe, expect, test } from 'vitest';
import { commitFacts } from '../support/identity-facts.ts';
import { testLedger } from '../support/ledgers.ts';
import { type Fetched, fetched, RELAY_YAML, served } from '../support/relay-logs.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const at = (time: string) => `2026-03-02T${time}Z`;
const RELAY = '192.0.2.6';

/** A connection of a relay, seen at the border: it sends what tells it from the others. */
type Seen = readonly [
  sent: number,
  begin: string,
  lasts: number,
  more?: { readonly got?: number; readonly port?: number; readonly relay?: string },
];
type Row = readonly [client: string, begin: string, lasts: number, more?: Partial<Fetched>];

const connections = (seen: readonly Seen[]) =>
  zeekTsv(
    seen.map(([sent, begin, lasts, { got = 100_000, port = 40_000 + sent, relay = RELAY } = {}]) =>
      conn({
        uid: `C${sent}`,
        at: at(begin),
        from: `${relay} ${port}`,
        to: '198.51.100.7 443',
        lasts,
        sent,
        got,
      }),
    ),
  );

const log = (rows: readonly Row[]) =>
  rows
    .map(([client, begin, lasts, more]) =>
      fetched({ at: at(begin), lasts, client, bytes: 90_000, method: 'CONNECT', ...more }),
    )
    .join('');

/** Returns whose each connection is, by what it sent: `bytes host`. */
async function owners(seen: readonly Seen[], rows: readonly Row[]): Promise<string[]> {
  const ledger = testLedger(RELAY_YAML);
  await ledger.importFiles({ 'zeek/conn.log': connections(seen), 'squid-1/access.log': log(rows) });
  return (await ledger.cells())
    .filter(({ out }) => out > 0n)
    .map(({ host, out }) => `${out} ${host}`)
    .sort();
}

/** Returns what each host was sent. */
async function fetchedBy(got: number, logs: Readonly<Record<string, string>>): Promise<[string, number][]> {
  const ledger = testLedger(RELAY_YAML);
  await ledger.importFiles({ 'zeek/conn.log': connections([[1000, '10:00:00', 600, { got }]]), ...logs });
  return (await ledger.cells()).map(({ host, in: bytes }): [string, number] => [host, Number(bytes)]).sort();
}

const GET = { method: 'GET' } as const;

describe('of the connections that a request may have gone over', () => {
  test('a tunnel has the one with its begin and its end, and of two as near the earlier', async () => {
    const row: Row = ['10.0.0.1', '10:05:00', 300];
    expect(
      await owners(
        [
          [1, '10:00:00', 600],
          [2, '10:05:00', 300],
        ],
        [row],
      ),
    ).toEqual(['1 192.0.2.6', '2 10.0.0.1']);
    // Whichever has the lower port.
    expect(
      await owners(
        [
          [1, '10:05:00', 600],
          [2, '10:05:00', 300],
        ],
        [row],
      ),
    ).toEqual(['1 192.0.2.6', '2 10.0.0.1']);
    expect(
      await owners(
        [
          [1, '10:05:00', 300],
          [2, '10:05:00', 600],
        ],
        [row],
      ),
    ).toEqual(['1 10.0.0.1', '2 192.0.2.6']);
    expect(
      await owners(
        [
          [1, '10:04:55', 300],
          [2, '10:05:05', 300],
        ],
        [row],
      ),
    ).toEqual(['1 10.0.0.1', '2 192.0.2.6']);
  });

  test('one that can have carried its bytes is taken before one that is nearer in time', async () => {
    expect(
      await owners(
        [
          [1, '10:00:00', 60],
          [2, '10:00:00', 600, { got: 9_000_000 }],
        ],
        [['10.0.0.1', '10:00:00', 60, { bytes: 8_900_000 }]],
      ),
    ).toEqual(['1 192.0.2.6', '2 10.0.0.1']);
    const ledger = testLedger(RELAY_YAML);
    const client = (uid: string, lasts: number, got: number) =>
      conn({
        uid,
        at: at('10:00:00'),
        from: `198.51.100.7 5000${uid.slice(1)}`,
        to: '192.0.2.7 443',
        lasts,
        sent: 900,
        got,
      });
    await ledger.importFiles({
      'zeek/conn.log': zeekTsv([client('C1', 60, 5000), client('C2', 600, 4_000_000)]),
      'rgw-1/ops.json': served({
        at: at('10:00:00'),
        lasts: 60,
        client: '198.51.100.7',
        user: 'erin',
        bytes: 4_000_000,
      }),
    });
    expect((await ledger.cells()).map(({ principal, out }) => `${principal} ${out}`).sort()).toEqual([
      'erin 4000000',
      'unknown 5000',
    ]);
  });

  test('a request has the nearest that holds it but for two seconds, and none that is a tunnel', async () => {
    const late: readonly Seen[] = [
      [1, '10:00:00', 60],
      [2, '10:00:30', 270],
    ];
    const early: readonly Seen[] = [
      [1, '10:20:10', 50],
      [2, '10:15:00', 900],
    ];
    expect(await owners(late, [['10.0.0.1', '10:00:57', 13, GET]])).toEqual(['1 192.0.2.6', '2 10.0.0.1']);
    expect(await owners(late, [['10.0.0.1', '10:00:57', 4, GET]])).toEqual(['1 10.0.0.1', '2 192.0.2.6']);
    expect(await owners(early, [['10.0.0.1', '10:20:00', 30, GET]])).toEqual(['1 192.0.2.6', '2 10.0.0.1']);
    expect(
      await owners(early, [
        ['10.0.0.1', '10:20:10', 50],
        ['10.0.0.2', '10:20:20', 30, GET],
      ]),
    ).toEqual(['1 10.0.0.1', '2 10.0.0.2']);
  });

  test('clocks of a proxy and of a sensor may differ', async () => {
    expect(await owners([[1, '10:00:00', 60]], [['10.0.0.1', '09:59:50', 80]])).toEqual(['1 10.0.0.1']);
  });

  test('a port that is used again is another connection, unless it is within ten minutes', async () => {
    const port = { port: 40_001 };
    expect(
      await owners(
        [
          [1, '09:00:00', 60, port],
          [2, '10:00:00', 60, port],
          [4, '11:00:00', 60, port],
        ],
        [['10.0.0.1', '10:00:00', 60]],
      ),
    ).toEqual(['1 192.0.2.6', '2 10.0.0.1', '4 192.0.2.6']);
    expect(
      await owners(
        [
          [1, '10:00:00', 60, port],
          [2, '10:08:00', 60, port],
        ],
        [['10.0.0.1', '10:00:00', 540]],
      ),
    ).toEqual(['3 10.0.0.1']);
  });

  test('it is of the proxy whose log tells of it', async () => {
    const ledger = testLedger(RELAY_YAML.replace('logs: [nat-1]', 'logs: [squid-2]'));
    await ledger.importFiles({
      'zeek/conn.log': connections([
        [1, '10:00:00', 60],
        [2, '10:00:05', 90, { relay: '192.0.2.5' }],
      ]),
      'squid-2/access.log': log([['10.0.0.1', '10:00:00', 60]]),
    });
    expect((await ledger.cells()).map(({ host, out }) => `${out} ${host}`).sort()).toEqual([
      '1 192.0.2.6',
      '2 10.0.0.1',
    ]);
  });
});

describe('of what a shared connection carried', () => {
  test('a twentieth and 8 KiB for each request are headers, and what is beyond is nobody’s', async () => {
    const one = { 'squid-1/access.log': log([['10.0.0.1', '10:00:01', 5, { ...GET, bytes: 1_000_000 }]]) };
    expect(await fetchedBy(1_058_192, one)).toEqual([['10.0.0.1', 1_058_192]]);
    const [known, rest] = await fetchedBy(2_058_192, one);
    expect([known?.[0], rest?.[0]]).toEqual(['10.0.0.1', RELAY]);
    expect(Math.abs((rest?.[1] ?? 0) - 1_000_000)).toBeLessThan(4);
    const three = [1, 2, 3].map(
      (second): Row => ['10.0.0.1', `10:00:0${second}`, 5, { ...GET, bytes: 1000 }],
    );
    expect(await fetchedBy(27_000, { 'squid-1/access.log': log(three) })).toEqual([['10.0.0.1', 27_000]]);
  });

  /** What an exporter of flows tells of bytes to the relay's port 40001 from a second on: JSON lines of goflow2. */
  function exported(type: 'SFLOW_5' | 'NETFLOW_V9', seconds: number, lasts: number): string {
    const nanos = (after: number) => `${Date.parse(at('10:00:00')) + 1000 * after}000000`;
    const flow = {
      type,
      sampling_rate: 1,
      time_received_ns: nanos(seconds + lasts),
      time_flow_start_ns: nanos(seconds),
      time_flow_end_ns: nanos(seconds + lasts),
      bytes: 5_000_028,
      packets: 1,
      src_addr: '198.51.100.7',
      dst_addr: RELAY,
      proto: 'UDP',
      src_port: 443,
      dst_port: 40_001,
    };
    return `${JSON.stringify(flow).replaceAll(/"(\d{19})"/g, '$1')}\n`;
  }
  const half: Row = ['10.0.0.1', '10:00:00', 1, { ...GET, bytes: 5_000_000 }];

  test.each([
    ['samples of one instant', exported('SFLOW_5', 0, 0).repeat(2)],
    ['parts one after the other', exported('NETFLOW_V9', 0, 60) + exported('NETFLOW_V9', 60, 60)],
  ])('a connection of which %s are logged carried their sum', async (_, parts) => {
    const ledger = testLedger(RELAY_YAML);
    await ledger.importFiles({ 'zeek/parts.json': parts, 'squid-1/access.log': log([half]) });
    const hosts = (await ledger.cells()).map(({ host, in: got }) => [host, Number(got) > 4_500_000]);
    expect(hosts.sort()).toEqual([
      ['10.0.0.1', true],
      [RELAY, true],
    ]);
  });

  test('parts that two sensors logged are told twice, and carried once', async () => {
    const ledger = testLedger(
      RELAY_YAML.replace('sensors: [zeek] }', 'sensors: [zeek, other] }').replace(
        'files: "zeek/**" }',
        'files: "zeek/**" }\n  - { name: other, files: "other/**" }',
      ),
    );
    const whole: Row = ['10.0.0.1', '10:00:00', 1, { ...GET, bytes: 10_000_000 }];
    await ledger.importFiles({
      'zeek/parts.json': exported('NETFLOW_V9', 0, 60) + exported('NETFLOW_V9', 60, 60),
      'other/parts.json': exported('NETFLOW_V9', 1, 60) + exported('NETFLOW_V9', 61, 60),
      'squid-1/access.log': log([whole]),
    });
    expect([...new Set((await ledger.cells()).map(({ host }) => host))]).toEqual(['10.0.0.1']);
  });

  test('a request that was answered with nothing had the connection all the same', async () => {
    expect(
      await fetchedBy(100, {
        'squid-1/access.log': log([['10.0.0.1', '10:00:01', 5, { ...GET, bytes: 0 }]]),
      }),
    ).toEqual([['10.0.0.1', 100]]);
  });

  test('a line that two files have counts once', async () => {
    const [one, other]: Row[] = [
      ['10.0.0.1', '10:00:01', 5, { ...GET, bytes: 3_000_000 }],
      ['10.0.0.2', '10:00:02', 5, { ...GET, bytes: 3_000_000 }],
    ];
    if (!one || !other) throw new Error('two rows');
    expect(
      await fetchedBy(6_000_000, {
        'squid-1/access.log': log([other, one]),
        'squid-1/again.log': log([one]),
      }),
    ).toEqual([
      ['10.0.0.1', 3_000_000],
      ['10.0.0.2', 3_000_000],
    ]);
  });

  test('who was at a client is asked for the first of its requests', async () => {
    const ledger = testLedger(RELAY_YAML);
    const stay = (principal: string, from: string, to: string) => ({
      principal,
      server: 'login1',
      event: 'end',
      startedAt: at(from),
      endedAt: at(to),
    });
    await commitFacts(ledger, {
      session: [stay('alice', '10:00:00', '10:30:00'), stay('bob', '10:50:00', '11:30:00')],
    });
    await ledger.importFiles({
      'zeek/conn.log': connections([[1, '10:00:00', 7000]]),
      'squid-1/access.log': log([
        ['10.0.0.1', '10:05:00', 5, GET],
        ['10.0.0.1', '11:05:00', 5, { ...GET, bytes: 1000 }],
      ]),
    });
    expect(new Set((await ledger.cells()).map(({ principal }) => principal))).toEqual(new Set(['alice']));
  });
});
