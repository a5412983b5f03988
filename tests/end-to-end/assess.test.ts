import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assessAnswer } from '../../src/operations/answers/assess.ts';
import { weir } from '../support/cli.ts';
import { temporaryFolder } from '../support/ledgers.ts';

const YAML = `facility: { name: Example Centre }
networks: { inside: [192.0.2.0/24] }
paths: [{ name: border, capacityGbps: 1 }]
onSite: [{ name: tape, kind: tape, capacityPerDay: 1TB }]
`;
const CLAIM = `title: "Example \\e]0;x\\a"
statements:
  - id: post
    source: { who: "an account \\u202etxt", saidOn: 2026-03-18 }
    volume: { moreThan: 10PB }
    window: { from: 2026-02-01, to: 2026-03-10 }
`;

function folder(claim: string): string {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'weir.yaml'), YAML);
  writeFileSync(join(dir, 'claim.yaml'), claim);
  return dir;
}

test('weir assess prints a table and a picture, or JSON alone, and writes an SVG for its owner', async () => {
  const dir = folder(CLAIM);
  const human = await weir(dir, ['assess', 'claim.yaml', '--svg', 'claim.svg']);
  expect(human).toMatchObject({ code: 0, err: 'weir: wrote claim.svg\n' });
  expect(human.out).toContain(
    'More than every listed channel together can have carried: more than 10.0 PB against at most 448 TB',
  );
  expect(human.out).toMatch(/POSSIBLE at most\n {2}border +▒+ .*at most 410 TB\n {2}tape/);
  // Nothing in a claim acts on the terminal.
  expect(human.out).toContain('Example \\x1b]0;x\\x07');
  for (const active of ['\u001b', '\u0007', '\u202e']) expect(human.out).not.toContain(active);
  expect(readFileSync(join(dir, 'claim.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  expect(statSync(join(dir, 'claim.svg')).mode & 0o777).toBe(0o600);
  const json = await weir(dir, ['assess', 'claim.yaml', '--json', '--quiet']);
  expect(json.err).toBe('');
  expect(assessAnswer.parse(JSON.parse(json.out)).verdicts[0]?.kind).toBe('beyondListed');
});

test('a wrong claim file ends with 2 and says where', async () => {
  const wrong = await weir(folder(CLAIM.replace('moreThan: 10PB', 'moreThan: lots')), [
    'assess',
    'claim.yaml',
  ]);
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).toContain('claim.yaml:5:25 statements[0].volume.moreThan: "lots" is no byte count');
  const missing = await weir(folder(CLAIM), ['assess', 'nothing.yaml']);
  expect(missing.code).toBe(2);
  expect(missing.err).toContain('nothing.yaml: cannot be read');
});
