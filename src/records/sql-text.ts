/** Returns a text as an SQL string literal. The one door through which text enters a statement. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Returns an SQL list literal of string literals. */
export function sqlTextList(texts: readonly string[]): string {
  return `[${texts.map(sqlText).join(', ')}]`;
}
