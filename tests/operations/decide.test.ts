import { expect, it } from 'vitest';
import { decide, decisions, type Registration, register } from '../../src/operations/decide.ts';
import { allowancesOf } from '../../src/operations/decisions.ts';
import { hourlyRows } from '../support/hourly.ts';
import { PLAIN_YAML, testLedger } from '../support/ledgers.ts';
import { zeekTsv } from '../support/zeek-text.ts';

async function someLedger() {
  const ledger = testLedger(`${PLAIN_YAML}hosts: [{ name: dtn, addresses: [10.0.0.1, 10.0.0.2] }]\n`);
  await ledger.importFiles({ 'conn.log': zeekTsv(hourlyRows('2026-03-01T00:00:00Z', 3)) });
  const transfer: Registration = {
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    owner: 'climate',
    host: '10.0.0.2',
    cap: '5TB',
    from: '2026-03-01',
    until: '2026-04-01',
    note: 'mirror',
    by: 'ann',
  };
  return { ledger, transfer };
}

it('registers a transfer in the words that detection uses', async () => {
  const { ledger, transfer } = await someLedger();
  await register({ ...transfer, destination: '198.51.100.77' });
  await register({
    ...transfer,
    host: '2001:db8:10::5',
    destination: 'as64500',
    path: 'border',
    principal: 'svc',
  });
  const [first, second] = allowancesOf(await ledger.snapshot());
  expect(first).toMatchObject({
    scope: { host: 'dtn', network: '198.51.100.0/24' },
    capBytes: 5e12,
    fromDay: 20_513,
    expiresOnDay: 20_544,
  });
  expect(second?.scope).toEqual({
    host: '2001:db8:10::/64',
    as: 'AS64500',
    path: 'border',
    principal: 'svc',
  });
  const list = await decisions(ledger.dir);
  expect(list.decisions.map(({ verb, by, allowances }) => [verb, by, allowances[0]?.until])).toEqual([
    ['register', 'ann', '2026-04-01'],
    ['register', 'ann', '2026-04-01'],
  ]);
  expect((await decisions(ledger.dir, list.asOf - 1)).decisions).toHaveLength(1);
});

it('refuses a transfer of no scope, a wrong cap, days in the wrong order, an unknown path', async () => {
  const { transfer } = await someLedger();
  const { host: _host, ...nothing } = transfer;
  await expect(register(nothing)).rejects.toThrow('say what the transfer covers');
  await expect(register({ ...transfer, cap: '5 TiB' })).rejects.toThrow('--cap');
  await expect(register({ ...transfer, cap: '0' })).rejects.toThrow('--cap');
  await expect(register({ ...transfer, until: '2026-02-28' })).rejects.toThrow('before the first day');
  await expect(register({ ...transfer, from: 'tomorrow' })).rejects.toThrow('--from');
  await expect(register({ ...transfer, path: 'tunnel' })).rejects.toThrow('it has border');
});

it('takes a cap only with an end, and only for what was expected', async () => {
  const { ledger } = await someLedger();
  const verdict = {
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
    target: 'x',
    note: 'n',
    by: 'ann',
  };
  await expect(decide({ ...verdict, verdict: 'expected', cap: '5TB' })).rejects.toThrow('belong together');
  await expect(decide({ ...verdict, verdict: 'dismissed', cap: '5TB', until: '2030-01-01' })).rejects.toThrow(
    '`expected` only',
  );
  await expect(decide({ ...verdict, verdict: 'confirmed' })).rejects.toThrow('no lead or campaign x');
});

it('shares a cap out among what a campaign reached, to the byte', async () => {
  const ledger = testLedger(`
facility: { name: Series }
mappings:
  - { name: nightly, files: "*.csv", time: day, per: day, host: host, destination: place, bytesOut: bytes, path: { value: border } }
`);
  const days = Array.from({ length: 60 }, (_, day) =>
    new Date(Date.UTC(2026, 2, 1 + day)).toISOString().slice(0, 10),
  );
  const usual = days.flatMap((day, index) =>
    [1, 2, 3].map(
      (host) => `${day},host${host},AS6450${host},${1e9 + ((index * 37 + host * 11) % 17) * 1e7}`,
    ),
  );
  const theft = [`${days[55]},host1,AS64998,60000000000000`, `${days[55]},host1,AS64999,30000000000000`];
  await ledger.importFiles({ 'a.csv': `day,host,place,bytes\n${[...usual, ...theft].join('\n')}\n` });
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  const { detect } = await import('../../src/operations/detect.ts');
  const { campaigns } = await detect(question);
  const target = campaigns.find(({ destinations }) => destinations.length === 2)?.id ?? 'none';
  const said = await decide({
    ...question,
    target,
    verdict: 'expected',
    cap: '1000001 B',
    until: '2026-06-01',
    note: 'restore',
    by: 'ann',
  });
  expect(said.allowances.map(({ scope, capBytes }) => [scope.host, scope.network, capBytes])).toEqual([
    ['host1', 'AS64998', '666667'],
    ['host1', 'AS64999', '333334'],
  ]);
  const again = await detect(question);
  expect(
    again.leads.filter(({ decision }) => decision === null).map(({ campaign }) => campaign),
  ).not.toContain(target);
});
