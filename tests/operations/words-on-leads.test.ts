import { expect, it } from 'vitest';
import { decide, type Verdict } from '../../src/operations/decide.ts';
import { detect } from '../../src/operations/detect.ts';
import { testLedger } from '../support/ledgers.ts';

const YAML = `
facility: { name: Series }
mappings:
  - { name: nightly, files: "*.csv", time: day, per: day, host: host, destination: place, bytesOut: bytes, path: { value: border } }
`;
const DAYS = Array.from({ length: 57 }, (_, day) =>
  new Date(Date.UTC(2026, 2, 1 + day)).toISOString().slice(0, 10),
);
const [THEFT_DAY = '', NEXT_DAY = ''] = DAYS.slice(-2);
const csvOf = (rows: readonly string[]) => `day,host,place,bytes\n${rows.join('\n')}\n`;
const usual = (days: readonly string[]) =>
  days.flatMap((day, index) =>
    [1, 2, 3].map(
      (host) => `${day},host${host},AS6450${host},${1e9 + ((index * 37 + host * 11) % 17) * 1e7}`,
    ),
  );

it('takes the last word on a lead, and what was expected out of what it finds: by its scope, up to its cap', async () => {
  const ledger = testLedger(YAML);
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  const say = (target: string, verdict: Verdict['verdict'], more: Partial<Verdict> = {}) =>
    decide({ ...question, target, verdict, note: 'n', by: 'ann', ...more });
  await ledger.importFiles({
    'a.csv': csvOf([...usual(DAYS.slice(0, 56)), `${THEFT_DAY},host2,AS64998,60000000000000`]),
  });
  const found = await detect(question);
  const lead = found.leads.find(({ family, entity }) => family === 'host' && entity === 'host2');
  const campaign = found.campaigns.find(({ hosts }) => hosts.includes('host2'));
  const [leadId, campaignId] = [lead?.id ?? '', campaign?.id ?? ''];
  const mine = (answer: Awaited<ReturnType<typeof detect>>) => ({
    decision: answer.leads.find(({ id }) => id === leadId)?.decision,
    isCampaign: answer.campaigns.some(({ hosts }) => hosts.includes('host2')),
  });
  expect(mine(found)).toEqual({ decision: null, isCampaign: true });

  await say(campaignId, 'dismissed');
  expect(mine(await detect(question))).toEqual({ decision: 'dismissed', isCampaign: false });
  for (const { id, decision } of (await detect(question)).leads)
    if (decision === 'dismissed') await say(id, 'confirmed');
  expect(mine(await detect(question))).toEqual({ decision: 'confirmed', isCampaign: true });

  await say(leadId, 'expected');
  for (const { id, decision } of (await detect(question)).leads)
    if (decision === 'confirmed') await say(id, 'expected');
  expect(mine(await detect(question))).toEqual({ decision: 'expected', isCampaign: false });
  for (const { id, decision } of (await detect(question)).leads)
    if (decision === 'expected') await say(id, 'confirmed');

  // A restore of up to a hundred terabytes by this host; of other hosts, and of more, nobody spoke.
  await say(campaignId, 'expected', { cap: '100TB', until: '2026-12-31' });
  expect((await detect(question)).leads.filter(({ entity }) => entity === 'host2')).toEqual([]);
  await ledger.importFiles({
    'b.csv': csvOf([
      ...usual([NEXT_DAY]),
      `${NEXT_DAY},host2,AS64998,50000000000000`,
      `${NEXT_DAY},host1,AS64998,40000000000000`,
    ]),
  });
  const next = await detect(question);
  const raised = next.leads.filter(({ family }) => family === 'host');
  expect(raised.map(({ entity, raisedOn, decision }) => [entity, raisedOn, decision]).sort()).toEqual([
    ['host1', NEXT_DAY, null],
    ['host2', NEXT_DAY, null],
  ]);
  const sum = next.campaigns.reduce((bytes, { bytesOut }) => bytes + Number(bytesOut.estimate), 0);
  // Forty of host1, and of host2 the ten beyond its cap.
  expect(sum / 50e12).toBeCloseTo(1, 2);
});
