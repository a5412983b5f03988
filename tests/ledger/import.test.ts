import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { detect } from '../../src/operations/detect.ts';
import { report } from '../../src/operations/report.ts';
import { comparable, sumOf, type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekNdjson, zeekTsv } from '../support/zeek-text.ts';

const AT = '2026-03-01T10:00:00Z';
const flow = (index: number, at = AT) =>
  conn({ at, uid: `C${index}`, from: `10.0.0.1 ${1000 + index}`, lasts: 2, sent: 10 ** (index % 5) });

test('a growing log, rotated and compressed between two imports, goes on where it was; its last line waits', async () => {
  const ledger = testLedger();
  const lines = zeekTsv(
    [0, 1, 2, 3, 4].map((index) => flow(index)),
    { closed: false },
  )
    .split('\n')
    .slice(0, -1);
  const text = (upTo: number) => `${lines.slice(0, upTo).join('\n')}\n`;
  const half = lines[10]?.slice(0, 20) ?? '';

  const first = await ledger.importFiles({ 'conn.log': text(10) + half });
  expect(first.answer.commits).toMatchObject([{ status: 'new', accepted: 2, waitingBytes: 20 }]);
  expect(sumOf(await ledger.cells()).out).toBe(11n);

  const idle = await ledger.importFiles({});
  expect(idle.answer.commits).toMatchObject([{ status: 'known' }]);

  appendFileSync(join(ledger.logs, 'conn.log'), `${lines[10]?.slice(20)}\n`);
  const grown = await ledger.importFiles({});
  expect(grown.answer.commits).toMatchObject([
    { status: 'grown', accepted: 1, rejected: 0, waitingBytes: 0 },
  ]);
  expect(sumOf(await ledger.cells())).toEqual({ out: 111n, in: 0n, flows: 3 });

  rmSync(join(ledger.logs, 'conn.log'));
  const rotated = await ledger.importFiles({
    'conn.10:00:00-11:00:00.log.gz': gzipSync(`${text(13)}#close\t2026-03-01-11-00-00\n`),
  });
  expect(rotated.answer.commits).toMatchObject([{ status: 'grown', accepted: 2, rejected: 0, comments: 1 }]);
  expect(sumOf(await ledger.cells())).toEqual({ out: 11_111n, in: 0n, flows: 5 });

  const facts = await ledger.facts('flow');
  expect(facts.map(({ uid }) => uid).sort()).toEqual(['C0', 'C1', 'C2', 'C3', 'C4']);
});

test('a log that is replaced by another of the same name is another', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'conn.log': zeekTsv([flow(0), flow(1)]) });
  const { answer } = await ledger.importFiles({ 'conn.log': zeekTsv([flow(2), flow(3), flow(4)]) });
  expect(answer.commits).toMatchObject([{ status: 'new', accepted: 3 }]);
  expect(sumOf(await ledger.cells())).toEqual({ out: 11_111n, in: 0n, flows: 5 });
});

test('rejects keep their line numbers in a log that grew', async () => {
  const ledger = testLedger();
  const bad = conn({ at: AT, from: '10.0.0.1 99999', sent: 1 });
  const text = zeekTsv([flow(0), bad, flow(1)], { closed: false });
  await ledger.importFiles({ 'conn.log': text });
  appendFileSync(
    join(ledger.logs, 'conn.log'),
    text.split('\n').slice(8).join('\n').replaceAll('C0', 'C7').replaceAll('C1', 'C8'),
  );
  const { answer } = await ledger.importFiles({});
  expect(answer.rejects.map(({ line, column }) => [line, column])).toEqual([[13, 'id.orig_p']]);
});

test('damaged gzip fails whole: nothing of it counts, the rest does, and repaired it counts once', async () => {
  const ledger = testLedger();
  const good = gzipSync(
    zeekTsv(
      Array.from({ length: 2000 }, (_, index) =>
        flow(index % 5, `2026-03-01T10:${String(index % 60).padStart(2, '0')}:00Z`),
      ),
    ),
  );
  const cut = good.subarray(0, good.length - 100);
  const flipped = Buffer.from(good);
  flipped[good.length >> 1] = (flipped[good.length >> 1] ?? 0) ^ 0x10;
  const { answer, failed } = await ledger.importFiles({
    'cut.log.gz': cut,
    'flipped.log.gz': flipped,
    'plain.log': zeekTsv([flow(3)]),
  });
  expect(failed).toBe(2);
  expect(answer.commits.map(({ status, accepted }) => [status, accepted])).toEqual([
    ['failed', 0],
    ['failed', 0],
    ['new', 1],
  ]);
  for (const { status, reason } of answer.commits)
    if (status === 'failed') expect(reason).toMatch(/gzip|damaged|cut/i);
  expect(sumOf(await ledger.cells())).toEqual({ out: 1000n, in: 0n, flows: 1 });
  expect(gunzipSync(good).length).toBeGreaterThan(0);
  const repaired = await ledger.importFiles({ 'cut.log.gz': good });
  expect(repaired.answer.commits.find(({ file }) => file.endsWith('cut.log.gz'))).toMatchObject({
    status: 'new',
    accepted: 2000,
  });
});

test('a large damaged file whose beginning was already written leaves no trace, neither record nor reject', async () => {
  const ledger = testLedger();
  const bad = conn({ at: AT, sent: -5 });
  const rows = Array.from({ length: 3000 }, (_, index) =>
    index % 100 === 0 ? bad : flow(index % 5, `2026-03-02T10:00:${String(index % 60).padStart(2, '0')}Z`),
  );
  // Stored, not squeezed, so that much of it can be read before the end is missing.
  const whole = gzipSync(zeekTsv(rows), { level: 0 });
  const files = { 'large.log.gz': whole.subarray(0, whole.length - 8), 'good.log': zeekTsv([flow(1)]) };
  const { answer } = await ledger.importFiles(files, { chunkBytes: 20_000 });
  expect(answer.commits.map(({ status, accepted, rejected }) => [status, accepted, rejected])).toEqual([
    ['new', 1, 0],
    ['failed', 0, 0],
  ]);
  expect(answer.rejects).toEqual([]);
  expect(await ledger.facts('flow')).toHaveLength(1);
  expect(await ledger.facts('reject')).toHaveLength(0);
  expect((await ledger.snapshot()).entriesOf('commit').flatMap(({ days }) => days)).toHaveLength(1);
});

test('five orders of the same files, in one import and one by one, are one ledger', async () => {
  const snapshots = [100, 4000, 90_000].map((lasts) =>
    conn({ at: AT, uid: 'CS', from: '10.0.0.3 9', lasts, sent: lasts }),
  );
  const files = {
    'a.log': zeekTsv([
      flow(0),
      flow(1),
      conn({ at: AT, uid: 'CCopy', from: '10.0.0.1 1001', lasts: 2, sent: 9 }),
    ]),
    'b.log': zeekTsv(snapshots, { path: 'open_conn' }),
    'c.json': zeekNdjson([
      flow(2),
      conn({ at: AT, uid: 'CS', from: '10.0.0.3 9', lasts: 100_000, sent: 100_000 }),
    ]),
    'd.log.gz': gzipSync(zeekTsv([flow(3, '2026-03-02T23:59:59Z'), conn({ at: AT, sent: -1 })])),
    'e.log': zeekTsv([{ ts: '1772359300.000000', ts_delta: '60', peer: 'w', gaps: 0, acks: 5 }], {
      path: 'capture_loss',
    }),
  };
  const names = Object.keys(files) as (keyof typeof files)[];
  const orders = [
    names,
    [...names].reverse(),
    rotate(names, 2),
    rotate(names, 3),
    rotate([...names].reverse(), 1),
  ];
  const said = new Set<string>();
  const answered = new Set<string>();
  for (const order of orders) {
    const once = testLedger();
    for (const name of names) writeFileSync(join(once.logs, name), files[name]);
    const { answer } = await once.importFiles({}, { paths: order });
    said.add(JSON.stringify(comparable(await once.cells())));
    answered.add(await answersOf(once));
    expect([answer.asOf, answer.commits.map(({ status }) => status)]).toEqual([2, names.map(() => 'new')]);
    // One by one takes five imports an order: the ends of the list and its middle are enough.
    if (orders.indexOf(order) % 2 === 1) continue;
    const apart = testLedger();
    for (const name of order) await apart.importFiles({ [name]: files[name] }, { paths: [name] });
    said.add(JSON.stringify(comparable(await apart.cells())));
  }
  expect([...said]).toHaveLength(1);
  expect([...answered]).toHaveLength(1);
});

/** Everything a person is told, the journal's position included, as text. */
async function answersOf(ledger: TestLedger): Promise<string> {
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  const reports = [];
  for (const by of ['path', 'destination', 'day'] as const) reports.push(await report({ ...question, by }));
  return JSON.stringify([reports, await detect(question)]);
}

function rotate<Item>(items: readonly Item[], by: number): Item[] {
  return [...items.slice(by), ...items.slice(0, by)];
}

test('an answer as of an earlier position is the answer given then', async () => {
  const ledger = testLedger();
  const first = await ledger.importFiles({ 'a.log': zeekTsv([flow(0)]) });
  const before = comparable(await ledger.cells());
  await ledger.importFiles({ 'b.log': zeekTsv([flow(1)]) });
  expect(comparable(await ledger.cells())).not.toEqual(before);
  const snapshot = (await ledger.snapshot()).asOf(first.answer.asOf);
  const { files = [] } = snapshot.buildOf(snapshot.builtDays()[0] ?? 0) ?? {};
  expect(files.find(({ family }) => family === 'cell')?.rows).toBe(before.length);
});

test('however inputs are cut into chunks and commits, the ledger says the same', async () => {
  const bad = conn({ at: AT, uid: 'CBad', sent: -5 });
  const rows = Array.from({ length: 500 }, (_, index) =>
    index % 90 === 7
      ? bad
      : conn({
          at: AT,
          uid: `C${index}`,
          from: `10.0.0.${index % 250} ${index + 1}`,
          lasts: index * 20,
          sent: index,
        }),
  );
  const files = {
    'a.log': zeekTsv(rows.slice(0, 300)),
    'b.json': `${zeekNdjson(rows.slice(300))}{"broken":\n`,
    'c.log': zeekTsv([flow(1), bad]),
  };
  const said = new Set<string>();
  for (const options of [
    {},
    { chunkBytes: 3000 },
    { commitBytes: 1 },
    { chunkBytes: 900, commitBytes: 5000 },
    { chunkBytes: 900, commitInputs: 1 },
  ]) {
    const ledger = testLedger();
    const { answer } = await ledger.importFiles(files, options);
    const commits = (await ledger.snapshot()).entriesOf('commit');
    if (options.commitInputs) expect(commits.map(({ inputs }) => inputs.length)).toEqual([1, 1, 1]);
    expect(answer.commits.map(({ accepted, rejected }) => accepted + rejected)).toEqual([300, 201, 2]);
    const rejects = answer.rejects.map(({ line, column, reason }) => [line, column, reason]);
    said.add(JSON.stringify([comparable(await ledger.cells()), rejects]));
  }
  expect(said.size).toBe(1);
});
