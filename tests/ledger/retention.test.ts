import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { LedgerError } from '../../src/errors.ts';
import { parseFacility } from '../../src/facility/load.ts';
import { collectGarbage } from '../../src/ledger/collect.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { check } from '../../src/operations/check.ts';
import { detect } from '../../src/operations/detect.ts';
import { report } from '../../src/operations/report.ts';
import { formatDay, parseDay } from '../../src/records/time.ts';
import { PLAIN_YAML, type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';
import { compactAll, retainAll } from './upkeep.ts';

const HOUR_MILLIS = 3_600_000;
const FIRST = parseDay('2026-01-01') ?? 0;
const DAYS = 33;
/** With records kept for 45 days, on this day those from before 28 January are past their time. */
const TODAY = '2026-03-14';
const KEPT_DAYS = 45;
const SEALED = Array.from({ length: 27 }, (_, i) => FIRST + i);

/** A quiet host, one that takes a lot out on two days, and a connection over a midnight. */
function logOf(day: number): string {
  const at = (time: string) => `${formatDay(day)}T${time}Z`;
  const quiet = [1, 2, 3, 4].map((n) =>
    conn({ at: at(`0${n}:00:00`), uid: `Cq${day}n${n}`, to: `198.51.${n}.7 443`, sent: 1_000_000 * n + day }),
  );
  const loud = [FIRST + 20, FIRST + 30].includes(day)
    ? [
        conn({
          at: at('03:00:00'),
          lasts: 3000,
          uid: `Cl${day}`,
          from: '10.0.0.9 40000',
          to: '203.0.113.5 443',
          sent: 9e11,
        }),
      ]
    : [];
  const night =
    day % 7 === 0 ? [conn({ at: at('23:00:00'), lasts: 20_000, uid: `Cn${day}`, sent: 77_777 })] : [];
  return zeekTsv([...quiet, ...loud, ...night]);
}

/** Imports the days in three commits of 11. */
async function filledLedger(): Promise<TestLedger> {
  const ledger = testLedger();
  for (let from = 0; from < DAYS; from += 11) {
    const days = Array.from({ length: 11 }, (_, i) => FIRST + from + i);
    await ledger.importFiles(
      Object.fromEntries(days.map((day) => [`conn.${formatDay(day)}.log`, logOf(day)])),
    );
  }
  return ledger;
}

const question = ({ facility, dir }: TestLedger, asOf?: number) => ({
  facility,
  ledgerDir: dir,
  progress: () => undefined,
  ...(asOf === undefined ? {} : { asOf }),
});

/** What reports print, to the byte, but for the position they were computed at. */
async function reported(ledger: TestLedger, asOf?: number): Promise<string[]> {
  const window = { from: '2026-01-10', to: '2026-01-20' };
  const answers = [
    await report({ ...question(ledger, asOf), by: 'day' }),
    await report({ ...question(ledger, asOf), by: 'service', ...window }),
  ];
  return answers.map((answer) => JSON.stringify({ ...answer, asOf: 0 }));
}

/** The same of detection. */
async function detected(ledger: TestLedger): Promise<string> {
  return JSON.stringify({ ...(await detect(question(ledger))), asOf: 0 });
}

/** Detection begins from nothing again. */
const forgetStates = ({ dir }: TestLedger) => rmSync(join(dir, 'cache'), { recursive: true, force: true });

test('records go once their days are sealed, cells stay, and no answer changes', async () => {
  const ledger = await filledLedger();
  const [figures, leads] = [await reported(ledger), await detected(ledger)];
  expect(JSON.parse(leads).leads.length).toBeGreaterThan(0);
  const early = (await ledger.snapshot()).position;
  const earlyFiles = (await ledger.snapshot()).files().length;

  const kept = await retainAll(ledger, TODAY, KEPT_DAYS);
  expect(kept.sealedDays).toEqual(SEALED);
  expect(kept.waitingDays).toEqual([]);
  // The third commit's files hold open days too.
  expect(kept.expired.filter((path) => path.includes('-flow'))).toHaveLength(2);
  expect(kept.expired.filter((path) => path.includes('origin'))).toHaveLength(2);
  expect(await reported(ledger)).toEqual(figures);

  const merged = await compactAll(ledger, TODAY);
  expect(merged).toContain('cell of 2026-01-01 to 2026-01-27: 27 files into 1');
  expect(await reported(ledger)).toEqual(figures);
  expect(await reported(ledger, early)).toEqual(figures);
  forgetStates(ledger);
  expect(await detected(ledger)).toBe(leads);

  await collectGarbage(ledger.dir, { nowMillis: Date.now() + 2 * HOUR_MILLIS });
  expect((await ledger.snapshot()).files().length).toBeLessThan(earlyFiles / 2);
  expect(await reported(ledger)).toEqual(figures);
  expect(await detected(ledger)).toBe(leads);
  expect((await verifyLedger(ledger.dir, { files: true })).problems).toEqual([]);
  await expect(report({ ...question(ledger, early), by: 'host' })).rejects.toThrow(LedgerError);
  await expect(report({ ...question(ledger, early), by: 'host' })).rejects.toThrow(/taken out by entry \d+/);
});

test('days whose build is not up to date wait, and their records with them', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'a.log': logOf(FIRST), 'b.log': logOf(FIRST + 1) });
  const yaml = PLAIN_YAML.replace('capacityGbps: 100', 'capacityGbps: 90');
  const changed = { ...ledger, facility: parseFacility(yaml, 'weir.yaml', resolve(ledger.dir, '..')) };
  const waiting = await retainAll(changed, TODAY, KEPT_DAYS);
  expect(waiting).toMatchObject({ sealedDays: [], expired: [], waitingDays: [FIRST, FIRST + 1] });
  await report({ ...question(changed), by: 'day' });
  const kept = await retainAll(changed, TODAY, KEPT_DAYS);
  expect(kept.sealedDays).toEqual([FIRST, FIRST + 1]);
  expect(kept.expired.length).toBeGreaterThan(0);
});

test('a late fact of a sealed day is kept and shown, and changes no figure', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'a.log': logOf(FIRST), 'b.log': logOf(FIRST + 1) });
  const figures = async () =>
    JSON.stringify({ ...(await report({ ...question(ledger), by: 'host' })), asOf: 0 });
  const before = await figures();
  await retainAll(ledger, TODAY, KEPT_DAYS);
  const late = conn({ at: `${formatDay(FIRST)}T05:00:00Z`, uid: 'Clate', from: '10.0.0.8 1000', sent: 8e9 });
  const { answer } = await ledger.importFiles({ 'late.log': zeekTsv([late]) });
  expect(answer.commits.find(({ file }) => file.endsWith('late.log'))).toMatchObject({
    accepted: 1,
    status: 'new',
  });
  expect(answer.rebuiltDays).toEqual([]);
  expect(await figures()).toBe(before);
  expect((await ledger.facts('flow')).map(({ uid }) => uid)).toEqual(['Clate']);
  expect((await ledger.snapshot()).lateForSealed()).toMatchObject([{ day: FIRST }]);
  const { answer: checked } = await check(question(ledger));
  expect(checked.findings.map(({ finding }) => finding).join('\n')).toContain(`sealed (${formatDay(FIRST)})`);
});
