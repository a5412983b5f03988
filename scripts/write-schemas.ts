import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { weirYamlJsonSchema } from '../src/facility/schema.ts';
import { withKeyTable } from './config-reference.ts';

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
];

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
