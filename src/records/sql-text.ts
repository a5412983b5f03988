/** Returns a text as an SQL string literal. The one door through which text enters a statement. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Returns an SQL list literal of string literals. */
export function sqlTextList(texts: readonly string[]): string {
  return `[${texts.map(sqlText).join(', ')}]`;
}

/**
 * Returns SQL for one text out of a few, as a value of the type of just these. Written to a file it is read again as any
 * text, but the writer need not look at the text of every row.
 */
export function sqlChoice(text: string, among: readonly string[] = [text]): string {
  return `${sqlText(text)}::ENUM(${[...new Set(among)].map(sqlText).join(', ')})`;
}
