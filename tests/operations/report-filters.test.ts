import { expect, test } from 'vitest';
import { parseFacility } from '../../src/facility/load.ts';
import { report } from '../../src/operations/report.ts';
import type { ReportFilters } from '../../src/operations/report-filters.ts';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, sensors: [zeek] }]
hosts: [{ name: dtn, addresses: [10.0.0.1, 10.0.0.2] }]
sensors: [{ name: zeek, files: "*.log" }]
mappings:
  - { name: series, files: "*.csv", time: at, per: hour, host: host, destination: place, bytesOut: bytes, path: way }
`;

test('nothing is an answer about what sent nothing, and none about a filter that stands for nothing', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'conn.log': zeekTsv([conn({ at: '2026-03-01T10:00:00Z', from: '10.0.0.2 40000', sent: 1000 })]),
    // Ready-made cells may call a host as they like, also by what is no address.
    'a.csv': 'at,host,place,bytes,way\n2026-03-01T10:00:00Z,300.1.1.1,10.0.0.500,7,tape\n',
  });
  const facility = parseFacility(YAML, 'weir.yaml', '/');
  const asked = async (filters: ReportFilters) => {
    const question = {
      facility,
      ledgerDir: ledger.dir,
      progress: () => undefined,
      by: 'path' as const,
      ...filters,
    };
    return report(question).then(
      ({ total }) => total.bytesOut.estimate,
      (error: Error) => error.message,
    );
  };
  expect(await asked({ host: 'dtn' })).toBe('1000');
  expect(await asked({ host: '10.0.0.1' })).toBe('1000');
  expect(await asked({ host: '300.1.1.1' })).toBe('7');
  expect(await asked({ destination: '10.0.0.500' })).toBe('7');
  expect(await asked({ path: 'tape' })).toBe('7');
  for (const nothing of [{ host: '10.0.0.9' }, { host: 'vm-9' }, { host: '300.1.1.1', path: 'border' }])
    expect(await asked(nothing)).toBe('0');
  expect(await asked({ destination: '203.0.113.7' })).toBe('0');
  expect(await asked({ principal: 'nobody' })).toBe('0');
  expect(await asked({ host: '300.1.1.2' })).toMatch(/^--host 300\.1\.1\.2: is no address of a host/);
  expect(await asked({ host: '10.0.0.0/8' })).toMatch(/^--host 10\.0\.0\.0\/8: is no address/);
  expect(await asked({ destination: '198.51.0.0/16' })).toMatch(/give an address, its \/24 or its \/48/);
  expect(await asked({ path: 'bordr' })).toMatch(/^--path bordr: neither .* there is border/);
});
