import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigurationError } from '../errors.ts';
import { refusalOf } from '../refusals.ts';
import type { Facility } from './facility.ts';
import { problemsInMeaning } from './meaning.ts';
import { formatProblems, problemsOf } from './problems.ts';
import { withKeyedNames } from './pseudonyms.ts';
import { resolveFacility } from './resolve.ts';
import { weirYamlSchema } from './schema.ts';

const CONFIG_NAME = 'weir.yaml';
const MAX_CONFIG_CHARS = 10_000_000;

/**
 * Returns the path of the weir.yaml to use: the explicit one, or the one in `startDir`.
 * @throws ConfigurationError when there is none.
 */
export function findConfig(startDir: string, explicit?: string): string {
  const path = resolve(startDir, explicit ?? CONFIG_NAME);
  if (existsSync(path)) return path;
  if (explicit !== undefined) {
    throw new ConfigurationError(`${path}: no such file; check --config, or write one with \`weir init\``);
  }
  throw new ConfigurationError(
    `no ${CONFIG_NAME} in ${resolve(startDir)}; write one with \`weir init\`, or name it with --config FILE`,
  );
}

/**
 * Returns the facility a weir.yaml describes.
 * @throws ConfigurationError listing every problem as `weir.yaml:12:5 paths[0].capacityGbps: what to do`.
 */
export async function loadFacility(path: string): Promise<Facility> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = refusalOf(error, path) ?? `${path}: ${error instanceof Error ? error.message : error}`;
    throw new ConfigurationError(`cannot read ${reason}`, { cause: error });
  }
  return parseFacility(text, basename(path), dirname(resolve(path)));
}

/**
 * Returns the facility that the text of a weir.yaml describes.
 * @param file name of the file, for messages; @param folder where its relative paths start.
 * @throws ConfigurationError listing every problem.
 */
export function parseFacility(text: string, file: string, folder: string): Facility {
  if (text.length > MAX_CONFIG_CHARS) {
    throw new ConfigurationError(`${file}: larger than ${MAX_CONFIG_CHARS} characters; is it a weir.yaml?`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const places = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return `${file}:${line}:${col} not valid YAML: ${error.message}`;
    });
    throw new ConfigurationError(places.join('\n'));
  }
  const parsed = weirYamlSchema.safeParse(plainValue(document, file) ?? {}, { reportInput: true });
  if (!parsed.success) {
    throw new ConfigurationError(formatProblems(file, document, lines, problemsOf(parsed.error.issues)));
  }
  const problems = problemsInMeaning(parsed.data);
  if (problems.length > 0) throw new ConfigurationError(formatProblems(file, document, lines, problems));
  return withKeyedNames(resolveFacility(parsed.data, folder));
}

/** Returns the document as plain data; the parser's limit on aliases keeps a small file from growing large. */
function plainValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`${file}: not valid YAML: ${reason}`, { cause: error });
  }
}
