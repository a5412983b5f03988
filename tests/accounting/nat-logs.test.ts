import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { destroyed, RELAY_YAML } from '../support/relay-logs.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

const at = (time: string) => `2026-03-02T${time}Z`;
const SERVER = '198.51.100.7 443';
const RELAY = '192.0.2.5 40001';

/** A connection of the relay as the border saw it: ten seconds. */
const border = (time: string, sent: number, more: Partial<ConnWords> = {}) =>
  conn({ uid: `C${sent}`, at: at(time), from: RELAY, to: SERVER, lasts: 10, sent, got: 3, ...more });

/** What the relay's log says of a client that had its port; without `lasted` it does not say since when. */
const owner = (from: string, end: string, lasted?: number) =>
  destroyed({
    end: at(end),
    from: `${from} 7`,
    as: RELAY,
    to: SERVER,
    sent: 1040,
    ...(lasted === undefined ? {} : { lasted }),
  });

async function hosts(files: Record<string, string>, yaml = RELAY_YAML): Promise<string[]> {
  const ledger = testLedger(yaml);
  await ledger.importFiles(files);
  return (await ledger.cells()).map(({ host, out, flows }) => `${host} ${out} ${flows}`).sort();
}

test('of two clients that a log gives the same port, who had it first is named; of two that fit alike, who left it first', async () => {
  const sameEnd = await hosts({
    'zeek/conn.log': zeekTsv([border('10:00:00', 1000)]),
    'nat-1/conntrack.log': owner('10.0.0.12', '10:02:00', 121) + owner('10.0.0.11', '10:02:00', 140),
  });
  expect(sameEnd).toEqual(['10.0.0.11 1000 1']);
  const half = await hosts({
    'zeek/conn.log': zeekTsv([border('10:00:00', 1000)]),
    'nat-1/conntrack.log': owner('10.0.0.11', '10:00:05', 60) + owner('10.0.0.12', '10:03:00', 175),
  });
  expect(half).toEqual(['10.0.0.11 1000 1']);
});

test('clocks of a NAT and of a sensor may be a minute apart, and no more', async () => {
  const found = await hosts({
    'zeek/conn.log': zeekTsv([
      border('10:00:00', 1000),
      border('13:00:00', 20_000),
      border('16:00:00', 300_000),
    ]),
    'nat-1/conntrack.log':
      owner('10.0.0.11', '09:59:30', 10) +
      owner('10.0.0.12', '12:58:59', 10) +
      owner('10.0.0.13', '15:59:40'),
  });
  // The third does not say since when: it ended half a minute before the connection did.
  expect(found).toEqual(['10.0.0.11 1000 1', '10.0.0.13 300000 1', '192.0.2.5 20000 1']);
});

test('a NAT that watches a path counts nothing twice, though its clock is ahead or behind', async () => {
  const both = RELAY_YAML.replace(
    'name: border, capacityGbps: 100, sensors: [zeek]',
    'name: border, capacityGbps: 100, sensors: [zeek, nat-1]',
  );
  for (const end of ['10:00:50', '09:59:30']) {
    const found = await hosts(
      {
        'zeek/conn.log': zeekTsv([border('10:00:00', 1000)]),
        'nat-1/conntrack.log': owner('10.0.0.11', end, 10),
      },
      both,
    );
    expect(found, end).toEqual(['10.0.0.11 1000 1']);
  }
});

test('what a NAT that watches no path lets through as it is counts as any flow does', async () => {
  const found = await hosts({
    'zeek/conn.log': zeekTsv([border('10:00:00', 1000)]),
    'nat-1/conntrack.log':
      owner('10.0.0.11', '10:02:10', 130) +
      destroyed({
        end: at('11:00:00'),
        lasted: 60,
        from: '10.0.0.9 5000',
        as: '10.0.0.9 5000',
        to: SERVER,
        sent: 540,
      }),
  });
  expect(found).toEqual(['10.0.0.11 1000 1', '10.0.0.9 500 1']);
});

test('what a NAT that watches no path says of hidden connections counts nothing, and is told day by day', async () => {
  const ledger = testLedger(RELAY_YAML);
  const next = { end: '2026-03-04T10:02:10Z', lasted: 130, from: '10.0.0.11 7', as: RELAY, to: SERVER };
  await ledger.importFiles({
    'zeek/conn.log': zeekTsv([border('10:00:00', 1000)]),
    'nat-1/conntrack.log': owner('10.0.0.11', '10:02:10', 130) + destroyed({ ...next, sent: 2040, got: 180 }),
  });
  expect(await ledger.cells()).toHaveLength(1);
  // Of 1,040 and 2,040 B of IP packets 1,000 and 2,000 B are payload, of the 80 and 180 B back 40 and 140 B.
  expect((await ledger.corrections()).relayLogs).toEqual({ records: 2, bytes: 3180n });
});
