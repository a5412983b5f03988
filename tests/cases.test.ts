import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { reportAnswer } from '../src/operations/answers/report.ts';
import { report } from '../src/operations/report.ts';
import { testLedger } from './support/ledgers.ts';

/**
 * Every folder under cases/ is a case: weir.yaml and logs/ go in, what `weir import` and `weir report` say of
 * them is expected-report.json. Run with WEIR_UPDATE=1 to write that anew, and read the difference.
 */
const CASES = join(import.meta.dirname, 'cases');
const KEYS = ['path', 'host', 'destination', 'hour'] as const;

for (const name of readdirSync(CASES)) {
  test(`case ${name}`, async () => {
    const folder = join(CASES, name);
    const ledger = testLedger(readFileSync(join(folder, 'weir.yaml'), 'utf8'));
    const { answer } = await ledger.importFiles({}, { paths: ['logs'], cwd: folder });
    const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
    const reports = [];
    for (const by of KEYS) reports.push(reportAnswer.parse(await report({ ...question, by })));
    const place = <Row extends { file: string }>(row: Row) => ({ ...row, file: relative(folder, row.file) });
    const found = {
      import: {
        commits: answer.commits.map(place),
        leftAlone: answer.leftAlone.map(place),
        rejects: answer.rejects.map(place),
      },
      report: reports[0],
      ...Object.fromEntries(reports.slice(1).map(({ by, rows }) => [`by ${by}`, rows])),
    };
    const path = join(folder, 'expected-report.json');
    if (process.env.WEIR_UPDATE === '1' || !existsSync(path))
      writeFileSync(path, `${JSON.stringify(found, null, 1)}\n`);
    expect(found).toEqual(JSON.parse(readFileSync(path, 'utf8')));
  });
}
