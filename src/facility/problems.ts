import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml';
import type { z } from 'zod';
import { weirYamlJsonSchema } from './schema.ts';

export type KeyPath = readonly (string | number)[];

/** Something wrong in weir.yaml: where, and what to do. `onKey` points at the key itself, not its value. */
export interface Problem {
  readonly path: KeyPath;
  readonly message: string;
  readonly onKey?: boolean;
}

/**
 * Returns the problems that a failed validation found, in words an operator can act on.
 * @param schemaOf returns the JSON Schema that was validated against; it says which keys are known where.
 */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  schemaOf: () => Record<string, unknown> = weirYamlJsonSchema,
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys(schemaOf(), path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key; ${suggest(key, known) ?? `the keys here are ${known.join(', ')}`}`,
        onKey: true,
      }));
    }
    const meant = branchMeant(issue);
    if (meant) return problemsOf(meant, schemaOf);
    return [{ path, message: messageOf(issue) }];
  });
}

/**
 * Returns the issues of the form that a group of keys was meant to have, with their whole paths: of those that take a group
 * the one with the fewest issues. Undefined where it is no group, or no form takes one.
 */
function branchMeant(issue: z.core.$ZodIssue): z.core.$ZodIssue[] | undefined {
  const { input } = issue;
  if (issue.code !== 'invalid_union' || typeof input !== 'object' || input === null || Array.isArray(input))
    return undefined;
  const takesGroup = (branch: readonly z.core.$ZodIssue[]) =>
    !branch.some(({ code, path }) => path.length === 0 && /^invalid_(type|value|union)$/.test(code));
  const [best] = issue.errors.filter(takesGroup).sort((a, b) => a.length - b.length);
  return best?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function messageOf(issue: z.core.$ZodIssue): string {
  const missing = issue.input === undefined && issue.path.length > 0;
  if (issue.code === 'invalid_type') {
    if (missing) return `is missing; add it (${withArticle(issue.expected)})`;
    if (issue.expected === 'string' && typeof issue.input !== 'object') {
      return `must be text; put ${JSON.stringify(issue.input)} in quotes`;
    }
    return `must be ${withArticle(issue.expected)}, not ${describe(issue.input)}`;
  }
  if (issue.code === 'invalid_union') {
    if (missing) return 'is missing; add it';
    const kinds = issue.errors.flatMap((branch) =>
      branch.flatMap((inner) =>
        inner.code === 'invalid_type' && inner.path.length === 0 ? [withArticle(inner.expected)] : [],
      ),
    );
    const detail = issue.errors.flat().find((inner) => inner.code !== 'invalid_type');
    if (kinds.length < issue.errors.length && detail) return detail.message;
    return `must be ${[...new Set(kinds)].join(' or ')}, not ${describe(issue.input)}`;
  }
  if (issue.code === 'invalid_value') {
    if (missing) return `is missing; add one of ${issue.values.join(', ')}`;
    const values = issue.values.map(String);
    const near = suggest(String(issue.input), values);
    return `must be one of ${values.join(', ')}${near ? `; ${near}` : ''}`;
  }
  if (issue.code === 'too_small' && issue.origin === 'array') return 'must not be empty; give at least one';
  return issue.message;
}

function withArticle(kind: string): string {
  const names: Record<string, string> = {
    string: 'text',
    object: 'a group of keys',
    array: 'a list',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return names[kind] ?? kind;
}

/** A file that is none of ours is not repeated on the terminal. */
const SHOWN_CHARS = 60;

function describe(input: unknown): string {
  if (input === null || input === undefined) return 'empty';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a group of keys';
  const text = JSON.stringify(input);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  anyOf?: SchemaNode[];
}

/** Returns all keys of the forms that take a group; undefined where none does. */
function mergedGroups(forms: readonly SchemaNode[] | undefined): SchemaNode | undefined {
  const groups = (forms ?? []).flatMap(({ properties }) => properties ?? []);
  return groups.length > 0 ? { properties: Object.assign({}, ...groups) } : undefined;
}

/** Returns the keys that a schema knows at a place of the file. */
function knownKeys(schema: SchemaNode, path: KeyPath): string[] {
  const objectOf = (node: SchemaNode | undefined): SchemaNode | undefined =>
    mergedGroups(node?.anyOf) ?? node;
  let node = objectOf(schema);
  for (const step of path) node = objectOf(typeof step === 'number' ? node?.items : node?.properties?.[step]);
  return Object.keys(node?.properties ?? {});
}

/** Returns "did you mean …?" with the nearest known word, undefined when none is near. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const reach = Math.max(1, Math.floor(word.length / 3));
  return best && best.distance <= reach ? `did you mean ${best.candidate}?` : undefined;
}

/** Returns the number of edits between two texts; a swap of neighbours is one edit (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/** Returns one line per problem, `file:line:column key: what to do`, in the order of the file. */
export function formatProblems(
  file: string,
  document: Document,
  lines: LineCounter,
  problems: readonly Problem[],
): string {
  return problems
    .map((problem) => ({ problem, offset: offsetOf(document, problem) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ problem, offset }) => {
      const { line, col } = lines.linePos(offset);
      const key = formatKeyPath(problem.path);
      return `${file}:${line}:${col} ${key ? `${key}: ` : ''}${problem.message}`;
    })
    .join('\n');
}

/** Returns where in the text a problem sits; a missing key sits where its group begins. */
function offsetOf(document: Document, problem: Problem): number {
  for (let length = problem.path.length; length >= 0; length -= 1) {
    const steps = problem.path.slice(0, length);
    const parent = document.getIn(steps.slice(0, -1), true);
    if (problem.onKey && length === problem.path.length && isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === steps.at(-1));
      if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node = length === 0 ? document.contents : document.getIn(steps, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Returns `paths[0].capacityGbps`. */
function formatKeyPath(path: KeyPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}
