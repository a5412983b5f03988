import { describe, expect, it } from 'vitest';
import { checkAnswer } from '../../src/operations/answers/check.ts';
import { check } from '../../src/operations/check.ts';
import { hourlyRows } from '../support/hourly.ts';
import { PLAIN_YAML, type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const FROM = '2026-03-01T00:00:00Z';

async function checked(ledger: TestLedger) {
  const { answer, errors } = await check({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  return { ...checkAnswer.parse(answer), errors };
}

const subjects = (answer: { findings: { severity: string; subject: string }[] }, severity: string) =>
  answer.findings.filter((finding) => finding.severity === severity).map(({ subject }) => subject);

describe('check', () => {
  it('finds nothing wrong where every hour was seen', async () => {
    const ledger = testLedger();
    await ledger.importFiles({ 'conn.log': zeekTsv(hourlyRows(FROM, 96)) });
    const answer = await checked(ledger);
    expect(answer.findings).toEqual([]);
    expect(answer.sensors).toMatchObject([
      {
        sensor: 'zeek',
        paths: ['border'],
        firstSeen: FROM,
        records: 960,
        hoursSeen: 96,
        hoursMissing: 0,
        captureLossShare: null,
      },
    ]);
    expect(answer.sensors[0]?.days.map(({ share }) => share)).toEqual([1, 1, 1, 1]);
  });

  it('says where time is missing, and when too much of it is, that this is an error', async () => {
    const ledger = testLedger();
    await ledger.importFiles({
      'conn.log': zeekTsv(hourlyRows(FROM, 96, (hour) => hour < 30 || hour >= 33)),
    });
    const some = await checked(ledger);
    expect(some.errors).toBe(0);
    expect(some.sensors[0]?.gaps).toMatchObject([
      { from: '2026-03-02T06:00:00Z', to: '2026-03-02T09:00:00Z' },
    ]);
    expect(subjects(some, 'warning')).toEqual(['sensor zeek']);
    const other = testLedger();
    await other.importFiles({ 'conn.log': zeekTsv(hourlyRows(FROM, 96, (hour) => hour < 30 || hour >= 60)) });
    expect(subjects(await checked(other), 'error')).toEqual(['path border']);
  });

  it('counts traffic that crosses no perimeter, and knows a sensor that watches a zone', async () => {
    const rows = [
      ...hourlyRows(FROM, 24),
      conn({ at: FROM, uid: 'Cin', to: '10.0.0.99 80', sent: 50_000, got: 0 }),
    ];
    const log = { 'conn.log': zeekTsv(rows) };
    const border = testLedger();
    await border.importFiles(log);
    const wrong = await checked(border);
    expect(wrong.unclassified.bytes).toBe('50000');
    expect(subjects(wrong, 'error')).toEqual(['networks']);
    const within = testLedger(
      PLAIN_YAML.replace('files: "**"', 'files: "**", watches: [disks]').concat(
        'zones: [{ name: disks, kind: storage, networks: [10.0.0.0/25] }]\n',
      ),
    );
    await within.importFiles(log);
    expect(await checked(within)).toMatchObject({ errors: 0, unclassified: { bytes: '0', share: 0 } });
  });

  it('names sensors without files, files without sensor, paths without capacity or sensor, zones without sensor', async () => {
    const ledger = testLedger(`
facility: { name: Test }
networks: { inside: [10.0.0.0/8] }
zones: [{ name: disks, kind: storage, networks: [10.1.0.0/16] }]
paths: [{ name: border, sensors: [one, two] }, { name: backup, capacityGbps: 10 }]
sensors: [{ name: one, files: "one/**" }, { name: two, files: "two/**" }]
`);
    const rows = hourlyRows(FROM, 48);
    await ledger.importFiles({
      'one/conn.log': zeekTsv(rows),
      'three/conn.log': `${zeekTsv(hourlyRows(FROM, 1))}broken line\n`,
    });
    const answer = await checked(ledger);
    expect(subjects(answer, 'error')).toEqual(['path backup']);
    expect(subjects(answer, 'warning').sort()).toEqual(['files', 'path border', 'sensor two', 'zone disks']);
    expect(subjects(answer, 'note')).toEqual(['lines']);
  });

  it('judges weir.yaml alone before anything was imported', async () => {
    const answer = await checked(testLedger());
    expect(answer).toMatchObject({ asOf: 0, errors: 0 });
    expect(subjects(answer, 'note')).toEqual(['ledger']);
  });
});
