import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadFacility } from '../../src/facility/load.ts';
import { type CentreAnswers, suggestInside, writeConfig } from '../../src/operations/init.ts';
import { NFDUMP_CSV, NFDUMP_JSON } from '../formats/nfdump-samples.ts';
import { EVE, GOFLOW2 } from '../formats/samples.ts';
import { hourlyRows } from '../support/hourly.ts';
import { temporaryFolder } from '../support/ledgers.ts';
import { conn, zeekNdjson, zeekTsv } from '../support/zeek-text.ts';

const rows = hourlyRows('2026-03-01T00:00:00Z', 5);
const quiet = () => undefined;

describe('a look into the logs', () => {
  it('reads connections of any kind of file, and of nothing else', async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'a'));
    writeFileSync(join(dir, 'a', 'x.gz'), gzipSync(zeekTsv(rows)));
    writeFileSync(join(dir, 'a', 'y.json'), zeekNdjson(rows.map((row) => ({ ...row, _path: 'conn' }))));
    writeFileSync(join(dir, 'a', 'ssl.log'), zeekTsv(rows, { path: 'ssl' }));
    writeFileSync(join(dir, 'a', 'notes.txt'), 'not a log\n');
    const { candidates, connections, filesFound } = await suggestInside(['a'], dir, quiet);
    expect({ connections, filesFound }).toEqual({ connections: 100, filesFound: 4 });
    expect(candidates[0]).toMatchObject({ cidr: '10.0.0.0/24', addressesSeen: 10 });
    expect(candidates[0]?.confidence).toBeGreaterThanOrEqual(0.5);
  });

  it('reads flows of other formats, whatever of weir.yaml they will need', async () => {
    const dir = temporaryFolder();
    for (const sample of [EVE, NFDUMP_CSV, NFDUMP_JSON, GOFLOW2])
      writeFileSync(join(dir, sample.name), sample.text);
    const { candidates, connections, filesRead } = await suggestInside(['.'], dir, quiet);
    // Of EVE the flow and the netflow event: the others are no connections.
    expect({ connections, filesRead }).toEqual({ connections: 2 + 3 + 2 + 2, filesRead: 4 });
    expect(candidates.map(({ cidr }) => cidr)).toContain('192.0.2.0/24');
  });

  it('passes over lines that are no connection, whatever JSON they are', async () => {
    const dir = temporaryFolder();
    const odd = ['null', '[]', '"x"', '7', '{', '{"_path":{"toString":1}}', '{"_path":"conn"}'];
    const lying =
      '{"_path":"conn","id.orig_h":"10.0.0.1","id.resp_h":"203.0.113.1","orig_bytes":{"valueOf":1}}';
    const good = zeekNdjson(rows.map((row) => ({ ...row, _path: 'conn' })));
    writeFileSync(join(dir, 'conn.json'), `${good}${[...odd, lying].join('\n')}\n`);
    const { connections } = await suggestInside(['conn.json'], dir, quiet);
    expect(connections).toBe(rows.length + 1);
  });

  it('hears what the sensor itself calls local', async () => {
    const dir = temporaryFolder();
    const voted = Array.from({ length: 40 }, (_, part) =>
      conn({
        at: `2026-03-01T00:00:${String(part).padStart(2, '0')}Z`,
        from: `198.51.100.${part} 4000`,
        to: `203.0.113.${part} 443`,
        sent: 1000,
        got: 5,
        local_orig: part % 2 === 0 ? 'T' : 'T',
        local_resp: 'F',
      }),
    );
    writeFileSync(join(dir, 'conn.log'), zeekTsv(voted));
    const { candidates } = await suggestInside(['conn.log'], dir, quiet);
    expect(candidates[0]?.cidr).toMatch(/^198\.51\.100\.0/);
    expect(candidates[0]?.evidence.join()).toContain('called it local 40 times');
  });
});

describe('weir.yaml from answers', () => {
  const answers: CentreAnswers = {
    name: 'Centre: "quoted" # and more',
    inside: ['10.0.0.0/8'],
    remoteAccess: ['10.200.0.0/14'],
    relays: ['10.0.0.5'],
    paths: [{ name: 'border', capacityGbps: 100 }, { name: 'vpn' }],
    sensors: [
      { name: 'zeek', files: 'zeek/**' },
      { name: 'vpn', files: 'vpn/**' },
    ],
    insideBecause: { '10.0.0.0/8': 'seen\nin the logs' },
  };

  it('means what was answered', async () => {
    const file = join(temporaryFolder(), 'weir.yaml');
    await writeConfig(answers, file, false);
    const facility = await loadFacility(file);
    expect(facility.name).toBe(answers.name);
    expect(
      facility.paths.map(({ name, sensors, capacityBitsPerSecond }) => [
        name,
        sensors,
        capacityBitsPerSecond,
      ]),
    ).toEqual([
      ['border', ['zeek'], 100e9],
      ['vpn', ['vpn'], undefined],
    ]);
    expect(readFileSync(file, 'utf8')).toContain('- 10.0.0.0/8 # seen in the logs');
  });

  it('is never written over a file that is there, and not at all when it would be wrong', async () => {
    const file = join(temporaryFolder(), 'weir.yaml');
    writeFileSync(file, 'mine');
    await expect(writeConfig(answers, file, false)).rejects.toThrow('--force');
    await expect(writeConfig({ ...answers, inside: ['10.0.0.0/99'] }, file, true)).rejects.toThrow(
      'no network',
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await writeConfig(answers, file, true);
    expect(readFileSync(file, 'utf8')).toContain('facility:');
  });
});
