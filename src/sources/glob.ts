import { resolve } from 'node:path';

const MAGIC = /[*?[\]{}]/;

/** Returns whether a path is a pattern rather than a name. */
export function isGlob(path: string): boolean {
  return MAGIC.test(path);
}

/** Returns the folder above a pattern's first wildcard: the only place where its matches can be. */
export function globBase(pattern: string, cwd: string): string {
  const parts = resolve(cwd, pattern).split('/');
  const first = parts.findIndex((part) => isGlob(part));
  return parts.slice(0, first === -1 ? parts.length : first).join('/') || '/';
}

/**
 * Returns a test of absolute paths against a pattern: `**` any folders, `*` and `?` within one name,
 * `[a-c]`, `[!a]`, `{x,y}`. A pattern without a leading slash starts in `cwd`. A pattern that names a folder
 * matches nothing inside it; write `folder/**`.
 */
export function globMatcher(pattern: string, cwd: string): (path: string) => boolean {
  const absolute = pattern.startsWith('/')
    ? pattern
    : `${cwd.replace(/\/$/, '')}/${pattern.replace(/^(\.\/)+/, '')}`;
  const expression = new RegExp(`^${translate(absolute)}$`, 'su');
  return (path) => expression.test(path);
}

function translate(pattern: string): string {
  let out = '';
  let depth = 0;
  for (let i = 0; i < pattern.length; ) {
    const rest = pattern.slice(i);
    const set = /^\[(!|\^)?(\]?[^\]/]*)\]/.exec(rest);
    if (rest.startsWith('**/')) {
      out += '(?:[^/]+/)*';
      i += 3;
    } else if (rest.startsWith('**')) {
      out += '.*';
      i += 2;
    } else if (set?.[2]) {
      out += `[${set[1] ? '^/' : ''}${set[2].replace(/[\\\][&~|^]/g, '\\$&')}]`;
      i += set[0].length;
    } else {
      const char = String.fromCodePoint(pattern.codePointAt(i) ?? 0);
      if (char === '{' && rest.includes('}')) depth += 1;
      out += translateOne(char, depth > 0);
      if (char === '}' && depth > 0) depth -= 1;
      i += char.length;
    }
  }
  return out + ')'.repeat(depth);
}

function translateOne(char: string, inBraces: boolean): string {
  if (char === '*') return '[^/]*';
  if (char === '?') return '[^/]';
  if (inBraces && char === '{') return '(?:';
  if (inBraces && char === ',') return '|';
  if (inBraces && char === '}') return ')';
  return char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
