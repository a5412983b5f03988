import { expect, test } from 'vitest';
import { PLAIN_YAML, temporaryFolder, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';
import { expectWhole, importInProcess, sayingOf, writeFolder } from './import-process.ts';

test('four importers at once over overlapping globs take every line once', async () => {
  const folder = temporaryFolder();
  const names = Array.from({ length: 12 }, (_, index) => `logs/conn.${String(index).padStart(2, '0')}.log`);
  const files = names.map((name, file) => {
    const rows = Array.from({ length: 50 }, (_, index) =>
      conn({
        at: `2026-03-0${1 + (file % 3)}T${String(file).padStart(2, '0')}:00:00Z`,
        uid: `C${file}x${index}`,
        from: `10.0.0.${file} ${1000 + index}`,
        lasts: 3000,
        sent: 1000 + index,
      }),
    );
    return [name, zeekTsv([...rows, conn({ at: '2026-03-01T00:00:00Z', sent: -1 })])] as const;
  });
  writeFolder(folder, PLAIN_YAML, Object.fromEntries(files));
  const alone = testLedger(PLAIN_YAML);
  await alone.importFiles({}, { paths: ['logs'], cwd: folder });

  const shared = testLedger(PLAIN_YAML);
  const globs = [['logs'], ['logs/*.0?.log'], ['logs/*.1?.log', 'logs/*.00.log'], ['logs/*[05].log', 'logs']];
  const ended = await Promise.all(globs.map((paths) => importInProcess(shared.dir, folder, paths)));
  expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(globs.map(() => [0, '']));
  const { inputs: ownInputs, ...own } = await sayingOf(shared);
  const { inputs, ...expected } = await sayingOf(alone);
  expect(ownInputs).toEqual(inputs);
  expect(own).toEqual(expected);
  await expectWhole(shared.dir, 'after four importers');
});

test('two importers of a growing log that see different ends of it count no line twice', async () => {
  const rows = Array.from({ length: 300 }, (_, index) =>
    conn({ at: '2026-03-01T10:00:00Z', from: `10.0.0.1 ${1000 + index}`, lasts: 1, sent: 1 }),
  );
  const text = zeekTsv(rows, { closed: false });
  const cut = text.indexOf('\n', text.length / 2) + 1;
  const ledger = testLedger(PLAIN_YAML);
  // Two folders hold the same log, one half written: neither import knows of the other when it begins.
  await Promise.all([
    ledger.importFiles({ 'one/conn.log': text.slice(0, cut), 'two/conn.log': text }, { paths: ['one'] }),
    ledger.importFiles({}, { paths: ['two'] }),
  ]);
  await ledger.importFiles({}, { paths: ['one', 'two'] });
  // When the longer one is committed first, the shorter is a stale copy: its lines are facts twice, and count once.
  const cells = await ledger.cells();
  expect(cells.reduce((sum, { out }) => sum + out, 0n)).toBe(300n);
  expect(cells.reduce((sum, { flows }) => sum + flows, 0)).toBe(300);
});

test('a stale, shorter copy of a log imported after the whole one is counted once', async () => {
  const rows = Array.from({ length: 50 }, (_, index) =>
    conn({ at: '2026-03-01T10:00:00Z', from: `10.0.0.1 ${1000 + index}`, lasts: 1, sent: 1 }),
  );
  const text = zeekTsv(rows, { closed: false });
  const cut = text.indexOf('\n', text.length / 2) + 1;
  const ledger = testLedger(PLAIN_YAML);
  await ledger.importFiles({ 'whole/conn.log': text });
  const before = await ledger.cells();
  await ledger.importFiles({ 'stale/conn.log': text.slice(0, cut) });
  expect(await ledger.cells()).toEqual(before);
});
