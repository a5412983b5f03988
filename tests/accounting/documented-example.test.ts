import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The rows between the marks of docs/accounting.md, their columns one space apart. */
function documentedCells(): string[] {
  const block = /<!-- cells:[^>]*-->\n```\n([\s\S]*?)\n```\n<!-- end of cells -->/.exec(
    textOf('docs/accounting.md'),
  );
  return (block?.[1] ?? '').split('\n').map((line) => line.trim().replace(/ +/g, ' '));
}

test('the cells that docs/accounting.md explains are those of examples/accounting', async () => {
  const example = 'examples/accounting/';
  const ledger = testLedger(textOf(`${example}weir.yaml`));
  const names = readdirSync(new URL(`${example}logs`, root));
  await ledger.importFiles(Object.fromEntries(names.map((name) => [name, textOf(`${example}logs/${name}`)])));
  const cells = (await ledger.cells()).map((cell) => {
    const { hour, kind, path, host, network, service, initiator, low, out, high, flows } = cell;
    return [hour, kind, path, host, network, service, initiator, low, out, high, cell.in, flows].join(' ');
  });
  expect(cells.sort()).toEqual(documentedCells().sort());
});
