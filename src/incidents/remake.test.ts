import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainCommand, reportCommand, shellArgument } from './remake.ts';

test('a shell takes any text as one argument, to the letter', () => {
  const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 12 }), { numRuns: 300, seed: 7 });
  const hostile = [
    "'",
    "'\\''",
    '$(id)',
    '`id`',
    '; rm -rf /',
    '-rf',
    '\n',
    '"',
    '\\',
    '*',
    '~',
    '',
    'a b',
    '!x',
  ];
  const all = [...texts, ...hostile].filter((text) => !text.includes('\0'));
  const line = `printf '%s\\0' ${all.map(shellArgument).join(' ')}`;
  const heard = execFileSync('sh', ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1);
  expect(heard).toEqual(all.map((text) => Buffer.from(text, 'utf8').toString('utf8')));
});

test('a value is tied to its flag, so that none is taken for one', () => {
  expect(reportCommand({ by: 'host', destination: '--help', from: '2026-03-01', to: '2026-03-28' }, 9)).toBe(
    'weir report --by host --destination=--help --from 2026-03-01 --to 2026-03-28 --as-of 9',
  );
  expect(reportCommand({ by: 'day', host: "o'host", from: '2026-03-01', to: '2026-03-02' }, 9)).toBe(
    "weir report --by day '--host=o'\\''host' --from 2026-03-01 --to 2026-03-02 --as-of 9",
  );
  expect(explainCommand('1b37', 4)).toBe('weir explain 1b37 --as-of 4');
});
