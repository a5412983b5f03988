import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PLAIN_YAML, temporaryFolder, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';
import { expectWhole, importInProcess, sayingOf, writeFolder } from './import-process.ts';

const AT = '2026-03-01T20:30:00Z';
const FILES = {
  'logs/conn.log': zeekTsv([
    conn({ at: AT, uid: 'CA', lasts: 5, sent: 100 }),
    conn({ at: AT, uid: 'CBad', lasts: 5, sent: -1 }),
    conn({ at: AT, uid: 'CLong', from: '10.0.0.2 1', lasts: 7200, sent: 7200 }),
  ]),
};

test('an import killed at every step and repeated ends in the same ledger', async () => {
  const folder = temporaryFolder();
  writeFolder(folder, PLAIN_YAML, FILES);
  const list = join(folder, 'points');
  const undisturbed = testLedger(PLAIN_YAML);
  const whole = await importInProcess(undisturbed.dir, folder, ['logs'], { env: { WEIR_FAULT_LIST: list } });
  expect(whole.stderr).toBe('');
  const expected = await sayingOf(undisturbed);
  expect(expected.rejects).toHaveLength(1);
  const points = readFileSync(list, 'utf8').trim().split('\n');
  for (const step of ['create:', 'import:', 'publish:', 'append:', 'build:'])
    expect(
      points.some((point) => point.startsWith(step)),
      step,
    ).toBe(true);

  // Of a step that recurs for each of many files the first two and the last: between them nothing else can be.
  const all = points.map((point, index) => ({ point, fault: `#${index + 1}` }));
  const queue = all.filter(({ point }, index) => {
    const before = points.slice(0, index).filter((each) => each === point).length;
    return before < 2 || !points.includes(point, index + 1);
  });
  expect(queue.length).toBeGreaterThan(30);
  const crashAndResume = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { point, fault } = next;
      const ledger = testLedger(PLAIN_YAML);
      const crashed = await importInProcess(ledger.dir, folder, ['logs'], { env: { WEIR_FAULT: fault } });
      expect(crashed.signal, `${fault} ${point}`).toBe('SIGKILL');
      await expectWhole(ledger.dir, `${fault} ${point}, after the crash`);
      await ledger.importFiles({}, { paths: ['logs'], cwd: folder });
      expect(await sayingOf(ledger), `${fault} ${point}`).toEqual(expected);
      await expectWhole(ledger.dir, `${fault} ${point}, after the second import`);
    }
  };
  await Promise.all([crashAndResume(), crashAndResume()]);
});

test('an import killed at random instants, over and over, ends in the same ledger', async () => {
  const folder = temporaryFolder();
  const rows = Array.from({ length: 20_000 }, (_, index) =>
    conn({
      at: `2026-03-0${1 + (index % 3)}T10:00:00Z`,
      uid: `C${index}`,
      from: `10.0.${index % 200}.1 ${1 + (index % 60_000)}`,
      lasts: index % 5000,
      sent: index,
    }),
  );
  writeFolder(folder, PLAIN_YAML, {
    'logs/a.log': zeekTsv(rows.slice(0, 15_000)),
    'logs/b.log': zeekTsv(rows.slice(15_000)),
  });
  const undisturbed = testLedger(PLAIN_YAML);
  const { millis } = await importInProcess(undisturbed.dir, folder, ['logs']);
  const expected = await sayingOf(undisturbed);
  const ledger = testLedger(PLAIN_YAML);
  for (const share of [0.5, 0.7, 0.85, 0.95]) {
    await importInProcess(ledger.dir, folder, ['logs'], { killAfterMillis: millis * share });
    await expectWhole(ledger.dir, `killed after ${share}`);
  }
  await ledger.importFiles({}, { paths: ['logs'], cwd: folder });
  expect(await sayingOf(ledger)).toEqual(expected);
  await expectWhole(ledger.dir, 'in the end');
});
