import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { collectGarbage } from '../../src/ledger/collect.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { ReportKey } from '../../src/operations/answers/report.ts';
import { detect } from '../../src/operations/detect.ts';
import { exportIncident } from '../../src/operations/incident/export.ts';
import { incidentShow, incidents } from '../../src/operations/incident/read.ts';
import {
  acknowledgeIncident,
  closeIncident,
  containIncident,
  noteIncident,
  openIncident,
} from '../../src/operations/incident/say.ts';
import { ledgerCompact, ledgerLog } from '../../src/operations/ledger.ts';
import { report } from '../../src/operations/report.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';

const YAML = `
facility: { name: Series }
tenants:
  - { name: climate, principals: [alice] }
  - { name: genomes, principals: [bob] }
retention: { recordsDays: 30, cellsDays: 400 }
mappings:
  - { name: nightly, files: "*.csv", time: day, per: day, host: host, destination: place, principal: who, bytesOut: bytes, path: { value: border } }
`;
const csvOf = (rows: readonly string[]) => `day,host,place,who,bytes\n${rows.join('\n')}\n`;
/** The calendar of spring 2020 is that of 2026; no clock lies before it, and what lies ahead of the clock is refused. */
const DAYS = Array.from({ length: 60 }, (_, day) =>
  new Date(Date.UTC(2020, 2, 1 + day)).toISOString().slice(0, 10),
);
const THEFT_DAY = '2020-04-25';
const DAY_MILLIS = 86_400_000;

/** Sixty ordinary days of three hosts; on one of them host1 sends 90 TB to a new place, as two people. */
async function robbedLedger(): Promise<TestLedger> {
  const ledger = testLedger(YAML);
  const usual = DAYS.flatMap((day, index) =>
    [1, 2, 3].map(
      (host) => `${day},host${host},AS6450${host},alice,${1e9 + ((index * 37 + host * 11) % 17) * 1e7}`,
    ),
  );
  const others = ['2020-04-28,host2,AS64998,carol,5000', `${THEFT_DAY},host1,AS64501,carol,7000`];
  const theft = [
    `${THEFT_DAY},host1,AS64998,bob,60000000000000`,
    `${THEFT_DAY},host1,AS64998,alice,30000000000000`,
  ];
  await ledger.importFiles({ 'a.csv': csvOf([...usual, ...others, ...theft]) });
  return ledger;
}

const questionOf = ({ facility, dir }: TestLedger) => ({
  facility,
  ledgerDir: dir,
  progress: () => undefined,
  by: 'ann',
});
type Asked = ReturnType<typeof questionOf>;

async function opened(question: Asked): Promise<string> {
  const { campaigns } = await detect(question);
  const target = campaigns.find(({ destinations }) => destinations.includes('AS64998'))?.id ?? 'none';
  const { incident } = await openIncident({ ...question, title: 'April', about: [target.slice(0, 8)] });
  return incident.id;
}

/** The page and the table hold every figure between them; one after the other, as commands are. */
async function exported(question: Asked, incident: string, asOf?: number): Promise<string[]> {
  const texts: string[] = [];
  for (const form of ['html', 'csv'] as const) {
    const at = asOf === undefined ? {} : { asOf };
    texts.push((await exportIncident({ ...question, incident, form, ...at })).text);
  }
  return texts;
}

/** Answers a `weir report` line as the command would, and returns the total and the rows. */
async function remade(question: Asked, command: string) {
  const words = command
    .replace(/^weir report /, '')
    .replaceAll('=', ' ')
    .split(' ');
  const flags = Object.fromEntries(
    words.flatMap((word, i) => (word.startsWith('--') ? [[word.slice(2), words[i + 1] ?? '']] : [])),
  );
  const { by, 'as-of': asOf, ...filters } = flags;
  return report({ ...question, ...filters, by: by as ReportKey, asOf: Number(asOf) });
}

it('tells what was lost, by whom, since when, and what breaks; every report command gives its figure again', async () => {
  const ledger = await robbedLedger();
  const question = questionOf(ledger);
  const incident = await opened(question);
  const told = await incidentShow({ ...question, incident });
  const lost = Number(told.figures.loss.bytesOut?.estimate);
  expect(lost).toBeGreaterThan(8.9e13);
  expect(lost).toBeLessThan(9.1e13);
  expect(told.figures.dwell.running).toBe(true);
  expect(told.timeline[0]).toMatchObject({ kind: 'first byte', at: { estimate: `${THEFT_DAY}T00:00:00Z` } });
  expect(told.tenants.map(({ tenant, bytesOut }) => [tenant, bytesOut])).toEqual([
    ['genomes', '60000000000000'],
    ['climate', '30000000000000'],
  ]);
  expect(told.sheet.days).toEqual({ from: '2020-04-02', to: '2020-04-29' });
  const cut = (kind: string, name: string) =>
    told.sheet.rows.find((row) => row.cut === kind && row.name === name);
  expect(cut('principal', 'bob')).toMatchObject({ bytesOutOfOthers: '0', counterparts: 0 });
  expect(cut('destination', 'AS64998')).toMatchObject({
    bytesOutOfOthers: '5000',
    counterparts: 1,
    principals: 1,
  });
  expect(Number(cut('host', 'host1')?.bytesOutOfOthers)).toBeGreaterThan(28e9);
  for (const { command, bytesOut } of told.sheet.rows.filter(({ name }) => name !== 'alice'))
    expect([command, (await remade(question, command)).total.bytesOut.estimate]).toEqual([command, bytesOut]);
  for (const { command, bytesOut } of told.traffic.slice(0, 1))
    expect([command, (await remade(question, command)).total.bytesOut]).toEqual([command, bytesOut]);

  // The same position gives the same bytes, whatever comes later; a further word brings the figures up to date.
  const before = await exported(question, incident);
  const { asOf } = await incidents(ledger.dir);
  const late = ['2020-04-26,host1,AS64998,bob,40000000000000', '2020-04-27,host2,AS64502,alice,1000000000'];
  await ledger.importFiles({ 'late.csv': csvOf(late) });
  expect(await exported(question, incident)).toEqual(before);
  await noteIncident({ ...question, incident, note: 'It went on.', about: [] });
  const after = await incidentShow({ ...question, incident });
  expect(Number(after.figures.loss.bytesOut?.estimate)).toBeGreaterThan(1.2e14);
  expect(await exported(question, incident, asOf)).toEqual(before);
});

it('holds its records through a real retention run, and lets them go only when asked', async () => {
  const ledger = await robbedLedger();
  await ledger.importFiles({ 'old.csv': csvOf(['2020-01-05,host1,AS64501,alice,1000000']) });
  const question = questionOf(ledger);
  const incident = await opened(question);
  await containIncident({ ...question, incident, at: '2020-04-26T08:00:00Z' });
  const before = await exported(question, incident);
  const position = (await incidents(ledger.dir)).asOf;
  const facts = async () =>
    (await ledger.snapshot()).files().filter(({ origin }) => origin === 'facts').length;
  const retainOn = async (day: string) => {
    const nowMillis = Date.parse(`${day}T00:00:00Z`);
    const done = await ledgerCompact({ ...question, retention: true, nowMillis });
    await collectGarbage(ledger.dir, { nowMillis: Date.now() + 2 * DAY_MILLIS });
    return done;
  };
  const had = await facts();
  // Ten months later everything is past its time; only what the case does not name goes.
  const first = await retainOn('2021-02-20');
  expect(first.sealedDays).toHaveLength(61);
  expect(first.expiredFiles).toBeGreaterThan(0);
  const kept = await facts();
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(had);
  expect((await ledger.facts('given')).length).toBeGreaterThan(150);
  expect(await exported(question, incident, position)).toEqual(before);
  await closeIncident({ ...question, incident, note: 'Handed over.' });
  expect((await retainOn('2021-02-21')).expiredFiles).toBe(0);
  await closeIncident({ ...question, incident, releaseHold: true });
  expect((await retainOn('2021-02-22')).expiredFiles).toBeGreaterThan(0);
  expect(await facts()).toBe(0);
  expect((await verifyLedger(ledger.dir, { files: true })).problems).toEqual([]);
});

it('keeps the course of a case: signals and claims from outside, steps with their own time, a marking; refuses nonsense', async () => {
  const ledger = await robbedLedger();
  const question = questionOf(ledger);
  const claimFile = join(ledger.logs, 'claim.yaml');
  writeFileSync(
    claimFile,
    `title: Ten terabytes
statements:
  - { id: seller, source: { who: A forum, saidOn: 2020-05-02, url: "https://forum.example/secret" }, volume: { moreThan: 10TB }, window: { from: 2020-04-01 } }
`,
  );
  const { incident } = await openIncident({ ...question, title: 'Claimed', about: [], claimFile });
  expect(incident).toMatchObject({
    status: 'open',
    tlp: 'amber+strict',
    hold: { from: '2020-04-01', to: null },
  });
  const step = { ...question, incident: incident.id };
  await noteIncident({
    ...step,
    about: [],
    signalAt: '2020-05-01T10:00:00Z',
    source: 'a partner',
    note: 'offered',
  });
  await acknowledgeIncident({ ...step, at: '2020-05-03T10:00:00Z' });
  const { incident: now } = await noteIncident({ ...step, about: [], tlp: 'green' });
  expect(now).toMatchObject({ status: 'acknowledged', tlp: 'green', claims: ['Ten terabytes (claim.yaml)'] });
  const told = await incidentShow(step);
  expect(told.figures.reportingGap.seconds).toEqual({ low: 172_800, estimate: 172_800, high: 172_800 });
  const signals = told.timeline.filter(({ kind }) => kind === 'outside signal');
  expect(signals.map(({ by, text }) => [by, text])).toEqual([
    ['a partner', 'offered'],
    ['A forum', 'statement seller; claims more than 10.0 TB'],
  ]);
  // A case leads nobody to a seller.
  expect((await exported(question, incident.id)).join('\n')).not.toContain('forum.example');
  const { entries } = await ledgerLog(ledger.dir);
  expect(entries.at(-1)?.what).toBe(`case ${incident.id}: note by ann`);

  // What makes no sense is refused, and after closing all but notes.
  const opening = { ...question, title: 'x', about: [] };
  await expect(openIncident({ ...opening, about: ['nope'] })).rejects.toThrow(
    'no campaign or lead has the id nope',
  );
  await expect(openIncident({ ...opening, holdTo: '2020-05-01' })).rejects.toThrow('--hold-from');
  await expect(openIncident({ ...opening, title: '' })).rejects.toThrow('--title: give 1 to 500 characters');
  const { incident: second } = await openIncident({
    ...opening,
    holdFrom: '2020-04-01',
    holdTo: '2020-04-02',
  });
  const other = { ...question, incident: second.id };
  await expect(acknowledgeIncident({ ...other, at: '2999-01-01T00:00:00Z' })).rejects.toThrow('future');
  await expect(acknowledgeIncident({ ...other, at: 'yesterday' })).rejects.toThrow('--at yesterday');
  await expect(containIncident({ ...other, at: '2020-03-31T23:59:59Z' })).rejects.toThrow(
    'before 2020-04-01, the first day of the case',
  );
  await expect(noteIncident({ ...other, about: [] })).rejects.toThrow('a note says something');
  await expect(noteIncident({ ...other, about: [], note: 'n', source: 's' })).rejects.toThrow(
    'belong together',
  );
  await expect(incidentShow({ ...question, incident: 'zz' })).rejects.toThrow('weir incident list');
  await expect(incidentShow({ ...other, asOf: 1 })).rejects.toThrow('as of entry 1');
  await closeIncident({ ...other, note: 'done' });
  await expect(containIncident(other)).rejects.toThrow('is closed');
  await expect(closeIncident(other)).rejects.toThrow('closed already');
  expect((await noteIncident({ ...other, about: [], note: 'an afterthought' })).incident.status).toBe(
    'closed',
  );
  expect((await closeIncident({ ...other, releaseHold: true })).incident).toMatchObject({
    hold: null,
    holdReleased: true,
  });
});
