import fc from 'fast-check';
import { expect, test } from 'vitest';
import { report } from '../../src/operations/report.ts';
import { comparable, type Files, sumOf, testLedger } from '../support/ledgers.ts';
import { destroyed, fetched, RELAY_YAML } from '../support/relay-logs.ts';
import { conn, micros, zeekTsv } from '../support/zeek-text.ts';

const since = (number: number, time: string) => micros(`2026-03-0${number}T${time}Z`);

/** No port is that of two connections at once, on neither side of a NAT. */
const portOf = (index: number) => 100 + index;
const instant = fc
  .integer({ min: 0, max: 2 * 86_400 - 1 })
  .map((seconds) => since(2, '00:00:00') + seconds * 1e6);
const client = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.200.3.4', '10.200.3.5');
const server = fc.constantFrom('198.51.100.7', '203.0.113.9');
const flow = fc.record({
  at: instant,
  lasts: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 90_000 })),
  relay: fc.constantFrom('192.0.2.5', '192.0.2.6', '10.0.0.9'),
  server,
  sent: fc.integer({ min: 0, max: 1_000_003 }),
  got: fc.integer({ min: 0, max: 300_007 }),
});
const hidden = fc.record({
  at: instant,
  lasts: fc.option(fc.integer({ min: 1, max: 90_000 })),
  client,
  port: fc.integer({ min: 0, max: 29 }),
  server,
});
const reply = fc.record({
  at: instant,
  lasts: fc.integer({ min: 0, max: 90_000 }),
  client,
  server,
  bytes: fc.integer({ min: 0, max: 200_000 }),
});
const facts = fc.record({
  flows: fc.array(flow, { minLength: 5, maxLength: 30 }),
  nat: fc.array(hidden, { minLength: 1, maxLength: 30 }),
  replies: fc.array(reply, { minLength: 1, maxLength: 30 }),
  /** Of each flow whether the logs of relays tell of it, so that joins happen. */
  told: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
});

test('whatever logs of relays say, no byte and no connection is lost or doubled, and days build alike alone and together', async () => {
  await fc.assert(
    fc.asyncProperty(facts, async ({ flows, nat, replies, told }) => {
      const rows = flows.map(({ at, lasts, relay, server: to, sent, got }, index) => ({
        at,
        row: conn({
          uid: `C${index}`,
          at,
          lasts,
          from: `${relay} ${portOf(index)}`,
          to: `${to} 443`,
          sent,
          got,
        }),
      }));
      const border: Files = { 'zeek/conn.log': zeekTsv(rows.map(({ row }) => row)) };
      const own = flows.flatMap(({ at, lasts, relay, server: to, got }, index): [string, string][] => {
        if (!told[index]) return [];
        const who = `10.0.0.${1 + (index % 2)}`;
        if (relay === '192.0.2.5')
          return [
            [
              'nat',
              destroyed({
                end: at + (lasts + 60) * 1e6,
                lasted: lasts + 60,
                from: `${who} ${portOf(index)}`,
                as: `${relay} ${portOf(index)}`,
                to: `${to} 443`,
              }),
            ],
          ];
        return relay === '192.0.2.6'
          ? [['squid', fetched({ at, lasts, client: who, server: to, bytes: got })]]
          : [];
      });
      const natLines = nat.map(({ at, lasts, client: from, port, server: to }, index) =>
        destroyed({
          end: at,
          ...(lasts === null ? {} : { lasted: lasts }),
          from: `${from} ${2000 + index}`,
          as: `192.0.2.5 ${portOf(port)}`,
          to: `${to} 443`,
        }),
      );
      const squidLines = replies.map((each) => fetched(each));
      const of = (kind: string) => own.flatMap(([name, line]) => (name === kind ? [line] : []));
      const relays: Files = {
        'nat-1/conntrack.log': [...natLines, ...of('nat')].join(''),
        'squid-1/access.log': [...squidLines, ...of('squid')].join(''),
      };
      const plain = testLedger(RELAY_YAML);
      await plain.importFiles(border);
      const together = testLedger(RELAY_YAML);
      await together.importFiles({ ...border, ...relays });
      const everything = () => true;
      expect(sumOf(await together.cells(), everything)).toEqual(sumOf(await plain.cells(), everything));
      for (const { low, out, high } of await together.cells()) expect(low <= out && out <= high).toBe(true);
      const { total, rows: people } = await report({
        facility: together.facility,
        ledgerDir: together.dir,
        progress: () => undefined,
        by: 'principal',
      });
      const sum = people.reduce((all, { bytesOut }) => all + BigInt(bytesOut.estimate), 0n);
      expect(sum).toBe(BigInt(total.bytesOut.estimate));
      // The first day's flows, the proxy's log, the second day's flows, the NAT's.
      const apart = testLedger(RELAY_YAML);
      const noon = since(3, '00:00:00');
      const part = (keeps: (at: number) => boolean) =>
        zeekTsv(rows.filter(({ at }) => keeps(at)).map(({ row }) => row));
      await apart.importFiles({ 'zeek/conn-1.log': part((at) => at < noon) });
      await apart.importFiles({ 'squid-1/access.log': relays['squid-1/access.log'] ?? '' });
      await apart.importFiles({ 'zeek/conn-2.log': part((at) => at >= noon) });
      await apart.importFiles({ 'nat-1/conntrack.log': relays['nat-1/conntrack.log'] ?? '' });
      expect(comparable(await apart.cells())).toEqual(comparable(await together.cells()));
    }),
    { numRuns: 3 },
  );
});
