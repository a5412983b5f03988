/**
 * Characters that could act on a terminal or make a line read as another: control characters (C0, DEL, C1), line and
 * paragraph separators, bidirectional overrides and isolates, zero-width characters and the byte order mark.
 */
const ACTIVE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\p{Cs}]/gu;

/**
 * Returns a text from a log, a file name or a person so that it can do nothing to a terminal, a header or a line of a
 * mail: characters that act are written as `\x1b` or `\u{202e}`. The escapes are for reading only; JSON carries the
 * text as it is.
 */
export function safeText(text: string): string {
  return text.replace(ACTIVE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
