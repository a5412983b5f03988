import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { NFDUMP_CSV, NFDUMP_CSV_NEW, NFDUMP_JSON } from './nfdump-samples.ts';
import type { Sample } from './sample.ts';
import { AKVORADO, EVE, GOFLOW2 } from './samples.ts';

function yamlOf(settings: string): string {
  return `
facility: { name: Test Centre }
networks: { inside: [192.0.2.1, "2001:db8::1"] }
paths: [{ name: border, capacityGbps: 100, sensors: [one] }]
sensors: [{ name: one, files: "**"${settings === '' ? '' : `, ${settings}`} }]
`;
}

async function importText(text: string) {
  const { answer } = await testLedger(yamlOf(GOFLOW2.settings)).importFiles({ 'flows.log': text });
  return answer;
}

test('what a log does not say is asked for, and nothing of it counts before', async () => {
  const sampled = NFDUMP_JSON.text.replace('"sampled" : 0', '"sampled" : 1');
  const zoneless = EVE.text.replace(/\+0100/g, '');
  const cases: readonly [Sample, string, RegExp][] = [
    [
      { ...NFDUMP_CSV, settings: '' },
      'timezone: Asia/Shanghai',
      /the time zone.*sensor one: state `timezone:`/,
    ],
    [{ ...NFDUMP_JSON, settings: '' }, 'timezone: Asia/Shanghai', /state `timezone:`/],
    [{ ...NFDUMP_CSV_NEW, settings: '' }, 'timezone: UTC', /state `timezone:`/],
    [{ ...EVE, settings: '', text: zoneless }, 'timezone: Europe/Paris', /state `timezone:`/],
    [
      { ...NFDUMP_JSON, settings: 'timezone: UTC', text: sampled },
      'timezone: UTC, samplingRate: 10',
      /state `samplingRate:`/,
    ],
    [
      { ...GOFLOW2, settings: '' },
      'samplingRate: 100',
      /one packet in 100 was sampled; sensor one: state `samplingRate: 100`/,
    ],
    [{ ...GOFLOW2, settings: 'samplingRate: 1' }, 'samplingRate: 100', /state `samplingRate: 100`/],
    [
      { ...GOFLOW2, settings: '', text: GOFLOW2.text.replaceAll('"sampling_rate":100', '"sampling_rate":0') },
      'samplingRate: 5',
      /how many packets were sampled.*state `samplingRate:`/,
    ],
    [
      { ...AKVORADO, settings: 'samplingRate: 1000' },
      'samplingRate: 1000, timezone: UTC',
      /state `timezone:`/,
    ],
  ];
  for (const [sample, remedy, reason] of cases) {
    const ledger = testLedger(yamlOf(sample.settings));
    const refused = await ledger.importFiles({ 'flows.log': sample.text });
    expect(refused.failed, `${sample.name} ${reason}`).toBe(1);
    expect(refused.answer.commits[0]?.reason).toMatch(reason);
    // The same file is read once weir.yaml says it.
    const { answer } = await testLedger(yamlOf(remedy), join(ledger.logs, '..')).importFiles({});
    expect(
      answer.commits.reduce((sum, { accepted }) => sum + accepted, 0),
      sample.name,
    ).toBe(sample.records);
  }
});

test('exporters of different rates in one log, and a rate that changes, are not mixed', async () => {
  const mixed = GOFLOW2.text.replace('"sampling_rate":100', '"sampling_rate":10');
  const refused = await importText(mixed);
  expect(refused.commits[0]?.reason).toMatch(/different rates \(10, 100\).*a sensor each/);
  const [line = ''] = GOFLOW2.text.split('\n');
  const late = `${`${line}\n`.repeat(250)}${line.replace('"sampling_rate":100', '"sampling_rate":10')}\n`;
  const found = await importText(late);
  expect(found.commits).toMatchObject([{ accepted: 250, rejected: 1 }]);
  expect(found.rejects).toMatchObject([{ line: 251, column: 'sampling_rate' }]);
});
