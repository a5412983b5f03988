/**
 * Characters that could act on a terminal or make a line read as another: control characters (C0, DEL, C1), line and
 * paragraph separators, bidirectional overrides and isolates, zero-width characters and the byte order mark.
 */
const ACTIVE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\p{Cs}]/gu;

/**
 * Returns a text from a log, a file name or a person so that it can do nothing to a terminal: characters that act are
 * written as `\x1b` or `\u{202e}`. The escapes are for reading only; `--json` carries the text as it is.
 */
export function safeText(text: string): string {
  return text.replace(ACTIVE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/**
 * Returns a value as JSON in which every character that could act on a terminal is escaped. It stands for exactly the
 * same value: JSON.stringify leaves DEL, C1 and bidirectional overrides as they are.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
