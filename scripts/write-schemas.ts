import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { claimJsonSchema } from '../src/claims/claim.ts';
import { weirYamlJsonSchema } from '../src/facility/schema.ts';
import { checkpointSchema } from '../src/ledger/checkpoint.ts';
import { assessAnswer } from '../src/operations/answers/assess.ts';
import { checkAnswer } from '../src/operations/answers/check.ts';
import { decisionAnswer, decisionsAnswer } from '../src/operations/answers/decide.ts';
import { detectAnswer } from '../src/operations/answers/detect.ts';
import { explainAnswer } from '../src/operations/answers/explain.ts';
import { importAnswer } from '../src/operations/answers/import.ts';
import { incidentAnswer, incidentSaidAnswer, incidentsAnswer } from '../src/operations/answers/incident.ts';
import { initAnswer } from '../src/operations/answers/init.ts';
import {
  collectAnswer,
  compactAnswer,
  logAnswer,
  queryAnswer,
  verifyAnswer,
} from '../src/operations/answers/ledger.ts';
import { notifyAnswer } from '../src/operations/answers/notify.ts';
import { reportAnswer } from '../src/operations/answers/report.ts';
import { simulateAnswer } from '../src/operations/answers/simulate.ts';
import { tryAnswer } from '../src/operations/answers/try.ts';
import { unmaskAnswer } from '../src/operations/answers/unmask.ts';
import { withKeyTable } from './config-reference.ts';
import { withColumnTables } from './records-reference.ts';

/** A file in the repository that is made from the code; tests/generated-files.test.ts keeps it true. */
export interface GeneratedFile {
  /** Path from the repository's root. */
  readonly path: string;
  /** Returns what the file must hold; `current` is what it holds now, empty when it is missing. */
  readonly make: (current: string) => string | Promise<string>;
}

/** Every generated file. To publish another schema, add a line. */
export const generatedFiles: readonly GeneratedFile[] = [
  jsonSchemaFile('weir.yaml', weirYamlJsonSchema),
  { path: 'docs/configuration.md', make: withKeyTable },
  { path: 'docs/records.md', make: withColumnTables },
  answerFile('import', 'weir import', importAnswer),
  answerFile('import-try', 'weir import --try', tryAnswer),
  answerFile('check', 'weir check', checkAnswer),
  answerFile('report', 'weir report', reportAnswer),
  answerFile('detect', 'weir detect', detectAnswer),
  answerFile('explain', 'weir explain', explainAnswer),
  answerFile('assess', 'weir assess', assessAnswer),
  jsonSchemaFile('claim.yaml', claimJsonSchema),
  answerFile('decide', 'weir register and weir decide', decisionAnswer),
  answerFile('decisions', 'weir register --list', decisionsAnswer),
  answerFile('notify', 'weir notify', notifyAnswer),
  answerFile('unmask', 'weir unmask', unmaskAnswer),
  answerFile('incident', 'weir incident show', incidentAnswer),
  answerFile('incidents', 'weir incident list', incidentsAnswer),
  answerFile('incident-said', 'weir incident open|note|acknowledge|contain|close', incidentSaidAnswer),
  answerFile('ledger-log', 'weir ledger log', logAnswer),
  answerFile('ledger-verify', 'weir ledger verify', verifyAnswer),
  answerFile('ledger-checkpoint', 'weir ledger checkpoint', checkpointSchema),
  answerFile('ledger-query', 'weir ledger query', queryAnswer),
  answerFile('ledger-compact', 'weir ledger compact', compactAnswer),
  answerFile('ledger-gc', 'weir ledger gc', collectAnswer),
  answerFile('init', 'weir init', initAnswer),
  answerFile('simulate', 'weir simulate', simulateAnswer),
];

/** Returns the generated schema of what a command prints with --json. */
function answerFile(name: string, command: string, answer: z.ZodType): GeneratedFile {
  return jsonSchemaFile(name, () => ({ title: `${command} --json`, ...z.toJSONSchema(answer) }));
}

/** Returns the generated file docs/schemas/NAME.schema.json of a JSON Schema. */
function jsonSchemaFile(name: string, schema: () => Record<string, unknown>): GeneratedFile {
  return { path: `docs/schemas/${name}.schema.json`, make: () => `${JSON.stringify(schema(), null, 2)}\n` };
}

/** Returns the text of a file in the repository, empty when there is none. */
export async function currentText(path: string): Promise<string> {
  return readFile(rooted(path), 'utf8').catch(() => '');
}

function rooted(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

async function writeAll(): Promise<void> {
  for (const { path, make } of generatedFiles) {
    const current = await currentText(path);
    const text = await make(current);
    if (text === current) continue;
    await mkdir(dirname(rooted(path)), { recursive: true });
    await writeFile(rooted(path), text);
    console.error(`wrote ${path}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeAll();
