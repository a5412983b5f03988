const REGEX_SPECIAL = /[.+^${}()|[\]\\]/;

/**
 * Returns the test of a glob on a path with forward slashes: `*` and `?` stay within a folder, `**` crosses
 * folders (also none), `{a,b}` is either, `[0-9]` is a set. A glob that ends in a folder's name or `/` takes
 * the whole folder.
 * @throws SyntaxError for a set whose range runs backwards; the schema of weir.yaml refuses such a glob.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const pattern = new RegExp(`^${globSource(normalisePath(glob))}(?:/.*)?$`, 'su');
  return (path) => pattern.test(normalisePath(path));
}

/** Returns how much a glob says: the number of its literal characters; `**` says nothing. */
export function globWeight(glob: string): number {
  return normalisePath(glob).replace(/[*?{}]/g, '').length;
}

/** Returns a relative path with forward slashes and without `./` or slashes at its ends. */
export function normalisePath(path: string): string {
  return path
    .replace(/\\/g, '/')
    .replace(/\/+/g, '/')
    .replace(/^(\.\/)+/, '')
    .replace(/^\/|\/$/g, '');
}

function globSource(glob: string): string {
  let source = '';
  let depth = 0;
  for (let index = 0; index < glob.length; index += 1) {
    const rest = glob.slice(index);
    const set = /^\[(!?)([^\]/]+)\]/.exec(rest);
    const letter = rest[0] ?? '';
    if (rest.startsWith('**/')) {
      source += '(?:[^/]*/)*';
      index += 2;
    } else if (rest.startsWith('**')) {
      source += '.*';
      index += 1;
    } else if (letter === '*') source += '[^/]*';
    else if (letter === '?') source += '[^/]';
    else if (set) {
      source += `[${set[1] ? '^/' : ''}${(set[2] ?? '').replace(/[\\^[\]|]/g, '\\$&')}]`;
      index += set[0].length - 1;
    } else if (letter === '{' && rest.includes('}')) {
      source += '(?:';
      depth += 1;
    } else if (letter === '}' && depth > 0) {
      source += ')';
      depth -= 1;
    } else if (letter === ',' && depth > 0) source += '|';
    else source += REGEX_SPECIAL.test(letter) ? `\\${letter}` : letter;
  }
  return source + ')'.repeat(depth);
}
