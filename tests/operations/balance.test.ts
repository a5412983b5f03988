import { expect, test } from 'vitest';
import { detect } from '../../src/operations/detect.ts';
import { explain } from '../../src/operations/explain.ts';
import { formatDay } from '../../src/records/time.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';

const YAML = `
facility: { name: Test Centre }
paths:
  - { name: border, capacityGbps: 10 }
sensors:
  - { name: store, files: "store/**", format: access-json, keys: { time: ts, principal: user, job: job, operation: op, bytesRead: read, bytesWritten: wrote } }
  - { name: slurm, files: "sacct/**", timezone: UTC }
tenants:
  - { name: physics, principals: [shares, maker] }
  - { name: others, principals: [p0, p1, p2, again, thief, reads] }
mappings:
  - { name: cells, files: "*.csv", time: day, per: day, host: host, principal: who, destination: peer, bytesOut: bytes, path: { value: border } }
`;
const FIRST = 20_500;
const DAYS = 137;
const CHANGE = 112;
/** Days on which the storage wrote no log. */
const BLIND = [60, 121];
const GIGABYTE = 1e9;
const PEOPLE = ['p0', 'p1', 'p2', 'again', 'maker', 'reads', 'shares', 'thief'];

/** What somebody sends on a day: 30 to 50 GB every third day or so, the same all along. */
function sent(day: number, p: number): number {
  return (day + p) % 3 === 0 ? 30 * GIGABYTE + ((day * 7 + p * 13) % 21) * GIGABYTE : 0;
}

/**
 * What somebody's job writes on the evening of a day, for what leaves two days later. The thief sends what others made from
 * day CHANGE on. Of what `again` fetches two of five were fetched before; what `shares` sends `maker` makes.
 */
function made(day: number, who: string, p: number): number {
  const ahead = sent(day + 2, p);
  if (who === 'thief') return day >= CHANGE ? 0 : ahead / 2;
  if (who === 'again') return Math.round(0.6 * ahead);
  if (who === 'shares') return 0;
  return who === 'maker' ? ahead + sent(day + 2, PEOPLE.indexOf('shares')) : ahead;
}

function logs() {
  const cells = ['day,host,who,peer,bytes'];
  const store: string[] = [];
  const jobs = ['JobID|User|State|Start|End'];
  for (let day = 0; day < DAYS; day++) {
    const date = formatDay(FIRST + day);
    PEOPLE.forEach((who, p) => {
      const bytes = sent(day, p);
      if (bytes > 0) cells.push(`${date},login,${who},198.51.${p}.7,${bytes}`);
      jobs.push(`${day * 100 + p}|${who}|COMPLETED|${date}T20:00:00|${date}T21:00:00`);
      if (BLIND.includes(day)) return;
      const line = (line: object) => store.push(JSON.stringify({ ts: `${date}T20:30:00Z`, ...line }));
      // From one day on the jobs of `reads` read what others wrote.
      const read = who === 'reads' && day >= CHANGE ? 900 * GIGABYTE : 5 * GIGABYTE;
      line({ job: String(day * 100 + p), op: 'write', read, wrote: made(day, who, p) });
      if (bytes > 0) line({ user: who, op: 'read', read: bytes, wrote: 0 });
    });
  }
  const text = (lines: string[]) => `${lines.join('\n')}\n`;
  return { 'cells.csv': text(cells), 'store/a.json': text(store), 'sacct/a.txt': text(jobs) };
}

async function ledgerOf(files: Readonly<Record<string, string>>): Promise<TestLedger> {
  const ledger = testLedger(YAML);
  const { answer } = await ledger.importFiles(files);
  expect(answer.rejects).toEqual([]);
  return ledger;
}

const asked = (ledger: TestLedger) => ({
  facility: ledger.facility,
  ledgerDir: ledger.dir,
  progress: () => undefined,
});

test('the balance gives a thief away whose egress is what it always was, and nobody who has an honest reason', async () => {
  const ledger = await ledgerOf(logs());
  const { leads, campaigns } = await detect(asked(ledger));
  // Not who shares, fetches again, or reads what others wrote; and two days without storage logs are no imbalance.
  expect(leads.map(({ family, entity }) => `${family} ${entity}`)).toEqual(['principal thief']);
  const [lead] = leads;
  expect(lead?.channels.map(({ channel }) => channel)).toEqual(['principal/beyondMade/surpluses']);
  expect(Date.parse(lead?.raisedOn ?? '')).toBeGreaterThan(Date.parse(formatDay(FIRST + CHANGE)));
  expect(lead?.because).toMatch(
    /^Identity thief: .* Since 2026-\d\d-\d\d \d+(\.\d+)? GB more left than anything it made or brought in covers/,
  );
  expect(lead?.because).toMatch(/innocent if it were data of its project that others made/);
  expect(campaigns.map(({ principals }) => principals)).toEqual([['thief']]);
  const story = await explain({ ...asked(ledger), id: lead?.id ?? '' });
  expect(story.leads[0]?.because).toBe(lead?.because);
  expect(story.pairs.map(({ destination }) => destination)).toEqual(['198.51.7.0/24']);
}, 600_000);
